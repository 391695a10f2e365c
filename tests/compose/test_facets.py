"""Facets: what they mark is really there, in bytes, whatever the script."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost.compose.formats.facets import Facet, facets, handles
from crosspost.compose.post_link import as_uri

LINK = "https://tal.example.org/2026/11/20/gruesse.html"
PIECES = [
    *("Grüße", "Tal", "👨‍👩‍👧‍👦", "🌱", "漢字を", "مرحبا", "שלום", "สวัสดี", "#Garten", "#हिन्दी", "＃漢字"),
    *("#2026", "#", "#️⃣", "@verein.example", "@fremd.example", "@verein", "a@b.example", "@a.example@b.example"),
    *("https://münchen.example/straße?q=ä#ö", "http://", "(https://example.org/a_(b))", ".", ",", "main.py"),
]
words = st.sampled_from([*PIECES, LINK, LINK + "#teil", "e\u0301", "\n\n", " "])
texts = st.lists(words | st.text(max_size=6), max_size=12).map("".join).filter(lambda t: t.isprintable() or "\n" in t)
DIDS = {"verein.example": "did:plc:abc"}


def marked(text: str, found: tuple[Facet, ...]) -> list[tuple[str, str, str]]:
    raw = text.encode()
    return [(raw[one.start : one.end].decode(), one.kind, one.value) for one in found]


@settings(max_examples=200)
@given(texts.filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text)))
def test_offsets_are_whole_characters_in_order_and_never_overlap(text: str) -> None:
    found = facets(text, link=LINK, dids=DIDS)
    ends = [0]
    for facet, (shown, kind, value) in zip(found, marked(text, found), strict=True):
        assert facet.start >= ends[-1]
        assert facet.end > facet.start
        ends.append(facet.end)
        if kind == "tag":
            assert shown[0] in "#＃"
            assert shown[1:] == value
        elif kind == "mention":
            assert (shown.lower(), value) == ("@verein.example", "did:plc:abc")
        else:
            assert as_uri(shown) == value
            assert value.isascii()
    assert ends[-1] <= len(text.encode())


@settings(max_examples=100)
@given(texts.filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text)))
def test_the_posts_own_link_is_always_marked(text: str) -> None:
    whole = f"{text}\n\n{LINK}\n\n#Garten"
    found = marked(whole, facets(whole, link=LINK))
    assert (LINK, "link", LINK) in found
    assert found[-1] == ("#Garten", "tag", "Garten")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Grüße 🌱 https://a.example/ü.", [("https://a.example/ü", "link", "https://a.example/%C3%BC")]),
        ("(https://a.example/x_(y))", [("https://a.example/x_(y)", "link", "https://a.example/x_(y)")]),
        ("https://a.example/#teil #Teil", [("https://a.example/#teil", "link", "https://a.example/#teil"),
                                           ("#Teil", "tag", "Teil")]),
        ("siehe main.py und tal.example", []),
        ("#हिन्दी!", [("#हिन्दी", "tag", "हिन्दी")]),
        ("#2026 #️⃣ # C#x &#39; #" + "x" * 65, []),
        ("#" + "x" * 64, [("#" + "x" * 64, "tag", "x" * 64)]),
        ("＃漢字。", [("＃漢字", "tag", "漢字")]),
        ("@Verein.Example, hallo", [("@Verein.Example", "mention", "did:plc:abc")]),
        ("Danke @verein.example.", [("@verein.example", "mention", "did:plc:abc")]),
        ("@fremd.example a@verein.example @verein.example@b.example @verein.example.org", []),
    ],
)  # fmt: skip
def test_what_is_marked(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert marked(text, facets(text, dids=DIDS)) == expected


def test_the_known_link_wins_over_what_could_be_guessed() -> None:
    link = "https://tal.example/grüße-aus-🌱,ende"
    text = f"Neu: {link}"
    assert marked(text, facets(text, link=link)) == [
        (link, "link", "https://tal.example/gr%C3%BC%C3%9Fe-aus-%F0%9F%8C%B1,ende")
    ]
    longer = "https://tal.example/a https://tal.example/abc"
    assert [value for _, _, value in marked(longer, facets(longer, link="https://tal.example/a"))] == longer.split()


def test_handles_are_asked_for_once() -> None:
    assert handles("@A.example und @b.example und @a.EXAMPLE, @c x@y.example") == ("a.example", "b.example")


@pytest.mark.parametrize(
    ("url", "uri"),
    [
        (
            "https://straße.example/größe?ä=1&b=%20#ö",
            "https://xn--strae-oqa.example/gr%C3%B6%C3%9Fe?%C3%A4=1&b=%20#%C3%B6",
        ),
        ("https://a.example", "https://a.example"),
        ("http://nutzer@münchen.example:8080/", "http://nutzer@xn--mnchen-3ya.example:8080/"),
        ("https://a.example/a b", "https://a.example/a%20b"),
        ("https://a.example/?", "https://a.example/?"),
        ("mailto:a@example.org", ""),
        ("https://", ""),
        ("https://[", ""),
        ("https://a.example:x/", ""),
        ("https://ü" + "x" * 70 + ".example/", ""),
        ("", ""),
    ],
)
def test_addresses_in_ascii(url: str, uri: str) -> None:
    assert as_uri(url) == uri


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("(https://a.org/b)", ["https://a.org/b"]),
        ("(https://a.org/b_(c))", ["https://a.org/b_(c)"]),
        ("Siehe https://a.org/b!?…", ["https://a.org/b"]),
        ("#a\u200cb", ["a"]),
        ("#2026 #a", ["a"]),
    ],
)
def test_where_a_mark_ends(text: str, values: list[str]) -> None:
    assert [one.value for one in facets(text)] == values


def test_the_known_link_is_marked_also_behind_a_letter_and_not_within_a_longer_one() -> None:
    link = "https://a.org/b"
    for text, wanted in ((f"siehe{link}. Und", [link]), (f"siehe{link}", [link]), (f"siehe{link}c", [])):
        assert [one.value for one in facets(text, link=link)] == wanted


def test_a_handle_has_at_most_253_characters() -> None:
    long = ".".join(["a" * 63] * 3 + ["b" * 61])
    assert handles(f"@{long}") == (long,)
    assert handles(f"@{long}c") == ()

"""Plain text → LinkedIn's little text and back."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost.compose.formats.linkedin import as_read, escape, linked, unescape

ROUGH = st.lists(
    st.sampled_from(
        [*"|{}@[]()<>#\\*_~", "#Tag", "#zwei_teile", "wort", " ", "\n", "日本語", "#ไทย", "مرحبا", "👩‍👩‍👧", "1"]
    ),
    max_size=30,
).map("".join)
LINKS = st.sampled_from(
    [
        "https://example.org/a_(b)?utm_source=x&c=[1]#teil",
        "https://example.org/~verein/*/2026/11/20/grüße.html",
        "http://example.org/@verein",
    ]
)


@given(st.text(max_size=200) | ROUGH)
@settings(max_examples=200)
def test_what_is_escaped_reads_the_same(text: str) -> None:
    if "://" not in text:
        assert unescape(escape(text)) == text


@given(ROUGH, LINKS, ROUGH)
@settings(max_examples=100)
def test_links_keep_their_address_and_nothing_around_them_changes(before: str, link: str, after: str) -> None:
    text = f"{before} {link} {after}"
    assert as_read(text) == f"{before} {linked(link)} {after}"
    assert as_read(as_read(text)) == as_read(text)


@given(ROUGH, LINKS)
@settings(max_examples=150)
def test_nothing_reserved_is_left_bare(text: str, link: str) -> None:
    """Judged by the letter of the format, not by our own reader: take out what is allowed, nothing reserved stays."""
    little = escape(f"{text} {link}")
    little = re.sub(r"\{hashtag\|\\#\|(\\_|[^\\|{}#])+\}", "", little)
    little = re.sub(r"\\[|{}@\[\]()<>#\\*_~]", "", little)
    little = re.sub(r"https?://[^\s|{}\[\]()<>*~\\]+", "", little)
    little = re.sub(r"#(?=\d*\w)", "", little)
    assert not re.search(r"[|{}@\[\]()<>#\\*_~]", little)


@pytest.mark.parametrize(
    ("text", "little"),
    [
        ("Fest (mit Musik)", r"Fest \(mit Musik\)"),
        ("#Garten und #ErneuerbareEnergien", "#Garten und #ErneuerbareEnergien"),
        ("#zwei_teile", r"{hashtag|\#|zwei\_teile}"),
        ("#हिन्दी #العربية #日本語", "#हिन्दी #العربية #日本語"),
        ("C# und #1 und a#b und ##x", r"C\# und \#1 und a\#b und \#\#x"),
        ("#️⃣ ist ein Emoji", r"\#️⃣ ist ein Emoji"),
        (
            "mail@example.org snake_case a*b ~c~ <d> {e} [f] g|h \\",
            r"mail\@example.org snake\_case a\*b \~c\~ \<d\> \{e\} \[f\] g\|h \\",
        ),
        ("https://example.org/?utm_source=a#b @x", r"https://example.org/?utm_source=a#b \@x"),
        ("https://example.org/a_(b)", "https://example.org/a_%28b%29"),
        ("(https://example.org/a)", r"\(https://example.org/a\)"),
        ("https://example.org/ #Tag", "https://example.org/ #Tag"),
        ("", ""),
    ],
)
def test_named_cases(text: str, little: str) -> None:
    assert escape(text) == little


def test_reads_what_linkedin_itself_writes() -> None:
    assert unescape(r"Mit @[Verein \(Tal\)](urn:li:organization:12): {hashtag|#|Fest} {hashtag|\#|a\_b}") == (
        "Mit Verein (Tal): #Fest #a_b"
    )

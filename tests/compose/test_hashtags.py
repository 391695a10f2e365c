"""Hashtags of every script: each network reads exactly one where we say one, by its rule as written apart here."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost.compose import Style, compose
from crosspost.compose.breaks import breaks
from crosspost.compose.formats.facets import facets
from crosspost.compose.hashtags import hashtag, spans
from crosspost.config import registry
from crosspost.errors import Unsupported
from crosspost.model import Draft, Post
from crosspost.sources.jekyll import JekyllSource
from tests import twitter_text_js

SHARED = Path(os.environ.get("CROSSPOST_SHARED") or Path(__file__).parents[2] / ".." / "shared")

X = "_\u200c\u200d\ua67e\u05be\u05f3\u05f4\uff5e\u301c\u309b\u309c\u30a0\u30fb\u3003\u0f0b\u0f0c\u00b7"
MASTODON = "_·・\u200c"
_OF_X = rf"\p{{L}}\p{{M}}\p{{Nd}}{X}"
_WORD = r"\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}"  # Ruby's [[:word:]]
_NO_JOINER = r"\u00ad\u2060\u200a-\u200d\u20e2"
# what each network's own code takes for a hashtag; where none is known, what all of them have in common
READ = {
    "x": rf"(?<![{_OF_X}&])[#＃](?![\ufe0f\u20e3])([{_OF_X}]*[\p{{L}}\p{{M}}][{_OF_X}]*)",
    "mastodon": rf"(?<![=/){_WORD}])#("
    rf"[{_WORD}][{_WORD}{MASTODON}]*[\p{{Alphabetic}}{MASTODON}][{_WORD}{MASTODON}]*[{_WORD}]"
    rf"|[{_WORD}]*\p{{Alphabetic}}[{_WORD}]*)",
    "bluesky": r"(?<!\S)[#＃]((?!\ufe0f)"
    rf"[^\s{_NO_JOINER}]*[^\d\s\p{{P}}{_NO_JOINER}]+[^\s{_NO_JOINER}]*(?<!\p{{P}}))",
    # and its marks: Telegram's code knows those of Sinhala only, and would link the beginning of other words
    "telegram": r"(?<![\d_\p{L}\u200c])#([\d_\p{L}\p{M}\u200c·]{1,256})(?![\d_\p{L}\u200c]*#)",
}
COMMON = r"(?<![\w\p{M}&/])[#＃]([\p{L}\p{M}\p{Nd}_]*\p{L}[\p{L}\p{M}\p{Nd}_]*)"
TALKING = [name for name in registry.names() if registry.load(name).limits.text]

WORDS = [
    *("Straße", "Grüße", "naïve", "l'été", "e\u0301te\u0301", "Viê\u0323t", "i\u0307", "Ελλάδα", "Україна", "ქართული"),
    *("ग़लती", "ಕನ್ನಡ", "বাংলা", "தமிழ்", "ไทย", "สิ่งแวดล้อม", "क्ष\u200dत्रिय", "ශ්\u200dරී", "അവന\u0d4d\u200d", "བོད་སྐད"),
    *("שָׁלוֹם", "צה״ל", "צ׳יפס", "בית־ספר", "می\u200cخواهم", "العَرَبِيَّة"),
    *("ハリー・ポッター", "ハリー･ポッター", "intel·ligència", "intel‧ligència", "col·lecció", "東京", "한국어", "〇"),
    *("2020", "CO₂", "m²", "Ⅷ", "½", "50%", "€", "C++", "C#", "schema.org", ".NET", "St.", "Yahoo!", "Was?", "AT&T"),
    *("🌱", "🏳️‍🌈", "1️⃣", "#️⃣", "❤️", "©", "R&D", "KI-Recht", "foo_bar", "(neu)", "„so“", "@name", "#", "#a", "＃a"),
    *("a··b", "·a", "a·", "・", "\u200d", "\u200c", "x\u200d", "॑a", "\u2060a", "b\u00adc", "\ufe0f", "二〇二六年"),
]
words = st.sampled_from(WORDS) | st.text(max_size=4)
TAGS = st.lists(st.lists(words, min_size=1, max_size=3).map(" ".join), min_size=1, max_size=4)


def said(network: str, tags: tuple[str, ...], **settings: int) -> Draft:
    cls = registry.load(network)
    when = datetime(2026, 5, 1, tzinfo=UTC)
    post = Post(id="1", path="a.md", url="https://blog.example/a/", title="T", date=when, tags=tags)
    style = Style(title_card=True, **({"max_hashtags": -1} | settings))
    return compose(post, account="a", network=network, limits=cls.limits, abilities=cls.abilities, style=style)


def shown(draft: Draft) -> list[str]:
    """The words with a ``#`` as they stand in the text."""
    return [word for word in draft.text.split() if word[0] in "#＃"]


def read(network: str, text: str) -> list[str]:
    """The hashtags the network sees."""
    return ["#" + found[1] for found in regex.finditer(READ.get(network, COMMON), text)]


@pytest.mark.parametrize("network", TALKING)
@settings(max_examples=250)
@given(tags=TAGS)
def test_every_hashtag_is_read_as_exactly_one(network: str, tags: list[str]) -> None:
    draft = said(network, tuple(tags))
    assert read(network, draft.text) == shown(draft)


@pytest.mark.parametrize("network", TALKING)
@settings(max_examples=100)
@given(tags=TAGS)
def test_no_tag_is_lost_silently(network: str, tags: list[str]) -> None:
    limits = registry.load(network).limits
    draft = said(network, tuple(tags))
    for tag in filter(str.strip, tags):
        one = hashtag(tag, limits)
        there = one.casefold() in map(str.casefold, shown(draft))
        told = f"“{tag.strip()}”" in "".join(draft.lost) or "hashtag" in "".join(draft.lost)
        assert there or told


@pytest.mark.parametrize(
    ("tag", "x", "mastodon", "bluesky", "telegram", "instagram"),
    [
        ("צה״ל", "#צה״ל", "#צהל", "#צה״ל", "#צהל", "#צהל"),
        (
            "ハリー・ポッター",
            "#ハリー・ポッター",
            "#ハリー・ポッター",
            "#ハリー・ポッター",
            "#ハリーポッター",
            "#ハリーポッター",
        ),
        ("intel·ligència", *["#intel·ligència"] * 4, "#intelligència"),
        ("می\u200cخواهم", "#می\u200cخواهم", "#می\u200cخواهم", "#میخواهم", "#می\u200cخواهم", "#میخواهم"),
        ("क्ष\u200dत्रिय", "#क्ष\u200dत्रिय", *["#क्षत्रिय"] * 4),
        ("അവന\u0d4d\u200d", *["#അവൻ"] * 5),
        ("CO₂ und m²", *["#CO2UndM2"] * 5),
        ("Band Ⅷ", *["#BandVIII"] * 5),
        ("Pride 🏳️‍🌈", *["#Pride"] * 5),
        ("❤️ Liebe", *["#Liebe"] * 5),
        ("St. Pauli", *["#StPauli"] * 5),
        ("Was nun?", *["#WasNun"] * 5),
        ("die ქართული ენა", *["#Dieქართულიენა"] * 5),
        ("das ß", *["#Dasß"] * 5),
        ("b\u00adc\u2060d", *["#bcd"] * 5),
        ("＃漢字", *["#漢字"] * 5),
        ("ich ❤ dich", *[""] * 5),
        ("1️⃣", *[""] * 5),
        ("二〇二六年", *[""] * 5),
        ("a" * 65, "#" + "a" * 65, "#" + "a" * 65, "", "#" + "a" * 65, "#" + "a" * 65),
    ],
)
def test_signs_stay_where_the_network_takes_them(
    tag: str, x: str, mastodon: str, bluesky: str, telegram: str, instagram: str
) -> None:
    expected = {"x": x, "mastodon": mastodon, "bluesky": bluesky, "telegram": telegram, "instagram": instagram}
    assert {network: hashtag(tag, registry.load(network).limits) for network in expected} == expected


def test_a_tag_that_cannot_be_a_hashtag_is_told() -> None:
    draft = said("x", ("C++", "Garten", "2024"))
    assert draft.text.endswith("#Garten")
    assert draft.lost == ("the tags “C++”, “2024”, which cannot be a hashtag here",)
    assert said("x", ("Garten", "C++"), max_hashtags=1).lost == ()  # the account wanted one
    assert said("x", ("C++",), max_hashtags=0).lost == ()


@settings(max_examples=200)
@given(tags=TAGS)
def test_bluesky_marks_every_hashtag_whole(tags: list[str]) -> None:
    draft = said("bluesky", tuple(tags))
    marked = [facet.value for facet in facets(draft.text) if facet.kind == "tag"]
    assert marked == [tag[1:] for tag in shown(draft)]


@pytest.mark.parametrize("tag", ["#สิ่งแวดล้อม", "#हिन्दीभाषा", "#ハリー・ポッター", "#צה״ל", "#می\u200cخواهم"])
def test_a_hashtag_in_a_text_is_found_whole_and_never_cut(tag: str) -> None:
    text = f"งาน {tag} และ"
    (span,) = spans(text)
    assert text[slice(*span)] == tag
    assert not [at for at in breaks(text) if span[0] < at < span[1]]


@pytest.mark.parametrize("folder", ["16-tag-indic", "17-tag-hebrew-katakana"])
def test_the_shared_sites(folder: str) -> None:
    site = SHARED / "conformance" / "wild" / folder
    if not site.is_dir():
        pytest.skip(f"the shared sites are not at {site}")
    source = JekyllSource(site, now=datetime(2026, 11, 25, tzinfo=UTC))
    (post,) = map(source.load, source.scan())
    for network in TALKING:
        cls = registry.load(network)
        try:
            draft = compose(
                post,
                account="a",
                network=network,
                limits=cls.limits,
                abilities=cls.abilities,
                style=Style(title_card=True, max_hashtags=-1),
            )
        except Unsupported:
            continue
        assert read(network, draft.text) == shown(draft)
        assert len(shown(draft)) == (
            len(post.tags) if cls.limits.hashtags < 0 else min(len(post.tags), cls.limits.hashtags)
        )


@pytest.mark.skipif(bool(twitter_text_js.missing()), reason=f"X's own code: {twitter_text_js.missing()}")
def test_xs_own_code_reads_each_as_one() -> None:
    found = [one for word in WORDS if (one := hashtag(word, registry.load("x").limits))]
    assert twitter_text_js.ask([f"a {one} b" for one in found]).hashtags == [[one[1:]] for one in found]


@pytest.mark.parametrize("tone", ["", *map(chr, range(0x1F3FB, 0x1F400))])
def test_hands_of_every_colour_around_a_tag_are_decoration(tone: str) -> None:
    assert hashtag(f"👍{tone} Fest {tone}", registry.load("mastodon").limits) == "#Fest"

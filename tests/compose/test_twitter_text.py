"""X's own conformance suite, and what has to hold beyond it."""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from crosspost.compose import twitter_text
from crosspost.sandbox.core import links as stand_in

SHARED = Path(os.environ.get("CROSSPOST_SHARED") or Path(__file__).parents[2] / ".." / "shared")
SUITE = SHARED / "conformance" / "twitter-text"

# the two that count emoji by their parts describe the older configuration v2
OLD_CONFIGURATION = {
    "Count a mix of single byte single word, and double word unicode characters",
    "Count unicode emoji chars outside the basic multilingual plane with skin tone modifiers",
}


def cases(file: str, *sections: str) -> list[Any]:
    if not (SUITE / file).exists():
        reason = f"the conformance suite is not at {SUITE}"
        return [pytest.param(None, marks=pytest.mark.skip(reason=reason), id=file)]
    tests = yaml.safe_load((SUITE / file).read_text(encoding="utf-8"))["tests"]
    return [
        pytest.param(case, id=f"{section}: {case['description']}"[:100])
        for section in sections
        for case in tests[section]
        if case["description"] not in OLD_CONFIGURATION
    ]


@pytest.mark.parametrize(
    "case",
    cases(
        "validate.yml",
        "WeightedTweetsCounterTest",
        "WeightedTweetsWithDiscountedEmojiCounterTest",
        "UnicodeDirectionalMarkerCounterTest",
    ),
)
def test_weighs_as_x_does(case: dict[str, Any]) -> None:
    expected = case["expected"]
    assert twitter_text.weight(case["text"]) == expected["weightedLength"]
    assert twitter_text.is_valid(case["text"]) == expected["valid"]


@pytest.mark.parametrize("case", cases("extract.yml", "urls", "tco_urls_with_params"))
def test_finds_links(case: dict[str, Any]) -> None:
    assert [url.text for url in twitter_text.find_urls(case["text"])] == case["expected"]


@pytest.mark.parametrize("case", cases("extract.yml", "urls_with_indices", "urls_with_directional_markers"))
def test_finds_where_links_are(case: dict[str, Any]) -> None:
    found = [{"url": u.text, "indices": [u.start, u.end]} for u in twitter_text.find_urls(case["text"])]
    assert found == case["expected"]


@pytest.mark.parametrize(
    "emoji",
    [
        "🐦‍🔥",
        "🙂‍↔️",
        "🫱🏻‍🫲🏿",
        "🇨🇶",
        "👨‍👩‍👧‍👦",
        "🧑‍🧑‍🧒‍🧒",
        "🚶🏽‍♀️‍➡️",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "1️⃣",
        "©️",
        "☝🏿",
        "⛓️‍💥",
        "🍋‍🟩",
        "🧑🏻‍🐰‍🧑🏿",
    ],
)
def test_an_emoji_of_several_code_points_weighs_two(emoji: str) -> None:
    assert twitter_text.weight(emoji) == 2
    assert twitter_text.weight(f"a{emoji}{emoji}b") == 6


@pytest.mark.parametrize(
    ("text", "weight"),
    [("🇽🇽", 4), ("😀️", 4), ("🐱‍🐱", 5), ("©", 1), ("€", 2), ("…", 2), ("—", 1), ("“”", 2), ("\u200d", 1), ("東京", 4)],
)
def test_what_is_no_sequence_weighs_its_parts(text: str, weight: int) -> None:
    assert twitter_text.weight(text) == weight


def test_a_bare_file_name_is_a_link_on_x() -> None:
    found = twitter_text.find_urls("see main.py and readme.md, not foo.txt or a@b.org")
    assert [url.text for url in found] == ["main.py", "readme.md"]
    assert twitter_text.find_urls("see main.py", bare=False) == []


def test_what_stands_before_a_word_decides_about_a_link() -> None:
    assert [u.text for u in twitter_text.find_urls("x ßexample.com")] == ["ßexample.com"]
    assert twitter_text.find_urls("@example.com #example.com $example.com") == []


def test_half_an_emoji_may_stand_before_a_link() -> None:
    assert [(u.text, u.start, u.end) for u in twitter_text.find_urls("@🔻-foo.com")] == [("-foo.com", 2, 10)]


def test_an_impossible_host_is_no_link() -> None:
    assert twitter_text.find_urls(f"http://{'ä' * 80}.com") == []
    assert twitter_text.find_urls(f"http://example.com/{'a' * 4100}") == []


@pytest.mark.parametrize(
    ("text", "links", "weight"),
    [
        ("[https://a.example.org/b](https://a.example.org/b)", ["https://a.example.org/b"] * 2, 50),
        ("https://x.org/a](https://y.org/b)", ["https://x.org/a", "https://y.org/b"], 49),
        ("https://x.org/ruby](b) c", ["https://x.org/ruby"], 29),
        ("(https://x.org/a_(b))", ["https://x.org/a_(b)"], 25),
        ("https://x.org/a.(b) c", ["https://x.org/a"], 29),
        ("https://x.org/a!(b)/c d", ["https://x.org/a!(b)/c"], 25),
        ("https://x.org/(a)(b(c)) d", ["https://x.org/(a)(b(c))"], 25),
        ("https://x.org/(a).(b) c", ["https://x.org/(a)"], 29),
        ("https://x.org/a@(b) c", ["https://x.org/a"], 29),
    ],
)
def test_brackets_end_a_path_only_where_it_could_end_before_them(text: str, links: list[str], weight: int) -> None:
    assert [url.text for url in twitter_text.find_urls(text)] == links
    assert twitter_text.weight(text) == weight
    # the stand-in has the rule in words of its own
    assert [link.url for link in stand_in.find(text)] == links


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("https://ja.wikipedia.org/wiki/日本語 wa", ["https://ja.wikipedia.org/wiki/日本語"]),
        ("https://x.org/a.(b) c", ["https://x.org/a.(b)"]),
        ("https://x.org/?q=日本#ä.", ["https://x.org/?q=日本#ä"]),
        ("„https://x.org/a“ und <https://x.org/b>", ["https://x.org/a“", "https://x.org/b"]),
        ("https://x.org/a, https://x.org/b!", ["https://x.org/a", "https://x.org/b"]),
    ],
)
def test_mastodons_links_have_paths_in_every_script(text: str, links: list[str]) -> None:
    assert [url.text for url in twitter_text.find_urls(text, bare=False, rules="mastodon")] == links
    assert [link.url for link in stand_in.find(text, bare=False, any_script=True)] == links


@pytest.mark.parametrize(
    "before",
    [f"{'ä' * 70}.org", "b.org", f"https://t.co/{'a' * 41}」", "https://a.org"],
    ids=["a name that is too long", "no scheme", "too long for t.co", "a link"],
)
def test_what_is_no_link_hides_none_behind_it(before: str) -> None:
    found = twitter_text.find_urls(f"{before},https://c.org", bare=False)
    assert found[-1].text == "https://c.org"
    assert len(found) == (2 if before == "https://a.org" else 1)


@pytest.mark.parametrize("rules", ["x", "mastodon"])
@given(path=st.text("abZ019-_.~!$&'()*+,;=:@%/?#[]|\"<>", max_size=40))
def test_a_path_in_ascii_is_the_same_for_the_quick_pattern(rules: twitter_text.Rules, path: str) -> None:
    quick, whole = (twitter_text._path(rules, in_ascii).match(f"/{path}") for in_ascii in (True, False))
    assert (quick and quick.span()) == (whole and whole.span())

"""The sandbox's own counting against twitter-text's published cases and values measured on its parser."""

import os
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost.sandbox.core import count, links

SHARED = Path(os.environ.get("CROSSPOST_SHARED") or Path(__file__).parents[2] / ".." / "shared")
CASES = SHARED / "conformance" / "twitter-text"


def cases(file: str, *groups: str) -> list[dict[str, Any]]:
    if not (CASES / file).exists():
        pytest.skip(f"twitter-text's cases are not at {CASES}; set CROSSPOST_SHARED")
    tests = yaml.safe_load((CASES / file).read_text(encoding="utf-8"))["tests"]
    return [case for group in groups for case in tests[group]]


def test_weights_agree_with_twitter_text() -> None:
    found = cases("validate.yml", "WeightedTweetsWithDiscountedEmojiCounterTest", "UnicodeDirectionalMarkerCounterTest")
    assert len(found) == 24
    wrong = [c["description"] for c in found if count.weighted(c["text"]) != c["expected"]["weightedLength"]]
    assert wrong == []


def test_links_agree_with_twitter_text() -> None:
    found = cases("extract.yml", "urls", "tco_urls_with_params")
    assert [c["description"] for c in found if [x.url for x in links.find(c["text"])] != c["expected"]] == []
    placed = cases("extract.yml", "urls_with_indices", "urls_with_directional_markers")
    for case in placed:
        got = [{"url": link.url, "indices": [link.start, link.end]} for link in links.find(case["text"])]
        assert got == case["expected"], case["description"]
    assert len(found) + len(placed) == 108


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("…", 2),
        ("€", 2),
        ("—", 1),
        ("’", 1),
        ("\u200d", 1),
        ("日本", 4),
        ("ไทย", 3),
        ("שלום", 4),
        ("main.py", 23),
        ("readme.md x.zip", 47),
        ("post@example.org", 16),
        ("❤️", 2),
        ("1️⃣", 2),
        ("🇩🇪", 2),
        ("🏳️‍🌈", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("👍🏽", 2),
        ("©", 1),
        ("🐦‍🔥", 2),
        ("🫱🏻‍🫲🏿", 2),
        ("👍\ufe0f", 4),
        ("👍🏽\ufe0f", 4),
        ("☝\ufe0f🏽", 2),
        ("👩\u200d❤\ufe0f\u200d👩", 2),
        ("👩\u200d🌾\ufe0f", 4),
        ("♾\ufe0f", 4),
        ("⚧\ufe0f", 2),
    ],
)
def test_weights(text: str, weight: int) -> None:
    assert count.weighted(text) == weight


def test_a_style_selector_belongs_to_any_emoji_where_bytes_count() -> None:
    assert [count.threads(text) for text in ("👍\ufe0f", "❤\ufe0f", "a\ufe0f")] == [7, 6, 2]


@pytest.mark.parametrize(
    ("text", "warning", "length"),
    [
        ("Grüße", "", 5),
        ("https://example.org/" + "a" * 200, "", 23),
        ("https://example.org/日本語/ขาว", "", 23),
        ("example.org", "", 11),
        ("xhttps://example.org", "", 20),
        ("@verein@social.example", "", 7),
        ("👨‍👩‍👧‍👦", "", 1),
        ("ก็", "", 1),
        ("Text", "https://example.org/lang", 28),
        ("http://127.0.0.1:8000/xyz", "", 25),
        ("@verein@" + "a" * 300 + ".example", "", 316),
    ],
)
def test_mastodon_counts_graphemes_links_and_mentions(text: str, warning: str, length: int) -> None:
    assert count.mastodon(text, warning) == length


@settings(max_examples=150)
@given(st.text(max_size=60))
def test_links_lie_in_order_within_any_text(text: str) -> None:
    end = 0
    for link in links.find(text + " https://example.org/ü " + text):
        assert end <= link.start < link.end
        end = link.end
    assert "https://example.org/ü" in [link.url for link in links.find(f"{text}\n https://example.org/ü \n{text}")]


@settings(max_examples=100)
@given(st.text(max_size=60))
def test_the_way_a_text_is_composed_does_not_change_its_weight(text: str) -> None:
    assert count.weighted(unicodedata.normalize("NFD", text)) == count.weighted(unicodedata.normalize("NFC", text))

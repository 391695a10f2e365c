"""Every unit, counted by hand."""

from datetime import date

import pytest

from crosspost.compose import UNITS, fits, length
from crosspost.compose.measure import links
from crosspost.model import Limits

FAMILY = "👨‍👩‍👧‍👦"


def limits(unit: str, text: int = 500, url: int = 0, also: tuple[tuple[str, int], ...] = ()) -> Limits:
    return Limits(text=text, unit=unit, url_length=url, also=also, source="", checked=date(2026, 11, 22))


@pytest.mark.parametrize(
    ("unit", "text", "expected"),
    [
        ("x", "Grüße", 5),
        ("x", "https://example.org/" + "a" * 200, 23),
        ("x", "e\u0301", 1),
        ("mastodon", "Grüße", 5),
        ("mastodon", f"{FAMILY}e\u0301", 2),
        ("mastodon", "https://a.example.org", 23),
        ("mastodon", "http://localhost:3000/abcdefghij", 32),
        ("mastodon", "example.org/abcdefghijklmnopqrstuvwxyz", 38),
        ("mastodon", "xhttps://example.org/abcdefghijklmnopq", 38),
        ("mastodon", "@verein@klima.example.org, hallo", 14),
        ("mastodon", "office@example.org", 18),
        ("mastodon", "https://social.example.org/@verein@example.org", 23),
        ("graphemes", f"{FAMILY}🇩🇪नि", 3),
        ("graphemes", "a\r\nb", 3),
        ("graphemes", "\ud800", 1),
        ("utf-8", f"ä€{FAMILY}", 2 + 3 + 25),
        ("utf-16", f"ä{FAMILY}", 1 + 11),
        ("code-points", f"ä{FAMILY}", 1 + 7),
        ("threads", f"ä{FAMILY}", 1 + 25),
        ("threads", "❤️ 1️⃣ e\u0301", 6 + 1 + 7 + 1 + 2),
        ("threads", "東京", 2),
    ],
)
def test_length(unit: str, text: str, expected: int) -> None:
    assert length(text, limits(unit)) == expected


def test_every_unit_counts_nothing_as_nothing() -> None:
    assert [count("", limits(unit)) for unit, count in UNITS.items()] == [0] * len(UNITS)


@pytest.mark.parametrize("unit", ["x", "mastodon"])
def test_a_server_may_say_what_a_link_costs(unit: str) -> None:
    assert length("https://example.org/a b", limits(unit, url=30)) == 32


def test_further_limits_hold_at_the_same_time() -> None:
    both = limits("mastodon", 40, 23, (("code-points", 40),))
    assert fits("https://example.org/a", both)
    assert not fits("https://example.org/" + "a" * 40, both)
    assert fits("x" * 10_000, limits("graphemes", 0))


def test_where_a_link_ends_depends_on_whose_rule_it_is() -> None:
    text = "Hier: https://a.org/日本 und b.org"
    assert [url.text for url in links(text, "mastodon")] == ["https://a.org/日本"]
    assert [url.text for url in links(text, "graphemes")] == ["https://a.org/"]
    assert [url.text for url in links(text, "x")] == ["https://a.org/", "b.org"]
    assert length("https://a.org/日本", limits("mastodon")) == 23

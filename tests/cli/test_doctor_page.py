"""``crosspost doctor`` compares the newest page's og: tags with the post, because cards are made from them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place, served

TAGS = {
    "og:title": "Grüße aus dem Tal",
    "og:description": "Zwölf Leute, ein Beet – und viel Regen.",
    "og:image": "/images/beet.jpg",
    "og:url": "/2026/11/20/gruesse.html",
}


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    clock.now = datetime.now(UTC)
    return Place(tmp_path, sandbox, (), clock=clock, url="http://127.0.0.1:9")


def told(place: Place, changes: dict[str, str | None]) -> list[dict[str, Any]]:
    """What is said of a page with these tags."""
    tags = {name: value for name, value in (TAGS | changes).items() if value is not None}
    with served(place.root / "site") as url:
        place.write("site/_config.yml", f"url: {url}\ntitle: Das Tal\nlang: de\ntimezone: Europe/Berlin\n")
        head = "".join(f'<meta property="{name}" content="{value}">' for name, value in tags.items())
        page = f"<html><head><meta charset=utf-8><title>Grüße aus dem Tal</title>{head}</head></html>"
        place.write("site/2026/11/20/gruesse.html", page)
        found = place.crosspost("doctor", "--json").json["findings"]
    return [one for one in found if one["about"] == "og: tags"]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"og:title": "GRÜSSE aus dem Tal | Das Tal"},
        {"og:description": "Zwölf Leute, ein Beet"},
        {"og:description": "Zwölf Leute, ein Beet - und viel Regen. Und mehr."},
        {"og:image": "https://cdn.example.org/resized/beet-1200x630.webp"},
        {"og:url": "/2026/11/20/gruesse"},
        {"og:url": None},
    ],
)
def test_tags_that_say_the_same(place: Place, changes: dict[str, str | None]) -> None:
    (one,) = told(place, changes)
    assert one["state"] == "ok"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"og:title": "Hallo"}, "og:title says “Hallo”, but the post's title is “Grüße aus dem Tal”"),
        ({"og:title": None}, "gruesse.html has no og:title: the card has no headline"),
        ({"og:description": "Ein Verein."}, "og:description says “Ein Verein.”, but `description` is “Zwölf Leute"),
        ({"og:description": None}, "has no og:description: the card has no text"),
        ({"og:image": "/images/logo.png"}, "/images/logo.png”, but the post's picture is"),
        ({"og:image": None}, "has no og:image: the card has no picture, although the post has beet.jpg"),
        ({"og:url": "http://localhost:4000/2026/11/20/gruesse.html"}, "og:url is http://localhost:4000/"),
        (dict.fromkeys(TAGS), "has none: networks make the card below a link from them"),
    ],
)
def test_tags_that_say_something_else(place: Place, changes: dict[str, str | None], said: str) -> None:
    (one,) = told(place, changes)
    assert one["state"] == "warn"
    assert said in one["said"]
    assert one["todo"]


def test_each_difference_is_a_line(place: Place) -> None:
    assert len(told(place, {"og:title": "A", "og:description": "B", "og:image": "/c.png", "og:url": "/d.html"})) == 4


def test_a_post_that_says_nothing_itself_is_not_compared(place: Place) -> None:
    text = place.post.read_text("utf-8")
    place.post.write_text(text.replace("description: Zwölf Leute, ein Beet – und viel Regen.\n", ""), "utf-8")
    (one,) = told(place, {"og:description": "Was die Vorlage daraus macht."})
    assert one["state"] == "ok"

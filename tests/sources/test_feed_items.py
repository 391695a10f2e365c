"""Where an item of a feed says what."""

from datetime import UTC

import pytest

from crosspost.sources.dates import zone
from crosspost.sources.feed.items import _json_item, _picture

BASE = "https://tal.example.org/feed.xml"


@pytest.mark.parametrize(
    ("entry", "picture"),
    [
        ({"media_content": [{"medium": "image", "url": "/a.png"}]}, "https://tal.example.org/a.png"),
        ({"media_content": [{"medium": "video", "url": "/a.mp4"}]}, ""),
        ({"media_thumbnail": [{"url": "b.png"}]}, "https://tal.example.org/b.png"),
        ({"enclosures": [{"type": "audio/mpeg", "href": "/a.mp3"}, {"type": "image/png", "href": "/c.png"}]},
         "https://tal.example.org/c.png"),
        ({"enclosures": None, "media_thumbnail": None}, ""),
    ],
)  # fmt: skip
def test_the_picture_of_an_item(entry: dict[str, object], picture: str) -> None:
    assert _picture(entry, BASE) == picture


def test_an_item_of_a_json_feed_may_have_a_banner_only() -> None:
    assert _json_item({"banner_image": "/b.png"}, BASE).picture == "https://tal.example.org/b.png"
    assert _json_item({"image": "/a.png", "banner_image": "/b.png"}, BASE).picture == "https://tal.example.org/a.png"


@pytest.mark.parametrize("name", ["", "UTC", "Etc/UTC"])
def test_the_names_of_utc(name: str) -> None:
    assert zone(name) is UTC

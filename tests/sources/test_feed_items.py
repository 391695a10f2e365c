"""Where an item of a feed says what."""

import codecs
from datetime import UTC

import pytest

from crosspost.sources.dates import zone
from crosspost.sources.feed.feed_post import FeedPost, facts_of
from crosspost.sources.feed.http_cache import Answer
from crosspost.sources.feed.items import Item, _json_item, _picture, read_feed
from crosspost.sources.web.web_page import WebPage

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
        ({"media_content": [{"url": "/ohne-art.JPG"}]}, "https://tal.example.org/ohne-art.JPG"),
        ({"media_content": [{"url": "/film.mp4"}]}, ""),
        ({"enclosures": [{"href": "/c.webp?v=2"}]}, "https://tal.example.org/c.webp?v=2"),
        ({"enclosures": [{"href": "/c.mp3"}], "image": {"href": "/folge.png"}}, "https://tal.example.org/folge.png"),
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


@pytest.mark.parametrize(
    ("attachments", "picture"),
    [
        ([{"url": "/a.mp3", "mime_type": "audio/mpeg"}, {"url": "/a.png", "mime_type": "image/png"}], "/a.png"),
        ([{"url": "/a.mp3", "mime_type": "audio/mpeg"}], ""),
        (["/a.png", {"url": 3, "mime_type": "image/png"}], ""),
        ("/a.png", ""),
    ],
)
def test_an_item_of_a_json_feed_may_have_its_picture_attached(attachments: object, picture: str) -> None:
    assert _json_item({"attachments": attachments}, BASE).picture == (
        f"https://tal.example.org{picture}" * bool(picture)
    )


def test_a_json_feed_may_begin_with_a_byte_order_mark() -> None:
    found = read_feed(Answer(url=BASE, body=codecs.BOM_UTF8 + b'{"title": "Tal", "items": [{"id": "1"}]}'))
    assert found is not None
    assert found.title == "Tal"


def rss(inside: str) -> Item:
    text = f"""<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Tal</title>
        <item><guid isPermaLink="true">https://tal.example.org/1</guid>{inside}</item></channel></rss>"""
    found = read_feed(Answer(url=BASE, body=text.encode()))
    assert found is not None
    return found.items[0]


MEDIA = """<media:content url="/{}.jpg" medium="image"><media:description type="plain">Ein {}</media:description>
    </media:content>"""


def test_what_is_said_of_a_picture_is_its_alternative_text() -> None:
    """As Mastodon's and Pixelfed's feeds have it, before or behind the text of the item."""
    for inside in ("<description>Regen.</description>" + MEDIA.replace("{}", "Beet"),
                   MEDIA.replace("{}", "Beet") + "<description>Regen.</description>"):  # fmt: skip
        item = rss(inside)
        assert (item.summary, item.text, item.alt) == ("Regen.", "", "Ein Beet")
        assert FeedPost.of(item).data()["og:image"] == {"url": "https://tal.example.org/Beet.jpg", "alt": "Ein Beet"}


def test_words_of_one_of_two_pictures_are_not_given_to_the_other() -> None:
    item = rss(MEDIA.replace("{}", "Beet") + MEDIA.replace("{}", "Baum"))
    assert (item.picture, item.alt) == ("https://tal.example.org/Beet.jpg", "")


def test_a_film_has_no_other_text_than_that() -> None:
    group = (
        '<media:group><media:thumbnail url="/f.jpg"/><media:description>Wir gießen.</media:description></media:group>'
    )
    assert rss(group).summary == "Wir gießen."


@pytest.mark.parametrize(
    ("shown", "alt"),
    [({}, "Ein Beet"), ({"picture": "https://t.example/b.jpg"}, "Ein Beet"),
     ({"picture": "https://t.example/c.jpg"}, ""), ({"picture": "https://t.example/b.jpg", "alt": "Baum"}, "Baum")],
)  # fmt: skip
def test_the_words_stay_with_their_picture(shown: dict[str, str], alt: str) -> None:
    item = Item(url="https://t.example/1", title="Tal", picture="https://t.example/b.jpg", alt="Ein Beet")
    assert facts_of(item, WebPage(**shown), WebPage()).alt == alt


@pytest.mark.parametrize(
    ("end", "left"),
    [
        ('<p>The post <a href="/1">Tal &amp; <em>Beet</em></a> appeared first on <a href="/">Tal</a>.</p>', ""),
        ('<p>Der Beitrag <a href="/1">Tal</a> erschien zuerst auf <a href="/">Tal</a>.</p>\n', ""),
        ('The post <a href="/1">Tal</a> first appeared on <a href="/">Tal</a>.', ""),
        (
            "<p>The post office appeared first on Main Street.</p>",
            "<p>The post office appeared first on Main Street.</p>",
        ),
    ],
)
def test_wordpress_last_line_is_not_of_the_text(end: str, left: str) -> None:
    post = FeedPost.of(Item(url="https://t.example/1", summary=f"<p>Regen.</p>{end}"))
    assert post.text.strip() == f"<p>Regen.</p>{left}"
    assert post.title.startswith("Regen.")
    assert "appeared first on T" not in post.title

"""Everything that is known of an item of a feed, field by field, and what is said of one that is of no use."""

import gzip
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from crosspost.errors import SourceError
from crosspost.model import Entry, Post
from crosspost.sources.feed.feed_post import is_cut
from crosspost.sources.feed.http_cache import Answer
from crosspost.sources.feed.items import MOST
from crosspost.sources.post_record import Check
from crosspost.sources.routing import Route
from crosspost.sources.web.sitemap import locations
from tests.sources.test_feed import FEED, HOME, Web, item, rss, source

BERLIN = ZoneInfo("Europe/Berlin")


def test_everything_an_item_of_a_feed_says() -> None:
    more = "<category>a</category><author>ada@e.org (Ada)</author><description>Kurz.</description>"
    web = Web({FEED: rss(item("a", title="A b", more=more), item("b", date="Fri, 20 Nov 2099 10:00:00 +0100"))})
    made = source(web, timezone="Europe/Berlin", lang="nl")
    made.check = Check(routes={"m": Route({"languages": ("de",)}, {})})
    early, entry = made.scan()
    if early.id == "id-a":
        early, entry = entry, early
    date = datetime(2026, 11, 20, 10, tzinfo=BERLIN)
    assert early.reason == "its date is in the future: 2099-11-20 10:00 CET"
    assert entry == Entry(
        id="id-a", path=f"{HOME}/a/", url=f"{HOME}/a/", date=date, title="A b", tags=("a",),
        fingerprint=entry.fingerprint, left_out=("m",),
    )  # fmt: skip
    post = made.load(entry)
    assert post == Post(
        id="id-a", path=f"{HOME}/a/", url=f"{HOME}/a/", title="A b", date=date, description="Kurz.", excerpt="Kurz.",
        description_from="the text", body="Kurz.", lang="nl", author=post.author, site="Das Tal", root=post.root,
        root_url=HOME, tags=("a",),
        warnings=(f"its page {HOME}/a/ cannot be read, so only the feed's own words and pictures are used",),
    )  # fmt: skip
    assert "Ada" in post.author
    assert (made.where, made.timezone, made.url, made.warnings) == (FEED, "Europe/Berlin", HOME, ())
    with pytest.raises(SourceError, match=r"^timezone: .*Wien"):
        _ = source(web, timezone="Wien").zone


def test_items_that_say_too_little_are_told() -> None:
    feed = rss(
        "<item><title>Ohne</title><pubDate>Fri, 20 Nov 2026 10:00:00 +0100</pubDate></item>",
        "<item><link>/leer/</link><pubDate>Fri, 20 Nov 2026 10:00:00 +0100</pubDate></item>",
        item("c", date="next week"),
    )
    found = {entry.path: entry.reason for entry in source(Web({FEED: feed})).scan()}
    assert set(found.values()) == {
        f"{HOME}/leer/: has neither a title nor a text",
        f"{next(path for path in found if '#' in path)}: has no address (link), so there is nothing to lead to",
        "it says no date that can be read; one that has none is never taken for new",
    }
    gone = Answer(url=FEED, status=410, problem=f"{FEED} answers 410")
    with pytest.raises(SourceError, match=r"^https://tal.example.org/feed.xml answers 410; it was taken off the web"):
        list(source(Web({FEED: gone})).scan())
    with pytest.raises(SourceError, match=r"feed\.xml: answers with a page that is not a feed and names none"):
        list(source(Web({FEED: f"<html><body>{'<div>' * 2000}</body></html>"})).scan())


def test_a_feed_that_breaks_its_parser_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise ValueError("no\n  such thing")

    monkeypatch.setattr("feedparser.parse", breaks)
    with pytest.raises(SourceError, match=rf"^{FEED}: the feed cannot be read: no such thing$"):
        _ = source(Web({FEED: rss()})).feed


def test_a_long_sitemap_and_a_packed_one() -> None:
    def sitemap(number: int) -> str:
        return f"<urlset>{''.join(f'<url><loc>{HOME}/{one}</loc></url>' for one in range(number))}</urlset>"

    with pytest.raises(SourceError, match=r"feed\.xml: has more than 2,000 addresses; take the site's feed instead"):
        _ = source(Web({FEED: sitemap(MOST + 1)})).feed
    assert len(source(Web({FEED: sitemap(MOST)})).feed.items) == MOST == 2000
    packed = gzip.compress(b"<urlset><LOC>" + HOME.encode() + b"/a&amp;b</LOC><loc>ftp://x/</loc>\xff</urlset>")
    assert locations(packed) == [f"{HOME}/a&b"]
    assert locations(packed[:-30]) in ([f"{HOME}/a&b"], [])
    assert locations(b"\x1f\x8bnothing of the kind") == []


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        *((f"<p>Ein langer Tag {end}</p>", True) for end in (
            "…", "...", "[…]", "[...]", "[&hellip;]", "Read more", "continue reading →", "Weiterlesen »",
            "lire la suite", "leer más", "… ]", "...)",
        )),
        ("<p>Ein … Tag.</p>", False), ("<p>Read more books.</p>", False), ("", False), (f"…{'x' * 500}", False),
    ],
)  # fmt: skip
def test_a_text_that_was_cut_is_told_by_its_end(text: str, cut: bool) -> None:
    assert is_cut(text) is cut


def test_a_json_feed_with_a_broken_sign_and_a_post_that_cannot_be_understood() -> None:
    item = b'{"items": [{"id": "1", "url": "/a/", "title": "A \xff b", "date_published": "2026-11-20"}]}'
    made = source(Web({FEED: Answer(url=FEED, status=200, body=item)}))
    (entry,) = made.scan()
    assert (entry.title, entry.state) == ("A \ufffd b", "ready")

    def breaks(_: object) -> str:
        raise TypeError("odd")

    made.check = Check(routes={"m": Route({"tags": ("x",)}, {})})
    made._layouts.language = breaks  # type: ignore[method-assign]  # whatever may go wrong with one post
    (entry,) = made.scan()
    assert entry.reason == f"{HOME}/a/: cannot be understood (TypeError: odd)"

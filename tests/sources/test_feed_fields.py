"""Everything a feed says of itself and its items, in each of the three formats."""

import json

import pytest

from crosspost.sources.feed.http_cache import Answer
from crosspost.sources.feed.hubs import Hubs, hubs_of, hubs_of_json, hubs_of_links
from crosspost.sources.feed.items import Feed, Item, _json_item, read_feed

HOME = "https://tal.example"
URL = f"{HOME}/blog/feed"


def read(body: str) -> Feed | None:
    return read_feed(Answer(url=URL, status=200, body=body.encode()))


ITEM = Item(
    id="urn:1",
    url=f"{HOME}/beet/",
    title="Beet & Regen",
    text="<p>Der ganze Text.</p>",
    summary="Kurz.",
    published="2026-11-20T09:00:00Z",
    picture=f"{HOME}/b.png",
    author="Ada",
    tags=("Garten", "Regen"),
)
FEED = Feed(
    url=URL,
    title="Das Tal",
    home=f"{HOME}/",
    lang="de-AT",
    items=(ITEM,),
    hubs=("https://hub.example/", f"{HOME}/hub"),
    topic=f"{HOME}/own",
)

RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"
  xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Das  Tal</title><link>/</link>
  <language>de-AT</language><atom:link rel="hub" href="https://hub.example/"/><atom:link rel="hub" href="/hub"/>
  <atom:link rel="self" href="/own"/><item><guid isPermaLink="false">urn:1</guid><link>/beet/?utm_source=rss</link>
  <title>Beet &amp;amp; Regen</title><content:encoded>&lt;p&gt;Der ganze Text.&lt;/p&gt;</content:encoded>
  <description>Kurz.</description><pubDate>Fri, 20 Nov 2026 10:00:00 +0100</pubDate><dc:creator>Ada</dc:creator>
  <media:content medium="image" url="/b.png"/><category>Garten</category><category>#Regen</category>
  <category>Garten</category></item></channel></rss>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de-AT"><title>Das Tal</title>
  <link href="/"/><link rel="hub" href="https://hub.example/"/><link rel="hub" href="/hub"/>
  <link rel="self" href="/own"/><entry><id>urn:1</id><link href="/beet/"/><title>Beet &amp; Regen</title>
  <content type="html">&lt;p&gt;Der ganze Text.&lt;/p&gt;</content><summary>Kurz.</summary>
  <published>2026-11-20T10:00:00+01:00</published><updated>2026-11-22T10:00:00Z</updated>
  <author><name>Ada</name></author><link rel="enclosure" type="image/png" href="/b.png"/>
  <category term="garten" label="Garten"/><category term="Regen"/></entry></feed>"""
JSON_ITEM = {
    "id": "urn:1",
    "url": "/beet/",
    "external_url": "https://else.example/",
    "title": "Beet &amp; Regen",
    "content_html": "<p>Der ganze Text.</p>",
    "content_text": "Nur der Text.",
    "summary": "Kurz.",
    "date_published": "2026-11-20T09:00:00Z",
    "image": "/b.png",
    "banner_image": "/banner.png",
    "authors": [{"name": "Ada"}, {"name": "Grace"}],
    "author": {"name": "Old"},
    "tags": ["Garten", "#Regen", "Garten", 5],
}
JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Das Tal",
    "home_page_url": "/",
    "feed_url": "/own",
    "language": "de-AT",
    "hubs": [
        {"type": "WebSub", "url": "https://hub.example/"},
        {"type": "rssCloud", "url": "/cloud"},
        {"type": "websub", "url": "/hub"},
        "nonsense",
    ],
    "items": [JSON_ITEM],
}


@pytest.mark.parametrize("body", [RSS, ATOM, json.dumps(JSON)], ids=["RSS", "Atom", "JSON"])
def test_each_format_says_everything(body: str) -> None:
    assert read(body) == FEED


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"id": 7}, Item(id="7")),
        ({"id": True}, Item()),
        ({"external_url": "/out"}, Item(url=f"{HOME}/out")),
        ({"url": "ftp://e.example/x"}, Item()),
        ({"url": "http://[x"}, Item()),
        ({"content_text": "a < b\nc"}, Item(text="<p>a &lt; b<br>\nc</p>")),
        ({"content_html": 5, "content_text": 5, "summary": 5, "title": 5, "tags": "x"}, Item()),
        ({"author": {"name": "Ada"}}, Item(author="Ada")),
        ({"tags": ["##X-Ray", "# b &amp; c", "#", "y" * 201, 5]}, Item(tags=("X-Ray", "b & c", "y" * 200))),
        ({"authors": [], "author": {"name": "Ada"}}, Item()),
        ({"authors": "Ada", "author": "Ada"}, Item()),
        ({"date_published": "2" * 101}, Item(published="2" * 100)),
        ({"title": "x" * 2001}, Item(title="x" * 2000)),
    ],
)  # fmt: skip
def test_an_item_of_a_json_feed_that_says_less(given: dict[str, object], said: Item) -> None:
    assert _json_item(given, URL) == said


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", None),
        ("<html><title>Oops</title></html>", None),
        ('{"items": {}}', None),
        ("<?xml version='1.0'?><note>no feed</note>", None),
        ('{"items": []}', Feed(url=URL, topic=URL)),
        ("<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>"
         "<channel><title>Alt</title></channel></rdf:RDF>", Feed(url=URL, title="Alt", topic=URL)),
        ("<urlset><url><loc>https://tal.example/a</loc></url></urlset>",
         Feed(url=URL, home=f"{HOME}/", items=(Item(url=f"{HOME}/a"),), bare=True)),
    ],
)  # fmt: skip
def test_what_is_told_apart(body: str, said: Feed | None) -> None:
    assert read(body) == said


@pytest.mark.parametrize(
    ("date", "said"),
    [
        ("<pubDate>Fri, 20 Nov 2026 10:00:00 +0100</pubDate>", "2026-11-20T09:00:00Z"),
        ("<pubDate>2026-11-20</pubDate>", "2026-11-20"),
        ("<pubDate>  2026-11-20  </pubDate>", "2026-11-20"),
        ("<pubDate>next week</pubDate>", "next week"),
        ("", ""),
    ],
)
def test_a_day_stays_a_day_of_the_sites_own_zone(date: str, said: str) -> None:
    feed = read(f"<rss version='2.0'><channel><item><title>A</title>{date}</item></channel></rss>")
    assert feed is not None
    assert [one.published for one in feed.items] == [said]


# ── who tells of what is new (WebSub) ─────────────────────────────────────────────────────────────────────────────────


def test_headers_count_before_what_the_feed_says() -> None:
    links = f'<https://a.example/hub>; rel="hub", <{HOME}/named>; rel="self"'
    there = Answer(url=URL, status=200, headers={"link": links})
    assert hubs_of(there, ["/other"], "/else") == Hubs(("https://a.example/hub",), f"{HOME}/named")
    silent = Answer(url=URL, status=200)
    assert hubs_of(silent, ["/other"], "/else") == Hubs((f"{HOME}/other",), f"{HOME}/else")
    assert hubs_of(silent, [], None) == Hubs((), URL)


def test_of_hubs_only_web_addresses_are_taken_each_once_and_not_too_many() -> None:
    silent = Answer(url=URL, status=200)
    odd = [None, 5, "", " ", "ftp://h.example", "http://[x", f"https://h.example/{'x' * 2000}"]
    assert hubs_of(silent, [*odd, " /hub ", "/hub"], "mailto:a@b.example") == Hubs((f"{HOME}/hub",), URL)
    longest = f"https://h.example/{'x' * (2000 - len('https://h.example/'))}"
    many = [longest, *(f"/{number}" for number in range(20))]
    assert hubs_of(silent, many, "").hubs == (longest, *(f"{HOME}/{number}" for number in range(9)))


def test_links_and_lists_of_the_wrong_shape_name_no_hub() -> None:
    silent = Answer(url=URL, status=200)
    assert hubs_of_links(silent, None) == hubs_of_links(silent, ["hub"]) == Hubs((), URL)
    assert hubs_of_json(silent, {"hubs": "hub"}) == hubs_of_json(silent, {"hubs": [{"url": "/x"}]}) == Hubs((), URL)

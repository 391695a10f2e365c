"""Which hub a feed names, in each of its forms; headers come first."""

import json

import pytest

from crosspost.sources.feed.http_cache import Answer
from crosspost.sources.feed.items import read_feed

URL = "https://tal.example.org/feed"
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><id>x</id>
<link href="https://tal.example.org/"/>{}<entry><title>A</title><id>1</id><link href="/a"/></entry></feed>"""
RSS = """<rss version="2.0" xmlns:a10="http://www.w3.org/2005/Atom"><channel><title>T</title>
<link>https://tal.example.org/</link>{}<item><title>A</title><link>/a</link></item></channel></rss>"""
BOTH = '<{0}link rel="self" href="/feed?a=1&amp;utm_source=x"/><{0}link rel="hub" href="//hub.example/"/>'
OWN = "https://tal.example.org/feed?a=1&utm_source=x"


def json_feed(**more: object) -> str:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{"id": "1"}], **more})


@pytest.mark.parametrize(
    ("body", "headers", "hubs", "topic"),
    [
        (ATOM.format(BOTH.format("")), {}, ("https://hub.example/",), OWN),
        (RSS.format(BOTH.format("a10:")), {}, ("https://hub.example/",), OWN),
        (ATOM.format(""), {}, (), URL),
        (ATOM.format('<link rel="hub" href="javascript:x"/><link rel="hub" href="http://[/"/>'), {}, (), URL),
        (
            ATOM.format(BOTH.format("")),
            {"link": '<https://other.example/>; rel="hub", <https://tal.example.org/f>; rel=self'},
            ("https://other.example/",),
            "https://tal.example.org/f",
        ),
        (
            json_feed(
                feed_url="https://tal.example.org/feed.json",
                hubs=[{"type": "rssCloud", "url": "https://c.example/"}, {"type": "WebSub", "url": "/hub"}, 3],
            ),
            {},
            ("https://tal.example.org/hub",),
            "https://tal.example.org/feed.json",
        ),
        (json_feed(hubs="x", feed_url=3), {}, (), URL),
    ],
)
def test_hub_and_name(body: str, headers: dict[str, str], hubs: tuple[str, ...], topic: str) -> None:
    feed = read_feed(Answer(url=URL, status=200, headers=headers, body=body.encode()))
    assert feed is not None
    assert (feed.hubs, feed.topic) == (hubs, topic)

"""``crosspost feed``: what was said, for feed readers; read by feedparser and by crosspost's own source of feeds."""

import html
import json
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.app.syndication import published_feed
from crosspost.sandbox import Sandbox
from crosspost.sources.feed.http_cache import Answer
from crosspost.sources.feed.items import Feed, read_feed
from crosspost.testing.harness import POST, Clock, Place

PAGE = "https://tal.example.org/2026/11/20/gruesse.html"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr("crosspost.cli.common.now", clock)
    place = Place(tmp_path, sandbox, clock=clock, networks=("mastodon", "bluesky", "newsletter"))
    assert place.crosspost(str(place.post), "--yes").code == 0
    return place


def read(body: str) -> Feed:
    found = read_feed(Answer(url="https://tal.example.org/said", body=body.encode(), headers={}))
    assert found is not None
    return found


@pytest.mark.parametrize("name", ["said.xml", "said.json"])
def test_it_is_read_back_with_the_words_and_the_links(place: Place, name: str) -> None:
    file = place.root / name
    ran = place.crosspost("feed", str(file))
    assert (ran.code, ran.out) == (0, f"Wrote {file}, with 1 post.\n")
    found = read(file.read_text("utf-8"))
    (item,) = found.items
    assert (item.id, item.title) == (f"{PAGE}#crosspost", "Grüße aus dem Tal")
    assert item.url == PAGE
    rows = place.crosspost("history", "--json").json
    addresses = [row["url"] for row in rows if row["account"] in ("mastodon", "bluesky")]
    assert len(addresses) == 2
    assert all(f'href="{html.escape(address)}"' in item.text for address in addresses)
    assert item.text.count("<blockquote>") == 2, "a mail can be seen nowhere"
    assert "newsletter" not in item.text


def test_atom_is_what_readers_ask_for(place: Place) -> None:
    file = place.root / "said.xml"
    place.crosspost("feed", str(file), "--to", "mastodon")
    parsed = feedparser.parse(file.read_bytes())
    assert (parsed.bozo, parsed.version) == (False, "atom10")
    (entry,) = parsed.entries
    assert entry.published <= entry.updated == parsed.feed.updated
    assert parsed.feed.author
    assert parsed.feed.id == f"{parsed.feed.link}#crosspost"
    assert "bluesky" not in entry.content[0].value


def test_both_are_written_at_once_newest_first_and_no_more_than_asked(place: Place) -> None:
    place.clock.pass_by(minutes=5)
    newer = place.new_post("2026-11-21-neuer", POST.replace("Grüße aus dem Tal", "Neuer"))
    assert place.crosspost(str(newer), "--yes").code == 0
    files = [place.root / "said.xml", place.root / "said.json"]
    place.crosspost("feed", *map(str, files))
    assert [[item.title for item in read(file.read_text("utf-8")).items] for file in files] == [
        ["Neuer", "Grüße aus dem Tal"]
    ] * 2
    place.crosspost("feed", str(files[1]), "--limit", "1")
    assert [item.title for item in read(files[1].read_text("utf-8")).items] == ["Neuer"]


def test_nothing_out_and_nowhere_to_write(place: Place, tmp_path: Path, sandbox: Sandbox) -> None:
    ran = place.crosspost("feed", str(place.root / "nowhere/said.xml"))
    assert ran.code == 2
    assert "said.xml: cannot be written" in ran.err
    empty = Place(tmp_path / "new", sandbox, networks=("mastodon",))
    assert empty.crosspost("feed", str(tmp_path / "a.xml")).out == "Nothing went out yet, so no feed is written.\n"
    assert not (tmp_path / "a.xml").exists()


ITEMS = st.builds(
    published_feed.Item,
    url=st.just(PAGE),
    title=st.text() | st.just("<b>\x1b\ufffe]]>"),
    content=st.text(),
    begun=st.just("2026-11-20T10:00:00Z"),
    changed=st.just("2026-11-21T10:00:00Z"),
)


@given(st.lists(ITEMS, max_size=4), st.text(min_size=1))
def test_whatever_was_said_it_is_well_formed(items: list[published_feed.Item], title: str) -> None:
    feed = published_feed.Feed(title=title, home="https://tal.example.org/", items=tuple(items))
    root = ElementTree.fromstring(published_feed.atom(feed, NOW))
    assert len(root.findall("{http://www.w3.org/2005/Atom}entry")) == len(items)
    assert [one["title"] for one in json.loads(published_feed.json_feed(feed))["items"]] == [one.title for one in items]

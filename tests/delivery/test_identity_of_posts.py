"""Which posts are new, whatever a feed does to their names: what users of other tools learned the hard way."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place, served

DAY = datetime(2026, 11, 10, 9, tzinfo=UTC)


class Feed:
    """A site on this machine: its feed and its pages."""

    def __init__(self, place: Place, url: str, web: Path) -> None:
        self.place, self.url, self.web = place, url, web
        text = place.config.read_text("utf-8")
        place.config.write_text(text.replace("[site]\n", f'[site]\nfeed = "{url}/feed.xml"\n', 1), "utf-8")
        self.items: dict[str, dict[str, str]] = {}

    def add(self, name: str, date: datetime | None = DAY, **more: str) -> None:
        self.items[name] = {
            "id": more.get("id", f"id-{name}"),
            "link": more.get("link", f"{self.url}/{name}.html"),
            "title": more.get("title", f"Title of {name}"),
            "date": f"{date:%a, %d %b %Y %H:%M:%S +0000}" if date else "",
            "updated": more.get("updated", ""),
        }
        (self.web / f"{name}.html").write_text(
            f"<html><head><title>Title of {name}</title></head><body><main>Text of {name}.</main></body></html>",
            "utf-8",
        )

    def publish(self) -> None:
        rows = "".join(
            f"<item><title>{one['title']}</title><link>{one['link']}</link>"
            + (f"<guid isPermaLink='false'>{one['id']}</guid>" if one["id"] else "")
            + f"<description>Words of {name}.</description>"
            + (f"<pubDate>{one['date']}</pubDate>" if one["date"] else "")
            + (f"<dc:date>{one['updated']}</dc:date>" if one["updated"] else "")
            + "</item>"
            for name, one in self.items.items()
        )
        self.serve(
            f"<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>T</title>"
            f"<link>{self.url}/</link>{rows}</channel></rss>"
        )

    def serve(self, text: str) -> None:
        """Serve this as the feed, changed just now: the server says so in seconds."""
        self.place.clock.pass_by(minutes=30)
        file = self.web / "feed.xml"
        file.write_text(text, "utf-8")
        now = self.place.clock.now.timestamp()
        os.utime(file, (now, now))

    def run(self) -> int:
        """Publish and run; how many posts are out on the sandbox's account."""
        self.publish()
        ran = self.place.crosspost("run")
        self.said = ran.out + ran.err
        return len(self.place.sandbox.posts("mastodon"))


@pytest.fixture
def feed(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Iterator[Feed]:
    place = Place(tmp_path / "place", sandbox, networks=["mastodon"], clock=clock)
    web = tmp_path / "web"
    web.mkdir()
    with pytest.MonkeyPatch.context() as patch, served(web) as url:
        patch.setattr("crosspost.cli.common.now", clock)
        made = Feed(place, url, web)
        for number in range(6):
            made.add(f"old{number}", DAY - timedelta(days=number))
        assert made.run() == 0  # what is there at the first run is old
        yield made


def test_a_new_item_goes_out_once(feed: Feed) -> None:
    feed.add("new", DAY + timedelta(days=5))
    assert [feed.run(), feed.run()] == [1, 1]
    assert f"{feed.url}/new.html" in str(feed.place.sandbox.posts("mastodon")[0])


def test_five_hundred_items_at_first_read_are_old(feed: Feed, tmp_path: Path) -> None:
    for number in range(500):
        feed.add(f"many{number}", DAY - timedelta(hours=number + 100))
    other = Place(tmp_path / "other", feed.place.sandbox, networks=["mastodon"], clock=feed.place.clock)
    fresh = Feed(other, feed.url, feed.web)
    fresh.items = feed.items
    assert fresh.run() == 0
    fresh.add("new", DAY + timedelta(days=5))
    assert fresh.run() == 1


def test_ids_made_anew_by_each_build_are_no_new_posts(feed: Feed) -> None:
    feed.add("new", DAY + timedelta(days=5))
    assert feed.run() == 1
    for build in range(3):
        for name, one in feed.items.items():
            one["id"] = f"build-{build}-{name}"
        assert feed.run() == 1


def test_https_a_slash_and_tracking_do_not_make_a_new_post(feed: Feed) -> None:
    for name, one in feed.items.items():
        one["id"] = one["link"].replace("http://", "https://")
        one["link"] = f"{feed.url}/{name}.html?utm_source=rss&utm_medium=feed#top"
    assert feed.run() == 0


def test_an_item_that_moves_and_has_a_new_id_is_known_by_title_and_date(feed: Feed) -> None:
    for name in list(feed.items):
        feed.add(name, DAY - timedelta(days=int(name[3:])), id=f"moved-{name}", link=f"{feed.url}/2026/{name}.html")
    assert feed.run() == 0


def test_an_update_is_no_new_post(feed: Feed) -> None:
    feed.add("new", DAY + timedelta(days=5))
    assert feed.run() == 1
    feed.items["new"]["updated"] = "2026-11-21T10:00:00Z"
    assert feed.run() == 1
    feed.items["new"]["date"] = "Sat, 21 Nov 2026 10:00:00 +0000"  # dates are edited after publishing, too
    assert feed.run() == 1


def test_an_undated_item_never_goes_out(feed: Feed) -> None:
    feed.add("undated", None)
    assert [feed.run(), feed.run()] == [0, 0]


def test_what_leaves_the_feed_is_not_deleted(feed: Feed) -> None:
    feed.add("new", DAY + timedelta(days=5))
    assert feed.run() == 1
    feed.items = {name: one for name, one in feed.items.items() if name == "old0"}
    feed.place.clock.pass_by(hours=2)
    assert [feed.run(), feed.run()] == [1, 1]
    assert "not in the site any more" not in feed.said


def test_many_older_items_at_once_are_held_back_at_any_time(feed: Feed) -> None:
    feed.add("new", DAY + timedelta(days=5))
    assert feed.run() == 1
    for number in range(4):
        feed.add(f"strange{number}", DAY - timedelta(days=50 + number))
    assert feed.run() == 1
    assert "held back" in feed.said
    assert feed.run() == 1
    ran = feed.place.crosspost("publish", f"{feed.url}/strange0.html", "--yes")
    assert ran.code == 0, ran.out + ran.err
    assert len(feed.place.sandbox.posts("mastodon")) == 2


def test_a_few_older_items_go_out(feed: Feed) -> None:
    for number in range(3):
        feed.add(f"late{number}", DAY - timedelta(days=50 + number))
    assert feed.run() == 3


def test_an_error_page_with_200_changes_nothing(feed: Feed) -> None:
    feed.serve("<html><head><title>Database error</title></head></html>")
    ran = feed.place.crosspost("run")
    assert (ran.code, "is not a feed and names none" in ran.err) == (2, True)
    feed.add("new", DAY + timedelta(days=5))
    assert feed.run() == 1


def test_commands_work_with_an_address(feed: Feed) -> None:
    feed.add("new", DAY + timedelta(days=5))
    feed.publish()
    address = f"{feed.url}/new.html"
    place = feed.place
    for command in (["preview", address], ["plan"], ["posts"], ["doctor"]):
        ran = place.crosspost(*command)
        assert ran.code in (0, 1), (command, ran.out, ran.err)
        assert "Title of new" in ran.out or command[0] == "doctor" or "id-new" in ran.out, command
    assert place.crosspost(address, "--yes").code == 0
    assert len(place.sandbox.posts("mastodon")) == 1


def test_a_feed_that_numbers_its_items_from_the_newest_on(feed: Feed) -> None:
    def number() -> None:
        for position, one in enumerate(sorted(feed.items.values(), key=lambda one: one["order"], reverse=True)):
            one["id"] = str(position + 1)

    for name, one in feed.items.items():
        one["order"] = f"{100 - int(name[3:])}"
    number()
    assert feed.run() == 0
    for day in range(3):
        feed.add(f"new{day}", DAY + timedelta(days=5 + day))
        feed.items[f"new{day}"]["order"] = f"{200 + day}"
        number()
        assert [feed.run(), feed.run()] == [day + 1, day + 1]
    assert feed.place.crosspost("status", "--json").json["changes"] == []


def test_an_id_that_is_used_again_for_a_new_article_is_a_new_post(feed: Feed) -> None:
    feed.add("new", DAY + timedelta(days=5), id="weekly")
    assert feed.run() == 1
    del feed.items["new"]
    feed.add("next", DAY + timedelta(days=7), id="weekly")
    assert [feed.run(), feed.run()] == [2, 2]
    assert feed.place.crosspost("status", "--json").json["changes"] == []


def test_without_any_id_an_item_is_known_by_its_address_or_by_title_and_date(feed: Feed) -> None:
    for one in feed.items.values():
        one["id"] = ""
    assert feed.run() == 0
    feed.add("new", DAY + timedelta(days=5), id="")
    assert feed.run() == 1
    feed.items["new"]["title"] = "Another title"
    assert feed.run() == 1
    feed.items["new"]["link"] = f"{feed.url}/2026/new.html"
    assert feed.run() == 1


def test_markup_in_a_title_and_a_relative_link(feed: Feed) -> None:
    feed.add("new", DAY + timedelta(days=5), title="Tom &amp;amp; &lt;i&gt;Jerry&lt;/i&gt;", link="/new.html")
    (feed.web / "new.html").write_text("<title>Tom &amp; Jerry</title><main>Text of new.</main>", "utf-8")
    assert feed.run() == 1
    said = str(feed.place.sandbox.posts("mastodon")[0])
    assert "Tom & Jerry" in said or "Tom &amp; Jerry" in said
    assert "<i>" not in said
    assert f"{feed.url}/new.html" in said


def test_a_date_that_nobody_understands_is_no_date(feed: Feed) -> None:
    feed.add("new", DAY)
    feed.items["new"]["date"] = "Mo, 23 Nov 2026 11:41:36"
    assert [feed.run(), feed.run()] == [0, 0]


def test_a_feed_that_is_gone_for_good_or_moved_takes_nothing_back(feed: Feed, tmp_path: Path) -> None:
    feed.add("new", DAY + timedelta(days=5))
    assert feed.run() == 1
    (feed.web / "feed.xml").unlink()
    feed.place.clock.pass_by(minutes=30)
    ran = feed.place.crosspost("run")
    assert (ran.code, "404" in ran.err) == (2, True)
    text = feed.place.config.read_text("utf-8")
    feed.place.config.write_text(text.replace("/feed.xml", "/moved.xml"), "utf-8")
    feed.publish()
    (feed.web / "feed.xml").rename(feed.web / "moved.xml")
    assert feed.place.crosspost("run").code == 0
    assert len(feed.place.sandbox.posts("mastodon")) == 1
    assert feed.place.crosspost("status", "--json").json["changes"] == []


def test_after_a_long_pause_it_is_told_that_items_may_be_missing(feed: Feed) -> None:
    feed.items.clear()
    for number in range(3):
        feed.add(f"fresh{number}", DAY + timedelta(days=5 + number))
    assert feed.run() == 3
    assert "older ones may be missing" in " ".join(feed.said.split())
    feed.run()
    assert "missing" not in feed.said


def test_a_build_that_is_half_written_sends_and_deletes_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)
    head = '[site]\nsource = "built"\nurl = "https://tal.example.org"\n'
    place.config.write_text(place.config.read_text("utf-8").replace("[site]\n", head, 1), "utf-8")

    def page(name: str, day: int) -> str:
        return (
            f'<!doctype html><html lang="de"><head><title>{name}</title><meta property="og:type" content="article">'
            f'<link rel="canonical" href="https://tal.example.org/{name}/">'
            f'<meta property="article:published_time" content="2026-11-{day:02}T10:00:00Z"></head>'
            f"<body><article><h1>{name}</h1><p>Ein Tag im Tal, an dem viel geschah.</p></article></body></html>"
        )

    place.write("site/public/index.html", "<!doctype html><html><title>Tal</title></html>")
    for number in range(4):
        place.write(f"site/public/alt{number}/index.html", page(f"alt{number}", number + 1))
    place.crosspost("run")
    place.write("site/public/neu/index.html", page("neu", 22).partition("<p>")[0])  # ends in a tag
    for number in range(4):
        (place.root / f"site/public/alt{number}/index.html").unlink()
    place.clock.pass_by(minutes=5)
    place.crosspost("run")
    assert place.sandbox.posts() == []
    for number in range(4):
        place.write(f"site/public/alt{number}/index.html", page(f"alt{number}", number + 1))
    place.write("site/public/neu/index.html", page("neu", 22))
    for _ in range(2):
        place.clock.pass_by(minutes=30)
        place.crosspost("run")
    assert len(place.sandbox.posts()) == 3
    assert place.crosspost("status", "--json").json["changes"] == []

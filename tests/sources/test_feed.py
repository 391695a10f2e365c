"""The source for feeds keeps to the contract, and reads what feeds really say."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crosspost.errors import SourceError
from crosspost.sources.feed.feed_source import FeedSource
from crosspost.sources.feed.http_cache import Answer
from crosspost.testing import SourceContract

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOME = "https://tal.example.org"
FEED = f"{HOME}/feed.xml"


class Web:
    """A web of texts: address → answer. Notes what was asked."""

    def __init__(self, pages: dict[str, str | Answer] | None = None) -> None:
        self.pages: dict[str, str | Answer] = pages or {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    def __call__(self, url: str, headers: Mapping[str, str]) -> Answer:
        self.asked.append((url, dict(headers)))
        found = self.pages.get(url)
        if found is None:
            return Answer(url=url, status=404, problem=f"{url} answers 404: there is nothing")
        return found if isinstance(found, Answer) else Answer(url=url, status=200, body=found.encode())


def item(name: str, *, title: str = "", more: str = "", date: str = "Fri, 20 Nov 2026 10:00:00 +0100") -> str:
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    return (
        f"<item><title>{title or name}</title><link>/{name}/?utm_source=feed</link>"
        f'<guid isPermaLink="false">id-{name}</guid>{dated}{more}</item>'
    )


def rss(*items: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Das Tal</title>'
        f"<link>{HOME}/</link><language>de-DE</language>{''.join(items)}</channel></rss>"
    )


def source(web: Web, address: str = FEED, **more: object) -> FeedSource:
    return FeedSource(address, now=NOW, fetch=web, **more)  # type: ignore[arg-type]  # few, in these tests


class TestContract(SourceContract):
    def make(self, root: Path) -> FeedSource:
        file = root / "feed.xml"
        items = [one.read_text("utf-8") for one in sorted(root.glob("*.item"))] if root.is_dir() else []
        return source(Web({FEED: rss(*items)} if items or file.exists() else {}))

    def write(self, root: Path, name: str, *, title: str, text: str, broken: bool = False) -> Path:
        content = f"<content:encoded><![CDATA[<p>{text}</p>]]></content:encoded>"
        one = item(name, title=title, more=content)
        if broken:
            one = one.replace(text, "x" * 600_000)
        file = root / f"{name}.item"
        file.write_text(one, "utf-8")
        return file


def only(made: FeedSource) -> tuple[object, ...]:
    (entry,) = made.scan()
    return made.load(entry), entry


def test_an_item_and_its_page_make_a_post() -> None:
    page = f"""<html lang="de"><head><title>Grüße &amp; Beet</title>
      <meta property="og:image" content="{HOME}/b.png"><meta property="og:image:alt" content="Ein Beet">
      <meta property="og:description" content="Zwölf Leute."></head><body><article><h1>Grüße &amp; Beet</h1>
      <p>Der ganze Text, viel länger als im Feed.</p></article></body></html>"""
    feed = rss(
        item(
            "a",
            title="Grüße &amp;amp; &lt;i&gt;Beet&lt;/i&gt;",
            more="<category>Garten</category><description>Der […]</description>",
        )
    )
    made = source(Web({FEED: feed, f"{HOME}/a/": page}))
    (entry,) = made.scan()
    post = made.load(entry)
    assert (entry.id, entry.url, entry.path) == ("id-a", f"{HOME}/a/", f"{HOME}/a/")
    assert (post.title, post.description, post.tags) == ("Grüße & Beet", "Zwölf Leute.", ("Garten",))
    assert (post.lang, post.site, post.date.isoformat()) == ("de", "Das Tal", "2026-11-20T09:00:00+00:00")
    assert "Der ganze Text" in post.body
    assert post.thumbnail is not None
    assert (post.thumbnail.url, post.thumbnail.alt) == (f"{HOME}/b.png", "Ein Beet")


def test_without_its_page_a_post_has_what_the_feed_says() -> None:
    whole = "<content:encoded><![CDATA[<p>Alles. <img src='/c.png' alt='C'></p>]]></content:encoded>"
    made = source(Web({FEED: rss(item("a", more=whole + "<description>Kurz gesagt.</description>"))}))
    (entry,) = made.scan()
    post = made.load(entry)
    assert post.description == "Kurz gesagt."
    assert post.images[0].url == f"{HOME}/c.png"
    assert any("cannot be read" in said for said in post.warnings)


def test_an_error_page_with_200_is_not_taken_for_the_page() -> None:
    web = Web({FEED: rss(item("a", title="Das Beet", more="<description>Kurz.</description>"))})
    web.pages[f"{HOME}/a/"] = "<html><head><title>Oops</title></head><body><main>Something broke</main></body></html>"
    made = source(web)
    (entry,) = made.scan()
    post = made.load(entry)
    assert "Something broke" not in post.body
    assert any("another one" in said for said in post.warnings)


def test_atom_with_only_updated_and_relative_links() -> None:
    atom = f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:base="{HOME}/blog/"><title>T</title>
      <entry><id>urn:1</id><title type="html">A &amp;lt;b&amp;gt; B</title><link href="a/"/>
      <updated>2026-11-20T10:00:00Z</updated><content type="html">&lt;p&gt;Text.&lt;/p&gt;</content></entry></feed>"""
    (entry,) = source(Web({FEED: atom})).scan()
    assert (entry.url, entry.date) == (f"{HOME}/blog/a/", datetime(2026, 11, 20, 10, tzinfo=UTC))


def test_a_json_feed() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "T",
        "home_page_url": HOME,
        "language": "en-GB",
        "items": [
            {"id": 1, "url": "/a", "title": "A", "content_html": "<p>x</p>", "tags": ["one", 2], "image": "/p.png",
             "date_published": "2026-11-20T10:00:00+01:00", "authors": [{"name": "Ada"}]},
            {"id": "2", "url": "/b", "content_text": "No title here, only <words>.", "date_published": "2026-11-21"},
            "nonsense",
        ],
    }  # fmt: skip
    made = source(Web({FEED: json.dumps(feed)}))
    b, a = made.scan()
    assert (a.id, a.url, a.title, a.tags) == ("1", f"{HOME}/a", "A", ("one",))
    assert b.title == "No title here, only <words>."
    post = made.load(a)
    assert (post.author, post.lang, post.thumbnail and post.thumbnail.url) == ("Ada", "en-GB", f"{HOME}/p.png")


def test_a_feed_is_found_from_the_page_that_names_it() -> None:
    page = '<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head></html>'
    assert [entry.id for entry in source(Web({HOME: page, FEED: rss(item("a"))}), HOME).scan()] == ["id-a"]


def test_a_sitemap_gives_addresses_and_the_pages_the_rest() -> None:
    web = Web({FEED: f"<urlset><url><loc>{HOME}/a/</loc></url><url><loc>{HOME}/about/</loc></url></urlset>"})
    web.pages[f"{HOME}/a/"] = (
        "<html><head><title>A</title><meta property='article:published_time' content='2026-11-20'></head>"
        "<body><p>x</p></body></html>"
    )
    web.pages[f"{HOME}/about/"] = "<html><head><title>About</title></head></html>"
    entries = {entry.url: entry for entry in source(web).scan()}
    assert (entries[f"{HOME}/a/"].state, entries[f"{HOME}/a/"].title) == ("ready", "A")
    assert "says no date" in entries[f"{HOME}/about/"].reason


UNUSABLE = {
    "an error page": ("<html><title>Oops</title></html>", "is not a feed and names none"),
    "cut": (rss(item("a"))[:-20], "ends in the middle"),
    "no JSON": ('{"version": "https://jsonfeed.org/version/1", "items": [', "not JSON that can be read"),
    "deep JSON": ('{"items":' + "[" * 100_000, "not JSON that can be read"),
}


@pytest.mark.parametrize("kind", list(UNUSABLE))
def test_what_is_no_feed_stops_the_run_with_a_sentence(kind: str) -> None:
    text, wanted = UNUSABLE[kind]
    with pytest.raises(SourceError, match=wanted):
        list(source(Web({FEED: text})).scan())


def test_a_feed_that_was_removed_or_moved_for_good() -> None:
    gone = Answer(url=FEED, status=410, problem=f"{FEED} answers 410: it was removed for good")
    with pytest.raises(SourceError, match="name another one as `feed`"):
        list(source(Web({FEED: gone})).scan())
    there = f"{HOME}/index.xml"
    moved = Answer(url=there, status=200, body=rss(item("a")).encode(), moved=there)
    made = source(Web({FEED: moved}))
    assert [entry.id for entry in made.scan()] == ["id-a"]
    assert made.warnings == (f"the feed {FEED} moved for good to {there}; name that one as `feed` under [site]",)


def test_only_what_changed_is_sent_again(tmp_path: Path) -> None:
    headers = {"etag": '"7"', "last-modified": "Fri, 20 Nov 2026 10:00:00 GMT"}
    web = Web({FEED: Answer(url=FEED, status=200, body=rss(item("a")).encode(), headers=headers)})
    assert len(list(source(web, memory=tmp_path / "feed").scan())) == 1
    assert len(list(source(web, memory=tmp_path / "feed").scan())) == 1
    assert len(web.asked) == 1  # a minute has not passed
    web.pages[FEED] = Answer(url=FEED, status=304)
    later = FeedSource(FEED, now=NOW + timedelta(minutes=10), fetch=web, memory=tmp_path / "feed")
    assert [entry.id for entry in later.scan()] == ["id-a"]
    assert web.asked[1][1] == {"If-None-Match": '"7"', "If-Modified-Since": "Fri, 20 Nov 2026 10:00:00 GMT"}


def test_undated_items_are_never_new_and_items_without_an_address_are_refused() -> None:
    odd = item("c").replace("/c/?utm_source=feed", "")
    made = source(Web({FEED: rss(item("a", date=""), item("b", date="Mo, 25 Jun 2018 11:41:36"), odd)}))
    found = {entry.id: entry for entry in made.scan()}
    assert found["id-a"].state == found["id-b"].state == "skipped"
    assert "never taken for new" in found["id-b"].reason
    assert (found["id-c"].state, "has no address" in found["id-c"].reason) == ("refused", True)


def test_the_same_item_twice_is_one_and_one_id_for_two_articles_is_two() -> None:
    twice = rss(item("a"), item("a"), item("b").replace("id-b", "id-a"))
    assert sorted(entry.id for entry in source(Web({FEED: twice})).scan()) == ["id-a", "tal.example.org/b"]


def test_an_address_of_the_site_is_an_entry_also_when_the_feed_has_lost_it() -> None:
    web = Web({FEED: rss(item("a"))})
    web.pages[f"{HOME}/old/"] = (
        "<html><head><title>Alt</title><meta property='article:published_time' content='2020-01-02'></head></html>"
    )
    made = source(web)
    assert made.entry(Path("http://tal.example.org/a/?utm_source=x")).id == "id-a"
    old = made.entry(Path(f"{HOME}/old/"))
    assert (old.state, old.title, old.path) == ("ready", "Alt", f"{HOME}/old/")
    assert made.load(old).url == f"{HOME}/old/"
    with pytest.raises(SourceError, match="is not an address of"):
        made.entry(Path("https://else.example/x"))


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "xxxxxxxxxx">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + '<!ENTITY e SYSTEM "file:///etc/passwd">]>'
)


@pytest.mark.parametrize(
    "hostile",
    [
        item("x", more=f"<description>{'&lt;div&gt;' * 50_000}</description>"),
        item("x", title="&j; &e;"),
        item("x", title="\u202ex&#27;[31m"),
        item("x", more="<description>" + "<a>" * 3_000 + "</a>" * 3_000 + "</description>"),
        item("x", more=f"<description>{'x' * 700_000}</description>"),
    ],
    ids=["deep", "bomb", "control", "deep-xml", "long"],
)
def test_a_hostile_item_stops_only_itself(hostile: str) -> None:
    feed = rss(item("good"), hostile)
    if "&j;" in hostile:
        feed = BOMB + feed.partition("?>")[2]
    made = source(Web({FEED: feed}))
    found = {entry.id: entry for entry in made.scan()}
    assert found["id-good"].state == "ready"
    bad = found["id-x"]
    assert "root:" not in bad.title
    assert bad.title.isprintable()
    assert bad.state == "refused" or made.load(bad).title == bad.title

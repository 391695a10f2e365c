"""Short posts beside a site that takes none as files keep to the contract, and are never taken for the site's own."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crosspost.errors import SourceError
from crosspost.sources.base import Source
from crosspost.sources.feed.feed_source import FeedSource
from crosspost.sources.feed.http_cache import Answer
from crosspost.sources.keys import Keys
from crosspost.sources.short_posts import WithShortPosts
from crosspost.sources.web.built import BuiltSource
from crosspost.testing import SourceContract
from tests.sources.built_site import HOME, NOW, URL, page, write

ITEM = (
    "<item><title>{id}</title><link>{url}/{id}</link><guid>{id}</guid>"
    "<pubDate>Sat, 21 Nov 2026 10:00:00 GMT</pubDate></item>"
)


def built(root: Path) -> Source:
    return WithShortPosts(BuiltSource(root / "site", now=NOW, url=URL), root / "short", now=NOW)


def fed(root: Path, *ids: str) -> Source:
    items = "".join(ITEM.format(id=one, url=URL) for one in ids)
    text = f"<rss version='2.0'><channel><title>Das Tal</title><link>{URL}</link>{items}</channel></rss>"

    def fetch(url: str, headers: object) -> Answer:  # one answer for all
        if not root.exists():
            raise SourceError("there is nobody")
        return Answer(status=200, url=f"{URL}/feed.xml", body=text.encode(), headers={"content-type": "text/xml"})

    site = FeedSource(
        f"{URL}/feed.xml", fetch=fetch, memory=None, root=root, now=NOW, url=URL, timezone="", lang="", keys=Keys()
    )
    return WithShortPosts(site, root / "short", now=NOW)


class _Short(SourceContract):
    def write(self, root: Path, name: str, *, title: str, text: str, broken: bool = False) -> Path:
        write(root, "site/public/index.html", HOME)
        front = "title: [" if broken else f"title: {title}"
        return write(root, f"short/2026-11-20-{name}.md", f"---\n{front}\n---\n\n{text}\n")


class TestBesideABuiltSite(_Short):
    def make(self, root: Path) -> Source:
        return built(root)


class TestBesideAFeed(_Short):
    def make(self, root: Path) -> Source:
        return fed(root)


def test_a_short_post_has_no_page_and_its_picture_is_only_here(tmp_path: Path) -> None:
    write(tmp_path, "site/public/index.html", HOME)
    write(tmp_path, "site/public/neu/index.html", page("Neu"))
    write(tmp_path, "short/pictures/x.jpg", "bytes")
    write(
        tmp_path,
        "short/2026-11-20-neu.md",
        "---\ntitle: Kurz\nthumbnail: /pictures/x.jpg\nthumbnail_alt: Ein Beet\n---\n\nT\n",
    )
    source = built(tmp_path)
    site, short = source.scan()
    assert (site.id, site.url) == ("neu", f"{URL}/neu/")
    assert (short.id, short.url, short.state) == ("short:neu", "", "ready")
    post = source.load(short)
    assert post.thumbnail is not None
    assert (post.thumbnail.path, post.thumbnail.url) == (str(tmp_path / "short/pictures/x.jpg"), "")
    assert (post.url, post.root_url, post.site, post.lang) == ("", "", "Das Tal", "de")
    assert source.load(site).url == f"{URL}/neu/"
    assert source.has_front_matter(Path(short.path))
    assert not source.has_front_matter(Path(site.path))


def test_a_post_of_the_site_never_has_the_id_of_a_short_one(tmp_path: Path) -> None:
    write(tmp_path, "short/2026-11-20-x.md", "---\ntitle: Kurz\n---\n\nT\n")
    source = fed(tmp_path, "short:x", "y")
    ids = {entry.id: entry.state for entry in source.scan()}
    assert ids == {f"{URL}/y": "ready", "site:short:x": "refused", "short:x": "ready"}


def test_without_its_folder_it_is_the_site_alone(tmp_path: Path) -> None:
    write(tmp_path, "site/public/index.html", HOME)
    write(tmp_path, "site/public/neu/index.html", page("Neu"))
    assert [entry.id for entry in built(tmp_path).scan()] == ["neu"]
    assert not (tmp_path / "short").exists()


def test_beside_its_short_posts_a_site_says_what_it_says_alone(tmp_path: Path) -> None:
    write(tmp_path, "site/public/index.html", HOME)
    write(tmp_path, "site/public/neu/index.html", page("Neu"))
    write(tmp_path, "short/2026-11-20-x.md", "---\ntitle: Kurz\nimage: pictures/gone.jpg\n---\n\nT\n")
    keys = Keys(pictures=("bild",))
    site = BuiltSource(tmp_path / "site", now=NOW, url=URL, timezone="Europe/Vienna", keys=keys)
    both = WithShortPosts(site, tmp_path / "short", now=NOW, timezone="Asia/Tokyo")
    for name in ("url", "title", "lang", "where", "zone", "timezone", "warnings", "keys", "check", "whole", "nothing"):
        assert getattr(both, name) == getattr(site, name), name
    assert (both.of_the_site, both.front_matter) == (site, False)
    entries = {entry.id: entry for entry in both.paths()}
    assert set(entries) == {"neu", "short:x"}
    assert str(entries["short:x"].date) == "2026-11-20 00:00:00+09:00", "a zone of its own"
    assert both.origin(entries["neu"]) == site.origin(entries["neu"])
    assert both.origin(entries["short:x"]).keys == ("title", "image")
    assert both.entry(Path(entries["short:x"].path)) == entries["short:x"]
    assert both.entry(Path(entries["neu"].path)) == entries["neu"]
    both.need_url()
    unknown = WithShortPosts(BuiltSource(tmp_path / "gone", now=NOW), tmp_path / "short", now=NOW)
    with pytest.raises(SourceError):
        unknown.need_url()


def test_where_a_short_post_is_written(tmp_path: Path) -> None:
    found = built(tmp_path).new_posts
    assert (found.folder, found.pictures, found.address) == (
        tmp_path / "short", tmp_path / "short/pictures", "/pictures",
    )  # fmt: skip


@pytest.mark.parametrize("there", [True, False])
def test_what_is_watched_is_both_or_nothing(tmp_path: Path, there: bool) -> None:
    class Watched(BuiltSource):
        folders = (tmp_path / "site",)

    if there:
        (tmp_path / "short").mkdir()
    source = WithShortPosts(Watched(tmp_path / "site", now=datetime.now(UTC)), tmp_path / "short", now=NOW)
    assert source.folders == ((tmp_path / "site", tmp_path / "short") if there else ())

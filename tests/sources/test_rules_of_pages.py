"""Small rules of built sites and feeds: copies, Markdown files, what is nested, what is kept."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crosspost.errors import PostRefused
from crosspost.sources.feed.http_cache import Answer, Answers
from crosspost.sources.jekyll_site import read_site
from crosspost.sources.new_posts import NewPosts
from crosspost.sources.short_posts import WithShortPosts
from crosspost.sources.web.markdown_files import Pairs
from crosspost.sources.web.web_page import read_page
from crosspost.sources.web.web_record import WebRecord
from tests.sources import built_site
from tests.sources.jekyll_site import Site
from tests.sources.test_feed import FEED, HOME, Web, item, rss, source


def test_pages_that_are_copies_and_pages_that_share_an_address(tmp_path: Path) -> None:
    built_site.write(tmp_path, "_site/index.html", built_site.HOME)
    pages = {"Xa/1.html": "Xb/", "Xb/index.html": "Xb/", "Xa/2.html": "gone/", "Xa/3.html": "Xa/2.html"}
    for name, canonical in pages.items():
        head = f'<link rel="canonical" href="{built_site.URL}/{canonical}">'
        built_site.write(tmp_path, f"_site/{name}", built_site.page(name, head=head))
    made = built_site.source(tmp_path, posts="/Xa/")
    found = {entry.id: entry for entry in made.scan()}
    assert found["Xb"].reason == "it is not in Xa, which [site] posts names"
    assert found["Xa/1"].reason == f"it is a copy of {built_site.URL}/Xb/"
    assert found["Xa/3"].reason == f"it is a copy of {built_site.URL}/Xa/2.html"
    assert (found["Xa/2"].url, found["Xa/2"].state) == (f"{built_site.URL}/gone/", "ready")
    assert made.entry(tmp_path / "_site/Xa/2.html") == found["Xa/2"], "a copy is no twin"
    built_site.write(
        tmp_path, "_site/Xa/4.html", built_site.page("4", head=f'<link rel="canonical" href="{built_site.URL}/gone/">')
    )
    twin = made.entry(tmp_path / "_site/Xa/2.html")
    assert twin.reason.startswith(f"{twin.path}: has the same address as {tmp_path}/_site/Xa/4.html (")


def test_the_markdown_file_of_a_page(tmp_path: Path) -> None:
    built_site.write(tmp_path, "_site/index.html", built_site.HOME)
    built_site.write(tmp_path, "_site/a.html", built_site.page("A"))
    built_site.write(tmp_path, "_site/b.html", built_site.page("B"))
    zola = built_site.write(tmp_path, "src/x.md", "+++\ntitle = 'A'\n[taxonomies]\ntags = ['Garten']\n+++\n")
    bad = built_site.write(tmp_path, "src/b.md", "---\ntitle: [\n---\n")
    made = built_site.source(tmp_path)
    assert made.entry(zola).tags == ("Garten",)
    assert made.entry(bad).reason.startswith(f"{tmp_path}/_site/b.html: its Markdown file cannot be used: {bad}:")
    zola.write_text("---\ntitle: A\ntaxonomies: Garten\n---\n", "utf-8")
    assert next(entry.tags for entry in made.scan()) == ()
    for name in ("c", "d"):
        built_site.write(tmp_path, f"src/{name}.md", "---\ntitle: Ohne Tag\n---\n")
    pairs = Pairs(tmp_path, tmp_path / "_site")
    assert pairs.of("Ohne Tag", datetime(2024, 1, 2, tzinfo=UTC), "https://e.org/x/") is None


def test_a_page_may_say_what_its_addresses_are_relative_to() -> None:
    for href, picture in (
        ("/X/", "https://e.org/X/b.png"), ("https://cdn.example/", "https://cdn.example/b.png"),
        ("sub/", "https://e.org/a/sub/b.png"), ("ftp://e.org/", "https://e.org/a/b.png"), ("",
        "https://e.org/a/b.png"),
    ):  # fmt: skip
        head = f"<base href='{href}'><meta property='og:image' content='b.png'>"
        found = read_page(f"<html><head>{head}</head><body><img src='b.png'></body></html>", "https://e.org/a/c")
        assert (found.picture, found.text) == (picture, f'<img src="{picture}">')


def test_a_page_in_which_things_are_nested(tmp_path: Path) -> None:
    deep = "<div>" * 30 + "<time datetime='2024-01-02'></time>" + "</div>" * 30
    assert read_page(f"<html><body><main>{deep}</main></body></html>", "https://e.org/").published == "2024-01-02"
    listed = "<ul><li><a href='/a'>A</a><time datetime='2024-01-02'></time></li></ul>"
    assert read_page(f"<html><body><main>{listed}</main></body></html>", "https://e.org/").published == ""
    alone = "<ul><li>am <time datetime='2024-01-02'></time></li></ul>"
    assert read_page(f"<html><body><main>{alone}</main></body></html>", "https://e.org/").published == "2024-01-02"
    picture = "<main><img src='http://[x'><p>Text</p></main>"
    assert 'src="http://[x"' in read_page(f"<html><body>{picture}</body></html>", "https://e.org/").text
    record = WebRecord("a", url="https://e.org/X/beet/", title="A", text="", site=read_site(tmp_path, {}, jekyll4=True),
                       date=None, data={}, check=built_site.source(tmp_path).check)  # fmt: skip
    assert (record.slug(), record.collection(), record.relative_url()) == ("beet", "X", "/X/beet/")
    with pytest.raises(PostRefused, match=r"^a: says no date$"):
        _ = record.date


# ── feeds ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_feed_says_wholly_is_not_taken_from_the_page() -> None:
    page = built_site.page("A b", text="<p>Alles. Und noch viel mehr, was nur auf der Seite steht.</p>")

    def body(text: str) -> str:
        feed = rss(item("a", title="A b", more=f"<content:encoded>&lt;p&gt;{text}&lt;/p&gt;</content:encoded>"))
        made = source(Web({FEED: feed, f"{HOME}/a/": page}))
        (entry,) = made.scan()
        return made.load(entry).body

    assert body("Alles.") == "Alles."
    assert body("Alles …").startswith("Alles. Und noch viel mehr")


def test_what_was_answered_is_kept_for_the_next_run(tmp_path: Path) -> None:
    now, asked = datetime(2026, 11, 22, 12, tzinfo=UTC), list[dict[str, str]]()

    def fetch(url: str, headers: dict[str, str]) -> Answer:
        asked.append(dict(headers))
        marks = {"etag": f'"{url[-1]}"', "last-modified": "Sun, 22 Nov 2026 11:00:00 GMT"}
        return Answer(url=url, status=304) if headers else Answer(url=url, status=200, body=b"x", headers=marks)

    folder = tmp_path / "deep/er"
    for seconds, name, requests in ((0, "a", 1), (0, "b", 2), (59, "a", 2), (60, "a", 3), (60, "b", 4), (-1, "b", 5)):
        answers = Answers(fetch, folder, now + timedelta(seconds=seconds))  # type: ignore[arg-type]  # a test's own
        assert answers.get(f"https://e.org/{name}").body == b"x"
        assert len(asked) == requests, (seconds, name)
    assert asked[2] == {"If-None-Match": '"a"', "If-Modified-Since": "Sun, 22 Nov 2026 11:00:00 GMT"}
    here = Answers(fetch, None, now)  # type: ignore[arg-type]  # a test's own
    assert [here.get("https://e.org/c").body for _ in range(2)] == [b"x", b"x"]
    assert len(asked) == 6, "one that is kept in memory is asked for once"
    asked.pop()
    early, later = now + timedelta(minutes=5), now + timedelta(minutes=10)
    for told, hinted, requests in ((early, False, 5), (early, True, 6), (early, True, 6), (later, True, 7)):
        again = Answers(fetch, folder, later, told)  # type: ignore[arg-type]
        again.get("https://e.org/a", young=timedelta(hours=1), hinted=hinted)
        assert len(asked) == requests


def test_which_posts_are_files_whose_front_matter_may_be_changed(tmp_path: Path) -> None:
    site = Site(tmp_path / "site")
    short = site.put("../short/2024-05-01-a.md", "---\ntitle: A\n---\n")
    both = WithShortPosts(site.source(), tmp_path / "short", now=datetime(2026, 1, 1, tzinfo=UTC))
    assert both.has_front_matter(short)
    assert both.new_posts == NewPosts(
        tmp_path / "short", ("published", False), tmp_path / "short/pictures", "/pictures", below_the_site=False
    )
    assert both.has_front_matter(site.post("title: A"))
    assert both.folders == (site.root, tmp_path / "short")
    built_site.write(tmp_path, "b/_site/index.html", built_site.HOME)
    beside = WithShortPosts(built_site.source(tmp_path / "b"), tmp_path / "short", now=built_site.NOW)
    assert beside.has_front_matter(short)
    assert not beside.has_front_matter(tmp_path / "b/_site/index.html")
    assert (beside.folders, beside.where) == ((), str(tmp_path / "b/_site"))


PAGE = {"@type": "WebPage", "datePublished": "2026-01-02"}


@pytest.mark.parametrize(
    ("objects", "title"),
    [
        ([{"@type": "WebPage", "headline": "A"}], ""),
        ([{"@type": "Person", "headline": "A"}], ""),
        ([PAGE | {"headline": "A"}], "A"),
        ([PAGE | {"headline": "A"}, {"@type": "Article", "headline": "B"}], "B"),
        ([PAGE | {"headline": "A"}, PAGE | {"headline": "B"}], "A"),
    ],
)
def test_what_a_page_says_of_itself_as_an_article_or_as_a_page_with_a_date(objects: list[object], title: str) -> None:
    said = json.dumps(objects)
    html = f"<html><head><script type='application/ld+json'>{said}</script></head><body></body></html>"
    assert read_page(html, "https://e.org/").title == title

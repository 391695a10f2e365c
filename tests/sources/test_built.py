"""The source for built sites keeps to the contract, and its own quirks."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from crosspost.errors import PostRefused, SourceError
from crosspost.sources.web.built import BuiltSource
from crosspost.sources.web.cut_off import cut_off
from crosspost.testing import SourceContract
from tests.sources.built_site import HOME, NOW, URL, page, source, states, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, "_site/index.html", HOME)
    return tmp_path


class TestContract(SourceContract):
    def make(self, root: Path) -> BuiltSource:
        return BuiltSource(root, now=NOW, url=URL)

    def write(self, root: Path, name: str, *, title: str, text: str, broken: bool = False) -> Path:
        if root.exists():
            write(root, "public/index.html", HOME)
        whole = page(title, text=f"<p>{text}</p>")
        return write(root, f"public/blog/{name}/index.html", whole[: len(whole) // 2] if broken else whole)


def test_everything_a_page_says_is_read(root: Path) -> None:
    picture = root / "_site/img/beet.png"
    picture.parent.mkdir(parents=True)
    Image.effect_noise((320, 200), 60).save(picture)
    head = f"""<link rel="canonical" href="{URL}/blog/beet/"><meta property="og:image" content="/img/beet.png">
      <meta property="og:image:alt" content="Ein Hochbeet im Regen"><meta property="article:tag" content="Garten">
      <meta property="article:tag" content="Erneuerbare &amp; Energien"><meta name="author" content="Ada">
      <meta property="og:description" content="Zwölf Leute, ein Beet &amp;amp; Regen.">"""
    write(root, "_site/blog/beet/index.html", page("Grüße &amp; Beet", head=head, date="2026-11-20T10:00:00+01:00"))
    made = source(root)
    (entry,) = made.scan()
    post = made.load(entry)
    assert (entry.id, entry.url, entry.state) == ("blog/beet", f"{URL}/blog/beet/", "ready")
    assert (post.title, post.description) == ("Grüße & Beet", "Zwölf Leute, ein Beet & Regen.")
    assert post.tags == ("Garten", "Erneuerbare & Energien")
    assert (post.lang, post.author, post.site) == ("de", "Ada", "Das Tal")
    assert post.date == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert post.thumbnail is not None
    assert (post.thumbnail.path, post.thumbnail.alt) == (str(picture), "Ein Hochbeet im Regen")
    assert post.thumbnail.url == f"{URL}/img/beet.png"
    assert post.body == "Ein Absatz."


def test_json_ld_and_h_entry_are_read_too(root: Path) -> None:
    ld = """<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [{"@type": "WebSite"},
      {"@type": "BlogPosting", "headline": "Aus JSON", "datePublished": "2026-11-19", "keywords": "a, b",
      "author": [{"name": "Ada"}], "image": {"url": "/x.png"}, "inLanguage": "en-GB"}]}</script>"""
    write(root, "_site/a.html", f"<html><head>{ld}<title>x</title></head><body><p>T</p></body></html>")
    write(
        root,
        "_site/b.html",
        '<html lang="en"><body><div class="h-entry"><h1 class="p-name">From h-entry</h1><time class="dt-published" '
        'datetime="2026-11-18T09:00:00Z"></time><a class="p-category">walk</a><div class="e-content"><p>Text '
        "here.</p></div></div></body></html>",
    )
    made = source(root)
    a, b = (made.load(entry) for entry in made.scan())
    assert (a.title, a.tags, a.lang, a.author, f"{a.date:%F}") == ("Aus JSON", ("a", "b"), "en-GB", "Ada", "2026-11-19")
    assert a.thumbnail is not None
    assert (a.thumbnail.path, a.thumbnail.url) == ("", f"{URL}/x.png")  # not in the folder, but perhaps on the web
    assert (b.title, b.tags, b.body, f"{b.date:%F}") == ("From h-entry", ("walk",), "Text here.", "2026-11-18")


def test_what_the_whole_site_says_is_not_the_posts(root: Path) -> None:
    head = f"""<meta property="og:image" content="{URL}/logo.png">
               <meta property="og:description" content="Ein Verein im Tal.">"""
    write(root, "_site/a.html", page("A", head=head))
    made = source(root)
    post = made.load(next(iter(made.scan())))
    assert post.thumbnail is None
    assert post.description == "Ein Absatz."


def test_the_markdown_file_adds_what_no_page_says(root: Path) -> None:
    write(
        root, "_site/2026/beet.html", page("Das Beet", head='<meta property="og:image" content="https://x.test/b.png">')
    )
    write(root, "_site/2026/other.html", page("Anderes"))
    markdown = write(
        root,
        "src/posts/beet.md",
        "---\ntitle: Das *Beet*\ndate: 2026-11-20\ntags: [garten]\nimage: b.png\nimage_alt: Ein Beet\n"
        "crosspost:\n  x: {skip: true}\n---\nText.\n",
    )
    made = source(root)
    entries = {entry.id: entry for entry in made.scan()}
    assert entries["2026/beet"].tags == ("garten",)
    assert entries["2026/beet"].overrides.targets["x"].skip is True
    assert entries["2026/other"].overrides.targets == {}
    picture = made.load(entries["2026/beet"]).thumbnail
    assert picture is not None
    assert picture.alt == "Ein Beet"
    assert made.entry(markdown) == entries["2026/beet"]
    with pytest.raises(SourceError, match="was made from it"):
        made.entry(write(root, "README.md", "# Beet\n"))


def test_a_web_page_with_a_date_and_pelicans_day_are_read(root: Path) -> None:
    ld = """<script type="application/ld+json">[{"@type": "WebPage", "name": "ohne Tag"},
      {"@type": "https://schema.org/WebPage", "datePublished": "2026-11-19", "headline": "Aus JSON"}]</script>"""
    write(root, "_site/a.html", f"<html><head>{ld}<title>x</title></head><body><p>T</p></body></html>")
    abbr = '<abbr class="published" title="2026-11-18T10:00:00+01:00">gestern</abbr>'
    write(root, "_site/b.html", page("B", date="", text=f"<p>T</p>{abbr}"))
    made = source(root)
    a, b = (made.load(entry) for entry in made.scan())
    assert (a.title, f"{a.date:%F}") == ("Aus JSON", "2026-11-19")
    assert b.date == datetime(2026, 11, 18, 9, tzinfo=UTC)


def test_two_markdown_files_that_fit_are_none(root: Path) -> None:
    write(root, "_site/a.html", page("Gleich"))
    for name in ("one", "two"):
        write(root, f"src/{name}.md", "---\ntitle: Gleich\ndate: 2026-11-20\ntags: [x]\n---\n")
    assert [entry.tags for entry in source(root).scan()] == [()]


def test_a_broken_block_in_the_markdown_file_stops_that_post(root: Path) -> None:
    write(root, "_site/a.html", page("A"))
    write(root, "_site/b.html", page("B"))
    file = write(root, "src/a.md", "---\ntitle: A\ncrosspost: {skip: perhaps}\n---\n")
    found = states(source(root))
    assert "skip: should be true or false" in found["a"]
    assert found["b"] == "ready: "
    file.write_text("---\ntitle: A: B\n---\n", "utf-8")
    assert "its Markdown file cannot be used" in states(source(root))["a"]


def test_which_pages_are_no_posts(root: Path) -> None:
    pages = {
        "404.html": page("404"),
        "about/index.html": "<html><head><title>About</title></head><body><p>x</p></body></html>",
        "tags/x/index.html": "<html><body><article><h2><a href='/a/'>A</a></h2><time datetime='2026-01-01'></time>"
        "</article><article><h2><a href='/b/'>B</a></h2></article></body></html>",
        "tags/one/index.html": "<html><body><article><header><h1><a href='/a/'>A</a></h1></header><abbr "
        "class='published' title='2026-01-01'></abbr><p>x</p></article></body></html>",
        "2026/index.html": "<html><body><article><header><h1>2026</h1></header><ul><li><time "
        "datetime='2026-01-01'></time> <a href='/a/'>A</a></li></ul></article></body></html>",
        "old/index.html": f'<html><head><meta http-equiv="refresh" content="0; url={URL}/new/"></head></html>',
        "undated.html": page("U", date=""),
        "later.html": page("L", date="2999-01-01"),
        "draft.html": page("D", head='<meta name="robots" content="noindex">'),
        "copy.html": page("C", head=f'<link rel="canonical" href="{URL}/real.html">'),
        "real.html": page("R"),
        "foreign.html": page("F", head='<link rel="canonical" href="https://else.test/f">'),
        "words.html": page("W", date="Mo, 25 Juni 2018"),
    }
    for name, text in pages.items():
        write(root, f"_site/{name}", text)
    found = states(source(root))
    assert set(found) == {"undated", "later", "draft", "copy", "real", "foreign", "words"}
    assert found["real"] == "ready: "
    assert "says no date" in found["undated"]
    assert "says no date" in found["words"]
    assert "in the future" in found["later"]
    assert "noindex" in found["draft"]
    assert found["copy"] == f"skipped: it is a copy of {URL}/real.html"
    assert "on another site" in found["foreign"]
    about = source(root).entry(root / "_site/about/index.html")
    assert (about.state, "nothing marks it" in about.reason) == ("skipped", True)


def test_a_half_written_page_waits(root: Path) -> None:
    whole = page("A")
    write(root, "_site/a.html", whole[:-40])
    write(root, "_site/b.html", "")
    found = states(source(root))
    assert "ends in the middle" in found["a"]
    assert "ends in the middle" in found["b"]


def test_no_built_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="build the site first"):
        list(source(tmp_path).scan())
    with pytest.raises(SourceError, match="correct `built`"):
        list(source(tmp_path, built="out").scan())


def test_only_the_folder_that_is_named(root: Path) -> None:
    write(root, "_site/blog/a.html", page("A"))
    write(root, "_site/news/b.html", page("B"))
    found = states(source(root, posts="blog"))
    assert found["blog/a"] == "ready: "
    assert "is not in blog" in found["news/b"]


def test_a_folder_stands_for_its_page(root: Path) -> None:
    write(root, "_site/blog/a/index.html", page("A"))
    assert source(root).entry(root / "_site/blog/a").id == "blog/a"
    with pytest.raises(SourceError, match=r"blog/index\.html: does not exist"):
        source(root).entry(root / "_site/blog")


def test_what_the_settings_say_of_the_site_counts_before_its_home_page(root: Path) -> None:
    said = source(root).site
    assert (said.url, said.baseurl, said.lang, said.title, said.zone) == (URL, "", "de", "Das Tal", UTC)
    write(root, "_site/a.html", page("A"))
    given = source(root, url="https://new.example/", baseurl="/tal", lang="nl", timezone="Europe/Vienna")
    said = given.site
    assert (said.url, said.baseurl, said.lang, str(said.zone)) == (
        "https://new.example", "/tal", "nl", "Europe/Vienna",
    )  # fmt: skip
    assert [entry.url for entry in given.scan()] == ["https://new.example/tal/a.html"]


HOSTILE = {
    "deep": b"<html><body>" + b"<div>" * 100_000 + b"</div></html>",
    "navs": page("N", text="<nav>" * 20_000).encode(),
    "latin": page("Grüße").replace('charset="utf-8"', 'charset="iso-8859-1"').encode("latin-1"),
    "wrong-encoding": page("Grüße").replace('charset="utf-8"', 'charset="nonsense"').encode(),
    "json": page("J", head='<script type="application/ld+json">' + "[" * 100_000 + "</script>").encode(),
    "nul": page("N\x00ul\x1b[31m").encode(),
    "huge": b"<html>" + b"x" * 6_000_000 + b"</html>",
    "long-text": page("L", text=f"<p>{'x' * 600_000}</p>").encode(),
}


@pytest.mark.parametrize("kind", list(HOSTILE))
def test_a_hostile_page_stops_only_itself(kind: str, root: Path) -> None:
    write(root, "_site/good.html", page("Gut"))
    (root / "_site/bad.html").write_bytes(HOSTILE[kind])
    made = source(root)
    entries = {entry.id: entry for entry in made.scan()}
    assert entries["good"].state == "ready"
    if kind in ("deep", "navs", "huge", "long-text"):
        assert entries["bad"].state == "refused"
        with pytest.raises(PostRefused):
            made.load(entries["bad"])
    if kind == "latin":
        assert entries["bad"].title == "Grüße"
    if kind == "nul":
        assert entries["bad"].title.isprintable()


@pytest.mark.parametrize(
    ("page", "whole"),
    [
        ("<html><body><article><p>Text.</article></body></html>", True),
        ("<html><body><div><article><p>Text.</article></html>", True),  # careless, but at its end
        ("<title>A</title><article><p>Text.</article>", True),  # no end tags that HTML does not demand
        ("<title>A</title><article><p>Text.", False),
        ("<title>A</title><article><h1>A</h1>", False),
        ("<title>A</title><body><main><ARTICLE class='a'><p>Text.</p>", False),
        ("<title>A</title><article><p>Text.</article", False),
        ("", False),
    ],
)
def test_a_page_that_is_cut_off_is_told_from_one_with_few_end_tags(page: str, whole: bool) -> None:
    assert cut_off(page.encode()) is not whole

"""Small rules of reading, each in a table: mistakes put into their lines went unnoticed before."""

from pathlib import Path

import pytest

from crosspost.errors import PostRefused, SourceError
from crosspost.sources.feed.feed_post import _beginning
from crosspost.sources.front_matter_edit import edited
from crosspost.sources.front_matter_pictures import _short
from crosspost.sources.hugo.globs import pattern
from crosspost.sources.hugo.hugo_front_matter import parse
from crosspost.sources.keys import Keys
from crosspost.sources.post_paths import below, read_inside
from crosspost.sources.strict_yaml import MAX_NODES, YamlError, load_mapping
from crosspost.sources.web.main_text import fragment
from crosspost.sources.web.post_data import data_of
from crosspost.sources.web.web_page import read_page
from tests.sources import built_site, hugo_site
from tests.sources.jekyll_site import Site


@pytest.mark.parametrize(
    ("glob", "path", "matches"),
    [
        ("/posts/**", "/posts/a/b", True),
        ("/posts/*", "/posts/a/b", False),
        ("/posts/?", "/posts/a", True),
        ("/posts/?", "/posts//", False),
        ("/{news,posts}/a", "/news/a", True),
        ("/{news,posts}/a", "/posts/a", True),
        ("/{news,posts}/a", "/news,posts/a", False),
        ("/a,b", "/a,b", True),
        ("/a,b", "/a", False),
        ("/a+b.c", "/a+b.c", True),
        ("/a+b.c", "/aab-c", False),
        ("/{a", "/{a", True),
    ],
)
def test_hugos_patterns(glob: str, path: str, matches: bool) -> None:
    assert bool(pattern(glob).fullmatch(path)) == matches


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_hugos_front_matter_reads_every_kind_of_line(ending: str) -> None:
    text = "---\ndescription: |\n  Ein Satz.\n  Noch einer.\n---\nErste\nZeile\n"
    found = parse(text.replace("\n", ending).encode(), "a.md")
    assert found.data == {"description": "Ein Satz.\nNoch einer.\n"}
    assert found.body == "Erste\nZeile"


def test_a_configuration_of_hugo_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_file: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    source = hugo_site.site(tmp_path, hugo_site.CONFIG, {"content/posts/a.md": hugo_site.page()})
    monkeypatch.setattr("crosspost.sources.hugo.config_file.read_small", failing)
    with pytest.raises(SourceError) as caught:
        list(source.scan())
    assert str(caught.value) == f"{tmp_path / 'hugo.toml'}: cannot be read: Permission denied"


def test_an_address_from_the_root_of_a_hugo_site_is_not_looked_for_beside_the_post(tmp_path: Path) -> None:
    pages = {"content/posts/a/index.md": hugo_site.page("images: [/beet.png]\n")}
    source = hugo_site.site(tmp_path, hugo_site.CONFIG, pages)
    for folder in ("content/posts/a", "static"):
        file = tmp_path / folder / "beet.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x")
    (entry,) = source.scan()
    post = source.load(entry)
    assert post.thumbnail is not None
    assert (post.thumbnail.path, post.thumbnail.url) == (
        str(tmp_path / "static/beet.png"),
        "https://tal.example.org/beet.png",
    )


@pytest.mark.parametrize(
    ("front", "tags"),
    [("tags: Xaver; Bus, XX", ("Xaver", "Bus", "XX")), ("tags: ' ; a ,'", ("a",)), ("tags: [a, a, b]", ("a", "b"))],
)
def test_tags_keep_their_letters(site: Site, front: str, tags: tuple[str, ...]) -> None:
    assert site.entry(front).tags == tags


@pytest.mark.parametrize(
    ("front", "body", "state"),
    [
        ("layout: post", "", "refused"),
        ("layout: post\ndescription: Zwölf Leute.", "", "ready"),
        ("layout: post\ntitle: A", "", "ready"),
        ("layout: post", "Ein Satz.", "ready"),
        ("layout: post\ndescription: ''", " \n", "refused"),
    ],
)
def test_a_post_that_says_something_is_not_empty(site: Site, front: str, body: str, state: str) -> None:
    assert site.entry(front, body).state == state


@pytest.mark.parametrize("key", ["image", "img", "thumb", "picture", "photo", "thumbnail"])
def test_keys_that_only_mean_a_picture_are_checked(site: Site, key: str) -> None:
    (said,) = site.load(f"title: A\n{key}: just some words").warnings
    assert f":3: {key}" in said


def test_the_zone_is_that_of_the_site(tmp_path: Path) -> None:
    jekyll = Site(tmp_path / "a", "url: https://example.org\ntimezone: Asia/Tokyo\n").source()
    hugo = hugo_site.site(tmp_path / "b", hugo_site.CONFIG + 'timeZone = "Asia/Tokyo"\n', {"content/a.md": ""})
    assert [str(source.zone) for source in (jekyll, hugo)] == ["Asia/Tokyo"] * 2


def test_a_missing_file_is_named_with_the_nearest_name_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "beitrag.md").write_text("x")
    for path, said in (
        (tmp_path / "beitrg.md", f"does not exist; did you mean {tmp_path / 'beitrag.md'}?"),
        (tmp_path / "no" / "folder.md", "does not exist"),
    ):
        with pytest.raises(SourceError) as caught:
            below(path, tmp_path)
        assert str(caught.value) == f"{path}: {said}"


@pytest.mark.parametrize(
    ("shown", "written", "lang"),
    [
        ("de-DE", "de", "de"),
        ("de", "de-AT", "de-AT"),
        ("en", "de", "en"),
        ("", "de", "de"),
        ("", 5, None),
        ("", None, None),
        ("de", 5, "de"),
    ],
)
def test_the_language_of_a_page_and_its_file(shown: str, written: object, lang: str | None) -> None:
    html = built_site.page("A").replace('lang="de"', f'lang="{shown}"' if shown else "")
    front = parse(f"---\nlang: {'null' if written is None else written}\n---\nx\n".encode(), "a.md")
    assert data_of(read_page(html, "https://tal.example.org/a/"), front, Keys())["lang"] == lang


def test_the_text_of_a_feed_keeps_its_headings() -> None:
    html = '<header>Vorab</header><h1>Ein Beet</h1><p>Am <time>2. Mai</time>.</p><nav>Menü</nav><img src="a.png">'
    assert fragment(html, "https://tal.example.org/b/") == (
        "<header>Vorab</header><h1>Ein Beet</h1><p>Am <time>2. Mai</time>.</p>"
        '<img src="https://tal.example.org/b/a.png">'
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('<article><h2><a href="/a/">Eins</a></h2></article>', "list"),
        ('<article><h2><a href="/here/">Hier</a></h2></article>', "page"),
        ('<article><h2><a href="#ziel">Hier</a></h2></article>', "page"),
        ("<article><h2>Eins</h2></article><article><h2>Zwei</h2></article>", "list"),
        ("<article><h3>Eins</h3></article><article><h3><a href='/b/'>Zwei</a></h3></article>", "list"),
        ("<article><h1>Eins</h1></article><article><h3><a href='/b/'>Auch das</a></h3></article>", "page"),
        ("<article><h2>Eins</h2><article>Antwort</article><article>Noch eine</article></article>", "page"),
        ("<p>Ein Absatz</p>", "page"),
    ],
)
def test_a_list_leads_to_other_pages(text: str, kind: str) -> None:
    html = f"<!doctype html><html><head><title>x</title></head><body>{text}</body></html>"
    assert read_page(html, "https://tal.example.org/here/").kind == kind


def test_feeds_by_how_much_they_say() -> None:
    kinds = ("text/html", "application/json", "application/feed+json", "application/rss+xml", "application/atom+xml")
    links = "".join(
        f'<link rel="alternate" type="{kind}; charset=utf-8" href="/{number}">' for number, kind in enumerate(kinds)
    )
    found = read_page(f"<html><head><title>x</title>{links}</head><body></body></html>", "https://tal.example.org/")
    assert found.feeds == tuple(f"https://tal.example.org/{number}" for number in (4, 3, 2, 1))


def test_a_list_with_a_block_at_its_end_is_changed_behind_it() -> None:
    before = b"---\nlist:\n- a\n- b\n- |+\n  c\n\ntitle: A\n---\nx\n"
    after = edited(before, "p.md", {("list",): ["d"]})
    assert after == b"---\nlist:\n  - d\n\ntitle: A\n---\nx\n"
    assert edited(before, "p.md", {("new",): "e"}).endswith(b"title: A\nnew: e\n---\nx\n")


@pytest.mark.parametrize(
    ("named", "path", "address"),
    [
        ("absolute_url", "a.html", "https://example.org/blog/a.html"),
        ("absolute_url", "/a.html", "https://example.org/blog/a.html"),
        ("absolute_url", "https://e.org/a", "https://e.org/a"),
        ("absolute_url", "gopher://e.org/a", "gopher://e.org/a"),
        ("relative_url", "a.html", "/blog/a.html"),
        ("relative_url", "/a.html", "/blog/a.html"),
        ("relative_url", "https://e.org/a", "https://e.org/a"),
    ],
)
def test_an_address_in_liquid(tmp_path: Path, named: str, path: str, address: str) -> None:
    site = Site(tmp_path, "url: https://example.org\nbaseurl: /blog\n")
    post = site.load("title: A", f"So: {{{{ '{path}' | {named} }}}}")
    assert post.body.strip() == f"So: {address}"


@pytest.mark.parametrize(("more", "refused"), [(0, False), (1, True)])
def test_how_large_yaml_may_become_through_its_references(more: int, refused: bool) -> None:
    """The mapping, two keys and the list are nodes, too; each reference counts as what it stands for."""
    text = f"a: &a [{', '.join('1' * 9)}]\nb: [{', '.join(['*a'] * 198)}{', 1' * (6 + more)}]"
    assert MAX_NODES == 1 + 2 + 10 + 1 + 198 * 10 + 6
    if not refused:
        assert len(load_mapping(text, "text")) == 2
        return
    with pytest.raises(YamlError, match=r"^the text becomes too large through its references \(& and \*\)$"):
        load_mapping(text, "text")


def test_a_link_out_of_the_site_is_told_with_what_to_do(site: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "a.md"
    outside.write_text("---\ntitle: A\n---\nx\n", "utf-8")
    link = site.root / "_posts/2024-05-01-a.md"
    link.parent.mkdir()
    link.symlink_to(outside)
    (entry,) = site.entries().values()
    assert (entry.state, entry.reason) == (
        "refused",
        f"{link}: is a link to a file outside the site; put the file itself there",
    )


@pytest.mark.parametrize(
    ("slug", "folder"), [("neues", "neues"), ("''", "news"), ("5", "news"), ("[a]", "news"), ("null", "news")]
)
def test_a_sections_slug_replaces_its_folder_when_it_is_a_word(tmp_path: Path, slug: str, folder: str) -> None:
    pages = {
        "content/news/_index.md": f"---\ntitle: News\nslug: {slug}\n---\n",
        "content/news/a.md": hugo_site.page(),
    }
    found = [entry.url for entry in hugo_site.site(tmp_path, hugo_site.CONFIG, pages).scan()]
    assert found == [f"https://tal.example.org/{folder}/a/"]


def test_a_file_that_cannot_be_read_is_refused_with_the_reason(tmp_path: Path) -> None:
    gone = str(tmp_path / "gone.md")
    with pytest.raises(PostRefused, match=r"gone\.md: cannot be read: No such file or directory"):
        read_inside(gone, tmp_path)


def test_a_long_text_is_shortened_where_it_is_named() -> None:
    assert _short("a" * 40) == "a" * 40
    assert _short("a" * 41) == "a" * 39 + "…"


def test_a_text_without_a_title_is_called_by_its_beginning() -> None:
    assert _beginning("wort " * 20) == "wort " * 20
    assert _beginning("wort " * 21) == "wort " * 19 + "wort…"

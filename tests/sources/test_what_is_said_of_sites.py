"""What is told of a site or a file that cannot be used: the place, the reason, and what to do."""

import json
from pathlib import Path

import pytest

from crosspost.errors import PostRefused, SourceError
from crosspost.sources.hugo.hugo_config import read_config
from crosspost.sources.post_paths import below, missing, need_plain_name
from tests.sources import built_site, hugo_site
from tests.sources.jekyll_site import Site


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("hugo.json", "[1]", "hugo.json: needs lines below it, each with a key and a value"),
        ("hugo.json", "[" * 100_000, "hugo.json: has too many brackets or levels"),
        ("hugo.json", "{", "hugo.json: "),
        ("hugo.yaml", "a: [", "hugo.yaml:1: the site configuration is not valid YAML"),
        ("hugo.yml", "- a", "hugo.yml:1: the site configuration is a list"),
        ("hugo.toml", "a = ", "hugo.toml: "),
        ("hugo.toml", "a = '\udcff'", "hugo.toml: is not UTF-8; save it with that encoding"),
    ],
)
def test_a_configuration_of_hugos_that_cannot_be_used(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(SourceError) as caught:
        read_config(tmp_path, {})
    assert str(caught.value).startswith(f"{tmp_path}/{said}")


def test_a_folder_of_settings_and_what_else_lies_in_it(tmp_path: Path) -> None:
    files = {
        "_default/hugo.json": {"baseURL": "https://a.example/", "title": "A"},
        "_default/params.json": {"author": "Ada", "mainSections": ["posts"]},
        "_default/params.de.json": {"author": "Bo"},
        "_default/languages.json": {"de": {"title": "Das Tal"}, "en": {}},
        "production/config.json": {"baseURL": "https://b.example/"},
    }
    for name, settings in files.items():
        hugo_site.write(tmp_path, f"config/{name}", json.dumps(settings))
    hugo_site.write(tmp_path, "config/_default/README.md", "[")
    hugo_site.write(tmp_path, "config/_default/old/hugo.json", "[")
    found = read_config(tmp_path, {})
    assert found.main.base_url == "https://b.example/"
    assert (found.main.title, found.languages["de"].title) == ("A", "Das Tal")
    assert (found.author, found.sections) == ("Ada", ("posts",))
    assert found.raw["languages"]["de"]["params"] == {"author": "Bo"}


def test_a_site_that_cannot_be_read(site: Site, tmp_path: Path) -> None:
    (site.root / "_config.yml").unlink()
    (site.root / "_config.yml").mkdir()
    with pytest.raises(SourceError, match=r"_config\.yml: is not an ordinary file, so it cannot be read$"):
        _ = site.source().site
    (site.root / "CNAME").write_bytes(b"\xff.example\n")
    (site.root / "_config.yml").rmdir()
    assert site.source().site.url == "", "a name that is not a text is none"
    (site.root / "CNAME").write_bytes(b"\xef\xbb\xbfTal.example\n")
    assert site.source().site.url == "https://tal.example"
    for text in ("a.example\nb.example\n", "-a.example\n", "a\n"):
        (site.root / "CNAME").write_text(text, "utf-8")
        assert site.source().site.url == ""


def test_what_is_not_a_file_of_a_post_is_told(site: Site, tmp_path: Path) -> None:
    source = site.source()
    for path, said in (
        (site.put("notes.txt"), f"{tmp_path}/notes.txt: is not a file in a posts folder of {tmp_path}"),
        (site.put("_posts/2024-05-01-a.md").parent, f"{tmp_path}/_posts: is a folder; name the file of a post"),
    ):
        with pytest.raises(SourceError) as caught:
            source.entry(path)
        assert str(caught.value) == said
    picture = site.put("_posts/2024-05-02-a.png")
    with pytest.raises(PostRefused, match=r"2024-05-02-a\.png: not a text"):
        source.load(source.entry(picture))
    assert missing(Path("https://e.org/a/")) == (
        "https://e.org/a: is an address, but this site is read from its files; name the file of the post"
    )


def test_a_name_is_that_of_the_disk_where_capitals_are_the_same_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Über.md").write_text("x", "utf-8")
    (tmp_path / "a.md").write_text("x", "utf-8")

    def there(path: Path) -> bool:
        return any(one.name.casefold() == path.name.casefold() for one in path.parent.iterdir())

    monkeypatch.setattr("os.path.lexists", there)
    assert [below(tmp_path / name, tmp_path) for name in ("über.md", "Über.md", "A.md", "a.md")] == [
        "Über.md", "Über.md", "a.md", "a.md",
    ]  # fmt: skip


def test_a_post_that_leads_nowhere_is_refused_and_the_others_go_on(site: Site) -> None:
    link = site.post("title: A").with_name("2024-05-02-b.md")
    link.symlink_to("gone.md")
    found = site.entries()["_posts/2024-05-02-b.md"]
    assert (found.id, found.path, found.state) == ("b", str(link), "refused")
    assert found.reason.startswith(f"{link}: ")
    assert site.entries()["_posts/2024-05-01-beitrag.md"].state == "ready"


@pytest.mark.parametrize("name", ["a\x1bb", "a\nb"])
def test_a_folder_with_a_name_that_nobody_can_show_is_refused(tmp_path: Path, name: str) -> None:
    need_plain_name(tmp_path)
    with pytest.raises(SourceError, match=r"name has control characters or is not UTF-8; rename it$") as caught:
        need_plain_name(tmp_path / name)
    assert str(caught.value).isprintable()


def test_what_is_said_of_a_built_site(tmp_path: Path) -> None:
    built_site.write(tmp_path, "_site/index.html", "<!doctype html><html><body>x</body></html>")
    made = built_site.source(tmp_path)
    with pytest.raises(
        SourceError, match=r"_site: the address of the site is unknown, because .* \[site\] in crosspost"
    ):
        made.need_url()
    with pytest.raises(SourceError, match=r"timezone: .*Wien"):
        _ = built_site.source(tmp_path, timezone="Wien").site
    made = built_site.source(tmp_path, url=built_site.URL, timezone="Europe/Vienna", posts="/blog/")
    assert (made.where, made.timezone) == (str(tmp_path / "_site"), "Europe/Vienna")
    with pytest.raises(SourceError, match=r"gone\.html: does not exist"):
        made.entry(tmp_path / "_site/gone.html")
    built_site.write(tmp_path, "_site/a.txt", "x")
    with pytest.raises(SourceError, match=r"a\.txt: is not a page \(\.html\) of .*_site$"):
        made.entry(tmp_path / "_site/a.txt")
    empty = built_site.page("", date="2026-11-20").replace(" | Das Tal", "").replace("<h1></h1>", "")
    built_site.write(tmp_path, "_site/blog/b.html", empty)
    (found,) = made.scan()
    assert (found.state, found.reason) == ("refused", f"{found.path}: the page has no title")


def test_what_is_said_of_a_hugo_site(tmp_path: Path) -> None:
    pages = {"content/posts/a.md": hugo_site.page("tags: {a: b}\n"), "content/posts/b.md": hugo_site.page()}
    made = hugo_site.site(tmp_path, hugo_site.CONFIG, pages)
    found = {entry.id: entry for entry in made.scan()}
    assert found["posts/a"].reason == (
        f"{tmp_path}/content/posts/a.md:4: tags: should be a list, such as [garden, climate]"
    )
    new = hugo_site.write(tmp_path, "content/posts/c/index.md", hugo_site.page())
    assert made.entry(new.parent).id == made.entry(new).id == "posts/c", "new since the last look"
    html = hugo_site.write(tmp_path, "content/posts/d/index.html", hugo_site.page())
    assert made.entry(html.parent).id == "posts/d"
    other = hugo_site.write(tmp_path, "README.md", "x")
    with pytest.raises(SourceError) as caught:
        made.entry(other)
    assert str(caught.value) == f"{other}: is not a page in a content folder of {tmp_path}"
    assert made.folders == (tmp_path,)
    post = made.load(found["posts/b"])
    assert made.origin(found["posts/b"])[:4] == ("posts/b", post.path, post.picture_from, "the text")


def test_a_hugo_site_without_content(tmp_path: Path) -> None:
    made = hugo_site.site(tmp_path, hugo_site.CONFIG, {})
    with pytest.raises(SourceError, match=r"/content: there is no such folder, so there are no posts$"):
        list(made.scan())

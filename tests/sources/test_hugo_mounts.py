"""Mounts, themes and titles of a Hugo site. The addresses are those that Hugo 0.168.0 gave the same sites."""

from pathlib import Path

import pytest
from PIL import Image

from tests.sources.test_hugo import addresses, page, site, write

FILES = (
    "content/posts/c.md",
    "blog/b.md",
    "blog/deep/x.md",
    "docs/de/d.md",
    "themes/t/content/posts/t.md",
    "extra/one.md",
)
PAGES = {file: page(title=file) for file in FILES}
THEME = """baseURL = "https://theme.org/"
title = "theme"
[permalinks]
posts = "/p/:slug/"
[params]
mainSections = ["posts"]
author = "Theme"
"""
BASE = 'baseURL = "https://e.org/"\n'


def mount(**said: str) -> str:
    lines = "".join(f"{key} = {value if value.startswith('[') else repr(value)}\n" for key, value in said.items())
    return f"[[module.mounts]]\n{lines}"


def found(root: Path, config: str) -> list[str]:
    write(root, "themes/t/hugo.toml", THEME)
    return sorted(addresses(site(root, config, PAGES)).values())


def test_a_mount_stands_for_the_usual_folder_and_a_file_can_be_one(tmp_path: Path) -> None:
    config = BASE + mount(source="blog", target="content/journal")
    assert found(tmp_path, config + mount(source="extra/one.md", target="content/notes/renamed.md")) == [
        "https://e.org/journal/b/",
        "https://e.org/journal/deep/x/",
        "https://e.org/notes/renamed/",
    ]


def test_each_language_may_have_its_folder(tmp_path: Path) -> None:
    config = BASE + 'defaultContentLanguage = "en"\n[languages.en]\n[languages.de]\n'
    config += mount(source="content", target="content", lang="en") + mount(source="docs", target="content", lang="de")
    config += mount(source="blog", target="content/blog", excludeFiles='["deep/*"]')
    assert found(tmp_path, config) == [
        "https://e.org/blog/b/",
        "https://e.org/de/de/d/",
        "https://e.org/posts/c/",
    ]


@pytest.mark.parametrize("key", ["excludeFiles = ['deep/**']", "files = ['! deep/**']", "includeFiles = ['*.md']"])
def test_files_that_a_mount_leaves_out(tmp_path: Path, key: str) -> None:
    config = BASE + mount(source="blog", target="content/blog") + key + "\n"
    assert found(tmp_path, config) == ["https://e.org/blog/b/"]


@pytest.mark.parametrize("merge", ['[permalinks]\n_merge = "deep"\n', '_merge = "deep"\n', '_merge = "shallow"\n'])
def test_permalinks_of_a_theme_are_taken_over_only_when_that_is_said(tmp_path: Path, merge: str) -> None:
    assert found(tmp_path, f'{BASE}theme = "t"\n{merge}') == [
        "https://e.org/p/content-posts-c.md/",
        "https://e.org/p/themes-t-content-posts-t.md/",
    ]
    assert found(tmp_path, f'{BASE}theme = "t"\n') == ["https://e.org/posts/c/", "https://e.org/posts/t/"]


def test_what_a_theme_says_of_the_whole_site_is_not_the_sites(tmp_path: Path) -> None:
    made = site(tmp_path, f'{BASE}theme = ["t"]\n', PAGES)
    write(tmp_path, "themes/t/hugo.toml", THEME)
    assert (made.url, made.title) == ("https://e.org", "")
    assert made.config.sections == ("posts",)
    assert made.config.author == "Theme"


def test_the_sites_own_words_go_before_those_of_a_theme(tmp_path: Path) -> None:
    config = (
        f'{BASE}theme = "t"\n[params]\nmainSections = ["blog"]\n[permalinks]\n_merge = "deep"\nposts = "/own/:slug/"\n'
    )
    write(tmp_path, "themes/t/hugo.toml", THEME)
    made = site(tmp_path, config, PAGES)
    assert made.config.sections == ("blog",)
    assert made.config.main.permalinks["posts"] == "/own/:slug/"


def test_a_file_of_the_site_hides_that_of_a_theme(tmp_path: Path) -> None:
    write(tmp_path, "themes/t/content/posts/c.md", page(title="The theme's"))
    made = site(tmp_path, f'{BASE}theme = "t"\n', PAGES)
    titles = {entry.url: entry.title for entry in made.scan()}
    assert titles["https://e.org/posts/c/"] == "content/posts/c.md"


def test_a_module_is_found_where_hugo_keeps_it_and_told_when_it_is_not_there(tmp_path: Path) -> None:
    config = BASE + '[[module.imports]]\npath = "example.org/a/b"\n[[module.imports]]\npath = "example.org/c"\n'
    write(tmp_path, "_vendor/example.org/a/b/config.toml", THEME)
    write(tmp_path, "_vendor/example.org/a/b/content/posts/v.md", page(title="v"))
    made = site(tmp_path, config, PAGES)
    assert "https://e.org/posts/v/" in addresses(made).values()
    (said,) = made.warnings
    assert "the theme or module example.org/c is neither in themes nor in _vendor" in said


def test_nothing_outside_of_the_site_is_read(tmp_path: Path) -> None:
    root = tmp_path / "site"
    write(tmp_path, "secret/content/posts/s.md", page(title="s"))
    config = BASE + 'theme = "../secret"\n' + mount(source="../secret/content", target="content")
    (root / "themes").mkdir(parents=True)
    (root / "themes/link").symlink_to(tmp_path / "secret")
    assert list(addresses(site(root, config, PAGES)).values()) == ["https://e.org/posts/c/"]
    linked = config.replace("../secret", "link", 1)
    assert list(addresses(site(root, linked, PAGES)).values()) == ["https://e.org/posts/c/"]


def test_pictures_of_a_theme_and_of_mounted_folders(tmp_path: Path) -> None:
    pages = {"content/posts/a.md": page("images: [/a.png]\n"), "content/posts/b.md": page("images: [/b.png]\n")}
    made = site(tmp_path, f'{BASE}theme = "t"\n{mount(source="public-files", target="static")}', pages)
    for place in ("public-files/a.png", "themes/t/static/b.png"):
        (tmp_path / place).parent.mkdir(parents=True)
        Image.new("RGB", (300, 200)).save(tmp_path / place)
    posts = [made.load(entry) for entry in made.scan()]
    assert [post.thumbnail.url for post in posts if post.thumbnail] == ["https://e.org/a.png", "https://e.org/b.png"]


@pytest.mark.parametrize(
    ("title", "name"),
    [("x/y", "x-y"), ("A / B", "a-b"), ("x//y", "x--y"), ("/lead", "-lead"), ("50/50 & more", "50-50-more")],
)
@pytest.mark.parametrize("key", ["slug", "title"])
def test_a_slash_in_a_title_makes_no_folder(tmp_path: Path, key: str, title: str, name: str) -> None:
    pages = {"content/posts/a.md": page(title=f'"{title}"')}
    made = site(tmp_path, f'{BASE}[permalinks]\nposts = "/p/:{key}/"\n', pages)
    assert list(addresses(made).values()) == [f"https://e.org/p/{name}/"]

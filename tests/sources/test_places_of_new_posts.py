"""Where the file of a short post goes: the folder its generator reads, hidden until it is complete."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crosspost.errors import SourceError
from tests.sources.hugo_site import CONFIG, page, site
from tests.sources.jekyll_site import NOW, Site

_CONTENT = '[[module.mounts]]\nsource = "content"\ntarget = "content"\n'
_STATIC = '[[module.mounts]]\nsource = "static"\ntarget = "static"\n'


@pytest.mark.parametrize(
    ("config", "pages", "folder"),
    [
        ("", {"content/about.md": page()}, "content/posts"),
        ("", {"content/news/a.md": page()}, "content/news"),
        ("", {"content/a.md": page(), "content/b.md": page(), "content/news/c.md": page()}, "content/news"),
        ("", {"content/x/_index.md": page(), "content/x/y/_index.md": page(), "content/z/a.md": page()}, "content/z"),
        ("", {"content/z/a.md": page(), "content/news/b.md": page(), "content/news/c/d.md": page()}, "content/news"),
        ('contentDir = "inhalt"\n', {"inhalt/blog/a.md": page()}, "inhalt/blog"),
        ('mainSections = ["blog", "news"]\n', {"content/news/a.md": page()}, "content/blog"),
        (_CONTENT + _STATIC, {"content/news/a.md": page()}, "content/news"),
    ],
)
def test_hugo_takes_the_section_of_the_posts(tmp_path: Path, config: str, pages: dict[str, str], folder: str) -> None:
    found = site(tmp_path, CONFIG + config, pages).new_posts
    assert found.folder == tmp_path / folder
    assert found.file(datetime(2026, 1, 2, tzinfo=UTC), "kurz") == tmp_path / folder / "kurz.md"
    assert (found.hidden, found.pictures, found.address) == (
        ("draft", True),
        tmp_path / "static" / "crosspost",
        "/crosspost",
    )


def test_hugo_counts_the_pages_of_its_main_language(tmp_path: Path) -> None:
    config = CONFIG + 'defaultContentLanguage = "de"\n[languages.de]\n[languages.en]\n'
    pages = {"content/a/x.md": page(), "content/b/x.en.md": page(), "content/b/y.en.md": page()}
    assert site(tmp_path, config, pages).new_posts.folder == tmp_path / "content/a"


@pytest.mark.parametrize("named", ["content/kurz", "kurz", "/kurz/"])
def test_the_settings_name_hugos_section(tmp_path: Path, named: str) -> None:
    source = site(tmp_path, CONFIG, {"content/news/a.md": page()})
    assert type(source)(tmp_path, now=NOW, posts=named).new_posts.folder == tmp_path / "content/kurz"


def test_a_folder_of_statics_with_another_name(tmp_path: Path) -> None:
    found = site(tmp_path, CONFIG + 'staticDir = "fest"\n', {"content/about.md": page()}).new_posts
    assert found.pictures == tmp_path / "fest" / "crosspost"


@pytest.mark.parametrize(
    "mounts",
    [
        _CONTENT.replace('target = "content"', 'target = "content/blog"') + _STATIC,
        _CONTENT.replace('source = "content"', 'source = "elsewhere"') + _STATIC,
        _CONTENT + _STATIC.replace('target = "static"', 'target = "static/files"'),
    ],
)
def test_no_place_where_hugo_mounts_other_folders(tmp_path: Path, mounts: str) -> None:
    with pytest.raises(SourceError, match=r"^\S+: no short post can be written here, because its configuration mounts"):
        _ = site(tmp_path, CONFIG + mounts, {"content/a/b.md": page()}).new_posts


@pytest.mark.parametrize(
    ("config", "given", "folder"),
    [
        ("", {}, "_posts"),
        ("", {"posts": "blog/_posts"}, "blog/_posts"),
        ("collections_dir: inhalt\n", {}, "inhalt/_posts"),
    ],
)
def test_jekylls_folder(tmp_path: Path, config: str, given: dict[str, str], folder: str) -> None:
    found = Site(tmp_path, f"url: https://example.org\n{config}").source(**given).new_posts
    assert found.folder == tmp_path / folder
    assert found.file(datetime(2026, 1, 2, tzinfo=UTC), "kurz") == tmp_path / folder / "2026-01-02-kurz.md"
    assert (found.hidden, found.pictures, found.address) == (
        ("published", False),
        tmp_path / "assets/crosspost",
        "/assets/crosspost",
    )


@pytest.mark.parametrize(("made", "folder"), [("posts", "posts"), ("other", "."), ("_posts", "_posts")])
def test_a_folder_without_a_configuration(tmp_path: Path, made: str, folder: str) -> None:
    (tmp_path / made).mkdir()
    source = Site(tmp_path).source(url="https://example.org")
    (tmp_path / "_config.yml").unlink()
    assert source.new_posts.folder == tmp_path / folder

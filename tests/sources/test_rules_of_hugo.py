"""Small rules of Hugo: what vanishes from names, what is mounted, where a picture lies."""

from datetime import datetime
from pathlib import Path

import pytest

from crosspost.errors import SourceError
from crosspost.sources.hugo.hugo_config import read_config
from crosspost.sources.hugo.hugo_files import HugoFiles
from crosspost.sources.hugo.mounts import _mounts, reads_outside
from crosspost.sources.hugo.permalinks import Page, filled
from crosspost.sources.hugo.themes import found, merged
from crosspost.sources.jekyll_site import read_site
from tests.sources import hugo_site
from tests.sources.jekyll_site import picture


@pytest.mark.parametrize("old", [False, True])
def test_what_vanishes_from_the_name_of_a_folder(old: bool) -> None:
    page = Page(title="T", slug="", base="b", sections=("a & b", "c"), date=datetime(2024, 3, 5), old=old)  # noqa: DTZ001
    assert filled("/:sections/:section/", page) == ("/a-b/c/a-b/" if old else "/a--b/c/a--b/")


@pytest.mark.parametrize(
    ("mount", "outside"), [("../shared", False), ("content", False), ("/srv/content", False), ("x/../../y", False)]
)
def test_nothing_outside_the_site_is_mounted(tmp_path: Path, mount: str, outside: bool) -> None:
    hugo_site.write(tmp_path, "hugo.toml", f'[[module.mounts]]\nsource = "{mount}"\ntarget = "content"\n')
    assert reads_outside(read_config(tmp_path, {})) is outside
    hugo_site.write(tmp_path, "hugo.toml", 'contentDir = "../content"\n')
    assert reads_outside(read_config(tmp_path, {}))


@pytest.mark.parametrize(
    ("row", "has"),
    [
        ({"includefiles": "/X.md"}, "X.md"), ({"includefiles": ["X*"]}, "X.md"),
        ({"excludefiles": "/X.md"}, "Y/X.md"),
        ({"files": ["X.md", "!/Y/**"]}, "X.md"), ({"files": ["! X.md"]}, "Y/X.md"), ({"files": ["**.md",
        "!Y/*"]}, "X.md"),
        ({"files": "**"}, "X.md Y/X.md"), ({"files": [5, ""]}, "X.md Y/X.md"), ({}, "X.md Y/X.md"),
        ({"includefiles": "**", "excludefiles": ["X.md", "Y/X.md"]}, ""),
    ],
)  # fmt: skip
def test_which_files_of_a_folder_are_mounted(row: dict[str, object], has: str) -> None:
    raw = {"module": {"mounts": [5, {"source": "/X/", "target": "content/XY", "lang": "DE"} | row]}}
    (mount,) = _mounts(raw, "content")
    assert " ".join(name for name in ("X.md", "Y/X.md") if mount.has(name)) == has
    assert (mount.source, mount.target, mount.language) == ("X", "XY", "de")
    assert [list(_mounts({"module": one}, "content")) for one in (5, {}, {"mounts": 5})] == [[], [], []]


def test_folders_and_themes_whose_names_begin_with_a_capital_x(tmp_path: Path) -> None:
    config = 'baseURL = "http://tal.example.org/"\ntheme = ["/Xaver/"]\nstaticDir = "/XX/"\ncontentDir = "/XInhalt/"\n'
    made = hugo_site.site(tmp_path, config, {"XInhalt/posts/a.md": hugo_site.page("images: [/XX.png]\n")})
    (tmp_path / "XX").mkdir()
    (tmp_path / "XX/XX.png").write_bytes(picture())
    hugo_site.write(tmp_path, "themes/Xaver/hugo.toml", 'title = "x"\n')
    (entry,) = made.scan()
    assert entry.url == "http://tal.example.org/posts/a/", "the address may be without TLS"
    assert made.warnings == ()
    post = made.load(entry)
    assert post.thumbnail is not None
    assert (post.thumbnail.path, post.thumbnail.url) == (str(tmp_path / "XX/XX.png"), "http://tal.example.org/XX.png")
    with pytest.raises(SourceError, match=r": the address of the site is unknown; set baseURL in the site's"):
        hugo_site.site(tmp_path, 'baseURL = "/"\n', {}).need_url()


def test_where_a_picture_of_hugos_may_lie_and_what_its_address_is(tmp_path: Path) -> None:
    site = read_site(tmp_path, {"url": "https://e.org"}, jekyll4=True)
    for name in ("static/X.png", "assets/Y.png", "content/posts/a/XZ.png", "static/images/W.png", "content/n.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    for bundle, folder in ((True, "content/posts/a"), (False, "content")):
        files = HugoFiles(tmp_path, tmp_path / folder, site, data={}, page="/posts/a/", bundle=bundle,
                          url="https://e.org/X/",
                          statics=("/static/",), assets=("/assets/",))  # fmt: skip
        found = {
            name: files.locate(name, guess=True)
            for name in ("/X.png", "Y.png", "XZ.png", "W.png", "n.png", "/gone.png")
        }
        assert {name: one.url for name, one in found.items()} == {
            "/X.png": "https://e.org/X.png", "Y.png": "", "W.png": "https://e.org/images/W.png",
            "XZ.png": "https://e.org/X/XZ.png" if bundle else "https://e.org/XZ.png",
            "n.png": "https://e.org/n.png" if bundle else "", "/gone.png": "https://e.org/gone.png",
        }  # fmt: skip
        assert [name for name, one in found.items() if one.path] == [
            "/X.png",
            "Y.png",
            *(["XZ.png"] if bundle else []),
            "W.png",
            *([] if bundle else ["n.png"]),
        ]


def test_a_link_to_a_bundle_is_not_its_page_and_json_has_lines(tmp_path: Path) -> None:
    pages = {"content/posts/a/index.md": hugo_site.page(), "content/posts/b.md": '{"title": "B",\n"crosspost": 5}\n'}
    made = hugo_site.site(tmp_path, hugo_site.CONFIG, pages)
    (tmp_path / "content/link").symlink_to(tmp_path / "content/posts/a")
    with pytest.raises(SourceError, match=r"content/link: is not a page in a content folder"):
        made.entry(tmp_path / "content/link")
    assert {entry.id for entry in made.scan()} == {"posts/a", "posts/b"}
    assert made.entry(tmp_path / "content/posts/b.md").reason.startswith(
        f"{tmp_path}/content/posts/b.md:2: crosspost: "
    )


def test_themes_and_modules_that_a_site_names(tmp_path: Path) -> None:
    asked: list[str] = []

    def read(folder: Path) -> dict[str, object]:
        asked.append(folder.relative_to(tmp_path).as_posix())
        return {"module": {"imports": [{"path": "deep"}]}} if folder.name == "a" else {}

    for name in ("themes/a", "_vendor/b/c", "themes/deep", "mine/a"):
        (tmp_path / name).mkdir(parents=True)
    imports = [
        5,
        {"path": "/b/c/"},
        {"path": "off", "disable": True},
        {"path": "../x"},
        {"path": 5},
        {"disable": False},
    ]
    raw = {"theme": ["a", "gone", "a"], "module": {"imports": imports}}
    here, missing = found(tmp_path, raw, read)
    assert ([folder for folder, _ in here], missing) == (["themes/a", "_vendor/b/c", "themes/deep"], ["gone"])
    assert asked == ["themes/a", "_vendor/b/c", "themes/deep"]
    assert [folder for folder, _ in found(tmp_path, {"theme": "a", "themesdir": "mine"}, read)[0]] == ["mine/a"]
    assert (
        found(tmp_path, {"module": {"imports": "b"}, "theme": 5}, read)
        == found(tmp_path, {"module": 5}, read)
        == ([], [])
    )


def test_what_a_theme_says_three_levels_below(tmp_path: Path) -> None:
    own, theirs = {"a": {"b": {"c": {"x": 1}}}}, {"a": {"b": {"c": {"y": 2}, "z": 3}}}
    assert merged({"params": own}, [("t", {"params": theirs})]) == {
        "params": {"a": {"b": {"c": {"x": 1, "y": 2}, "z": 3}}}
    }


def test_the_path_of_a_page_with_a_space_and_the_id_of_a_mounted_one(tmp_path: Path) -> None:
    config = hugo_site.CONFIG + (
        '[[module.mounts]]\nsource = "X"\ntarget = "content"\n'
        '[[cascade]]\ndescription = "Geerbt."\n[cascade.target]\npath = "/posts/a-b"\n'
    )
    made = hugo_site.site(tmp_path, config, {"X/posts/A b.md": hugo_site.page(), "X/posts/c.md": hugo_site.page()})
    found = {entry.id: made.load(entry).description for entry in made.scan()}
    assert found == {"posts/A b": "Geerbt.", "posts/c": "Text."}

"""Marks in the names of files and folders: addresses as Hugo 0.168 builds them."""

from pathlib import Path

import pytest

from crosspost.sources.hugo.hugo_source import HugoSource
from tests.sources.hugo_site import CONFIG, NOW, addresses, page, site

FILES = ("C++ & Mehr", "a  b", "f - g", "ende &", "x (y) z!", "+plus", "c++", "plus + und & so - x", "D & E/index")
WITHOUT = ("c++--mehr", "a--b", "f---g", "ende-", "x-y-z", "+plus", "c++", "plus-+-und--so---x", "d--e")
FILLED = ("c-mehr", "a-b", "f-g", "ende", "x-y-z", "-plus", "c", "plus--und-so-x", "d-e")


def built(root: Path, pattern: str, files: dict[str, str], more: str = "") -> dict[str, str]:
    permalinks = f'[permalinks.page]\nposts = "{pattern}"\n' if pattern else ""
    found = addresses(site(root, f"{CONFIG}{more}{permalinks}", files))
    return {name: url.removeprefix("https://tal.example.org") for name, url in found.items()}


@pytest.mark.parametrize(
    ("pattern", "begin", "names"),
    [
        ("", "/posts/", WITHOUT),
        ("/:filename/", "/", FILLED),
        ("/:contentbasename/", "/", FILLED),
        ("/:sections/:filename/", "/posts/", FILLED),
        ("/Pre+Fix (x)/:filename/", "/pre-fix-x/", FILLED),
        ("/a%20b/:filename/", "/a-b/", FILLED),
    ],
)
def test_files(tmp_path: Path, pattern: str, begin: str, names: tuple[str, ...]) -> None:
    found = built(tmp_path, pattern, {f"content/posts/{name}.md": page() for name in FILES})
    expected = {
        f"posts/{name.removesuffix('/index')}": f"{begin}{end}/" for name, end in zip(FILES, names, strict=True)
    }
    assert found == expected


@pytest.mark.parametrize(
    ("pattern", "plain", "marked"),
    [("", "/posts/c++-mehr/", "/posts/a-b-c/"), ("/:slug/", "/c-mehr/", "/a-b-c/")],
)
def test_slugs(tmp_path: Path, pattern: str, plain: str, marked: str) -> None:
    files = {
        "content/posts/one.md": page('slug: "C++ & mehr"\n'),
        "content/posts/two.md": page('slug: "a  b - c &"\n'),
    }
    assert list(built(tmp_path, pattern, files).values()) == [plain, marked]


def test_a_slug_neither_begins_nor_ends_with_a_dash(tmp_path: Path) -> None:
    files = {
        "content/posts/1.md": page('slug: "--a--"\n'),
        "content/posts/2.md": page('slug: "- b -"\n'),
        "content/posts/3.md": page('slug: "---"\n'),
        "content/posts/2024-01-02--neu-.md": page(title="-T-"),
    }
    dates = '[frontmatter]\ndate = [":filename", ":default"]\n'
    found = built(tmp_path, "", files, dates)
    assert found == {
        "posts/1": "/posts/a/",
        "posts/2": "/posts/b/",
        "posts/3": "/posts/3/",
        "posts/2024-01-02--neu-": "/posts/neu/",
    }


@pytest.mark.parametrize(
    ("own", "found"),
    [
        ("/it's!/(x)/", "/it's!/(x)/"),
        ("/it's!/(x) y/", "/it%27s%21/%28x%29%20y/"),
        ("/a%20b/c%2Bd+e", "/a%20b/c%2Bd+e/"),
        ("/[x]/:slug/", "/[x]/a-b/"),
        ("/[x]/ä/", "/%5Bx%5D/%C3%A4/"),
    ],
)
def test_marks_in_an_address_of_the_page_s_own(tmp_path: Path, own: str, found: str) -> None:
    files = {"content/posts/u.md": page(f'url: "{own}"\n')}
    assert list(built(tmp_path, "", files).values()) == [found]


def test_folders(tmp_path: Path) -> None:
    files = {"content/posts/A & B -  c/in & out.md": page(), "content/Se+ct & x/a+b.md": page()}
    assert sorted(built(tmp_path, "", files).values()) == ["/posts/a--b----c/in--out/", "/se+ct--x/a+b/"]


def test_an_address_of_the_page_s_own(tmp_path: Path) -> None:
    """Without a name in it, it stays as it is."""
    files = {
        "content/posts/u1.md": page('url: "/a b+c & D/:filename+Q/"\n'),
        "content/posts/u2.md": page('url: "/a b+c & D/x+Q/"\n'),
        "content/posts/u3.md": page('url: "/a%20b%2Bc/:slug"\n', title="T+ x"),
    }
    assert sorted(built(tmp_path, "", files).values()) == [
        "/a%20b%20c%20&%20D/u1%20Q/",
        "/a%20b+c%20&%20D/x+Q/",
        "/a%20b+c/t%20-x/",
    ]


def test_before_0_123_a_file_is_named_as_a_title(tmp_path: Path) -> None:
    site(tmp_path, CONFIG, {"content/posts/C++ & Mehr.md": page()})
    old = HugoSource(tmp_path, now=NOW, engine="0.111")
    assert addresses(old) == {"posts/C++ & Mehr": "https://tal.example.org/posts/c++-mehr/"}

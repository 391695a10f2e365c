"""The address of a built site, and of each of its pages."""

from pathlib import Path

import pytest

from crosspost.errors import SourceError
from crosspost.sources.web.built_folder import is_local
from tests.sources.built_site import HOME, URL, page, source, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, "_site/index.html", HOME)
    return tmp_path


def test_the_address_that_a_page_calls_its_own_is_the_one_to_post(root: Path) -> None:
    for name, canonical in (("a", f"{URL}/blog/a/index.html"), ("b", f"{URL}/blog/b.html"), ("c", "https://x.test/c/")):
        write(root, f"_site/{name}/index.html", page(name, head=f'<link rel="canonical" href="{canonical}">'))
    found = {entry.id: (entry.url, entry.state) for entry in source(root).scan()}
    assert found["a"] == (f"{URL}/blog/a/", "ready")
    assert found["b"] == (f"{URL}/blog/b.html", "ready")
    assert found["c"][1] == "skipped", "it is another site's"


def test_the_address_of_the_site_from_the_feed_that_it_names(tmp_path: Path) -> None:
    feeds = "".join(
        f'<link rel="alternate" type="{kind}" href="{url}">'
        for kind, url in (
            ("application/json", "https://wrong.example/feed.json"),
            ("application/atom+xml", "http://localhost:4000/atom.xml"),
            ("application/rss+xml", "https://tal.example.org/blog/rss.xml"),
        )
    )
    write(
        tmp_path, "_site/index.html", f"<!doctype html><html><head><title>T</title>{feeds}</head><body></body></html>"
    )
    for name in ("feed.json", "atom.xml", "rss.xml"):
        write(tmp_path, f"_site/{name}", "x")
    write(tmp_path, "_site/a/index.html", page("A"))
    (entry,) = source(tmp_path).scan()
    assert entry.url == f"{URL}/blog/a/"


def test_a_site_built_for_this_machine_is_refused(root: Path) -> None:
    write(root, "_site/index.html", HOME.replace(URL, "http://localhost:4000"))
    write(root, "_site/a.html", page("A", head='<link rel="canonical" href="http://localhost:4000/a.html">'))
    with pytest.raises(SourceError, match="built for http://localhost:4000"):
        list(source(root).scan())
    assert [entry.url for entry in source(root, url=URL).scan()] == [f"{URL}/a.html"]


def test_the_address_from_the_sitemap(tmp_path: Path) -> None:
    write(
        tmp_path,
        "dist/sitemap.xml",
        f"<urlset><url><loc>{URL}/sub/</loc></url><url><loc>{URL}/sub/a/</loc></url></urlset>",
    )
    write(tmp_path, "dist/a/index.html", page("A"))
    assert [entry.url for entry in source(tmp_path).scan()] == [f"{URL}/sub/a/"]


@pytest.mark.parametrize(
    ("url", "local"),
    [
        *((f"http://{host}/x", True) for host in ("localhost", "LOCALHOST:4000", "127.0.0.1", "0.0.0.0:80", "[::1]:3")),
        *((f"http://{host}/x", False) for host in ("localhost.example", "127.0.0.2", "[::2]", "")),
        ("", False),
    ],
)
def test_which_addresses_are_those_of_a_preview(url: str, local: bool) -> None:
    assert is_local(url) is local

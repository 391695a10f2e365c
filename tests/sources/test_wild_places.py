"""Sites as people have them, in ``../shared/conformance/wild``: each behaves as its ``EXPECT.txt`` says."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crosspost.model import Post
from crosspost.sources.jekyll import JekyllSource

SHARED = Path(os.environ.get("CROSSPOST_SHARED") or Path(__file__).parents[2] / ".." / "shared")
WILD = SHARED / "conformance" / "wild"

pytestmark = pytest.mark.skipif(not WILD.is_dir(), reason=f"the recorded sites are not at {WILD}")


def source(number: str) -> JekyllSource:
    (folder,) = WILD.glob(f"{number}-*")
    return JekyllSource(folder, now=datetime(2026, 11, 25, tzinfo=UTC))


def posts(number: str) -> dict[str, Post]:
    there = source(number)
    return {entry.id: there.load(entry) for entry in there.scan() if entry.state == "ready"}


@pytest.mark.parametrize(
    ("number", "file", "alt", "key"),
    [
        ("01", "assets/rabbit.jpg", "A rabbit at a desk", "image.path"),
        ("02", "assets/rabbit.jpg", "", "image"),
        ("04", "assets/2026/status.png", "A green check", "image.path"),
    ],
)
def test_the_picture(number: str, file: str, alt: str, key: str) -> None:
    post = posts(number)["a"]
    assert post.thumbnail is not None
    assert post.thumbnail.path == f"{post.root}/{file}"
    assert post.thumbnail.url == f"https://blog.example/{file}"
    assert (post.thumbnail.alt, post.picture_from) == (alt, key)


def test_06_the_authors_excerpt() -> None:
    assert posts("06")["a"].description == "Why we weed by hand, in one sentence."


def test_49_two_languages_have_two_addresses() -> None:
    found = {post: one.url for post, one in posts("49").items()}
    assert found == {
        "hello": "https://blog.example/2026/05/01/hello.html",
        "de/hello": "https://blog.example/de/2026/05/01/hello.html",
    }


def test_55_odd_keys() -> None:
    found = posts("55")
    assert list(found) == ["a", "setext", "c"]
    assert found["setext"].description == "Words."


def test_59_a_picture_in_every_shape() -> None:
    found = posts("59")
    assert {post: Path(one.thumbnail.path).name if one.thumbnail else "" for post, one in found.items()} == {
        "a": "p.jpg",
        "b": "p.jpg",
        "c": "",
    }
    assert any("thumbnail: should be the path of a picture" in said for said in found["c"].warnings)


def test_64_the_address_is_in_cname() -> None:
    assert [post.url for post in posts("64").values()] == ["https://www.verein.example/2026/05/01/a.html"]


def test_67_hugos_front_matter_is_not_text() -> None:
    assert [(entry.state, entry.path in entry.reason) for entry in source("67").scan()] == [("refused", True)] * 2

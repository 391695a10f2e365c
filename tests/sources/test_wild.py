"""The sites of ../shared/conformance/wild that are about what a post says, read where they are."""

import os
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crosspost.compose import Style, compose
from crosspost.config import registry
from crosspost.model import Limits, Post
from crosspost.sources.jekyll import JekyllSource

SHARED = Path(os.environ.get("CROSSPOST_SHARED") or Path(__file__).parents[2] / ".." / "shared")
WILD = SHARED / "conformance" / "wild"
LIMITS = Limits(text=5000, unit="code-points", source="", checked=date(2026, 11, 25))


@pytest.fixture
def posts(request: pytest.FixtureRequest, tmp_path: Path) -> list[Post]:
    folder = WILD / request.param
    if not folder.is_dir():
        pytest.skip(f"the sites are not at {WILD}")
    source = JekyllSource(shutil.copytree(folder, tmp_path / "site"), now=datetime(2026, 11, 25, tzinfo=UTC))
    return [source.load(entry) for entry in source.scan()]


def said(post: Post, network: str) -> str:
    able = registry.load(network).abilities
    return compose(post, account="a", network=network, limits=LIMITS, abilities=able, style=Style()).text


def of(folder: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("posts", [folder], indirect=True)


@pytest.mark.parametrize(
    ("posts", "title"),
    [
        ("08-title-entities", "Tom & Jerry’s – day"),
        ("10-title-html", "Why we love oats now"),
        ("12-title-markdown", "The __init__ method of MyClass"),
        ("13-emoji-shortcode", "We won 🎉"),
    ],
    indirect=["posts"],
)
def test_the_title_reads(posts: list[Post], title: str) -> None:
    assert [post.title for post in posts] == [title]
    assert said(posts[0], "x").startswith(f"{title}\n\n")


@of("13-emoji-shortcode")
def test_the_text_has_emoji(posts: list[Post]) -> None:
    assert posts[0].description == "So happy ❤️ today."


@of("22-shortcodes")
def test_the_description_is_the_authors(posts: list[Post]) -> None:
    assert (posts[0].description, posts[0].warnings) == ("Then words.", ())
    assert said(posts[0], "facebook").startswith("T\n\nThen words.\n\nhttps")


@of("30-mention-x")
def test_no_stranger_is_tagged(posts: list[Post]) -> None:
    assert "Follow verein@social.example and write to info@blog.example, see jekyll." in said(posts[0], "x")
    assert "Follow @verein@social.example and write to info@blog.example, see jekyll." in said(posts[0], "mastodon")


@of("63-title-is-first-word")
def test_the_headline_stays(posts: list[Post]) -> None:
    texts = [said(post, "x") for post in posts]
    assert texts[0].startswith("Oats\n\nOats are grown here since 1990, and they feed us.\n\n")
    assert texts[1].startswith("Who we are\n\nWho we are, what we do and why it matters.\n\n")

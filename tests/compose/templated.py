"""A template, made into a text or refused."""

from datetime import UTC, datetime

import pytest

from crosspost.compose.parts import Pieces
from crosspost.compose.templates import renderer
from crosspost.errors import ConfigError
from crosspost.model import Post

POST = Post(
    id="a",
    path="a.md",
    url="https://a.example/",
    title="T",
    date=datetime(2026, 1, 2, 3, tzinfo=UTC),
    tags=("b", "a"),
    author="Ada",
    site="Tal",
)
TOO_MUCH = "it makes more than a text can need"


def said(template: str, body: str = "", *, excerpt: str = "\n" * 2000, hashtags: tuple[str, ...] = ()) -> str:
    return renderer(template, POST, "verein")(Pieces("Titel", "Wort", excerpt, body, "https://a.example/", hashtags))


def refused(template: str, body: str = "") -> str:
    """Why, and in which line."""
    with pytest.raises(ConfigError) as caught:
        said(template, body)
    start, end = 'account "verein": its template', ". A template may use: title, description, excerpt, body, url, "
    told = str(caught.value)
    assert told.startswith(start)
    assert end in told
    return told.removeprefix(start).partition(end)[0].lstrip(",: ")

"""Finds a post's description: a front matter key, the text before the separator, or the first paragraph."""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from crosspost import markup
from crosspost.sources.keys import lookup

#: where a description may come from besides the front matter
TEXT, SEPARATOR = "the text", "excerpt_separator"


class Description(NamedTuple):
    """A description and where it comes from."""

    text: str
    source: str


def written(data: dict[Any, Any], keys: tuple[str, ...], line: Callable[[str], str], title: str) -> Description | None:
    """The first key's value that differs from the title; None when there is none.

    :param line: turns a value into one plain line
    """
    for key in keys:
        found = lookup(data, key)
        if found is None or (text := as_text(found.value)) is None:
            continue
        plain_line = line(text)
        if plain_line and bare(plain_line) != bare(title):
            return Description(plain_line, found.name)
    return None


def wrong(data: dict[Any, Any], keys: tuple[str, ...]) -> list[str]:
    """A warning if the first key's value is not text."""
    found = lookup(data, keys[0]) if keys else None
    if found is None or not isinstance(found.value, dict | list) or not found.value:
        return []
    return [f"{found.name}: should be a text, so it is not used"]


def from_text(body: str, separators: tuple[Any, ...]) -> Description:
    """The beginning of the text.

    :param separators: ``excerpt_separator`` of the post and of the site, as written; Jekyll's default, an empty line,
        ends the first paragraph. Source: https://jekyllrb.com/docs/posts/#post-excerpts
    """
    if mark := separator(body, separators):
        before = " ".join(markup.opening(body.partition(mark)[0]))
        if before:
            return Description(" ".join(before.split()), SEPARATOR)
    return Description(markup.first_paragraph(body), TEXT)


def separator(body: str, separators: tuple[Any, ...]) -> str:
    """The configured separator, if the text contains it; else ""."""
    mark = next((mark for mark in separators if mark is not None), None)
    return mark if isinstance(mark, str) and mark.strip() and mark in body else ""


def as_text(value: Any) -> str | None:
    """A front matter value as its author wrote it, for text, numbers and dates; None for other types."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | date):
        return None
    return str(value)


def bare(text: str) -> str:
    """Reduce a text to its letters and digits, to compare two texts."""
    return "".join(char for char in text.casefold() if char.isalnum())

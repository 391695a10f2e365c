"""What a post's description is: a key of its front matter, what stands before the separator, or the first paragraph."""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from crosspost import markup
from crosspost.sources.keys import lookup

#: the places a description may come from beside the front matter
TEXT, SEPARATOR = "the text", "excerpt_separator"


class Description(NamedTuple):
    """A description and where it stands."""

    text: str
    source: str


def written(data: dict[Any, Any], keys: tuple[str, ...], line: Callable[[str], str], title: str) -> Description | None:
    """The first of the keys that says something else than the title; None when there is none.

    :param line: makes one plain line of a value
    """
    for key in keys:
        found = lookup(data, key)
        if found is None or (text := as_text(found.value)) is None:
            continue
        said = line(text)
        if said and bare(said) != bare(title):
            return Description(said, found.name)
    return None


def wrong(data: dict[Any, Any], keys: tuple[str, ...]) -> list[str]:
    """Sentences about the first of the keys when its value is no text."""
    found = lookup(data, keys[0]) if keys else None
    if found is None or not isinstance(found.value, dict | list) or not found.value:
        return []
    return [f"{found.name}: should be a text, so it is not used"]


def from_text(body: str, separators: tuple[Any, ...]) -> Description:
    """What the text says first.

    :param separators: ``excerpt_separator`` of the post and of the site, as written; Jekyll's own, an empty line, is
        the first paragraph. Source: https://jekyllrb.com/docs/posts/#post-excerpts
    """
    if mark := separator(body, separators):
        before = " ".join(markup.opening(body.partition(mark)[0]))
        if before:
            return Description(" ".join(before.split()), SEPARATOR)
    return Description(markup.first_paragraph(body), TEXT)


def separator(body: str, separators: tuple[Any, ...]) -> str:
    """The separator that counts, if the text has it and it is not Jekyll's own; "" else."""
    mark = next((mark for mark in separators if mark is not None), None)
    return mark if isinstance(mark, str) and mark.strip() and mark in body else ""


def as_text(value: Any) -> str | None:
    """A value of the front matter as its author wrote it: texts, numbers and dates; None for all else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | date):
        return None
    return str(value)


def bare(text: str) -> str:
    """Reduce a text to what is said, to see whether two say the same."""
    return "".join(char for char in text.casefold() if char.isalnum())

"""Footnotes (``[^1]: …``), which CommonMark does not have."""

import re

from crosspost.text.lazy_pattern import lazy

_NOTE = lazy(r"^\[\^([^\]\s]+)\]:[ \t]*(.*(?:\n(?:[ \t]+\S.*|(?=\n[ \t]+\S)))*)\n?", re.MULTILINE)
_MARK = lazy(r"\[\^([^\[\]\s]+)\]")


def notes(markdown: str) -> dict[str, str]:
    """The footnotes of a text: label → note."""
    return {match[1]: match[2] for match in _NOTE.finditer(markdown)} if "[^" in markdown else {}


def without_notes(markdown: str, mark: str = "") -> str:
    """Remove the footnotes, and replace each reference by ``mark`` (``\\1`` is the label)."""
    return _MARK.sub(mark, _NOTE.sub("", markdown)) if notes(markdown) else markdown

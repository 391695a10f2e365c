"""Converts kramdown features to CommonMark: Markdown inside HTML, and definition lists.

Source: https://kramdown.gettalong.org/syntax.html, sections "HTML Blocks" and "Definition Lists".
"""

import re
from collections.abc import Callable

from crosspost.text.lazy_pattern import lazy

_FENCED = lazy(r"^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_BLOCK = r"div|section|article|aside|main|header|footer|figure|figcaption|details|blockquote|p|td"
_TAG = lazy(rf"<(/?)({_BLOCK})((?:\s[^<>]*)?)>", re.IGNORECASE)
_MARKDOWN = lazy(r"\smarkdown\s*=\s*[\"']?(?:1|block|span)\b", re.IGNORECASE)
_DEFINITION = lazy(r"^([^\s>#|:][^\n]*)\n(?:[ \t]*\n)?:[ \t]+(?=\S)", re.MULTILINE)


def as_commonmark(text: str) -> str:
    """Remove the tags around Markdown (``<div markdown="1">``) and write definitions as ``term: definition``.

    Code is unchanged.
    """
    if _MARKDOWN.search(text):
        text = _outside_fences(text, _unwrapped)
    if "\n:" in text:
        text = _outside_fences(text, lambda part: _DEFINITION.sub(r"\1: ", part))
    return text


def _outside_fences(text: str, change: Callable[[str], str]) -> str:
    pieces, end = [], 0
    for fence in _FENCED.finditer(text):
        pieces += [change(text[end : fence.start()]), fence[0]]
        end = fence.end()
    return "".join([*pieces, change(text[end:])])


def _unwrapped(text: str) -> str:
    """Replace the tags around Markdown by a paragraph break."""
    opened: list[tuple[str, bool]] = []

    def replaced(tag: re.Match[str]) -> str:
        closing, name = tag[1], tag[2].lower()
        if not closing:
            opened.append((name, bool(_MARKDOWN.search(tag[3]))))
            return "\n\n" if opened[-1][1] else tag[0]
        while opened:
            before, goes = opened.pop()
            if before == name:
                return "\n\n" if goes else tag[0]
        return tag[0]

    return re.sub(r"\n{3,}", "\n\n", _TAG.sub(replaced, text))

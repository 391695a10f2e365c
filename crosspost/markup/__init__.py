"""Markdown and HTML to plain text: what a person would read aloud, without the marks.

Markdown is parsed by markdown-it-py (CommonMark with tables and strikethrough), HTML by selectolax. Both are imported
on first use, because a listing of posts needs neither.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal
from urllib.parse import urljoin

from crosspost.markup.blocks import blocks, joined, paragraph, top_level
from crosspost.markup.inline import folded, html_text, html_tree, inline, parser

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = ["first_paragraph", "html_to_text", "opening", "pictures", "to_line", "to_text"]

_NOTE = re.compile(r"^\[\^([^\]\s]+)\]:[ \t]*(.*(?:\n(?:[ \t]+\S.*|(?=\n[ \t]+\S)))*)\n?", re.MULTILINE)
_NOTE_MARK = re.compile(r"\[\^([^\]\s]+)\]")


def to_text(markdown: str, *, links: Literal["text", "footnotes"] = "text", base: str = "") -> str:
    """Turn Markdown into plain text.

    Paragraphs are separated by an empty line, list items begin with ``• `` or their number, quoted lines with ``> ``,
    links keep their text, pictures vanish, code stays as written, a hard break is a new line, a table becomes a line
    per row, and footnotes follow at the end.

    :param links: "footnotes" lists the addresses of the links at the end, too
    :param base: the address of the post, which relative links start from

    >>> to_text("Ein *schöner* [Tag](https://example.org).")
    'Ein schöner Tag.'
    """
    notes = _footnotes(markdown)
    if notes:
        markdown = _NOTE_MARK.sub(r"[\1]", _NOTE.sub("", markdown))
    tokens = parser().parse(markdown)
    said = {label: to_line(note) for label, note in notes.items()}
    if links == "footnotes":
        said |= _numbered_links(tokens, base, max((int(label) for label in notes if label.isdecimal()), default=0))
    text = joined(blocks(tokens))
    for number, (label, note) in enumerate(said.items()):
        text += ("\n" if number else "\n\n") + f"[{label}] {note}"
    return text.strip()


def opening(markdown: str) -> list[str]:
    """Give the paragraphs, lists and quotations with which a text begins, before its first (next) heading or table.

    Leading headings, pictures and their captions are passed over, as in :func:`first_paragraph`.
    """
    markdown = _NOTE_MARK.sub("", _NOTE.sub("", markdown)) if _footnotes(markdown) else markdown
    found: list[str] = []
    after_picture = False
    for block in top_level(parser().parse(markdown)):
        text = ""
        if block[0].type == "paragraph_open":
            text, after_picture = paragraph(block[1].children or [], after_picture)
        elif block[0].type in ("bullet_list_open", "ordered_list_open", "blockquote_open"):
            text, after_picture = joined(blocks(block)), False
        elif found:
            break
        if text:
            found.append(text)
    return found


def _numbered_links(tokens: "Sequence[Token]", base: str, taken: int) -> dict[str, str]:
    """Put ``[n]`` behind each link that does not show its address itself, and give number → address."""
    numbers: dict[str, str] = {}
    for token in tokens:
        address, shown = "", ""
        for child in token.children or ():
            if child.type == "link_open":
                address, shown = urljoin(base, str(child.attrGet("href") or "")), ""
            elif child.type == "link_close":
                if address.startswith(("http://", "https://")) and shown and address != shown:
                    number = numbers.setdefault(address, str(taken + len(numbers) + 1))
                    child.type, child.content = "text", f" [{number}]"
            else:
                shown += child.content if child.type in ("text", "code_inline", "text_special") else ""
    return {number: address for address, number in numbers.items()}


def to_line(markdown: str) -> str:
    """Turn a short text that may hold inline Markdown or HTML (a title, a description) into one plain line."""
    return folded(inline(parser().parseInline(markdown)[0].children or []))


def first_paragraph(markdown: str) -> str:
    """Give the first paragraph that says something, as one plain line; "" when there is none.

    Headings, pictures, the emphasised caption under a picture, comments and footnotes are passed over. A list or
    quotation counts only when there is no paragraph.
    """
    markdown = _NOTE_MARK.sub("", _NOTE.sub("", markdown)) if _footnotes(markdown) else markdown
    tokens = parser().parse(markdown)
    after_picture = False
    for token, following in itertools.zip_longest(tokens, tokens[1:]):
        text = ""
        if token.type == "html_block":
            text = _first_line(html_text(token.content, without="h1,h2,h3,h4,h5,h6,figure,table,ul,ol,nav"))
            after_picture = after_picture and not text
        elif token.type == "paragraph_open" and token.level == 0 and following is not None:
            text, after_picture = paragraph(following.children or [], after_picture)
        elif token.level == 0 and token.nesting == 1:
            after_picture = False
        if text:
            return text
    return _first_nested(tokens)


def _first_nested(tokens: "Sequence[Token]") -> str:
    """Give the first paragraph within a list or quotation."""
    for token, following in itertools.pairwise(tokens):
        if token.type == "paragraph_open" and token.level > 0:
            text = folded(inline(following.children or []))
            if text:
                return text
    return ""


def pictures(markdown: str) -> list[tuple[str, str]]:
    """List the pictures of a text in order, Markdown's and HTML's, as (address as written, alternative text)."""
    return list(_pictures(parser().parse(markdown)))


def html_to_text(source: str) -> str:
    """Turn HTML into plain text, a line per block; scripts and styles vanish."""
    return html_text(source)


def _first_line(text: str) -> str:
    return text.partition("\n")[0]


def _footnotes(markdown: str) -> dict[str, str]:
    """Collect the definitions of footnotes (``[^1]: …``), which CommonMark does not know."""
    return {match[1]: match[2] for match in _NOTE.finditer(markdown)} if "[^" in markdown else {}


def _pictures(tokens: "Sequence[Token]") -> Iterator[tuple[str, str]]:
    for token in tokens:
        if token.type == "image":
            yield str(token.attrGet("src") or ""), folded(inline(token.children or []))
        elif token.type in ("html_block", "html_inline") and "<img" in token.content.lower():
            for node in html_tree(token.content).css("img"):
                yield node.attributes.get("src") or "", folded(node.attributes.get("alt") or "")
        elif token.children:
            yield from _pictures(token.children)

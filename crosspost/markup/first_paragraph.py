"""Finds the author's first words in a text, skipping quotations, captions, formulas, embeds and hidden parts."""

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from crosspost.markup.blocks import blocks, joined, paragraph, top_level
from crosspost.markup.footnotes import without_notes
from crosspost.markup.inline import folded, html_text
from crosspost.markup.markdown_parser import parser
from crosspost.text.lazy_pattern import lazy

if TYPE_CHECKING:
    from markdown_it.token import Token

# the author's own words; second choice when there are none; not a sentence
_Kind = Literal["own", "second", "none"]

_HEADINGS = "h1,h2,h3,h4,h5,h6"
_NOT_OWN = (
    f"{_HEADINGS},figure,figcaption,table,ul,ol,nav,blockquote,details,aside,summary,audio,video,form,button,math,"
    '[class*="caption"],[class*="footnote"],sup[id^="fnref"],a[href^="#fn"]'
)
_CONTAINER = lazy(r"<(/?)(?:details|blockquote|figure|aside|nav)\b", re.IGNORECASE)
_ADDRESS = lazy(r"(?:https?://|www\.)\S+")
_FORMULA = lazy(
    r"\s*(?:\$\$.*\$\$|\\{1,2}\[.*\\{1,2}\]|\\{1,2}\(.*\\{1,2}\)|\\begin\{(\w+\*?)\}.*\\end\{\1\})[.,;]?\s*", re.DOTALL
)
# a line in which nothing means anything to Markdown or HTML, as most of them begin
_PLAIN_LINE = r"[^\W\d_](?:[^\W_]|[ ,.;:?!'\"()/%§€–—…„“”‚‘’»«›‹-])*+"
_PLAIN_PARAGRAPH = lazy(rf"\n*({_PLAIN_LINE}(?:\n{_PLAIN_LINE})*+)(?:\n[ \t]*\n|\n?\Z)")


def first_paragraph(markdown: str) -> str:
    """The first real paragraph, as one plain line; "" when there is none.

    Headings, pictures and their captions, comments, footnotes, formulas, lone addresses and collapsed parts are
    skipped. A list or quotation is used only when there is no paragraph.
    """
    plain = _PLAIN_PARAGRAPH.match(markdown)
    if plain is not None and _kind(text := folded(plain[1]), text) == "own":
        return text  # without the parser, whose import alone takes as long as all other work on a post
    second = ""
    for kind, text in _paragraphs(parser().parse(without_notes(markdown))):
        if kind == "own":
            return text
        second = second or (text if kind == "second" else "")
    return second


def opening(markdown: str) -> list[str]:
    """The paragraphs, lists and quotations at the beginning of a text, up to the first heading or table after them.

    Skips what :func:`first_paragraph` skips; quotations before the author's first words are returned only when there
    is nothing else.
    """
    found: list[str] = []
    quoted: list[str] = []
    after_picture, inside = False, 0
    for block in top_level(parser().parse(without_notes(markdown))):
        text, kind = "", block[0].type
        inside = _depth(block[0], inside)
        if kind == "paragraph_open":
            text, after_picture = paragraph(block[1].children or [], after_picture)
            text = "" if inside or _kind(text, block[1].content) == "none" else text
        elif kind in ("bullet_list_open", "ordered_list_open", "blockquote_open"):
            text, after_picture = joined(blocks(block)), False
        elif found:
            break
        if text:
            (quoted if kind == "blockquote_open" and not found else found).append(text)
    return found or quoted


def _paragraphs(tokens: "Sequence[Token]") -> Iterator[tuple[_Kind, str]]:
    """Yield (kind, text) for each paragraph, the text as one line."""
    after_picture, inside = False, 0
    for token, following in itertools.zip_longest(tokens, tokens[1:]):
        if token.type == "html_block":
            found = list(_html_lines(token.content, inside))
            after_picture = after_picture and not found
            yield from found
            inside = _depth(token, inside)
        elif token.type == "paragraph_open" and following is not None:
            text, after_picture = paragraph(following.children or [], after_picture and token.level == 0)
            kind = _kind(text, following.content)
            yield "second" if kind == "own" and (inside or token.level) else kind, text
        elif token.level == 0 and token.nesting == 1:
            after_picture = False


def _html_lines(source: str, inside: int) -> Iterator[tuple[_Kind, str]]:
    own = html_text(source, without=_NOT_OWN).split("\n") if not inside else []
    yield from ((_kind(line, ""), line) for line in own)
    for line in html_text(source, without=_HEADINGS).split("\n"):
        if _kind(line, "") == "own":
            yield "second", line


def _depth(token: "Token", inside: int) -> int:
    """How many collapsible, quoting or illustrating elements are still open after a block."""
    if token.type == "html_block":
        for tag in _CONTAINER.finditer(token.content):
            inside = max(0, inside - 1) if tag[1] else inside + 1
    return inside


def _kind(text: str, written: str) -> _Kind:
    if not text or _ADDRESS.fullmatch(text) or _FORMULA.fullmatch(written or text):
        return "none"
    return "own" if any(map(str.isalnum, text)) else "second"

"""Markdown and HTML to plain text: what a person would read aloud, without the marks.

Markdown is parsed by markdown-it-py (CommonMark with tables and strikethrough), HTML by selectolax. Both are imported
on first use, because a listing of posts needs neither.
"""

import html
import itertools
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Literal
from urllib.parse import urljoin

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token
    from selectolax.lexbor import LexborHTMLParser

_BREAK = "\u2028"  # Unicode's line separator: no author's text has it, and HTML white space rules leave it alone
_SPACES = re.compile(r"[ \t\r\n\f]+")
_UNREADABLE = ["script", "style", "template", "noscript", "iframe", "object", "svg", "head", "title"]
_BLOCKS = (
    "p,div,li,tr,h1,h2,h3,h4,h5,h6,blockquote,pre,section,article,figure,figcaption,dt,dd,table,ul,ol,header,footer,"
    "details,summary,aside,main,address"
)

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
    tokens = _parser().parse(markdown)
    said = {label: to_line(note) for label, note in notes.items()}
    if links == "footnotes":
        said |= _numbered_links(tokens, base, max((int(label) for label in notes if label.isdecimal()), default=0))
    text = _joined(_blocks(tokens))
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
    for block in _top_level(_parser().parse(markdown)):
        text = ""
        if block[0].type == "paragraph_open":
            text, after_picture = _paragraph(block[1].children or [], after_picture)
        elif block[0].type in ("bullet_list_open", "ordered_list_open", "blockquote_open"):
            text, after_picture = _joined(_blocks(block)), False
        elif found:
            break
        if text:
            found.append(text)
    return found


def _top_level(tokens: "Sequence[Token]") -> "Iterator[list[Token]]":
    """Split the tokens of a text into its outermost blocks."""
    block: list[Token] = []
    for token in tokens:
        block.append(token)
        if token.level == 0 and token.nesting <= 0:
            yield block
            block = []


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
    return _folded(_inline(_parser().parseInline(markdown)[0].children or []))


def first_paragraph(markdown: str) -> str:
    """Give the first paragraph that says something, as one plain line; "" when there is none.

    Headings, pictures, the emphasised caption under a picture, comments and footnotes are passed over. A list or
    quotation counts only when there is no paragraph.
    """
    markdown = _NOTE_MARK.sub("", _NOTE.sub("", markdown)) if _footnotes(markdown) else markdown
    tokens = _parser().parse(markdown)
    after_picture = False
    for token, following in itertools.zip_longest(tokens, tokens[1:]):
        text = ""
        if token.type == "html_block":
            text = _first_line(_html_text(token.content, without="h1,h2,h3,h4,h5,h6,figure,table,ul,ol,nav"))
            after_picture = after_picture and not text
        elif token.type == "paragraph_open" and token.level == 0 and following is not None:
            text, after_picture = _paragraph(following.children or [], after_picture)
        elif token.level == 0 and token.nesting == 1:
            after_picture = False
        if text:
            return text
    return _first_nested(tokens)


def _first_nested(tokens: "Sequence[Token]") -> str:
    """Give the first paragraph within a list or quotation."""
    for token, following in itertools.pairwise(tokens):
        if token.type == "paragraph_open" and token.level > 0:
            text = _folded(_inline(following.children or []))
            if text:
                return text
    return ""


def pictures(markdown: str) -> list[tuple[str, str]]:
    """List the pictures of a text in order, Markdown's and HTML's, as (address as written, alternative text)."""
    return list(_pictures(_parser().parse(markdown)))


def html_to_text(source: str) -> str:
    """Turn HTML into plain text, a line per block; scripts and styles vanish."""
    return _html_text(source)


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _html(source: str) -> "LexborHTMLParser":
    from selectolax.lexbor import LexborHTMLParser

    return LexborHTMLParser(source)


def _html_text(source: str, without: str = "") -> str:
    tree = _html(source)
    tree.strip_tags(_UNREADABLE)
    if without:
        for node in tree.css(without):
            node.decompose()
    for node in tree.css("br"):
        node.replace_with(_BREAK)
    for node in tree.css(_BLOCKS):
        node.insert_before(_BREAK)
        node.insert_after(_BREAK)
    text = tree.body.text() if tree.body else ""
    lines = (_folded(line) for line in text.split(_BREAK))
    return "\n".join(line for line in lines if line)


def _folded(text: str) -> str:
    return _SPACES.sub(" ", text).strip(" \n\t")


def _first_line(text: str) -> str:
    return text.partition("\n")[0]


def _footnotes(markdown: str) -> dict[str, str]:
    """Collect the definitions of footnotes (``[^1]: …``), which CommonMark does not know."""
    return {match[1]: match[2] for match in _NOTE.finditer(markdown)} if "[^" in markdown else {}


def _inline(children: "Sequence[Token]") -> str:
    """Give the text of inline tokens; where there is HTML among them, an HTML parser decides what is text."""
    if not any(child.type == "html_inline" for child in children):
        return "".join(_inline_part(child) for child in children)
    parts = (
        child.content if child.type == "html_inline" else html.escape(_inline_part(child)).replace("\n", "<br>")
        for child in children
    )
    return _html_text("".join(parts))


def _inline_part(token: "Token") -> str:
    if token.type in ("text", "code_inline", "text_special"):
        return token.content
    return {"softbreak": " ", "hardbreak": "\n"}.get(token.type, "")


class _Lists:
    """The lists a block stands in, and the marker that the next block of text gets."""

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._marker = ""

    @property
    def depth(self) -> int:
        return len(self._numbers)

    def see(self, token: "Token") -> None:
        """Follow the lists as they open and close; a bullet list counts -1."""
        if token.type in ("bullet_list_open", "ordered_list_open"):
            start = token.attrGet("start")
            self._numbers.append(-1 if token.type == "bullet_list_open" else 1 if start is None else int(start))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self._numbers.pop()
        elif token.type == "list_item_open":
            number = self._numbers[-1]
            self._marker = "• " if number < 0 else f"{number}. "
            self._numbers[-1] += number >= 0

    def marked(self, text: str) -> str:
        """Put the marker of a new item, indented, before its first text."""
        if not self._marker:
            return text
        text, self._marker = "  " * (self.depth - 1) + self._marker + text, ""
        return text


def _blocks(tokens: "Sequence[Token]") -> Iterator[tuple[str, str, int]]:
    """Give (kind, text, depth of lists) of each block that holds text; a row of a table is one block."""
    lists = _Lists()
    cells: list[str] | None = None
    quotes = 0
    for token in tokens:
        lists.see(token)
        quotes += token.nesting if token.type in ("blockquote_open", "blockquote_close") else 0
        if token.type == "tr_open":
            cells = []
        elif token.type == "tr_close":
            yield "row", " | ".join(cells or []), lists.depth
            cells = None
        elif token.type in ("inline", "html_block", "fence", "code_block"):
            text = _block_text(token)
            if cells is not None:
                cells.append(_folded(text))
            elif text:
                text = lists.marked(text)
                if quotes:
                    text = "\n".join("> " * quotes + line for line in text.split("\n"))
                yield "text", text, lists.depth


def _block_text(token: "Token") -> str:
    if token.type == "inline":
        lines = _inline(token.children or []).split("\n")
        return "\n".join(_folded(line) for line in lines).strip("\n")
    if token.type == "html_block":
        return _html_text(token.content)
    return token.content.strip("\n")


def _joined(blocks: Iterator[tuple[str, str, int]]) -> str:
    """Join blocks: items of one list and rows of one table line by line, all else with an empty line between."""
    text, before = "", ("", 0)
    for kind, block, depth in blocks:
        close = (depth and before[1]) or (kind == "row" and before[0] == "row")
        text += ("\n" if close else "\n\n") + block if text else block
        before = (kind, depth)
    return text


def _paragraph(children: "Sequence[Token]", after_picture: bool) -> tuple[str, bool]:
    """Give the text of a paragraph without its pictures and their captions, and whether it ends with a picture."""
    said: list[Token] = []
    for line in _lines(children):
        shown = [child for child in line if child.type not in ("image", "softbreak", "hardbreak")]
        blank = not _inline(shown).strip()
        if blank and len(shown) < len(line) and _has_picture(line):
            after_picture = True
        elif not blank and not (after_picture and _wholly_emphasised(shown)):
            said += [child for child in line if child.type != "image"]
            after_picture = False
        elif not blank:
            after_picture = False
    return _folded(_inline(said)), after_picture


def _has_picture(line: "Sequence[Token]") -> bool:
    return any(child.type == "image" or child.content.lower().startswith("<img") for child in line)


def _lines(children: "Sequence[Token]") -> "list[list[Token]]":
    """Split inline tokens into the lines of the source, each with its break."""
    lines: list[list[Token]] = [[]]
    for child in children:
        lines[-1].append(child)
        if child.type in ("softbreak", "hardbreak") and child.level == 0:
            lines.append([])
    return lines


def _wholly_emphasised(line: "Sequence[Token]") -> bool:
    """Say whether the line is one piece of emphasis from its first to its last character."""
    spoken = [child for child in line if child.type != "text" or child.content.strip()]
    if len(spoken) < 2 or spoken[0].type not in ("em_open", "strong_open"):
        return False
    level = spoken[0].level
    return spoken[-1].type in ("em_close", "strong_close") and all(child.level > level for child in spoken[1:-1])


def _pictures(tokens: "Sequence[Token]") -> Iterator[tuple[str, str]]:
    for token in tokens:
        if token.type == "image":
            yield str(token.attrGet("src") or ""), _folded(_inline(token.children or []))
        elif token.type in ("html_block", "html_inline") and "<img" in token.content.lower():
            for node in _html(token.content).css("img"):
                yield node.attributes.get("src") or "", _folded(node.attributes.get("alt") or "")
        elif token.children:
            yield from _pictures(token.children)

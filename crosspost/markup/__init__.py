"""Markdown and HTML to plain text: what a person would read aloud, without the markup.

Markdown is parsed by markdown-it-py (CommonMark with tables and strikethrough), HTML by selectolax. Both are imported
on first use, because a listing of posts needs neither.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal
from urllib.parse import urljoin

from crosspost.markup.blocks import blocks, joined
from crosspost.markup.elements import without_tags
from crosspost.markup.entities import decoded, encoded_once
from crosspost.markup.first_paragraph import first_paragraph, opening
from crosspost.markup.footnotes import notes, without_notes
from crosspost.markup.inline import folded, html_text, html_tree, inline
from crosspost.markup.markdown_parser import make_parser, parser
from crosspost.text.lazy_pattern import lazy

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = [
    "decoded",
    "first_paragraph",
    "html_to_text",
    "make_parser",
    "opening",
    "pictures",
    "to_line",
    "to_markdown",
    "to_text",
    "without_tags",
]


#: nothing in it can be inline Markdown or HTML, as in most titles: it needs no parser, which is slow to import
_PLAIN = lazy(r"[^*_\[\]<>&\\`~\r\n\0]*")


def to_text(markdown: str, *, links: Literal["text", "footnotes"] = "text", base: str = "") -> str:
    """Turn Markdown into plain text.

    Paragraphs are separated by an empty line, list items begin with ``• `` or their number, quoted lines with ``> ``,
    links keep their text, pictures are removed, code is unchanged, a hard break is a new line, each table row becomes a
    line, and footnotes follow at the end.

    :param links: "footnotes" also lists the links' addresses at the end
    :param base: the post's address, to resolve relative links

    >>> to_text("Ein *schöner* [Tag](https://example.org).")
    'Ein schöner Tag.'
    """
    footnotes = notes(markdown)
    tokens = parser().parse(without_notes(markdown, r"[\1]"))
    numbered = {label: to_line(note) for label, note in footnotes.items()}
    if links == "footnotes":
        numbered |= _numbered_links(
            tokens, base, max((int(label) for label in footnotes if label.isdecimal()), default=0)
        )
    text = joined(blocks(tokens))
    for number, (label, note) in enumerate(numbered.items()):
        text += ("\n" if number else "\n\n") + f"[{label}] {note}"
    return text.strip()


def _numbered_links(tokens: "Sequence[Token]", base: str, taken: int) -> dict[str, str]:
    """Put ``[n]`` after each link whose text is not its address, and return number → address."""
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
    """Turn a short text with inline Markdown or HTML (a title, a description) into one plain line.

    Entities are decoded, even when an import encoded them twice; words in angle brackets that are not HTML elements
    stay. A picture is removed together with its caption.
    """
    if _PLAIN.fullmatch(markdown):
        return folded(markdown)
    children = parser().parseInline(encoded_once(markdown))[0].children or []
    return folded(inline(children, without="figure"))


def pictures(markdown: str) -> list[tuple[str, str]]:
    """List the pictures of a text in order, Markdown's and HTML's, as (address as written, alternative text)."""
    if "![" not in markdown and "<img" not in markdown.lower():  # as in most texts: nothing to parse them for
        return []
    return list(_pictures(parser().parse(markdown)))


def to_markdown(html: str) -> str:
    """Turn HTML into Markdown, see :mod:`.from_html`."""
    from crosspost.markup import from_html  # only what was built, and feeds, need it

    return from_html.to_markdown(html)


def html_to_text(source: str) -> str:
    """Turn HTML into plain text, one line per block; scripts and styles are removed."""
    return html_text(source)


def _pictures(tokens: "Sequence[Token]") -> Iterator[tuple[str, str]]:
    for token in tokens:
        if token.type == "image":
            yield str(token.attrGet("src") or ""), folded(inline(token.children or []))
        elif token.type in ("html_block", "html_inline") and "<img" in token.content.lower():
            from crosspost.markup.shown_address import shown_address  # few texts have HTML

            for node in html_tree(token.content).css("img"):
                if address := shown_address(node.attributes):
                    yield address, folded(node.attributes.get("alt") or "")
        elif token.children:
            yield from _pictures(token.children)

"""HTML to Markdown: what a built page or a feed says, as its author may have written it.

So a post reads the same wherever it comes from: its paragraphs, lists, quotations, code, links, pictures and footnotes
are known as such. What Markdown has no form for stays HTML, which is allowed in it.
https://spec.commonmark.org/0.31.2/ and, for footnotes, the HTML that kramdown, Goldmark, markdown-it and
Python-Markdown make.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from crosspost.markup.inline_html import inline_markdown, note_label, plain

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
#: blocks that say something by what they are, in ways Markdown has no form for
_KEPT = frozenset(
    "audio canvas details dl embed fieldset figure form iframe math nav object svg table video".split()  # noqa: SIM905
)
#: blocks that only hold others
_HOLDERS = frozenset(
    "address article aside body center div footer header hgroup main search section".split()  # noqa: SIM905
)
_BLOCKS = frozenset(_HEADINGS) | _KEPT | _HOLDERS | {"p", "ul", "ol", "li", "blockquote", "pre", "hr"}
_SILENT = frozenset("script style template noscript head title link meta".split())  # noqa: SIM905
_DEEPEST = 40
_NOTES = ".footnotes, .footnote, [role=doc-endnotes], #footnotes"
_BACK = (
    "[href^='#fnref'], [href^='#user-content-fnref'], .footnote-backref, .footnote-back-ref, .reversefootnote, "
    "[role=doc-backlink]"
)
_ODD = re.compile(r"(?:caption|footnote)")
_EMPTY_LINES = re.compile(r"\n[ \t]*(?=\n)")


def to_markdown(html: str) -> str:
    """Turn a piece of HTML into Markdown.

    >>> to_markdown("<p>Ein <em>Tag</em> im <a href='/tal/'>Tal</a></p><ul><li>Regen</li></ul>")
    'Ein *Tag* im [Tal](/tal/)\\n\\n- Regen'
    """
    from selectolax.lexbor import LexborHTMLParser

    body = LexborHTMLParser(f"<body>{html}").body
    if body is None:
        return ""
    notes = list(_notes(body))
    return "\n\n".join([*_blocks(body, 0), *notes])


def _notes(body: "LexborNode") -> Iterator[str]:
    """The footnotes, which are taken out of the page."""
    place = next((one for one in body.css(_NOTES)[:50] if one.css_first("li[id]") is not None), None)
    if place is not None:
        for note in place.css("li[id]"):
            for back in note.css(_BACK):
                back.decompose()
            label = note_label(f"#{note.attributes.get('id') or ''}")
            text = " ".join(" ".join(_blocks(note, 1)).split())
            if label and text:
                yield f"[^{label}]: {text}"
        place.decompose()


def _blocks(node: "LexborNode", depth: int) -> Iterator[str]:
    """The blocks inside an element; text between them is a paragraph of its own."""
    run: list[LexborNode] = []
    for child in node.iter(include_text=True):
        tag = child.tag or ""
        if tag in _SILENT or (tag.startswith(("-", "_", "!")) and tag != "-text"):  # comments
            continue
        if tag not in _BLOCKS:
            run.append(child)
            continue
        yield from _paragraph(run)
        run = []
        yield from filter(None, _block(child, tag, depth))
    yield from _paragraph(run)


def _block(node: "LexborNode", tag: str, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        yield plain(node)
    elif tag in _HEADINGS:
        text = " ".join(inline_markdown(node.iter(include_text=True)).split())
        yield f"{_HEADINGS[tag]} {text}" if text else ""
    elif tag == "p":
        yield from _paragraph(list(node.iter(include_text=True)))
    elif tag in ("ul", "ol"):
        yield _list(node, tag, depth)
    elif tag == "blockquote":
        text = "\n\n".join(_blocks(node, depth + 1))
        yield "\n".join(f"> {line}".rstrip() for line in text.split("\n")) if text else ""
    elif tag == "pre":
        yield _code(node)
    elif tag == "hr":
        yield "***"
    elif tag in _KEPT or _ODD.search(node.attributes.get("class") or ""):
        yield _kept(node, tag)
    else:
        yield from _blocks(node, depth + 1)


def _kept(node: "LexborNode", tag: str) -> str:
    """What stays HTML, unless it is a table that Markdown can say, or one that numbers the lines of code."""
    if tag == "table":
        code = node.css("pre")
        if text := _code(code[-1]) if code else _table(node):
            return text
    return _EMPTY_LINES.sub("", node.html or "").strip()  # an empty line ends HTML in Markdown


def _paragraph(run: "list[LexborNode]") -> Iterator[str]:
    text = inline_markdown(iter(run), begins=True)
    if text:
        yield text


def _list(node: "LexborNode", tag: str, depth: int) -> str:
    items, loose = [], False
    start = node.attributes.get("start") or ""
    number = int(start) if start.isascii() and start.isdecimal() and len(start) < 8 else 1
    for child in node.iter():
        if child.tag != "li":
            continue
        marker = "- " if tag == "ul" else f"{number}. "
        number += 1
        parts = list(_blocks(child, depth + 1))
        loose = loose or child.css_first("p") is not None
        text = ("\n\n" if loose else "\n").join(parts)
        items.append(marker + text.replace("\n", "\n" + " " * len(marker)))
    lines = ("\n\n" if loose else "\n").join(items)
    return "\n".join(line.rstrip() if not line.strip() else line for line in lines.split("\n"))


def _table(node: "LexborNode") -> str:
    """A table whose cells are lines of text, as GitHub's Markdown has it; "" for any other.

    https://github.github.com/gfm/#tables-extension-
    """
    if node.css_first("table table, pre, ul, ol, p, div, blockquote, [colspan], [rowspan]") is not None:
        return ""
    rows = []
    for row in node.css("tr"):
        cells = [inline_markdown(cell.iter(include_text=True)) for cell in row.css("td, th")]
        if any("\n" in cell for cell in cells):
            return ""
        rows.append(" | ".join(cell.replace("|", "\\|") for cell in cells))
    wide = len(node.css("tr")[0].css("td, th")) if rows else 0
    return "\n".join(f"| {row} |" for row in [rows[0], " | ".join(["---"] * wide), *rows[1:]]) if wide else ""


def _code(node: "LexborNode") -> str:
    text = node.text(deep=True).strip("\n")
    longest = max((len(row) for row in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    named = re.search(r"(?:^|\s)(?:language|highlight-source)-([\w+#-]{1,30})", _classes(node))
    return f"{fence}{named[1] if named else ''}\n{text}\n{fence}" if text.strip() else ""


def _classes(node: "LexborNode") -> str:
    code = node.css_first("code")
    return f"{node.attributes.get('class') or ''} {(code.attributes.get('class') or '') if code is not None else ''}"

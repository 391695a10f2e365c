"""A page of the manual as text for a terminal: with ``rich`` where it is installed, else plain."""

import io
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from crosspost.cli.layout import cells, padded, wrapped
from crosspost.text.lazy_pattern import lazy

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

#: a line that is longer is hard to read
WIDTH = 80
_FENCE = lazy(r"^( *)(`{3,})")
_LINK = lazy(r"\[([^\]\[]+)\]\(([^)\s]+)\)")
_COMMENT = lazy(r"<!-- .*? -->\n?", re.DOTALL)
#: what a link to a page has become
_PAGE = lazy(r"^`crosspost help ([\w-]+)`$")
#: tables of more columns than this are shown as a list where they do not fit
_COLUMNS = 3


def rendered(page: str, width: int, *, rich: bool) -> str:
    """The page as a terminal shows it.

    :param width: of a line, in cells
    :param rich: with colours and boxes, where the package ``rich`` is installed
    """
    text = prepared(page, width)
    if rich:
        try:
            return _rich(text, width)
        except ImportError:
            pass
    return "\n".join(plain(text, width)) + "\n"


def prepared(page: str, width: int) -> str:
    """The page with what a terminal cannot show said in another way: links, comments, tables that are too wide."""
    lines: list[str] = []
    table: list[str] = []
    inside = ""
    for written in _COMMENT.sub("", page).splitlines():
        fence, line = _FENCE.match(written), written if inside else _LINK.sub(_without_link, written)
        if fence is not None and inside in ("", fence[2]):
            inside = "" if inside else fence[2]
            line = written.split(" ")[0] if not fence[1] else written  # without the file's name
        if not inside and line.startswith("|"):
            table.append(line)
            continue
        lines += [*_table(table, width), line]
        table = []
    return "\n".join([*lines, *_table(table, width)]) + "\n"


def _without_link(found: re.Match[str]) -> str:
    """The words of a link, and the address where it leads into the web; for a page the command that shows it."""
    words, to = found.groups()
    if words == PurePosixPath(to.partition("#")[0]).stem and ".md" in to:
        return f"`crosspost help {words}`"
    return f"{words} ({to})" if "://" in to and to.partition("://")[2].rstrip("/") not in words else words


def _table(lines: Sequence[str], width: int) -> list[str]:
    """A table of Markdown, or a list that says the same when it is too wide."""
    if not lines:
        return []
    rows = [_row(line) for line in lines]
    widest = sum(max(cells(row[column]) for row in rows) for column in range(len(rows[0]))) + 3 * len(rows[0])
    if len(rows[0]) <= _COLUMNS or widest <= width:
        return list(lines)
    head, _, *body = rows
    return [
        "- **"
        + _PAGE.sub(r"\1", first)
        + "**: "
        + "; ".join(f"{name} {cell}".strip() for name, cell in zip(head[1:], rest, strict=True))
        for first, *rest in body
    ]


def _row(line: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def _rich(text: str, width: int) -> str:
    from rich.console import Console
    from rich.markdown import Markdown

    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=width, highlight=False)
    console.print(Markdown(text, hyperlinks=False, code_theme="ansi_dark"))
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def plain(text: str, width: int) -> list[str]:
    """Markdown as lines of plain text."""
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

    root = SyntaxTreeNode(MarkdownIt().enable("table").parse(text))
    return [
        line for number, node in enumerate(root.children) for line in (*([""] if number else []), *_block(node, width))
    ]


def _block(node: "SyntaxTreeNode", width: int) -> Iterator[str]:
    if node.type == "heading":
        words = _words(node)
        yield words
        yield ("=" if node.tag == "h1" else "-" if node.tag == "h2" else "·") * min(cells(words), width)
    elif node.type == "fence":
        yield from (f"    {line}".rstrip() for line in node.content.rstrip("\n").split("\n"))
    elif node.type in ("bullet_list", "ordered_list"):
        for number, item in enumerate(node.children, 1):
            lead = f"{number}. " if node.type == "ordered_list" else "- "
            yield from _item(item, lead, width)
    elif node.type == "table":
        yield from _columns(
            [[_words(cell) for cell in row.children] for part in node.children for row in part.children], width
        )
    else:
        yield from wrapped(_words(node), width)


def _item(item: "SyntaxTreeNode", lead: str, width: int) -> Iterator[str]:
    """A list's item: its blocks indented below each other."""
    inner = [line for node in item.children for line in _block(node, width - len(lead))]
    for number, line in enumerate(inner):
        yield f"{lead if not number else ' ' * len(lead)}{line}".rstrip()


def _columns(rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """A table in columns."""
    sizes = _sizes([max(cells(row[column]) for row in rows) for column in range(len(rows[0]))], width)
    for number, row in enumerate(rows):
        broken = [wrapped(cell, size) for cell, size in zip(row, sizes, strict=True)]
        for line in range(max(map(len, broken))):
            shown = [
                padded(cell[line] if line < len(cell) else "", size) for cell, size in zip(broken, sizes, strict=True)
            ]
            yield "  ".join(shown).rstrip()
        if not number:
            yield "  ".join("-" * size for size in sizes)


def _sizes(wanted: Sequence[int], width: int) -> list[int]:
    """How wide each column is: narrow ones take what they want, wide ones share the rest of the line.

    >>> _sizes([4, 100, 50], 44)
    [4, 18, 18]
    """
    left, sizes = width - 2 * (len(wanted) - 1), list(wanted)
    for number, column in enumerate(sorted(range(len(wanted)), key=lambda one: wanted[one])):
        sizes[column] = max(min(wanted[column], left // (len(wanted) - number)), 1)
        left -= sizes[column]
    return sizes


def _words(node: "SyntaxTreeNode") -> str:
    """The text of a block: emphasis goes, `code` keeps its marks."""
    if node.type in ("text", "code_inline"):
        return node.content if node.type == "text" else f"`{node.content}`"
    if node.type in ("softbreak", "hardbreak"):
        return " "
    return "".join(_words(child) for child in node.children)

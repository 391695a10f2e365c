"""Paragraphs, lists, quotations and tables as lines of text."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from crosspost.markup.inline import folded, html_text, inline

if TYPE_CHECKING:
    from markdown_it.token import Token


def top_level(tokens: "Sequence[Token]") -> "Iterator[list[Token]]":
    """Split the tokens of a text into its outermost blocks."""
    block: list[Token] = []
    for token in tokens:
        block.append(token)
        if token.level == 0 and token.nesting <= 0:
            yield block
            block = []


class _Lists:
    """The lists that contain the current block, and the marker for the next block of text."""

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._marker = ""

    @property
    def depth(self) -> int:
        return len(self._numbers)

    def see(self, token: "Token") -> None:
        """Follow the lists as they open and close; a bullet list is stored as -1."""
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
        """Prefix the first text of a new item with its marker, indented."""
        if not self._marker:
            return text
        text, self._marker = "  " * (self.depth - 1) + self._marker + text, ""
        return text


def blocks(tokens: "Sequence[Token]") -> Iterator[tuple[str, str, int]]:
    """Yield (kind, text, list depth) for each block that contains text; a table row is one block."""
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
                cells.append(folded(text))
            elif text:
                text = lists.marked(text)
                if quotes:
                    text = "\n".join("> " * quotes + line for line in text.split("\n"))
                yield "text", text, lists.depth


def _block_text(token: "Token") -> str:
    if token.type == "inline":
        lines = inline(token.children or []).split("\n")
        return "\n".join(folded(line) for line in lines).strip("\n")
    if token.type == "html_block":
        return html_text(token.content)
    return token.content.strip("\n")


def joined(blocks: Iterator[tuple[str, str, int]]) -> str:
    """Join blocks: list items and table rows line by line, everything else with an empty line in between."""
    text, before = "", ("", 0)
    for kind, block, depth in blocks:
        close = (depth and before[1]) or (kind == "row" and before[0] == "row")
        text += ("\n" if close else "\n\n") + block if text else block
        before = (kind, depth)
    return text


def paragraph(children: "Sequence[Token]", after_picture: bool) -> tuple[str, bool]:
    """The text of a paragraph without its pictures and their captions, and whether it ends with a picture."""
    kept: list[Token] = []
    for line in _lines(children):
        shown = [child for child in line if child.type not in ("image", "softbreak", "hardbreak")]
        blank = not inline(shown).strip()
        if blank and len(shown) < len(line) and _has_picture(line):
            after_picture = True
        elif not blank and not (after_picture and _wholly_emphasised(shown)):
            kept += [child for child in line if child.type != "image"]
            after_picture = False
        elif not blank:
            after_picture = False
    return folded(inline(kept)), after_picture


def _has_picture(line: "Sequence[Token]") -> bool:
    return any(child.type == "image" or child.content.lower().startswith("<img") for child in line)


def _lines(children: "Sequence[Token]") -> "list[list[Token]]":
    """Split inline tokens into the lines of the source, each including its line break."""
    lines: list[list[Token]] = [[]]
    for child in children:
        lines[-1].append(child)
        if child.type in ("softbreak", "hardbreak") and child.level == 0:
            lines.append([])
    return lines


def _wholly_emphasised(line: "Sequence[Token]") -> bool:
    """Whether the whole line is a single piece of emphasis."""
    visible = [child for child in line if child.type != "text" or child.content.strip()]
    if len(visible) < 2 or visible[0].type not in ("em_open", "strong_open"):
        return False
    level = visible[0].level
    return visible[-1].type in ("em_close", "strong_close") and all(child.level > level for child in visible[1:-1])

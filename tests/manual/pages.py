"""The pages of the manual, and what stands in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
MANUAL = ROOT / "crosspost" / "manual"
README = ROOT / "README.md"


@dataclass(frozen=True, kw_only=True)
class Block:
    """A fenced block, or a comment: ``kind`` is its language, "" for a comment; ``file`` what stands behind that."""

    kind: str
    file: str
    text: str
    line: int


def pages() -> list[Path]:
    """Every page, by name."""
    return sorted(MANUAL.rglob("*.md"))


#: what is read outside of a program, too
DOCUMENTS = [README, ROOT / "CONTRIBUTING.md", ROOT / "config/README.md", ROOT / "posts/README.md", *pages()]


def name(page: Path) -> str:
    """What a page is called in a test's name: its path in the manual."""
    return str(page.relative_to(MANUAL if page.is_relative_to(MANUAL) else ROOT))


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks and comments of a page, in their order."""
    for token in MarkdownIt().parse(text):
        line = token.map[0] + 1 if token.map else 0
        if token.type == "fence":
            kind, _, file = token.info.strip().partition(" ")
            yield Block(kind=kind, file=file.strip(), text=token.content, line=line)
        elif token.type == "html_block" and (found := re.fullmatch(r"<!-- (.+?) -->\s*", token.content, re.DOTALL)):
            yield Block(kind="", file="", text=found[1], line=line)

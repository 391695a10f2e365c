"""What readers see of an article in HTML or Markdown: its paragraphs as text, and the addresses of its pictures."""

import re
from collections.abc import Iterable
from datetime import datetime
from html.parser import HTMLParser

from crosspost.sandbox.core.store import Picture

_BLOCKS = {"p", "h1", "h2", "h3", "h4", "ul", "ol", "blockquote", "pre", "hr", "figure", "table"}


def read(html: str) -> tuple[str, list[tuple[str, str]]]:
    """The text, paragraphs apart, and the pictures as (address, alternative text)."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    blocks = (" ".join(block.split()) for block in reader.blocks)
    return "\n\n".join(filter(None, blocks)), reader.pictures


def in_markdown(text: str) -> list[tuple[str, str]]:
    """The pictures of Markdown as (address, alternative text); what a backslash or bracket in the words does differs
    from server to server, so words with one are refused by not being found."""
    return [(one[2], one[1]) for one in re.finditer(r"!\[([^\]\[\\]*)\]\(<?([^)>\s]+)>?\)", text)]


def linked(found: Iterable[tuple[str, str]], owner: str, now: datetime) -> list[Picture]:
    """Pictures that readers see from where they are on the web; none of them is fetched.

    :param found: address and alternative text of each
    """
    return [
        Picture(f"{number}", owner, b"", "", 0, 0, now, alt=alt, used=True, extra={"url": address})
        for number, (address, alt) in enumerate(found)
    ]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.blocks = [""]
        self.pictures: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.blocks.append("")
        if tag == "img":
            told = dict(attrs)
            self.pictures.append((told.get("src") or "", told.get("alt") or ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        self.blocks[-1] += data

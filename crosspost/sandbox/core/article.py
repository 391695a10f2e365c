"""What readers see of an article in HTML: its paragraphs as text, and the addresses of its pictures."""

from html.parser import HTMLParser

_BLOCKS = {"p", "h1", "h2", "h3", "h4", "ul", "ol", "blockquote", "pre", "hr", "figure", "table"}


def read(html: str) -> tuple[str, list[tuple[str, str]]]:
    """The text, paragraphs apart, and the pictures as (address, alternative text)."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    blocks = (" ".join(block.split()) for block in reader.blocks)
    return "\n\n".join(filter(None, blocks)), reader.pictures


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

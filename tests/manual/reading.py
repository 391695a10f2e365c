"""What keeps people who cannot see out of a page of HTML, as far as its text alone tells.

Source: WCAG 2.2, 1.1.1, 1.3.1 and 2.4.4, and axe-core's rules of good practice for headings and tables.
"""

from collections import Counter
from html.parser import HTMLParser

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
#: what must have words in it → what it is called
_NAMED = {"th": "the head of a column", "a": "a link", "button": "a button", "summary": "a summary"} | dict.fromkeys(
    _HEADINGS, "a heading"
)


def flaws(html: str) -> list[str]:
    """Everything of a page that somebody who hears it misses, with the words before it."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.flaws()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self._found: list[str] = []
        self._open: list[tuple[str, str]] = []  # what must have words, and those that it has so far
        self._ids, self._levels = Counter[str](), list[int]()
        self._heads = self._cells = 0
        self._before = "the beginning"

    def flaws(self) -> list[str]:
        """What was found in all that was read."""
        same = [f"{number} places are called #{name}" for name, number in self._ids.items() if number > 1]
        first = [] if self._levels[:1] == [1] else ["the first heading is not the page's title"]
        return [*first, *(["two titles"] if self._levels.count(1) > 1 else []), *self._found, *same]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self._ids[given["id"]] += 1
        if tag in _NAMED:
            self._open.append((tag, given.get("aria-label", "")))
        if tag == "img":
            self._say(given.get("alt", ""))
            if not given.get("alt", "").strip():
                self._flaw("a picture without an alternative text")
        elif tag in _HEADINGS:
            level = _HEADINGS[tag]
            if self._levels and level > self._levels[-1] + 1:
                self._flaw(f"a heading of level {level} below one of level {self._levels[-1]}")
            self._levels.append(level)
        elif tag == "table":
            self._heads = self._cells = 0
        self._heads += tag == "th"
        self._cells += tag == "td"

    def handle_endtag(self, tag: str) -> None:
        if tag in _NAMED and self._open and self._open[-1][0] == tag:
            _, said = self._open.pop()
            if not said.strip():
                self._flaw(f"{_NAMED[tag]} without words")
        elif tag == "table" and not (self._heads and self._cells):
            self._flaw("a table without heads, or with nothing below them")

    def handle_data(self, data: str) -> None:
        self._say(data)
        self._before = data.strip() or self._before

    def _say(self, text: str) -> None:
        self._open = [(tag, said + text) for tag, said in self._open]

    def _flaw(self, what: str) -> None:
        self._found.append(f"{what}, after “{self._before[-60:]}”")

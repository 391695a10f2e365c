"""How the stand-in of Telegram reads MarkdownV2, with its error messages (core.telegram.org/bots/api#markdownv2-style).

Every character of ``_*[]()~`>#+-=|{}.!`` must be escaped unless it is markup; between back quotes only those and the
backslash are special, in a link's address only ``)`` and the backslash.
"""

from dataclasses import dataclass
from typing import Any

from crosspost.sandbox.core.http_messages import Malformed

_RESERVED = "_*[]()~`>#+-=|{}.!"
# opening and closing marks, the longest first: (mark, type)
_MARKS = (
    *(("```", "pre"), ("__", "underline"), ("||", "spoiler"), ("*", "bold"), ("_", "italic")),
    *(("~", "strikethrough"), ("`", "code"), ("[", "text_link")),
)
_CLOSES = {kind: "]" if mark == "[" else mark for mark, kind in _MARKS}
_NAMES = {"pre": "Pre", "code": "Code", "text_link": "TextUrl"}


def units(text: str) -> int:
    """Length in UTF-16 code units: what offsets of entities count in."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass
class _Open:
    kind: str
    start: int  # UTF-16 units of the text before it
    at: int  # index in the markup
    language: str = ""


def read(markup: str) -> tuple[str, list[dict[str, Any]]]:
    """Text and entities.

    :raises Malformed: in Telegram's words, when something reserved is not escaped or an entity does not end
    """
    return _Reader(markup).read()


class _Reader:
    def __init__(self, markup: str) -> None:
        self.markup, self.at, self.text = markup, 0, ""
        self.open: list[_Open] = []
        self.entities: list[dict[str, Any]] = []

    def read(self) -> tuple[str, list[dict[str, Any]]]:
        """Read to the end."""
        while self.at < len(self.markup):
            self._next()
        if self.open and self.open[-1].kind == "blockquote":
            self._close()
        if self.open:
            last = self.open[-1]
            name = _NAMES.get(last.kind, last.kind.capitalize())
            raise Malformed(
                f"can't parse entities: Can't find end of {name} entity at byte offset {self._bytes(last.at)}"
            )
        return self.text, sorted(self.entities, key=lambda entity: (entity["offset"], -entity["length"]))

    def _next(self) -> None:
        char, after = self.markup[self.at], self.markup[self.at + 1 : self.at + 2]
        kind = self.open[-1].kind if self.open else ""
        if char == "\\" and after and ord(after) < 127:
            self._take(after, 2)
        elif (
            kind and kind != "blockquote" and self.markup.startswith(_CLOSES[kind], self.at) and not self._longer(kind)
        ):
            self._end(kind)
        elif kind in ("code", "pre"):
            self._take(char)
        elif char == "\n" and kind == "blockquote" and after != ">":
            self._close()
            self._take(char)
        elif char == ">" and self._starts_line():
            if kind != "blockquote":
                self._begin("blockquote", "")
            self.at += 1
        elif char in _RESERVED:
            self._mark(char)
        else:
            self._take(char)

    def _longer(self, kind: str) -> bool:
        """Whether ``_`` here is half of ``__``, which begins or ends an underline."""
        return kind == "italic" and self.markup.startswith("__", self.at)

    def _starts_line(self) -> bool:
        return self.at == 0 or self.markup[self.at - 1] == "\n"

    def _mark(self, char: str) -> None:
        for mark, kind in _MARKS:
            if self.markup.startswith(mark, self.at):
                self._begin(kind, mark)
                if kind == "pre":
                    self._language()
                return
        if self.markup.startswith("![", self.at):
            raise Malformed("can't parse entities: the sandbox knows no custom emoji")
        raise Malformed(
            f"can't parse entities: Character '{char}' is reserved and must be escaped with the preceding '\\'"
        )

    def _language(self) -> None:
        """The word right behind the three back quotes, when a line ends behind it."""
        word, line, _ = self.markup[self.at :].partition("\n")
        if line and not any(char.isspace() or char == "`" for char in word):
            self.open[-1].language = word
            self.at += len(word) + 1

    def _begin(self, kind: str, mark: str) -> None:
        self.open.append(_Open(kind, units(self.text), self.at))
        self.at += len(mark)

    def _end(self, kind: str) -> None:
        self.at += len(_CLOSES[kind])
        self._close(self._address() if kind == "text_link" else "")

    def _close(self, url: str = "") -> None:
        last = self.open.pop()
        entity = {"type": last.kind, "offset": last.start, "length": units(self.text) - last.start}
        more = {name: value for name, value in (("url", url), ("language", last.language)) if value}
        # a link without an address is only text
        if entity["length"] and (url or last.kind != "text_link"):
            self.entities.append(entity | more)

    def _address(self) -> str:
        """The part in parentheses after a link's text."""
        if self.markup[self.at : self.at + 1] != "(":
            return ""
        begin, url = self.at, ""
        self.at += 1
        while self.at < len(self.markup):
            char = self.markup[self.at]
            if char == ")":
                self.at += 1
                return url
            escaped = char == "\\" and self.at + 1 < len(self.markup)
            url += self.markup[self.at + escaped]
            self.at += 1 + escaped
        raise Malformed(f"can't parse entities: Can't find end of a URL at byte offset {self._bytes(begin)}")

    def _take(self, char: str, size: int = 1) -> None:
        self.text += char
        self.at += size

    def _bytes(self, index: int) -> int:
        return len(self.markup[:index].encode("utf-8", "surrogatepass"))

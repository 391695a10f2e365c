"""Tells everything that is wrong with what a person wrote at once, so that nobody mends one mistake after the other."""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from crosspost.errors import CrosspostError
from crosspost.text.lazy_pattern import lazy

T = TypeVar("T")

#: a message names so many mistakes, and so many places of the same one, then how many more there are
MOST, MOST_PLACES = 20, 3
#: a message that begins with its place: the file, and the line where it is known
_PLACED = lazy(r"([^:]*[./][^:]*?)(?::(\d+))?: (.+)", re.DOTALL)


class Mistakes:
    """Goes on after a mistake, to find the others.

    :param kind: the error that a mistake raises, made from its message
    """

    def __init__(self, kind: type[CrosspostError]) -> None:
        self._kind = kind
        self.said: list[str] = []

    def read(self, part: Callable[[], T], otherwise: T) -> T:
        """What ``part`` returns; ``otherwise`` where there is a mistake in it."""
        try:
            return part()
        except self._kind as error:
            self.said.append(str(error))
            return otherwise

    def look(self, *parts: Callable[[], object]) -> None:
        """The same for parts whose values nobody needs."""
        for part in parts:
            self.read(part, None)

    def tell(self) -> None:
        """:raises CrosspostError: of the kind, with every mistake that was found"""
        if self.said:
            raise self._kind(together(self.said)) from None


def together(messages: Iterable[str]) -> str:
    """One message for several, in the order of the lines. The same mistake in several lines is told once.

    >>> together(["a.toml:9: no `x`", "a.toml:3: no `y`", "a.toml:12: no `x`"])
    'a.toml:3: no `y`; a.toml:9: no `x`; the same in line 12'
    """
    places: dict[tuple[str, str], list[int]] = {}
    for message in dict.fromkeys(one for several in messages for one in apart(several)):
        placed = _PLACED.fullmatch(message)
        file, said = (placed[1], placed[3]) if placed else ("", message)
        places.setdefault((file, said), []).append(int(placed[2] or 0) if placed else 0)
    files = list(dict.fromkeys(file for file, _ in places))
    found = sorted(places.items(), key=lambda one: (files.index(one[0][0]), min(one[1])))
    told = [_told(file, said, sorted(lines)) for (file, said), lines in found]
    more = len(told) - MOST
    return "; ".join([*told[:MOST], *([f"and {more} more like these"] if more > 0 else [])])


def apart(message: str) -> list[str]:
    """The messages that one of :func:`together` was made of: each is about a line of the same file.

    >>> apart("a.toml:3: no `y`; write another; a.toml:9: no `x`")
    ['a.toml:3: no `y`; write another', 'a.toml:9: no `x`']
    """
    placed = _PLACED.match(message) if "; " in message else None
    if placed is None:
        return [message]
    return re.split(rf"; (?={re.escape(placed[1])}(?::\d+)?: |and \d+ more like these\Z)", message)


def in_short(message: str) -> str:
    """The first mistake, and how many more there are: for places where a post or an account has one line.

    >>> in_short("a.md:3: skip: should be true or false; a.md:9: text: should be a text")
    'a.md:3: skip: should be true or false; 1 more mistake, which `crosspost lint` shows'
    """
    first, *others = apart(message)
    if not others:
        return first
    from crosspost.text.numbers import counted

    return with_more(first, f"{counted(len(others), 'more mistake')}, which `crosspost lint` shows")


def _told(file: str, said: str, lines: list[int]) -> str:
    first, *others = lines
    begin = f"{file}:{first}: {said}" if first else f"{file}: {said}" if file else said
    if not others:
        return begin
    named, more = others[:MOST_PLACES], len(others) - MOST_PLACES
    words = ", ".join(map(str, named)) + (f" and {more} more" if more > 0 else "")
    return with_more(begin, f"the same in {'line' if len(others) == 1 else 'lines'} {words}")


def with_more(said: str, more: str) -> str:
    """A clause, and one that adds something to it."""
    return f"{said} {more[:1].upper()}{more[1:]}" if said.endswith(("?", ".")) else f"{said}; {more}"

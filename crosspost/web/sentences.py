"""Sentences that were made elsewhere, in the reader's language: those of plans, posts, deliveries, log-ins, refusals.

Such a sentence is kept as it was said, in English, because the terminal shows the same. Each pattern of it is a key of
a catalogue beside this, such as ``de.plans.po``, with a name for what varies: ``next slot %(slot)s that %(clause)s``.
What is called ``clause…`` is a sentence again that must be known; ``said…`` may be one, or words of a network or a
server. Those are in no catalogue and stay as they are.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from crosspost.text.lazy_pattern import lazy

FOLDER = Path(__file__).parent / "locale"
_NAME = lazy(r"%\((\w+)\)s")
#: between clauses that each have a meaning of their own
_BETWEEN = ("; ", ", ", ". ")
#: what is one word; else “… on …: …” of a database would look as if it named an account
_WORD = {"account": r"\S+?"}
#: a number as it is written in English: 1,234
_NUMBER = lazy(r"\d{1,3}(,\d{3})+")
#: what has more such signs is not a sentence of ours, and would take long to compare
_JOINTS, _MOST_JOINTS = ("; ", ". ", ": ", " and "), 24
#: sentences that are remembered: the same few stand on every page
_REMEMBERED = 4096


class Pattern(NamedTuple):
    """What an English sentence looks like, and how it is said. ``part``: its longest words that do not vary."""

    english: re.Pattern[str]
    said: str
    part: str


@cache
def patterns(language: str) -> tuple[Pattern, ...]:
    """The sentences a language has, those with most words of their own first; none for English."""
    from babel.messages.pofile import read_po

    pairs = []
    for file in catalogues(language):
        with file.open("rb") as written:
            pairs += [(str(one.id), str(one.string)) for one in read_po(written, language) if one.id]
    pairs.sort(key=lambda pair: -len(_NAME.sub("", pair[0])))
    return tuple(Pattern(_as_pattern(english), said, max(_fixed(english), key=len)) for english, said in pairs)


def catalogues(language: str) -> list[Path]:
    """The files of a language's sentences; none for English."""
    return sorted(FOLDER.glob(f"{language}.*.po"))


@lru_cache(_REMEMBERED)
def translated(language: str, text: str) -> str | None:
    """The sentence in that language; None where the catalogue does not have it.

    >>> translated("de", "next slot Mon-Fri 09:00 that is free")
    'nächster freier Termin Mon-Fri 09:00'
    """
    if language == "en" or not text:
        return text
    if sum(map(text.count, _JOINTS)) > _MOST_JOINTS:
        return None
    return _by_clauses(language, text, _BETWEEN) or _whole(language, text)


def _whole(language: str, text: str) -> str | None:
    for pattern in patterns(language):
        if pattern.part not in text:
            continue
        if (found := pattern.english.fullmatch(text)) and (said := _filled(language, pattern.said, found)) is not None:
            return said
    return None


def _as_pattern(english: str) -> re.Pattern[str]:
    parts = _NAME.split(english)
    written = [
        f"(?P<{part}>{_WORD.get(part, '.+?')})" if place % 2 else re.escape(part) for place, part in enumerate(parts)
    ]
    return re.compile("".join(written), re.DOTALL)


def _fixed(english: str) -> list[str]:
    """What of a pattern does not vary."""
    return _NAME.split(english)[::2]


def _filled(language: str, said: str, found: re.Match[str]) -> str | None:
    """The sentence with what varies; None where a clause of it is not known."""
    values = {}
    for name, value in found.groupdict().items():
        meant: str | None = value
        if name.startswith(("clause", "said")):
            meant = _clause(language, value)
        if meant is None and name.startswith("clause"):
            return None
        values[name] = _number(language, value) if meant is None else _number(language, meant)
    return said % values


def _number(language: str, value: str) -> str:
    """A number with the language's marks; anything else as it is."""
    if not _NUMBER.fullmatch(value):
        return value
    from babel.numbers import format_decimal

    return format_decimal(int(value.replace(",", "")), locale=language)


def _clause(language: str, text: str) -> str | None:
    return _by_clauses(language, text, (" and ",)) or translated(language, text)


def _by_clauses(language: str, text: str, between: Sequence[str]) -> str | None:
    """A sentence made of several, when each of them is known."""
    for sign in between:
        parts = text.split(sign)
        for place in range(1, min(len(parts), _MOST_JOINTS)):
            begin = _whole(language, sign.join(parts[:place]))
            end = begin and _clause(language, sign.join(parts[place:]))
            if begin and end:
                return f"{begin}{' und ' if sign == ' and ' else sign}{end}"
    return None

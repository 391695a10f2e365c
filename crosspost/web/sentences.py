"""Sentences that were made elsewhere, in the reader's language: those of plans, the ledger, and refusals.

Such a sentence is kept as it was said, in English, because the terminal shows the same. Each pattern of it is a key of
the catalogue ``de.sentences.po``, with a name for what varies: ``next slot %(slot)s that %(clause)s``. What is called
``clause…`` is a sentence again. What a network said is in no catalogue and stays as it is.
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "locale"
_NAME = re.compile(r"%\((\w+)\)s")
#: between clauses that each have a meaning of their own
_BETWEEN = ("; ", ", ", ". ")


class Pattern(NamedTuple):
    """What an English sentence looks like, and how it is said."""

    english: re.Pattern[str]
    said: str


@cache
def patterns(language: str) -> tuple[Pattern, ...]:
    """The sentences a language has, those with most words of their own first; none for English."""
    file = FOLDER / f"{language}.sentences.po"
    if not file.exists():
        return ()
    from babel.messages.pofile import read_po

    with file.open("rb") as written:
        pairs = [(str(one.id), str(one.string)) for one in read_po(written, language) if one.id]
    pairs.sort(key=lambda pair: -len(_NAME.sub("", pair[0])))
    return tuple(Pattern(_as_pattern(english), said) for english, said in pairs)


def translated(language: str, text: str) -> str | None:
    """The sentence in that language; None where the catalogue does not have it.

    >>> translated("de", "next slot Mon-Fri 09:00 that is free")
    'nächster freier Termin Mon-Fri 09:00'
    """
    if language == "en" or not text:
        return text
    return _by_clauses(language, text, _BETWEEN) or _whole(language, text)


def _whole(language: str, text: str) -> str | None:
    for pattern in patterns(language):
        if (found := pattern.english.fullmatch(text)) and (said := _filled(language, pattern.said, found)) is not None:
            return said
    return None


def _as_pattern(english: str) -> re.Pattern[str]:
    parts = _NAME.split(english)
    written = [f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts)]
    return re.compile("".join(written), re.DOTALL)


def _filled(language: str, said: str, found: re.Match[str]) -> str | None:
    """The sentence with what varies; None where a clause of it is not known."""
    values = {}
    for name, value in found.groupdict().items():
        meant = _clause(language, value) if name.startswith("clause") else value
        if meant is None:
            return None
        values[name] = meant
    return said % values


def _clause(language: str, text: str) -> str | None:
    return _by_clauses(language, text, (" and ",)) or translated(language, text)


def _by_clauses(language: str, text: str, between: Sequence[str]) -> str | None:
    """A sentence made of several, when each of them is known."""
    for sign in between:
        parts = text.split(sign)
        for place in range(1, len(parts)):
            begin = _whole(language, sign.join(parts[:place]))
            end = begin and _clause(language, sign.join(parts[place:]))
            if begin and end:
                return f"{begin}{' und ' if sign == ' and ' else sign}{end}"
    return None

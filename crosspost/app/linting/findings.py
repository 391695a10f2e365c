"""One finding, and where in a file it stands."""

import os
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

from crosspost.model import Value
from crosspost.text.lazy_pattern import lazy
from crosspost.text.mistakes import apart

#: what a finding is about → a sentence about that kind, for tools that list them
RULES = {
    "config": "The config cannot be used as it is.",
    "post": "The post cannot be understood, so it goes nowhere.",
    "refused": "An account would refuse the post.",
    "loss": "The post goes out, but something of it is lost or missing.",
    "misspelt": "A key of the front matter that nothing reads looks like one that is read.",
}
Rule = Literal["config", "post", "refused", "loss", "misspelt"]
_WORDS = lazy(r"`([^`\n]+)`|“([^”\n]+)”|(\S*/\S+)")


class Place(Value, frozen=True, kw_only=True):
    """A place in a file; line and column (in characters) count from 1."""

    path: str
    line: int = 1
    column: int = 1


class Finding(Value, frozen=True, kw_only=True):
    """One sentence about one place. ``accounts`` are those it holds for; () where it holds for all."""

    level: Literal["error", "warning"]
    rule: Rule
    place: Place
    said: str
    accounts: tuple[str, ...] = ()


def found(level: Literal["error", "warning"], rule: Rule, file: Path, message: str) -> list[Finding]:
    """The findings out of a message such as "config/crosspost.toml:12: …", whose place goes before the sentence.

    Where the message names no line, the line is that of the first word it quotes which stands in the file. A message
    of :func:`crosspost.text.mistakes.together` gives one finding for each mistake.

    :param file: the file the message is about where it names none
    """
    placed = (_split(file, one) for one in apart(message))
    return [Finding(level=level, rule=rule, place=place_of(at, line, said), said=said) for at, line, said in placed]


def place_of(file: Path, line: int, said: str) -> Place:
    """The place a sentence is about.

    :param line: from 1; 0 when the sentence does not say
    """
    lines = _lines(file)
    names = [next(filter(None, match.groups())).strip(".,:;()") for match in _WORDS.finditer(said)]
    for number in [line] if line else range(1, len(lines) + 1):
        text = lines[number - 1] if number <= len(lines) else ""
        for name in names:
            if name and name in text:
                return Place(path=str(file), line=number, column=text.index(name) + 1)
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    return Place(path=str(file), line=max(line, 1), column=len(text) - len(text.lstrip()) + 1)


def merged(findings: Sequence[Finding]) -> list[Finding]:
    """Each sentence once, with all its accounts, in the order of the lines."""
    kept: dict[tuple[Place, str, str], list[Finding]] = {}
    for one in findings:
        kept.setdefault((one.place, one.level, one.said), []).append(one)
    whole = [
        Finding(
            level=same[0].level,
            rule=same[0].rule,
            place=same[0].place,
            said=same[0].said,
            accounts=tuple(dict.fromkeys(name for one in same for name in one.accounts)),
        )
        for same in kept.values()
    ]
    return sorted(whole, key=lambda one: (one.place.path, one.place.line, one.place.column))


def _split(file: Path, message: str) -> tuple[Path, int, str]:
    """The file and line a message begins with (0: none), and the sentence without its place."""
    for pattern in (r"(.+?):(\d+): ", r"(.+?)(): "):
        if (match := re.match(pattern, message)) and os.path.isfile(match[1]):  # noqa: PTH113  # any text may stand there
            same = os.path.abspath(match[1]) == os.path.abspath(file)  # noqa: PTH100
            return file if same else Path(match[1]), int(match[2] or 0), message[match.end() :]
    return file, 0, message


@lru_cache(maxsize=4)
def _lines(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8", "replace").splitlines()
    except OSError:
        return []

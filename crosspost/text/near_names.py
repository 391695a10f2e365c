"""Find the name somebody probably meant: ``thumbnail`` for ``thumbnial``."""

from collections.abc import Iterable
from functools import lru_cache


def near_name(name: str, known: Iterable[str], *, slips: int = 2) -> str:
    """The known name that ``name`` most probably misspells; "" when there is none, or ``name`` itself is known.

    A slip is an extra, missing or wrong letter, or two swapped letters. Names of four letters or more may have one,
    names of seven or more as many as ``slips``. Case, dashes and underscores do not count.

    >>> near_name("thumbnial", ["title", "thumbnail"])
    'thumbnail'
    """
    wanted = plain(name)
    best, least = "", slips + 1
    for other in known:
        there = plain(other)
        if there == wanted:
            return ""
        shorter = min(len(wanted), len(there))
        most = slips if shorter >= 7 else min(slips, 1) if shorter >= 4 else 0
        if abs(len(wanted) - len(there)) <= most and (found := _slips(wanted, there)) <= most and found < least:
            best, least = other, found
    return best


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A name without differences in spelling that do not count: case, dashes, underscores.

    >>> plain("Feature-Img"), plain("featuredImage")
    ('featureimg', 'featuredimage')
    """
    return "".join(char for char in name.lower() if char.isalnum())


def _slips(word: str, other: str) -> int:
    """Optimal string alignment distance: insertions, deletions, substitutions, and swapped neighbours."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, char in enumerate(word, 1):
        older, before, row = before, row, [i]
        for j, there in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (char != there))
            if i > 1 and j > 1 and char == other[j - 2] and word[i - 2] == there:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]

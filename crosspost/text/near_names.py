"""Find the name somebody probably meant: ``thumbnail`` for ``thumbnial``."""

from collections.abc import Iterable
from functools import lru_cache

#: so many letters at the beginning tell which of several names was meant, when only one has them
_SAME_BEGINNING = 4


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


def nearest(name: str, known: Iterable[str]) -> str:
    """What was probably meant by a name that is known to be wrong; "" when nothing is near.

    It guesses more freely than :func:`near_name`, which must not take a good name for a slip.

    >>> nearest("Blue-Sky", ["mastodon", "bluesky"]), nearest("pth", ["path", "posts"])
    ('bluesky', 'path')
    >>> nearest("replies", ["reply_settings", "template"])
    'reply_settings'
    """
    import difflib  # most commands never need it

    by_shape = {plain(other): other for other in known}
    wanted = plain(name)
    near = difflib.get_close_matches(wanted, by_shape, 1)
    if not near and len(begin := wanted[:_SAME_BEGINNING]) == _SAME_BEGINNING:
        near = [other for other in by_shape if other.startswith(begin)]
    return by_shape[near[0]] if len(near) == 1 else ""


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

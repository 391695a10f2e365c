"""Where a word has the end of a domain: a dot and a known top-level domain behind it.

The names are looked up in a set: as one regular expression, they took longer to compile than a preview to compose.
"""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from crosspost.compose import tlds
from crosspost.text.lazy_pattern import lazy

#: stands for a dot with a top-level domain behind it (a code point that no text may contain), and what replaces it
#: in a text that does
DOT, _TAKEN = "\ufdd0", "\ufdd1"
# Latin letters up to what does not continue them; Punycode; another script. "A": the Kelvin sign is not a k
_BEHIND_A_DOT = lazy(r"\.(?:([a-zA-Z]+)(?![0-9a-zA-Z@+\-])|([xX][nN]--[-0-9a-zA-Z]+)|(?=[^\x00-\x7f]))")


class Marked(NamedTuple):
    """A word of which each dot before a top-level domain is :data:`DOT`; ``ends``: where such a dot's domain ends."""

    text: str
    ends: dict[int, int]


@lru_cache(maxsize=256)  # a word is looked at several times, and in every text of a post
def marked(word: str) -> Marked:
    """Find the top-level domains of a word.

    >>> marked("a.example.org/main.txt").ends
    {9: 13}
    """
    ends = {found.start(): end for found in _BEHIND_A_DOT.finditer(word) if (end := _end(word, found))}
    if not ends:
        return Marked(word, ends)
    text = word.replace(DOT, _TAKEN)
    for at in ends:
        text = f"{text[:at]}{DOT}{text[at + 1 :]}"
    return Marked(text, ends)


def _end(word: str, found: re.Match[str]) -> int:
    """Where the top-level domain behind this dot ends; 0: there is none."""
    if found[2] or (found[1] and found[1].lower() in tlds.ASCII):
        return found.end()
    if word[found.end() : found.end() + 1].isascii():
        return 0
    other = _other_scripts().match(word, found.start() + 1)  # one of them begins with Latin letters
    return other.end() if other else 0


@cache
def _other_scripts() -> re.Pattern[str]:
    names = "|".join(sorted(tlds.OTHER_SCRIPTS, key=len, reverse=True))
    return re.compile(rf"(?i:{names})(?![0-9a-zA-Z@+\-])")

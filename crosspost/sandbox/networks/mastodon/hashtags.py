"""Which hashtags a Mastodon server sees in a text.

Written from github.com/mastodon/mastodon, app/models/concerns/tag/naming.rb, read 2026-11-26.
"""

import re
import unicodedata
from itertools import takewhile

# a hashtag begins a line or stands behind a blank; earlier versions also took one behind most signs
_HASH = re.compile(r"(?<!\S)[#＃]")
_SEPARATORS = "_·・\u200c"


def hashtags(text: str) -> list[str]:
    """The names of the hashtags of ``text`` in their order, without ``#``; the same name in another case is one."""
    found = (_name(text[match.end() :]) for match in _HASH.finditer(text))
    by_key: dict[str, str] = {}
    for name in filter(None, found):
        by_key.setdefault(key(name), name)
    return list(by_key.values())


def key(name: str) -> str:
    """What two spellings of one hashtag have in common."""
    return unicodedata.normalize("NFKC", name).casefold()


def _name(text: str) -> str:
    """The name that ``text`` begins with; "" when it begins with none."""
    run = "".join(takewhile(lambda char: _in_word(char) or char in _SEPARATORS, text))
    whole = run.rstrip("·・\u200c")
    if whole and _in_word(whole[0]) and any(_is_letter(char) or char in _SEPARATORS for char in whole[1:-1]):
        return whole
    words = "".join(takewhile(_in_word, run))
    return words if any(map(_is_letter, words)) else ""


def _in_word(char: str) -> bool:
    """Ruby's ``[[:word:]]``."""
    kind = unicodedata.category(char)
    return kind[0] in "LM" or kind in ("Nd", "Nl", "Pc")


def _is_letter(char: str) -> bool:
    """Ruby's ``[[:alpha:]]``, of which the vowel signs of many scripts are, but no virama and no variation selector."""
    kind = unicodedata.category(char)
    vowel = kind in ("Mn", "Mc") and not unicodedata.combining(char) and not "\ufe00" <= char <= "\ufe0f"
    return kind[0] == "L" or kind == "Nl" or vowel

"""Measures the length of a text by each network\'s own rule, independently of the rest of crosspost."""

import re
import unicodedata

import unicode_segmentation_rs

from crosspost.sandbox.core import emoji, links

URL = 23
"""The length of every link on X and Mastodon, in their units."""

# code points X counts as 1, everything else as 2 (twitter-text, config/v3.json)
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_FORBIDDEN = re.compile("[\ufffe\ufeff\uffff]")
_MENTION = re.compile(r"(?<![=/\w])@([a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)@[\w.-]+\w", re.IGNORECASE)
_LONGEST_DOMAIN = 253


def weighted(text: str) -> int:
    """X's weight of ``text``: NFC, a link 23, an emoji sequence 2, light code points 1, all others 2."""
    text = unicodedata.normalize("NFC", text)
    total, at = 0, 0
    for link in links.find(text):
        total += _weight(text[at : link.start]) + URL
        at = link.end
    return total + _weight(text[at:])


def _weight(text: str) -> int:
    rest, sequences = emoji.X.subn("", text)
    return 2 * sequences + sum(1 if any(low <= ord(char) <= high for low, high in _LIGHT) else 2 for char in rest)


def forbidden(text: str) -> bool:
    """Whether ``text`` contains a code point X never accepts (U+FFFE, U+FEFF, U+FFFF)."""
    return bool(_FORBIDDEN.search(text))


def graphemes(text: str) -> int:
    """Number of extended grapheme clusters (Unicode Annex 29): what a reader calls a character."""
    return len(unicode_segmentation_rs.graphemes(text, True))


def threads(text: str) -> int:
    """Threads' length: code points, but an emoji sequence counts the bytes of its UTF-8 form."""
    rest, at = 0, 0
    for found in emoji.READ.finditer(text):
        rest += found.start() - at + len(found.group().encode())
        at = found.end()
    return rest + len(text) - at


def mastodon(text: str, warning: str = "") -> int:
    """Mastodon's length: graphemes, where an ``http(s)`` link of the text is 23 and ``@user@host`` counts as ``@user``.

    The content warning is counted as it stands, links in full.
    """
    pieces, at = [], 0
    for link in links.find(text, bare=False, any_script=True):
        pieces += [text[at : link.start], "x" * URL]
        at = link.end
    short = "".join([*pieces, text[at:]])
    return graphemes(warning) + graphemes(_MENTION.sub(_mention, short))


def _mention(match: re.Match[str]) -> str:
    domain = match.group().rpartition("@")[2]
    return f"@{match[1]}" if len(domain) <= _LONGEST_DOMAIN else match.group()

"""LinkedIn's "little text": plain text ↔ the escaped form its Posts API parses.

An unescaped reserved character may silently cut the post there, so everything that is not a hashtag or a link is
escaped. Source: learn.microsoft.com/linkedin/marketing/community-management/shares/little-text-format, checked
2026-11-22.
"""

import re
import unicodedata

from crosspost.compose.twitter_text import find_urls
from crosspost.text.lazy_pattern import lazy

_RESERVED = lazy(r"[|{}@\[\]()<>#\\*_~]")
# Inside a link a backslash would become part of the address. What may stand percent-encoded does; "_", "#" and "@"
# stay: encoding "#" would change the address, and they are reported to arrive whole.
_IN_LINK = lazy(r"[|{}\[\]()<>*~\\]")
_NOT_A_TAG = frozenset("&/#＃")
_ELEMENT = lazy(
    r"\\([|{}@\[\]()<>#\\*_~])"  # an escaped character
    r"|\{hashtag\|\\?([#＃])\|((?:\\.|[^|{}\\])+)\}"  # {hashtag|\#|word}
    r"|@\[((?:\\.|[^\]\\])*)\]\(urn:li:(?:person|organization):[\w-]+\)",  # a mention
    re.DOTALL,
)


def escape(text: str) -> str:
    """``text`` as the value of ``commentary``: it reads like ``text``, its hashtags and links work.

    ``#tag`` stays (with ``_`` inside it becomes ``{hashtag|\\#|…}``), a link has ``()[]{}|<>*~`` percent-encoded,
    every other reserved character gets a backslash. :func:`unescape` gives back :func:`as_read`.
    """
    out, at = [], 0
    for url in find_urls(text, bare=False):
        out += [_escape_words(text, at, url.start), linked(text[url.start : url.end])]
        at = url.end
    return "".join([*out, _escape_words(text, at, len(text))])


def unescape(little: str) -> str:
    """What a reader sees of ``little``: the opposite of :func:`escape`; a mention becomes its name."""
    return _ELEMENT.sub(_seen, little)


def as_read(text: str) -> str:
    """``text`` as LinkedIn shows it after :func:`escape`: the same, but for characters encoded inside links."""
    return unescape(escape(text))


def linked(url: str) -> str:
    """The same address without any character that means something in little text, but for ``_``, ``#`` and ``@``."""
    return _IN_LINK.sub(lambda match: f"%{ord(match[0]):02X}", url)


def _seen(match: re.Match[str]) -> str:
    char, sign, tag, name = match.groups()
    if char is not None:
        return str(char)
    return f"{sign}{unescape(tag)}" if sign is not None else unescape(name)


def _escape_words(text: str, start: int, end: int) -> str:
    """``text[start:end]`` without links; what stands before ``start`` decides whether a hashtag may begin there."""
    out, at = [], start
    while (sign := text.find("#", at, end)) >= 0:
        stop = _tag_end(text, sign, end)
        out.append(_backslashed(text[at:sign]))
        out.append(_hashtag(text[sign + 1 : stop]) if stop else r"\#")
        at = stop or sign + 1
    return "".join([*out, _backslashed(text[at:end])])


def _hashtag(word: str) -> str:
    return "{hashtag|\\#|" + _backslashed(word) + "}" if "_" in word else f"#{word}"


def _backslashed(text: str) -> str:
    return _RESERVED.sub(r"\\\g<0>", text)


def _tag_end(text: str, sign: int, end: int) -> int:
    """Where the hashtag whose ``#`` stands at ``sign`` ends; 0 when it is none (digits only, inside a word)."""
    before = text[sign - 1] if sign else " "
    if before in _NOT_A_TAG or _of_tag(before):
        return 0
    stop, has_letter = sign + 1, False
    while stop < end and _of_tag(text[stop]):
        has_letter = has_letter or unicodedata.category(text[stop])[0] == "L"
        stop += 1
    return stop if has_letter else 0


def _of_tag(char: str) -> bool:
    return char == "_" or unicodedata.category(char)[0] in "LMN"

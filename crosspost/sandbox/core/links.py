"""Where a text contains links, as the networks see it.

Written from the published behaviour of twitter-text (algorithm version 3) and of Mastodon: a link is an optional
``http(s)://``, a host whose last part is a top-level domain, an optional port, path and query. X also links bare
hosts such as ``main.py``; Mastodon wants the scheme and allows letters of every script in the path.
"""

import re
from typing import NamedTuple

from crosspost.sandbox.core.tlds import NAMES

_LATIN = "À-ÖØ-öø-ÿĀ-ɏɓɔɖɗəɛɣɨɯɲʉʋʻ\u0300-\u036fḀ-ỿ"
_CYRILLIC = "Ѐ-ӿ"
_MARKS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# everything a host label may not contain: ASCII punctuation, spaces, controls, direction marks
_NOT_HOST = r"\s\x00-\x20!-/:-@\[-`{-~\x7f" + "\u2000-\u200b\u2028-\u202f\u205f-\u2064\u2066-\u206f\ufffe\ufeff\uffff"
# both counts are bounded so that no text, however long, makes the search slow; a host has at most 127 parts
_LABEL = f"[^{_NOT_HOST}](?:[^{_NOT_HOST}]|[_-]+(?=[^{_NOT_HOST}_-])){{0,255}}"
_START = re.compile(f"(https?://)?((?:{_LABEL}\\.){{1,126}})", re.IGNORECASE)
_MAY_PRECEDE = re.compile(f"[^A-Za-z0-9@＠$#＃\ufffe\ufeff\uffff\u202a-\u202e]|[{_MARKS}]")
_TLD = re.compile(r"xn--[-0-9a-z]+|[^" + _NOT_HOST + r"]+", re.IGNORECASE)
_ASCII_HOST = re.compile(f"(?:[-a-zA-Z0-9{_LATIN}]+\\.)+")
_SHORT = re.compile(r"https?://t\.co/([a-z0-9]+)(\?[a-z0-9!?*'();:&=+$/%#\[\]_.,~|@-]*[a-z0-9_&=#/-])?", re.IGNORECASE)

_QUERY = re.compile(r"\?[a-z0-9!?*'();:&=+$/%#\[\]_.,~|@-]*[a-z0-9_&=#/-]", re.IGNORECASE)
_PORT = re.compile(r":\d+")
_PATH_CHARS = f"a-zA-Z0-9{_LATIN}{_CYRILLIC}!*';:=+,.$/%#\\[\\]\u2013_~@|&-"
# one character of a path on X, or one pair of brackets with what is in it
_X_PATH = re.compile(
    rf"(?P<one>[{_PATH_CHARS}])|\((?:[{_PATH_CHARS}]+|[{_PATH_CHARS}]*\([{_PATH_CHARS}]+\)[{_PATH_CHARS}]*)\)"
)
_X_PATH_END = re.compile(rf"[+a-zA-Z0-9{_LATIN}{_CYRILLIC}=_#/-]")
_M_QUERY = re.compile(r"\?[^\s\x00-\x20\"<>\\`{}]*[a-z0-9_&=#/\u00a1-\U0010ffff-]", re.IGNORECASE)
_M_CHARS = r"[^\s<>()?]"
_M_PATH = re.compile(rf"(?:{_M_CHARS}|\((?:{_M_CHARS}|\({_M_CHARS}+\))+\))*")
_M_PATH_END = re.compile(r"[^\s(?!*\"'「」<>;:=,.$%\[\]~&|@]$")

LONGEST = 4096  # characters; anything longer is not a link


class Link(NamedTuple):
    """One link in a text: its offsets in code points (end exclusive) and the text itself."""

    start: int
    end: int
    url: str


def find(text: str, *, bare: bool = True, any_script: bool = False) -> list[Link]:
    """Find the links of ``text``, first to last.

    :param bare: also hosts without ``http(s)://`` (X does, Mastodon does not)
    :param any_script: path and query may contain letters of every script (Mastodon), not only Latin and Cyrillic (X)
    """
    found: list[Link] = []
    at = _first(text)
    while match := _START.search(text, at):
        end, links = _read(text, match, any_script)
        found += [link for link in links if bare or link.url[:4].lower() == "http"]
        # The character after a link is only a separator. A failed attempt may hide a host one character later.
        at = max(end, match.start()) + 1
    return found


def _first(text: str) -> int:
    """Where the search begins: a letter that is not ASCII belongs to the text before a host, not to the host."""
    if text and _MAY_PRECEDE.match(text[0]) and (match := _START.match(text, 1)):
        return int(_host_end(text, match.start(2), match.end(2)) >= 0)
    return 0


def _read(text: str, match: re.Match[str], any_script: bool) -> tuple[int, list[Link]]:
    """Read the links at ``match``; return where to continue, and the links."""
    start = match.start()
    if start and not _MAY_PRECEDE.match(text[start - 1]):
        return start, []
    host_end = _host_end(text, match.start(2), match.end(2))
    if host_end < 0:
        return start, []
    if not match.group(1):
        return _read_bare(text, start, host_end, any_script)
    if short := _SHORT.match(text, start):
        return short.end(), [Link(start, short.end(), short.group())] if len(short.group(1)) <= 40 else []
    end = _tail(text, host_end, any_script)
    good = _host_is_possible(text[match.start(2) : host_end]) and end - start <= LONGEST
    return end, [Link(start, end, text[start:end])] if good else []


def _read_bare(text: str, start: int, host_end: int, any_script: bool) -> tuple[int, list[Link]]:
    """Without a scheme only the hosts written in Latin letters count, and only the last one has a path."""
    if start and text[start - 1] in "-_./":
        return host_end, []
    spans: list[tuple[int, int]] = []
    at = start
    while match := _ASCII_HOST.search(text, at, host_end):
        end = _host_end(text, match.start(), match.end(), host_end)
        if end > 0:
            spans.append((match.start(), end))
        at = max(end, match.end())
    if not spans:
        return host_end, []
    first, last = spans[-1]
    end = _tail(text, host_end, any_script)
    if last == host_end and re.match(r"(?::\d+)?/", text[host_end:end]):  # port and query only with a path
        spans[-1] = (first, end)
    links = [Link(a, b, text[a:b]) for a, b in spans if _host_is_possible(text[a : min(b, host_end)])]
    return end, [link for link in links if len(link.url) + len("https://") <= LONGEST]


def _host_end(text: str, start: int, end: int, stop: int | None = None) -> int:
    """End of the host that begins at ``start``: after the last dot that is followed by a top-level domain, or -1."""
    dots = [i for i in range(start, end) if text[i] == "."]
    labels_from = [start, *(dot + 1 for dot in dots)]
    for i in reversed(range(len(dots))):
        name = text[labels_from[i] : dots[i]]
        tld_end = _tld_end(text, dots[i] + 1, stop)
        if name and "_" not in name and name[-1] != "-" and tld_end > 0:
            return tld_end
    return -1


def _tld_end(text: str, start: int, stop: int | None) -> int:
    """End of the longest top-level domain at ``start``; no letter, digit, ``@``, ``+`` or ``-`` may follow it."""
    match = _TLD.match(text, start, len(text) if stop is None else stop)
    if match is None:
        return -1
    word = match.group().lower()
    for size in range(min(len(word), 24), 1, -1):
        after = text[start + size : start + size + 1]
        if (word[:size] in NAMES or word.startswith("xn--")) and not re.match(r"[0-9a-zA-Z@+-]", after):
            return start + size
    return -1


def _tail(text: str, at: int, any_script: bool) -> int:
    """End of port, path and query that follow a host."""
    if port := _PORT.match(text, at):
        at = port.end()
    if text[at : at + 1] == "/":
        at = _mastodon_path_end(text, at) if any_script else _x_path_end(text, at + 1)
    query = (_M_QUERY if any_script else _QUERY).match(text, at)
    return query.end() if query else at


def _mastodon_path_end(text: str, at: int) -> int:
    """End of the path that begins at ``at``; closed brackets may end it."""
    run = _M_PATH.match(text, at)
    end = run.end() if run else at + 1
    while end > at + 1 and not _M_PATH_END.match(text[end - 1]):
        end -= 1
    return end


def _x_path_end(text: str, at: int) -> int:
    """End of the path behind its first ``/``: brackets end it only where it could have ended before them too."""
    end = at
    while step := _X_PATH.match(text, at):
        if _X_PATH_END.match(step["one"]) if step["one"] else end == at:
            end = step.end()
        at = step.end()
    return end


def _host_is_possible(host: str) -> bool:
    """Whether the host can be looked up: every label at most 63 bytes in its ASCII form, no false ``xn--``."""
    for label in re.split("[:/]", host, maxsplit=1)[0].lower().split("."):
        if label.isascii():
            size = len(label)
        elif label.startswith("xn--"):
            return False
        else:
            size = len("xn--") + len(label.encode("punycode"))
        if size > 63:
            return False
    return True

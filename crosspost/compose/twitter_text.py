"""How X counts, and how X and Mastodon find links: twitter-text, configuration version 3.

Source: https://github.com/twitter/twitter-text (frozen since 2021), its conformance suite runs in the tests; checked
2026-11-22. Indices are Python code points.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from crosspost.compose import emoji_sequences
from crosspost.compose.top_level import DOT, marked
from crosspost.text.lazy_pattern import lazy

URL_WEIGHT = 23
_MAX_URL = 4096
_MAX_WORD = _MAX_URL + 100
_MAX_TCO_SLUG = 40
_MAX_LABEL = 63
_MAX_LABELS = 126  # before the last two: a name in the DNS has at most 253 characters

_PUNCTUATION = r"!'#%&()*+,\\\-./:;<=>?@\[\]^_{|}~$"
_SPACES = r"\x09-\x0d\x20\x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_INVALID = r"\ufffe\ufeff\uffff"
_DIRECTIONS = r"\u202a-\u202e\u061c\u200e\u200f\u2066-\u2069"
_LATIN = (
    r"\xc0-\xd6\xd8-\xf6\xf8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289\u028b\u02bb"
    r"\u0300-\u036f\u1e00-\u1eff"
)
_NOT_DOMAIN = _PUNCTUATION + _SPACES + _INVALID + _DIRECTIONS

# everything outside these ranges weighs 2 (config/v3.json)
_HEAVY = lazy("[^\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
_INVALID_CHARACTER = lazy(f"[{_INVALID}]")
# a dot inside a word: only such words can be links
_INNER_DOT = lazy(rf"\.(?<=[^{_NOT_DOMAIN}]\.)(?=[^{_NOT_DOMAIN}])")
_BLANK = lazy("[\t\n\r ]")
_BEFORE_BARE = ("-", "_", ".", "/")

Rules = Literal["x", "mastodon"]


class Url(NamedTuple):
    """A link found in a text: where it stands (code points, end exclusive) and as what it counts."""

    start: int
    end: int
    text: str
    has_scheme: bool


# the domain of a link without a scheme, of a word as :func:`marked` gives it
_ASCII_DOMAIN = rf"(?:[-a-zA-Z0-9{_LATIN}]+[.{DOT}])*[-a-zA-Z0-9{_LATIN}]+{DOT}"  # compiled when one is there
_QUERY = r"\?[a-zA-Z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-zA-Z0-9\-_&=#/]"
_EVERY_SCRIPT = r"\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\uffef\U00010000-\U000dffff\U000e1000-\U0010ffff"
_MASTODON_QUERY = (
    rf"\?[a-zA-Z0-9!?*'();:&=+$/%#\[\]\-_.,~|@\^{_EVERY_SCRIPT}]*"
    rf"[a-zA-Z0-9_&=#/\-{_EVERY_SCRIPT}]"
)
_PORT = lazy(":[0-9]+")
_TCO = lazy(rf"https?://t\.co/([a-z0-9]+)(?:{_QUERY})?", re.IGNORECASE | re.ASCII)


@cache
def _domain() -> re.Pattern[str]:
    """The beginning of a link in a word as :func:`marked` gives it, up to its last dot. Groups: before, scheme."""
    char = rf"[^{_NOT_DOMAIN}{DOT}]"
    # "." is in neither class, so a run can only end before it: the possessive run never needs to give back
    subdomain = rf"(?:{char}(?:_|-|{char})*+(?<![_-])[.{DOT}])"
    name = rf"(?:{char}(?:-|{char})*+(?<!-){DOT})"
    return re.compile(rf"([^A-Za-z0-9@＠$#＃{_INVALID}]|^)((?ai:https?://))?{subdomain}{{0,{_MAX_LABELS}}}{name}")


def _tail(chunk: str, at: int, rules: Rules) -> tuple[str, int]:
    """The path of a link whose domain ends at ``at`` ("" for none), and where the link ends."""
    if port := _PORT.match(chunk, at):
        at = port.end()
    path = _path(rules, chunk.isascii()).match(chunk, at) if chunk[at : at + 1] == "/" else None
    at = path.end() if path else at
    query = _query(rules).match(chunk, at) if chunk[at : at + 1] == "?" else None
    return path[0] if path else "", query.end() if query else at


@cache
def _path(rules: Rules, in_ascii: bool) -> re.Pattern[str]:
    """The path of a link.

    :param in_ascii: only for texts in ASCII, as most links are: it compiles in a tenth of the time
    """
    return re.compile(f"/{_x_path(in_ascii) if rules == 'x' else _mastodon_path(in_ascii)}*")


@cache
def _query(rules: Rules) -> re.Pattern[str]:
    return re.compile(_QUERY if rules == "x" else _MASTODON_QUERY)


def _parens(char: str) -> str:
    """Brackets that are closed again, with at most one pair inside."""
    return rf"\((?:{char}+|{char}*\({char}+\){char}*)\)"


def _x_path(in_ascii: bool) -> str:
    """One piece of a path on X: it ends with a letter, digit or ``+-=_#/``, or is one pair of brackets alone.

    So brackets end a path only behind such a character or other brackets: X's own expression puts the choice of the
    brackets beside the whole piece, not beside its last character.
    """
    letters, dash = ("a-zA-Z0-9", "") if in_ascii else (rf"a-zA-Z\u0400-\u04ff0-9{_LATIN}", r"\u2013")
    char = rf"[{letters}!*';:=+,.$/%#\[\]\-{dash}_~@|&]"
    parens = _parens(char)
    return rf"(?:{char}*(?:{parens}{char}*)*[{letters}+\-=_#/]|{parens}|@{char}+/)"


def _mastodon_path(in_ascii: bool) -> str:
    """The same on Mastodon: letters of every script, and brackets may end any piece.

    Source: github.com/mastodon/mastodon, config/initializers/twitter_regex.rb, checked 2026-11-25.
    """
    spaces, quotes = (r"\x09-\x0d\x20", "") if in_ascii else (_SPACES, "「」")
    char = rf"[^{spaces}<>()?]"
    parens = _parens(char)
    end = rf"(?:[^{spaces}()?!*\"'{quotes}<>;:=,.$%\[\]~&|@]|{parens})"
    return rf"(?:{char}*(?:{parens}{char}*)*{end}|{char}+/)"


def _utf16(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _encoded(label: str) -> int:
    """Length of one DNS label as it goes over the wire, 0 when it cannot be encoded."""
    if label.isascii():
        return len(label)
    try:
        parts = re.split("[.\u3002\uff0e\uff61]", _whole(label))
        return sum(len(p) if p.isascii() else 4 + len(p.encode("punycode")) for p in parts) + len(parts) - 1
    except UnicodeError:
        return 0


def _is_link(url: str, scheme: str, domain: str) -> bool:
    if domain.startswith("xn--") and not re.search(_ASCII_DOMAIN, marked(domain).text):
        return False
    if not all(1 <= _encoded(label) <= _MAX_LABEL for label in domain.split(".")):
        return False
    return len(scheme or "https://") + _utf16(url) <= _MAX_URL


def _bare(url: str, domain: str, path: str, start: int) -> list[Url]:
    """Links without a scheme: only their ASCII domains count, the last one with the path."""
    found: list[Url] = []
    at = 0
    for name in _ascii_domains(domain):
        begin = domain.find(name, at)
        at = begin + len(name)
        found.append(Url(start + begin, start + at, name, False))
    if found and path:
        last = found[-1]
        found[-1] = last._replace(text=url.replace(domain, last.text, 1), end=start + len(url))
    return found


def _ascii_domains(domain: str) -> Iterator[str]:
    text, ends = marked(domain)
    pattern, at = re.compile(_ASCII_DOMAIN), 0
    while found := pattern.search(text, at):
        at = ends[found.end() - 1]
        yield domain[found.start() : at]


def _halves(text: str) -> str:
    """``text`` as UTF-16 units, one character each."""
    return "".join(map(chr, memoryview(text.encode("utf-16-le", "surrogatepass")).cast("H")))


def _whole(halves: str) -> str:
    """The opposite of :func:`_halves`."""
    return halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


@lru_cache(maxsize=1024)  # while a text is cut, the same link is measured again and again
def _in_chunk(chunk: str, bare: bool, rules: Rules) -> tuple[Url, ...]:
    if rules != "x" or max(chunk) <= "\uffff":
        return _in_units(chunk, bare, rules)
    # X's code walks UTF-16 units: half an emoji may stand before a link and the other half begin it
    units = _halves(chunk)
    return tuple(
        Url(len(_whole(units[: url.start])), len(_whole(units[: url.end])), _whole(url.text), url.has_scheme)
        for url in _in_units(units, bare, rules)
    )


def _in_units(chunk: str, bare: bool, rules: Rules) -> tuple[Url, ...]:
    found: list[Url] = []
    text, ends = marked(chunk)
    at = 0
    while match := _domain().search(text, at):
        before, scheme = chunk[match.start() : match.end(1)], match[2]
        start, over = match.end(1), ends[match.end() - 1]
        domain = chunk[start + len(scheme or "") : over]
        path, at = _tail(chunk, over, rules)
        url = chunk[start:at]
        if not _is_link(url, scheme, domain):
            continue
        if not scheme:
            if bare and before not in _BEFORE_BARE:
                found += _bare(url, domain, path, start)
            continue
        if short := _TCO.match(url):
            if len(short[1]) > _MAX_TCO_SLUG:
                continue
            url = short[0]
        found.append(Url(start, start + len(url), url, True))
    return tuple(found)


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    """Every word with a dot inside, with the blank before it (which decides about a link), and where it begins."""
    at = 0
    while dot := _INNER_DOT.search(text, at):
        here = dot.start()
        begin = max(
            text.rfind(" ", 0, here), text.rfind("\n", 0, here), text.rfind("\t", 0, here), text.rfind("\r", 0, here)
        )
        end = _BLANK.search(text, here)
        at = end.start() if end else len(text)
        chunk = text[max(begin, 0) : at]
        # a word without blanks that is longer than any link, or has no domain's end, is not looked through
        if len(chunk) <= _MAX_WORD and marked(chunk).ends:
            yield max(begin, 0), chunk


def find_urls(text: str, *, bare: bool = True, rules: Rules = "x") -> list[Url]:
    """Every link in ``text``, in order.

    :param bare: also links without ``http://`` or ``https://`` (X does, Mastodon does not)
    :param rules: whose rule says where path and query end
    """
    if "." not in text or not (bare or "://" in text):
        return []
    return [
        Url(begin + url.start, begin + url.end, url.text, url.has_scheme)
        for begin, chunk in _chunks(text)
        if bare or "://" in chunk
        for url in _in_chunk(chunk, bare, rules)
    ]


def weight(text: str) -> int:
    """Weight of a text as X counts it: links 23, emoji 2, most scripts 1 a character, CJK and others 2.

    The text is put into NFC first.
    """
    text = text if text.isascii() else unicodedata.normalize("NFC", text)
    total = 0
    if "." in text and (urls := find_urls(text)):
        rest, at = [], 0
        for url in urls:
            if url.start < at:
                continue
            rest.append(text[at : url.start])
            at = url.start + len(url.text)
            total += URL_WEIGHT - 1
        text = "\n".join([*rest, text[at:]])  # the line break counts the missing 1 and keeps neighbours apart
    if text.isascii():
        return total + len(text)
    if emoji_sequences.MAKES_SEQUENCE.search(text):
        text, count = emoji_sequences.sequences().subn("", text)
        total += 2 * count
    return total + len(text) + len(_HEAVY.findall(text))


def is_valid(text: str, limit: int = 280) -> bool:
    """Whether X would take the text: not empty, within the limit, none of U+FFFE, U+FEFF, U+FFFF."""
    return 0 < weight(text) <= limit and not _INVALID_CHARACTER.search(text)

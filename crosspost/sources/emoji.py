"""``:tada:`` → 🎉, on sites whose plug-in jemoji does the same.

The table is gemoji's, in ``gemoji.txt``; it is read when a text holds a short code for the first time.
Sources: https://github.com/jekyll/jemoji, https://github.com/github/gemoji, checked 2026-11-25.
"""

import re
from functools import cache
from importlib.resources import files

from crosspost.sources.code_blocks import CODE

_CODES = re.compile(
    rf"{CODE}"
    r"|(?P<address>\]\([^()\s]*|[A-Za-z][A-Za-z0-9+.-]{0,20}://[^\s<>]*|<[A-Za-z/!][^<>]*>)"
    r"|(?<![:\d])(?::[a-z0-9_+-]{1,50}:)+(?![:\d])",
    re.MULTILINE,
)
_ONE = re.compile(r":([a-z0-9_+-]+):")


def with_emoji(markdown: str) -> str:
    """Put emoji in the place of their short codes; code, addresses, times (``12:30:45``) and ``a::b`` stay."""
    return _CODES.sub(_replaced, markdown) if markdown.count(":") > 1 else markdown


def _replaced(found: re.Match[str]) -> str:
    if found["code"] or found["address"]:
        return found[0]
    text, start, end = found.string, found.start(), found.end()
    if text[start - 1 : start].isalnum() and text[end : end + 1].isalnum():
        return found[0]  # key:value:other
    return _ONE.sub(lambda one: _table().get(one[1], one[0]), found[0])


@cache
def _table() -> dict[str, str]:
    lines = files("crosspost.sources").joinpath("gemoji.txt").read_text("utf-8").splitlines()
    split = (line.split(" ") for line in lines if not line.startswith("#"))
    return {name: emoji for emoji, *names in split for name in names}

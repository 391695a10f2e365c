"""Replaces ``:tada:`` by 🎉, for sites with the plug-in jemoji.

The table is gemoji's, in ``gemoji.txt``; it is read when a text first contains a short code.
Sources: https://github.com/jekyll/jemoji, https://github.com/github/gemoji, checked 2026-11-25.
"""

import re
from functools import cache
from pathlib import Path

from crosspost.sources.code_blocks import CODE
from crosspost.text.lazy_pattern import lazy

_CODES = lazy(
    rf"{CODE}"
    r"|(?P<address>\]\([^()\s]*|[A-Za-z][A-Za-z0-9+.-]{0,20}://[^\s<>]*|<[A-Za-z/!][^<>]*>)"
    r"|(?<![:\d])(?::[a-z0-9_+-]{1,50}:)+(?![:\d])",
    re.MULTILINE,
)
_CODE = lazy(r":([a-z0-9_+-]+):")


def with_emoji(markdown: str) -> str:
    """Replace short codes by emoji, except in code, addresses, times (``12:30:45``) and ``a::b``."""
    return _CODES.sub(_replaced, markdown) if markdown.count(":") > 1 else markdown


def _replaced(found: re.Match[str]) -> str:
    if found["code"] or found["address"]:
        return found[0]
    text, start, end = found.string, found.start(), found.end()
    if text[start - 1 : start].isalnum() and text[end : end + 1].isalnum():
        return found[0]  # key:value:other
    return _CODE.sub(lambda code: _table().get(code[1], code[0]), found[0])


@cache
def _table() -> dict[str, str]:
    lines = Path(__file__).with_name("gemoji.txt").read_text("utf-8").splitlines()
    split = (line.split(" ") for line in lines if not line.startswith("#"))
    return {name: emoji for emoji, *names in split for name in names}

"""Discord's Markdown: plain text → the form in which Discord shows exactly that text.

Source: docs.discord.com/developers/resources/message and Discord's help page on Markdown, checked 2026-11-26.
"""

import re

from crosspost.compose.twitter_text import find_urls
from crosspost.text.lazy_pattern import lazy

# wherever they stand: emphasis, code, spoilers, links with a text, and mentions, times and emoji in angle brackets
_ANYWHERE = lazy(r"[\\*_~`|\[\]<]")
# only where a line begins: headings, small print, lists and quotes
_LINE_START = lazy(r"^([ \t]*)(?=(?:#{1,3}|-#|-|>>>|>)(?:[ \t]))", re.MULTILINE)


def escape(text: str) -> str:
    """``text`` as a message's ``content``: nothing in it is read as markup, and its links work.

    A link stays as it is, because a backslash would become part of its address.
    """
    out, at = [], 0
    for url in find_urls(text, bare=False):
        out += [_words(text[at : url.start]), text[url.start : url.end]]
        at = url.end
    return _LINE_START.sub(r"\1\\", "".join([*out, _words(text[at:])]))


def _words(text: str) -> str:
    return _ANYWHERE.sub(r"\\\g<0>", text)

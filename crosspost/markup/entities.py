"""Entities (``&amp;``, ``&#8217;``) as the characters they stand for."""

import html
import re

_CODE = r"(?<!`)(`{1,20})(?!`)[^\n]{0,500}?(?<!`)\1(?!`)"
# what programs encode when they write a file: typographic signs and letters with accents. "&amp;lt;" and "&amp;copy;"
# are what a person writes who wants "&lt;" to be read
_NAMES = (
    "amp|quot|apos|nbsp|ndash|mdash|hellip|shy|lsquo|rsquo|sbquo|ldquo|rdquo|bdquo|laquo|raquo|lsaquo|rsaquo|szlig|"
    r"[A-Za-z](?:acute|grave|circ|tilde|uml|cedil|caron|ring|slash)|(?:ae|AE|oe|OE)lig"
)
_TWICE = re.compile(rf"{_CODE}|&(?:amp;)+(?=(?:#\d{{2,7}}|#[xX][0-9A-Fa-f]{{2,6}}|{_NAMES});)")


def encoded_once(text: str) -> str:
    """The text with what was encoded twice (``&amp;#8217;``) encoded once; code stays as it is."""
    return _TWICE.sub(lambda found: found[0] if found[1] else "&", text) if "&amp;" in text else text


def decoded(text: str) -> str:
    """A text without Markdown, such as a tag, with its entities as characters."""
    return html.unescape(encoded_once(text)) if "&" in text else text

"""Decodes entities (``&amp;``, ``&#8217;``)."""

import html

from crosspost.text.lazy_pattern import lazy

_CODE = r"(?<!`)(`{1,20})(?!`)[^\n]{0,500}?(?<!`)\1(?!`)"
# what programs encode when they write a file: typographic characters and accented letters. "&amp;lt;" and "&amp;copy;"
# are left alone: a person writes those to show "&lt;"
_NAMES = (
    "amp|quot|apos|nbsp|ndash|mdash|hellip|shy|lsquo|rsquo|sbquo|ldquo|rdquo|bdquo|laquo|raquo|lsaquo|rsaquo|szlig|"
    r"[A-Za-z](?:acute|grave|circ|tilde|uml|cedil|caron|ring|slash)|(?:ae|AE|oe|OE)lig"
)
_TWICE = lazy(rf"{_CODE}|&(?:amp;)+(?=(?:#\d{{2,7}}|#[xX][0-9A-Fa-f]{{2,6}}|{_NAMES});)")


def encoded_once(text: str) -> str:
    """Undo double encoding (``&amp;#8217;`` becomes ``&#8217;``); code is unchanged."""
    return _TWICE.sub(lambda found: found[0] if found[1] else "&", text) if "&amp;" in text else text


def decoded(text: str) -> str:
    """Decode the entities of a text that has no Markdown, such as a tag."""
    return html.unescape(encoded_once(text)) if "&" in text else text

"""Reads the front matter that most posts have, line by line, five times as fast as libyaml builds its nodes.

That is: names with a text, a number, a date, words in brackets, or a list or a few such names below them. Whatever has
another form, or might be a mistake, is left to libyaml; what a plain value means is decided by the same rules.
"""

import re
from typing import Any

from crosspost.sources.strict_yaml import plain_scalar
from crosspost.text.lazy_pattern import lazy

# a line: its indentation, the dash of a list, a name with its colon, and what follows
_LINE = lazy(r"^( *)(- +)?(?:([A-Za-z_][A-Za-z0-9_-]{0,99}):(?: |$))? *(.*)$", re.MULTILINE)
# what libyaml does not take, or takes for the end of a line; and tabs. Listed are the few that are strange, because a
# set of all the others takes 8 ms to compile
_STRANGE = lazy("[\x00-\t\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
# inside brackets more signs mean something
_WORD = lazy(r"[^\W_][\w ./+!&'-]*")
_MEANS_SOMETHING = frozenset("-?:,[]{}#&*!|>%@`=<")


class _OtherFormError(Exception):
    """The text has a form that is not read here."""


def load_plain(text: str) -> dict[str, Any] | None:
    """The mapping of a text in the usual form; None for any other.

    >>> load_plain("title: Grüße\\ntags: [Garten, 2024]\\nimage:\\n  path: a.jpg\\n")
    {'title': 'Grüße', 'tags': ['Garten', 2024], 'image': {'path': 'a.jpg'}}
    """
    try:
        return None if _STRANGE.search(text) else _mapping(_LINE.findall(text))
    except _OtherFormError:
        return None


def _mapping(lines: list[tuple[str, str, str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    above, depth = "", ""  # the last name, as long as it has no value, and the indentation of the lines below it
    for indent, dash, name, rest in lines:
        if name and not indent and not dash:
            if name in found:
                raise _OtherFormError
            value = rest.rstrip(" ")
            found[name], above = (_value(value), "") if value else (None, name)
        elif name or dash:
            if not above or (found[above] is not None and indent != depth):
                raise _OtherFormError
            found[above], depth = _add(found[above], indent, dash, name, rest), indent
        elif rest and (indent or rest[0] != "#"):  # neither an empty line nor a comment
            raise _OtherFormError
    return found


def _add(below: Any, indent: str, dash: str, name: str, rest: str) -> Any:
    """What stands below a name, with one more line: an item of a list, or a name of a mapping."""
    value = _value(rest.rstrip(" "))
    if dash and not name and (below is None or isinstance(below, list)):
        return [*(below or ()), value]
    if dash or not indent or not (below is None or isinstance(below, dict)) or name in (below or ()):
        raise _OtherFormError
    return {**(below or {}), name: value}


def _value(text: str) -> Any:
    first = text[:1]
    if first in ('"', "'"):
        return _quoted(text)
    if first == "[" and text[-1] == "]":
        inner = text[1:-1].strip(" ")
        return [_word(item.strip(" ")) for item in inner.split(",")] if inner else []
    if not first or first in _MEANS_SOMETHING or ": " in text or " #" in text or text[-1] == ":":
        raise _OtherFormError
    return plain_scalar(text)


def _quoted(text: str) -> str:
    inner = text[1:-1]
    if len(text) < 2 or text[-1] != text[0] or text[0] in inner or (text[0] == '"' and "\\" in inner):
        raise _OtherFormError
    return inner


def _word(text: str) -> Any:
    if text[:1] in ('"', "'"):
        return _quoted(text)
    if not _WORD.fullmatch(text):
        raise _OtherFormError
    return plain_scalar(text)

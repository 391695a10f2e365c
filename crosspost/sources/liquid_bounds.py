"""Limits for Liquid, so that a post's template cannot use up time and memory.

python-liquid limits loops and output, but not its lexer and filters: a template of a few lines can create a terabyte of
text (``replace``, ``join``), a list of 10⁹ numbers, or a number of 10⁸ digits.
"""

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any

from liquid.exceptions import LiquidError

from crosspost.markup import without_tags
from crosspost.text.lazy_pattern import lazy

#: limits of a filter's arguments and result: characters of a text, elements of a list, bits of a number
_TEXT, _LIST, _BITS = 200_000, 5_000, 2_048
#: maximum number of tags and outputs in a text, and of characters in one of them
MOST_MARKS, _LONGEST_MARK = 1_000, 4_000
_MARK = lazy(r"\{\{|\{%")
_CLOSERS = {"{{": "}}", "{%": "%}"}
_RAW = lazy(r"\{%-?\s*(raw|doc)\s*-?%\}")
_WIDTH = lazy(r"%[^A-Za-z%]*\d{2}")


def without_marks(text: str) -> str:
    """Remove all tags and outputs, for a template with a mistake; those that are never closed stay."""
    kept, at = [], 0
    while (mark := _MARK.search(text, at)) is not None:
        end = text.find(_CLOSERS[mark[0]], mark.end())
        if end < 0:
            break
        kept.append(text[at : mark.start()])
        at = end + 2
    return "".join([*kept, text[at:]])


def excess(text: str) -> str:
    """Why a text would take the lexer too long, as a clause; "" when it would not."""
    count, at = 0, 0
    while (mark := _MARK.search(text, at)) is not None:
        raw = _RAW.match(text, mark.start())
        closer = re.compile(rf"\{{%-?\s*end{raw[1]}\s*-?%\}}").search(text, raw.end()) if raw else None
        end = text.find(_CLOSERS[mark[0]], mark.end())
        count += 1
        if end < 0 or (raw and closer is None):
            return f"“{mark[0]}” is never closed"
        if end - mark.end() > _LONGEST_MARK:
            return f"a tag is longer than {_LONGEST_MARK:,} characters"
        if count > MOST_MARKS:
            return f"there are more than {MOST_MARKS:,} tags"
        at = closer.end() if closer else end + 2
    return ""


def bounded(filters: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """The same filters with limits on their arguments and results."""
    return {name: _bounded(name, function) for name, function in (dict(filters) | {"strip_html": _strip_html}).items()}


def _bounded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)  # also keeps the attributes the library sets on a filter
    def guarded(*args: Any, **named: Any) -> Any:
        for arg in args:
            _refuse(name, arg)
        _refuse_growth(name, args)
        result = function(*args, **named)
        _refuse(name, result)
        return result

    return guarded


def _refuse(name: str, value: Any) -> None:
    size = value.bit_length() * _TEXT // _BITS if isinstance(value, int) else 0
    if isinstance(value, str):
        size = len(value)
    elif isinstance(value, list | tuple | range):
        size = len(value) * _TEXT // _LIST
    if size > _TEXT:
        raise LiquidError(f"“{name}” makes the text far too long", token=None)


def _refuse_growth(name: str, args: tuple[Any, ...]) -> None:
    """Check filters whose result can be much larger than their arguments before they run."""
    if name.startswith("replace") and len(args) > 2:
        text, old, new = (str(arg) for arg in args[:3])
        grown = (text.count(old) if old else len(text) + 1) * len(new)
    elif name == "join" and isinstance(args[0], list | tuple | range):
        grown = len(args[0]) * len(str(args[1])) if len(args) > 1 else 0
    elif name == "date" and len(args) > 1:
        grown = _TEXT + 1 if _WIDTH.search(str(args[1])) or len(str(args[1])) > 200 else 0
    else:
        return
    if grown > _TEXT:
        raise LiquidError(f"“{name}” makes the text far too long", token=None)


def _strip_html(value: Any) -> str:
    """Remove tags; unlike the library's filter in linear time, and keeping words in angle brackets that are not
    HTML.
    """
    return without_tags("" if value is None else str(value))

"""Bounds for Liquid: what a post's template may cost.

python-liquid bounds loops and what is written; its lexer and its filters have no bounds, and a template of a few lines
can make a text of a terabyte (``replace``, ``join``), a list of a range of 10⁹ numbers, or a number of 10⁸ digits.
"""

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any

from liquid.exceptions import LiquidError

from crosspost.markup import without_tags

#: characters of a text, elements of a list, bits of a number, that a filter takes or gives
_TEXT, _LIST, _BITS = 200_000, 5_000, 2_048
#: tags and outputs of one text, and characters in one of them
MOST_MARKS, _LONGEST_MARK = 1_000, 4_000
_MARK = re.compile(r"\{\{|\{%")
_CLOSERS = {"{{": "}}", "{%": "%}"}
_RAW = re.compile(r"\{%-?\s*(raw|doc)\s*-?%\}")
_WIDTH = re.compile(r"%[^A-Za-z%]*\d{2}")


def without_marks(text: str) -> str:
    """The text without its tags and outputs, for a template with a mistake; what is never closed stays."""
    kept, at = [], 0
    while (mark := _MARK.search(text, at)) is not None:
        end = text.find(_CLOSERS[mark[0]], mark.end())
        if end < 0:
            break
        kept.append(text[at : mark.start()])
        at = end + 2
    return "".join([*kept, text[at:]])


def excess(text: str) -> str:
    """Why the lexer would search a text for ever, as a clause; "" when it will not."""
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
    """The same filters, none of which takes or gives more than a post can need."""
    return {name: _bounded(name, one) for name, one in (dict(filters) | {"strip_html": _strip_html}).items()}


def _bounded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)  # it also keeps what the library notes on a filter
    def guarded(*args: Any, **named: Any) -> Any:
        for one in args:
            _refuse(name, one)
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
        raise LiquidError(f"“{name}” grows out of bounds", token=None)


def _refuse_growth(name: str, args: tuple[Any, ...]) -> None:
    """Filters whose result is a product of what they take are looked at before they make it."""
    if name.startswith("replace") and len(args) > 2:
        text, old, new = (str(one) for one in args[:3])
        grown = (text.count(old) if old else len(text) + 1) * len(new)
    elif name == "join" and isinstance(args[0], list | tuple | range):
        grown = len(args[0]) * len(str(args[1])) if len(args) > 1 else 0
    elif name == "date" and len(args) > 1:
        grown = _TEXT + 1 if _WIDTH.search(str(args[1])) or len(str(args[1])) > 200 else 0
    else:
        return
    if grown > _TEXT:
        raise LiquidError(f"“{name}” grows out of bounds", token=None)


def _strip_html(value: Any) -> str:
    """Remove tags; unlike the library's, in linear time, and words in angle brackets that are no HTML stay."""
    return without_tags("" if value is None else str(value))

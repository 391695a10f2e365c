"""Writes single values as YAML text that YAML 1.1 readers (PyYAML, Ruby's Psych) and 1.2 readers take for the same."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from crosspost.text.lazy_pattern import lazy

_WORDS = lazy(r"[A-Za-z_][A-Za-z0-9_-]*(?: [A-Za-z0-9_-]+)*\Z")
_KEYWORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "none"])
_LITERAL = lazy(r"[^\s\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff][^\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]*\Z")
#: what YAML allows in a text as it is: https://yaml.org/spec/1.2.2/#51-character-set
_ESCAPED = lazy(r'["\\\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def inline(value: Any) -> str:
    """The value on one line, also between brackets.

    :raises ValueError: for a value that YAML has no usual text for
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", timespec="seconds" if not value.microsecond else "microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return _scalar(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key(name)}: {inline(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(inline, value)) + "]"
    raise ValueError(f"a {type(value).__name__} cannot be written into front matter")


def key(name: str) -> str:
    """A key, in quotation marks where it could be read as something else."""
    return name if _plain(name) and " " not in name else _quoted(name)


def lines(value: Any, indent: int) -> Iterator[str]:
    """What stands behind ``key:``: the rest of that line first, then whole lines, indented by ``indent`` spaces."""
    pad = " " * indent
    if isinstance(value, Mapping) and value:
        yield ""
        for name, one in value.items():
            first, *rest = lines(one, indent + 2)
            yield f"{pad}{key(name)}:{first}"
            yield from rest
    elif isinstance(value, list | tuple) and value:
        yield ""
        yield from (f"{pad}- {inline(one)}" for one in value)
    elif isinstance(value, str) and "\n" in value and _LITERAL.match(value) and value == value.strip("\n "):
        yield " |-"
        yield from (f"{pad}{line}" if line else "" for line in value.split("\n"))
    else:
        yield f" {inline(value)}"


def _scalar(text: str) -> str:
    return text if _plain(text) else _quoted(text)


def _plain(text: str) -> bool:
    """Only words: whatever looks like a number, a time, a sign or a symbol to some reader gets quotation marks."""
    return bool(_WORDS.match(text)) and text.lower() not in _KEYWORDS


def _quoted(text: str) -> str:
    escaped = _ESCAPED.sub(lambda found: _SHORT.get(found[0]) or f"\\u{ord(found[0]):04x}", text)
    return f'"{escaped}"'

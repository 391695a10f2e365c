"""The ledger's SQL as PostgreSQL wants it: named values, stored types, and the tables."""

import functools
import re
from collections.abc import Mapping
from typing import Any

from crosspost.text.lazy_pattern import lazy

#: texts in quotes and remarks stay as they are; a double colon is a cast; the rest is a value or a percent sign
_PIECES = lazy(r"'(?:[^']|'')*'|--[^\n]*|::|:([A-Za-z_]\w*)|%")
_TYPES = (
    # which of two posts came first decides whose a file is, and a table here has no order of its own
    (re.compile(r"(CREATE TABLE posts \(.*)\)", re.DOTALL), r"\1, added BIGSERIAL NOT NULL)"),
    (re.compile(r"\bid INTEGER NOT NULL PRIMARY KEY"), "id BIGSERIAL NOT NULL PRIMARY KEY"),
    (re.compile(r"\bINTEGER\b"), "BIGINT"),  # a view count may be more than 32 bits
    # texts are compared byte by byte, as SQLite does, whatever the database's language is
    (re.compile(r"\b(TEXT|VARCHAR\(\d+\))"), r'\1 COLLATE "C"'),
)


@functools.lru_cache(maxsize=1024)  # the texts of a list of values differ by their number
def named(sql: str) -> str:
    """``:name`` becomes ``%(name)s``, which psycopg takes, and other percent signs are doubled."""
    return _PIECES.sub(_piece, sql)


@functools.lru_cache(maxsize=1024)
def numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """``:name`` becomes ``$1``, as the server itself takes it, and the names in the order of their numbers."""
    numbers: dict[str, int] = {}

    def piece(found: re.Match[str]) -> str:
        return f"${numbers.setdefault(found[1], len(numbers) + 1)}" if found[1] else found[0]

    return _PIECES.sub(piece, sql).encode(), tuple(numbers)


def _piece(found: re.Match[str]) -> str:
    if found[1]:
        return f"%({found[1]})s"
    return found[0].replace("%", "%%")


def stored(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values in the types of the columns.

    Yes and no are numbers in the ledger. PostgreSQL's texts cannot have the character 0, which SQLite's can; something
    else stands for it.
    """
    for value in values.values():
        if value is True or value is False or (isinstance(value, str) and "\0" in value):
            return {name: _stored(one) for name, one in values.items()}
    return values


def _stored(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else value


def created(statement: str) -> str:
    """A statement of :data:`crosspost.ledger.schema.CREATE` in PostgreSQL's types."""
    if statement.lstrip().startswith("CREATE TABLE"):
        for pattern, instead in _TYPES:
            statement = pattern.sub(instead, statement)
    return statement

"""Reads the GraphQL of a request strictly: one operation, whose arguments are its variables or plain words.

Source: spec.graphql.org/October2021, sections 2 (language) and 5 (validation); nothing of it that no client here needs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(r"\s*(?:([A-Za-z_]\w*)|(\d+)|(\"[^\"\\\n]*\")|([${}()\[\]:!,]))")


class Invalid(Exception):
    """The document is refused before anything is done; the message says why."""


@dataclass
class Field:
    """A field that is asked for, with its arguments and the fields below it."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    below: list["Field"] = field(default_factory=list)


@dataclass
class Operation:
    """``kind`` is query or mutation; ``types`` the declared type of each variable."""

    kind: str
    types: dict[str, str]
    fields: list[Field]


def read(document: str, variables: dict[str, Any]) -> Operation:
    """The operation in a document, with the values of its variables put in.

    :raises Invalid: when it cannot be read, or does not fit its variables
    """
    found = _Reader(document, variables).operation()
    if strange := sorted(set(variables) - set(found.types)):
        raise Invalid(f'Variable "{strange[0]}" is not declared')
    for name, kind in found.types.items():
        if kind.endswith("!") and variables.get(name) is None:
            raise Invalid(f'In argument "{name}": Expected type "{kind}", found null.')
    return found


class _Reader:
    def __init__(self, document: str, variables: dict[str, Any]) -> None:
        self._tokens = [*_tokens(document)]
        self._variables, self._types, self._used = variables, dict[str, str](), set[str]()

    def operation(self) -> Operation:
        kind = self._next() if self._peek() in ("query", "mutation") else "query"
        if self._peek() not in ("{", "("):
            self._next()  # its name
        if self._take("("):
            while not self._take(")"):
                self._take(",")
                self._declared()
        fields = self._fields()
        if self._tokens:
            raise Invalid(f"syntax error before: {self._peek()}")
        if unused := sorted(set(self._types) - self._used):
            raise Invalid(f'Variable "{unused[0]}" is never used.')
        return Operation(kind, self._types, fields)

    def _declared(self) -> None:
        self._want("$")
        name = self._next()
        self._want(":")
        kind = ""
        while self._peek() not in (",", ")", "$"):
            kind += self._next()
        self._types[name] = kind

    def _fields(self) -> list[Field]:
        self._want("{")
        found = []
        while not self._take("}"):
            found.append(self._field())
        return found

    def _field(self) -> Field:
        found = Field(self._next())
        if self._take("("):
            while not self._take(")"):
                self._take(",")
                name = self._next()
                self._want(":")
                found.arguments[name] = self._value()
        if self._peek() == "{":
            found.below = self._fields()
        return found

    def _value(self) -> Any:
        if self._take("$"):
            name = self._next()
            if name not in self._types:
                raise Invalid(f'Variable "{name}" is not declared')
            self._used.add(name)
            return self._variables.get(name)
        word = self._next()
        return word[1:-1] if word.startswith('"') else int(word) if word.isdecimal() else word

    def _peek(self) -> str:
        return self._tokens[0] if self._tokens else ""

    def _next(self) -> str:
        if not self._tokens:
            raise Invalid("syntax error before: end of document")
        return self._tokens.pop(0)

    def _take(self, wanted: str) -> bool:
        if self._peek() == wanted:
            self._tokens.pop(0)
            return True
        return False

    def _want(self, wanted: str) -> None:
        if not self._take(wanted):
            raise Invalid(f"syntax error before: {self._peek() or 'end of document'}")


def _tokens(document: str) -> Iterator[str]:
    at, document = 0, document.strip()
    while at < len(document):
        found = _TOKEN.match(document, at)
        if found is None:
            raise Invalid(f"syntax error before: {document[at : at + 10]}")
        yield next(filter(None, found.groups()))
        at = found.end()

"""Runs SQL texts with named values on the ledger's connection; moments become the text they are stored as."""

import contextlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from crosspost.ledger.access import Access
from crosspost.ledger.connection import translate_errors


class Statements:
    """The statements of one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, values: Mapping[str, Any] | None = None) -> list[Any]:
        return list(self._connection.exec_driver_sql(sql, _stored(values or {})).all())

    def change(self, sql: str, values: Mapping[str, Any] | None = None) -> int:
        """:returns: how many rows were changed"""
        return self._connection.exec_driver_sql(sql, _stored(values or {})).rowcount


class PlainAccess(Access):
    """Base of the parts of the ledger that speak plain SQL."""

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Statements]:
        with translate_errors(self.path), self._engine.begin() as connection:
            yield Statements(connection)

    def _rows(self, sql: str, values: Mapping[str, Any] | None = None) -> list[Any]:
        with self._transaction() as statements:
            return statements.rows(sql, values)


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value
        for name, value in values.items()
    }

"""The connection to the ledger's database: fixed SQL texts with named values, one transaction per change.

The texts are written in what SQLite and PostgreSQL have in common; what only one of them knows stands in this file and
in :mod:`crosspost.ledger.connection`. aiosql would keep the texts in files of their own, but it cannot write the lists
of ``IN`` nor the columns of an ``UPDATE``, so half of them would be put together in Python anyway.
"""

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

#: a row, in the order of the columns that were asked for
Row = tuple[Any, ...]
Made = TypeVar("Made")
#: rows fetched at a time when they are streamed
_AT_ONCE = 1000


class Statements:
    """Runs SQL on a connection. Moments become text."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, values: Mapping[str, Any] | None = None) -> list[Row]:
        return self._connection.execute(sql, as_stored(values or {})).fetchall()

    def change(self, sql: str, values: Mapping[str, Any] | None = None) -> int:
        """:returns: how many rows were changed"""
        return self._connection.execute(sql, as_stored(values or {})).rowcount

    def change_many(self, sql: str, rows: Iterable[Mapping[str, Any]]) -> int:
        """The same statement for many rows of values.

        :returns: how many rows were changed in all
        """
        return self._connection.executemany(sql, map(as_stored, rows)).rowcount


class Database:
    """One connection, which the threads of a process share: SQLite lets only one of them write at a time anyway.

    :param opened: opens a connection in which each statement commits itself unless a transaction was begun
    """

    def __init__(self, opened: Callable[[], sqlite3.Connection]) -> None:
        self._opened = opened
        self._connection = opened()
        self._lock = threading.RLock()

    def rows(self, sql: str, values: Mapping[str, Any] | None = None) -> list[Row]:
        """Read, without a transaction."""
        with self._lock:
            return Statements(self._connection).rows(sql, values)

    def each(self, make: Callable[[Row], Made], sql: str, values: Mapping[str, Any] | None = None) -> list[Made]:
        """Read, and make something of each row before the next is fetched."""
        with self._lock:
            return list(map(make, self._connection.execute(sql, as_stored(values or {}))))

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Statements]:
        """Everything in the body is committed together, or nothing of it."""
        with self._lock:
            try:
                self._begin()
                yield Statements(self._connection)
                self._commit()
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def stream(self, sql: str, values: Mapping[str, Any] | None = None) -> Iterator[Row]:
        """Read many rows with little memory, on a connection of its own: others may write meanwhile."""
        with contextlib.closing(self._opened()) as connection:
            cursor = connection.execute(sql, as_stored(values or {}))
            while found := cursor.fetchmany(_AT_ONCE):
                yield from found

    def close(self) -> None:
        self._connection.close()

    def _begin(self) -> None:
        # Take the write lock first: a transaction that reads and then writes could fail half-way with "locked".
        self._connection.execute("BEGIN IMMEDIATE")

    def _commit(self) -> None:
        self._connection.execute("COMMIT")


def as_stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same values, moments as UTC ISO 8601 text of fixed width: it sorts by time, is readable, and is the same in
    every database.
    """
    return {
        name: value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def moment(stored: str | None) -> datetime | None:
    """The moment that a text stands for."""
    return None if stored is None else datetime.fromisoformat(stored)


def assigned(names: Iterable[str]) -> str:
    """What ``SET`` is followed by, for values of the same names as their columns."""
    return ", ".join(f"{name} = :{name}" for name in names)


def listed(name: str, values: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    """What ``IN`` is followed by, and its values; never called without any, which SQL does not allow."""
    named = {f"{name}_{number}": value for number, value in enumerate(values)}
    return f"({', '.join(f':{each}' for each in named)})", named


def chunks(rows: Sequence[Any], size: int = 500) -> Iterator[Sequence[Any]]:
    """Split into lists of at most ``size``, because databases limit the values of a statement."""
    return (rows[start : start + size] for start in range(0, len(rows), size))

"""The connection to the ledger's database: fixed SQL texts with named values, one transaction per change.

The texts are written in what SQLite and PostgreSQL have in common. What only SQLite knows stands in this file and in
:mod:`crosspost.ledger.connection`, what only PostgreSQL knows in :mod:`crosspost.ledger.postgresql`. aiosql would keep
the texts in files of their own, but it cannot write the lists of ``IN`` nor the columns of an ``UPDATE``, so half of
them would be put together in Python anyway.
"""

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from crosspost.ledger.write_requests import Done, Made, Row, Step, WaitingLine, WriteRequest, settle

if TYPE_CHECKING:
    from crosspost.ledger.connection_types import Connection

#: rows fetched at a time when they are streamed
_AT_ONCE = 1000
#: seconds that closing waits for a statement of another thread
_PATIENCE = 30


class Statements:
    """Runs SQL on a connection. Moments become text."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection

    def rows(self, sql: str, values: Mapping[str, Any] | None = None) -> list[Row]:
        return self._connection.execute(sql, as_stored(values or {})).fetchall()

    def change(self, sql: str, values: Mapping[str, Any] | None = None) -> int:
        """:returns: how many rows were changed"""
        return self._connection.execute(sql, as_stored(values or {})).rowcount

    def done(self, step: Step) -> Done:
        """What a statement found, and how many rows it changed."""
        cursor = self._connection.execute(step.sql, as_stored(step.values))
        return Done(cursor.fetchall() if cursor.description else [], cursor.rowcount)

    def change_many(self, sql: str, rows: Iterable[Mapping[str, Any]]) -> int:
        """The same statement for many rows of values.

        :returns: how many rows were changed in all
        """
        return self._connection.executemany(sql, map(as_stored, rows)).rowcount


class Database:
    """One connection to write, which the threads of a process share: SQLite lets only one of them write at a time
    anyway. Who reads meanwhile gets another one and sees what is committed, so that no thread waits for the disk of
    another.

    :param opened: opens a connection in which each statement commits itself unless a transaction was begun
    """

    #: how the rows of posts are read in the order in which they were added; SQLite does so anyway
    AS_ADDED = ""

    def __init__(self, opened: Callable[[], "Connection"]) -> None:
        self._opened = opened
        self._connection = opened()
        self._lock = threading.RLock()
        self._inside = 0  # the thread that is in a transaction
        self._closed = False
        self._spare: list[Connection] = []  # to read with; nobody uses them now
        self._requests: deque[WriteRequest[Any]] = deque()
        self._line = WaitingLine()

    def rows(self, sql: str, values: Mapping[str, Any] | None = None) -> list[Row]:
        """Read, without a transaction."""
        with self._reading() as connection:
            return Statements(connection).rows(sql, values)

    def rows_of_each(self, steps: Sequence[Step]) -> list[list[Row]]:
        """Read with several statements, without a transaction; to a server they are one question."""
        with self._reading() as connection:
            return [Statements(connection).rows(*step) for step in steps]

    def each(self, make: Callable[[Row], Made], sql: str, values: Mapping[str, Any] | None = None) -> list[Made]:
        """Read, and make something of each row before the next is fetched."""
        with self._reading() as connection:
            return list(map(make, connection.execute(sql, as_stored(values or {}))))

    def together(self, change: Callable[[Statements], Made]) -> Made:
        """A transaction that is committed at once with those that other threads want meanwhile: one wait for the disk
        for all of them. Each thread goes on when its own is committed, and one that fails takes no other along.

        :param change: does nothing but run statements, because it may be run once more
        """
        return self._requested(WriteRequest(change))

    def at_once(self, steps: Sequence[Step]) -> list[Done]:
        """The same for statements that are all known before: to a server they are one question."""
        return self._requested(WriteRequest(lambda statements: list(map(statements.done, steps)), steps))

    def _requested(self, request: WriteRequest[Made]) -> Made:
        self._requests.append(request)
        if self._lock.acquire(blocking=False):  # nobody writes, or this thread does
            try:
                self._grant()
            finally:
                self._lock.release()
                self._line.told()
        elif not self._line.settled(request):
            try:
                with self._lock:
                    if not request.settled:  # whoever had the lock before did not take it along
                        self._grant()
            finally:
                self._line.next()
        return request.result()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Statements]:
        """Everything in the body is committed together, or nothing of it."""
        with self._lock:
            try:
                self._begin()
                self._inside = threading.get_ident()
                yield Statements(self._connection)
                self._commit()
            except BaseException:
                self._rollback()
                raise
            finally:
                self._inside = 0

    def stream(self, sql: str, values: Mapping[str, Any] | None = None) -> Iterator[Row]:
        """Read many rows with little memory, on a connection of its own: others may write meanwhile."""
        with contextlib.closing(self._opened()) as connection:
            yield from self._streamed(connection, sql, as_stored(values or {}))

    def stream_inside(self, sql: str) -> Iterator[Row]:
        """The same inside of this thread's transaction: nobody writes meanwhile."""
        return self._streamed(self._connection, sql, {})

    def columns(self, table: str) -> list[str]:
        """The names of a table's columns, in order."""
        return [row[1] for row in self.rows(f"PRAGMA table_info({table})")]

    def origin(self) -> str:
        """Which tables of which server these are; "" for a file, whose marks tell that."""
        return ""

    def close(self) -> None:
        """Close it as soon as no thread is in the middle of a statement: SQLite would take the whole process along.

        One that hangs there for so long that nobody waits any more keeps it open until the process ends.
        """
        self._closed = True
        self._close_spares()
        if self._lock.acquire(timeout=_PATIENCE):
            try:
                self._connection.close()
            finally:
                self._lock.release()

    def _close_spares(self) -> None:
        with contextlib.suppress(IndexError):  # another thread took the last one
            while True:
                self._spare.pop().close()

    @contextlib.contextmanager
    def _reading(self) -> Iterator["Connection"]:
        """In a transaction of this thread the connection, which reads what was written there. Else a spare one, so
        that nobody who wants to write waits meanwhile; before there is any, the connection while nobody writes.
        """
        spare = None
        with contextlib.suppress(IndexError):  # none yet, or all are in use
            spare = self._spare.pop() if self._inside != threading.get_ident() else None
        if spare is None and self._lock.acquire(blocking=False):
            try:
                yield self._connection
            finally:
                self._lock.release()
            return
        spare = spare or self._opened()
        try:
            yield spare
        finally:
            self._spare.append(spare)
            if self._closed:
                self._close_spares()

    def _grant(self) -> None:
        """Carry out what all threads want by now."""
        requests = [self._requests.popleft() for _ in range(len(self._requests))]  # whoever has the lock takes them
        settle(requests, self._all, self._one, self._cut)

    def _all(self, requests: Sequence[WriteRequest[Any]]) -> list[Any]:
        """Carry out all of them in one transaction."""
        if all(request.steps for request in requests):
            done = iter(self._alone([step for request in requests for step in request.steps]))
            return [[next(done) for _ in request.steps] for request in requests]
        with self.transaction() as statements:
            return [request.change(statements) for request in requests]

    def _one(self, request: WriteRequest[Any]) -> Any:
        if request.steps:
            return self._alone(request.steps)
        with self.transaction() as statements:
            return request.change(statements)

    def _alone(self, steps: Sequence[Step]) -> list[Done]:
        """Carry out statements of which none needs what another one found; a single one commits itself."""
        if len(steps) == 1:
            return [Statements(self._connection).done(steps[0])]
        return self._in_parts(steps)

    def _in_parts(self, steps: Sequence[Step]) -> list[Done]:
        with self.transaction() as statements:
            return list(map(statements.done, steps))

    def _streamed(self, connection: "Connection", sql: str, values: Mapping[str, Any]) -> Iterator[Row]:
        cursor = connection.execute(sql, values)
        while found := cursor.fetchmany(_AT_ONCE):
            yield from found

    def _begin(self) -> None:
        # Take the write lock first: a transaction that reads and then writes could fail half-way with "locked".
        self._connection.execute("BEGIN IMMEDIATE")

    def _commit(self) -> None:
        self._connection.execute("COMMIT")

    def _rollback(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _cut(self, _error: Exception) -> bool:
        """Whether this error leaves open if the transaction was kept, so that it must not be tried again."""
        return False


def as_stored(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same values, moments as UTC ISO 8601 text of fixed width: it sorts by time, whatever the database is."""
    for value in values.values():
        if isinstance(value, datetime):
            return {name: _text(one) if isinstance(one, datetime) else one for name, one in values.items()}
    return values  # as most are: a change of many rows looks at each of them


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


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


def only(**among: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    """Conditions that follow a ``WHERE``, and their values: each column is one of these; any, where there are none.

    :param among: column (``d_post`` for ``d.post``) → its values
    """
    text, values = "", dict[str, Any]()
    for name, wanted in among.items():
        if wanted:
            those, named = listed(name, wanted)
            text += f" AND {name.replace('_', '.', 1)} IN {those}"
            values |= named
    return text, values


def chunks(rows: Sequence[Any], size: int = 100) -> Iterator[Sequence[Any]]:
    """Split into lists of at most ``size``: databases limit the values of a statement, and read long ones slowly."""
    return (rows[start : start + size] for start in range(0, len(rows), size))

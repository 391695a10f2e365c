"""The ledger's connections to PostgreSQL, and its transactions, of which only one at a time changes anything.

SQLite lets one writer at a time begin, so whatever is read inside of a change is still true when it writes. The same is
promised here by a lock that every change takes first, in whichever process or on whichever machine it is: the ledger's
promises do not depend on what a transaction isolates. The lock ends with its transaction.
"""

import contextlib
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crosspost.ledger.database import Database, as_stored
from crosspost.ledger.postgresql import origin
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.reconnecting import Link, is_cut
from crosspost.ledger.write_requests import Done, Row, Step

_AT_ONCE = 1000
_COLUMNS = """SELECT column_name FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name = :table AND column_name <> 'added'
    ORDER BY ordinal_position"""


class PostgresDatabase(Database):
    """See :class:`crosspost.ledger.database.Database`.

    :raises psycopg.Error: when it cannot be reached
    """

    AS_ADDED = " ORDER BY added"

    def __init__(self, address: Address, *, read_only: bool = False) -> None:
        self.address = address
        super().__init__(lambda: Link(address, read_only=read_only))
        schema = self.rows("SELECT current_schema()")[0][0]
        #: the schema the tables are in; "" when the user has none
        self.schema = str(schema or "")
        #: what every change begins with
        self.change_lock = f"SELECT pg_advisory_xact_lock({lock_number('change', self.schema)})"

    def rows_of_each(self, steps: Sequence[Step]) -> list[list[Row]]:
        """Read with several statements, without a transaction, as one question."""
        with self._reading() as link:
            assert isinstance(link, Link)  # noqa: S101  # for the type checker: it was opened so above
            return [found.fetchall() for found in link.executed([(sql, as_stored(values)) for sql, values in steps])]

    def stream(self, sql: str, values: Mapping[str, Any] | None = None) -> Iterator[Row]:
        """Read many rows with little memory, here and on the server."""
        with contextlib.closing(Link(self.address, read_only=True, patient=True)) as link:
            yield from link.streamed(sql, as_stored(values or {}), _AT_ONCE)

    def stream_inside(self, sql: str) -> Iterator[Row]:
        """The same inside of this thread's transaction: nobody writes meanwhile."""
        return self._link.streamed(sql, {}, _AT_ONCE)

    def columns(self, table: str) -> list[str]:
        """The names of a table's columns, in order."""
        return [name for (name,) in self.rows(_COLUMNS, {"table": table})]

    def origin(self) -> str:
        """Which tables of which server these are, and in which of its histories."""
        with self._reading() as link:
            assert isinstance(link, Link)  # noqa: S101  # for the type checker: it was opened so above
            return origin.of(link)

    def _begin(self) -> None:
        self._link.begin(self.change_lock)

    def _commit(self) -> None:
        self._link.commit()

    def _rollback(self) -> None:
        self._link.rollback()

    def _alone(self, steps: Sequence[Step]) -> list[Done]:
        """It waits for the lock too: by itself a statement sees what was committed when it began to wait for a row."""
        if not self._link.quiet:  # the connection may be cut: whoever begins a transaction in parts gets a new one
            return self._in_parts(steps)
        return self._link.at_once(self.change_lock, [Step(step.sql, as_stored(step.values)) for step in steps])

    def _cut(self, error: Exception) -> bool:
        return is_cut(error)

    @property
    def _link(self) -> Link:
        assert isinstance(self._connection, Link)  # noqa: S101  # for the type checker: it was opened so above
        return self._connection


def lock_number(what: str, schema: str) -> int:
    """The number of one of the ledger's locks; a database may have a ledger in each of its schemas."""
    digest = hashlib.sha256(f"crosspost/{what}/{schema}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)

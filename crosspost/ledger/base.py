"""How each part of the ledger reads and writes: one transaction per call, and errors a person understands."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from crosspost.ledger.connection import translate_errors
from crosspost.ledger.database import Database, Statements
from crosspost.ledger.write_requests import Done, Made, Row, Step

if TYPE_CHECKING:
    from crosspost.ledger.connection import Where


class LedgerPart:
    """Base of each part of the ledger.

    :param path: the file or the database, for messages
    :param clock: returns the current time, with a time zone
    """

    def __init__(self, path: "Where", clock: Callable[[], datetime], database: Database) -> None:
        self.path, self.clock, self._database = path, clock, database

    def _all(self, sql: str, values: Mapping[str, Any] | None = None) -> list[Row]:
        with translate_errors(self.path):
            return self._database.rows(sql, values)

    def _stream(self, sql: str, values: Mapping[str, Any] | None = None) -> Iterator[Row]:
        with translate_errors(self.path):
            yield from self._database.stream(sql, values)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Statements]:
        with translate_errors(self.path), self._database.transaction() as statements:
            yield statements

    def _change(self, sql: str, values: Mapping[str, Any] | None = None) -> int:
        return self._at_once([Step(sql, values or {})])[0].rowcount

    def _returned(self, sql: str, values: Mapping[str, Any]) -> list[Row]:
        """Run a change that ends with ``RETURNING``."""
        return self._at_once([Step(sql, values)])[0].rows

    def _together(self, change: Callable[[Statements], Made]) -> Made:
        """See :meth:`.database.Database.together`."""
        with translate_errors(self.path):
            return self._database.together(change)

    def _at_once(self, steps: Sequence[Step]) -> list[Done]:
        """See :meth:`.database.Database.at_once`."""
        with translate_errors(self.path):
            return self._database.at_once(steps)

    def _change_many(self, sql: str, rows: Iterable[Mapping[str, Any]]) -> int:
        """Run the same change for many rows of values, in one transaction."""
        with self._transaction() as statements:
            return statements.change_many(sql, rows)

"""How each part of the ledger reads and writes: one transaction per call, and errors a person understands."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from crosspost.ledger.connection import translate_errors


class Access:
    """Base of each part of the ledger.

    :param path: the file, for messages
    :param clock: returns the current time, with a time zone
    """

    def __init__(self, path: Path, clock: Callable[[], datetime], engine: sa.Engine) -> None:
        self.path, self.clock, self._engine = path, clock, engine

    def _all(self, query: sa.Executable) -> list[Any]:
        with translate_errors(self.path), self._engine.begin() as connection:
            return list(connection.execute(query).all())

    def _change(self, change: sa.Update | sa.Delete) -> int:
        with translate_errors(self.path), self._engine.begin() as connection:
            return connection.execute(change).rowcount

    def _change_many(self, change: sa.Update, rows: list[dict[str, Any]]) -> None:
        """Run the same change for many rows of values (named ``sa.bindparam``), in one transaction."""
        if not rows:
            return
        with translate_errors(self.path), self._engine.begin() as connection:
            connection.execute(change, rows)


def chunks(rows: list[Any], size: int = 500) -> Iterable[list[Any]]:
    """Split into lists of at most ``size``, because SQLite limits the values of a statement."""
    return (rows[start : start + size] for start in range(0, len(rows), size))

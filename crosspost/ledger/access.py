"""How each part of the ledger reads and writes: one transaction a call, errors as sentences."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from crosspost.ledger.connection import translate_errors


class Access:
    """One part of the ledger.

    :param path: the file, for messages
    :param clock: gives the present moment, with a zone
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
        """The same change with many values, ``sa.bindparam`` by name; all of it or nothing."""
        if not rows:
            return
        with translate_errors(self.path), self._engine.begin() as connection:
            connection.execute(change, rows)


def chunks(rows: list[Any], size: int = 500) -> Iterable[list[Any]]:
    """Lists of at most ``size``: SQLite takes only so many values at a time."""
    return (rows[start : start + size] for start in range(0, len(rows), size))

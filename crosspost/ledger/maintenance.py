"""Maintenance of the ledger file: backup, verification, export."""

import sqlite3
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from crosspost.errors import LedgerError
from crosspost.ledger import backups
from crosspost.ledger.connection import connect_to_read, translate_errors
from crosspost.ledger.database import moment
from crosspost.ledger.schema import TABLES

if TYPE_CHECKING:
    from crosspost.ledger.connection import Where

#: how the names of columns end that hold moments, or what they are
_MOMENTS = ("_at", "_until", "_since")


def backup(path: Path, target: Path) -> None:
    """Copy the ledger while it may be in use; the copy is complete and readable by its owner only.

    :raises LedgerError: when there is no ledger, or the copy cannot be written or would overwrite a file
    """
    if not path.is_file():
        raise LedgerError(f"{path} does not exist yet; there is nothing to copy")
    if target.exists():
        raise LedgerError(f"{target} exists already; name another file")
    try:
        backups.copy(path, target, datetime.now(UTC))
    except (OSError, sqlite3.Error) as error:
        why = getattr(error, "strerror", None) or error
        raise LedgerError(f"{path} could not be copied to {target}: {why}") from None


def verify(path: "Where") -> list[str]:
    """Check the ledger's integrity.

    :returns: what is wrong, in words; empty when nothing is
    :raises LedgerError: when it cannot be opened at all
    """
    database = connect_to_read(path)
    found: list[str] = []
    try:
        with translate_errors(path):
            if not isinstance(path, Path):  # a server refuses rows that name nothing; whether it can read all of them?
                for table in TABLES:
                    deque(database.stream(f"SELECT * FROM {table}"), maxlen=0)
            else:
                found += [row[0] for row in database.rows("PRAGMA integrity_check") if row[0] != "ok"]
                strays = database.rows("PRAGMA foreign_key_check")
                found += [f"row {row[1]} of {row[0]} names something that does not exist" for row in strays]
            undrafted = database.rows("SELECT id FROM deliveries WHERE publishing_at IS NOT NULL AND draft IS NULL")
            found += [f"delivery {row[0]} was begun without a draft" for row in undrafted]
    finally:
        database.close()
    return found


def size_of(path: "Where") -> float:
    """How many bytes the ledger takes.

    :raises LedgerError: when a database cannot be asked
    """
    if isinstance(path, Path):
        return path.stat().st_size
    database = connect_to_read(path)
    try:
        with translate_errors(path):
            asked = " + ".join(f"pg_total_relation_size('{table}')" for table in TABLES)
            return float(database.rows(f"SELECT {asked}")[0][0])
    finally:
        database.close()


def export(path: "Where") -> Iterator[dict[str, Any]]:
    """Yield every row as a mapping, with its table's name as ``table``; the ledger has no secrets.

    :raises LedgerError: when it cannot be opened
    """
    database = connect_to_read(path)
    try:
        with translate_errors(path):
            for table in TABLES:
                names = database.columns(table)
                for row in database.stream(f"SELECT {', '.join(names)} FROM {table}"):
                    found = dict(zip(names, row, strict=True))
                    for name in ("draft", "remote", "identity", "voice"):
                        if found.get(name):
                            found[name] = msgspec.json.decode(found[name])
                    times = {name: moment(found[name]) for name in found if f"_{name}".endswith(_MOMENTS)}
                    yield {"table": table} | found | times
    finally:
        database.close()

"""Maintenance of the ledger file: backup, verification, export."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from crosspost.errors import LedgerError
from crosspost.ledger import copies
from crosspost.ledger.connection import connect_to_read, translate_errors
from crosspost.ledger.tables import accounts, changes, deliveries, facts, notices, posts


def backup(path: Path, target: Path) -> None:
    """Copy the ledger while it may be in use; the copy is complete and readable by its owner only.

    :raises LedgerError: when there is no ledger, or the copy cannot be written or would overwrite a file
    """
    if not path.is_file():
        raise LedgerError(f"{path} does not exist yet; there is nothing to copy")
    if target.exists():
        raise LedgerError(f"{target} exists already; name another file")
    try:
        copies.copy(path, target, datetime.now(UTC))
    except (OSError, sqlite3.Error) as error:
        raise LedgerError(f"{path} could not be copied to {target}: {error}") from None


def verify(path: Path) -> list[str]:
    """Check the ledger's integrity.

    :returns: what is wrong, in words; empty when nothing is
    :raises LedgerError: when it cannot be opened at all
    """
    engine = connect_to_read(path)
    found: list[str] = []
    try:
        with translate_errors(path), engine.begin() as connection:
            found += [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"]
            strays = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            found += [f"row {row[1]} of {row[0]} names something that does not exist" for row in strays]
            begun = deliveries.c.publishing_at.is_not(None), deliveries.c.draft.is_(None)
            undrafted = connection.execute(sa.select(deliveries.c.id).where(*begun))
            found += [f"delivery {row[0]} was begun without a draft" for row in undrafted]
    finally:
        engine.dispose()
    return found


def export(path: Path) -> Iterator[dict[str, Any]]:
    """Yield every row as a mapping, with its table's name as ``table``; the ledger has no secrets.

    :raises LedgerError: when it cannot be opened
    """
    engine = connect_to_read(path)
    try:
        with translate_errors(path), engine.begin() as connection:
            for table in (posts, deliveries, changes, accounts, notices, facts):
                for row in connection.execute(sa.select(table)):
                    # column names are a string subclass of SQLAlchemy's, which encoders do not accept
                    found = {str(name): value for name, value in row._mapping.items()}  # noqa: SLF001  # documented
                    for name in ("draft", "remote", "identity", "voice"):
                        if found.get(name):
                            found[name] = msgspec.json.decode(found[name])
                    yield {"table": str(table.name)} | found
    finally:
        engine.dispose()

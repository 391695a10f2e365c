"""The file that a ledger was in before it was in a database. Two ledgers at once would send the same post twice."""

import contextlib
import sqlite3
from urllib.parse import quote

from crosspost.ledger.backups import COPY
from crosspost.ledger.location import inside
from crosspost.ledger.postgresql.address import Address


def ledger_of_before(address: Address) -> str:
    """The error message when the file is still a ledger, neither empty nor a copy; else ""."""
    file = address.beside
    if inside(file) != "ledger":
        return ""
    with (
        contextlib.suppress(sqlite3.Error),
        contextlib.closing(sqlite3.connect(f"file:{quote(str(file.absolute()))}?mode=ro", uri=True)) as opened,
    ):
        over = "SELECT 1 FROM facts WHERE name = ? UNION ALL SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM posts)"
        if opened.execute(over, (COPY,)).fetchall():
            return ""
    return (
        f"{file} is a ledger too, and what it sent may not be in {address}. Nothing was sent. To move it into the "
        "database: take `database` out of the config, then `crosspost ledger copy --to`, then put it in again. If it "
        "counts for nothing, move the file away. See `crosspost help database`"
    )

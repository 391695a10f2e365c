"""Moves a ledger between a file and a database, and proves that every row arrived.

At each moment at most one of the two is a ledger that anything is sent from: the new one counts as a copy until the old
one does. Whoever is cut off between those two steps finds a copy, or two, and decides with `crosspost ledger adopt`.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.errors import LedgerError
from crosspost.ledger.backups import COPY
from crosspost.ledger.connection import connect, translate_errors
from crosspost.ledger.database import Database, Statements
from crosspost.ledger.facts import HOMES, ID, write
from crosspost.ledger.schema import KEYS, TABLES
from crosspost.ledger.write_requests import Row

if TYPE_CHECKING:
    from crosspost.ledger.connection import Where

#: facts of the place where a ledger is, which another place does not have
_LOCAL = (HOMES, "machine")
#: rows written at a time
_AT_ONCE = 500


def move(source: "Where", target: "Where", now: datetime) -> int:
    """Copy every row, compare them, and let the target be the ledger from now on; the source then is a copy.

    Called while nobody else runs; what others want to change meanwhile waits.

    :returns: how many rows there are
    :raises LedgerError: when the target has a ledger already, or either cannot be used; the source is the ledger then
    """
    old = connect(source)
    try:
        new = connect(target)
        try:
            with translate_errors(source), old.transaction() as before:
                if before.rows("SELECT 1 FROM facts WHERE name = :copy", {"copy": COPY}):
                    raise LedgerError(f"{source} is itself a copy; `crosspost ledger adopt` says that it is the ledger")
                with translate_errors(target), new.transaction() as statements:
                    _refuse_used(statements, target)
                    statements.change("DELETE FROM facts")
                    many = sum(_copy(old, new, statements, table) for table in TABLES)
                    _compare(old, new, target)
                    _count_on(statements, target)
                    write(statements, COPY, now.isoformat())
                write(before, COPY, now.isoformat())
            with translate_errors(target), new.transaction() as statements:
                for name in (COPY, *_LOCAL):
                    write(statements, name, "")
        finally:
            new.close()
    finally:
        old.close()
    return many


def _refuse_used(statements: Statements, target: "Where") -> None:
    for table in TABLES:
        kept = " WHERE name <> :id" if table == "facts" else ""
        if statements.rows(f"SELECT 1 FROM {table}{kept} LIMIT 1", {"id": ID}):
            raise LedgerError(f"{target} has a ledger already, so nothing was copied. Name an empty place")


def _rows(database: Database, table: str) -> Iterator[Row]:
    """The rows in an order that is the same in both, that of the posts the one in which they were added."""
    order = f" ORDER BY {KEYS[table]}" if table != "posts" else database.AS_ADDED or " ORDER BY rowid"
    return database.stream_inside(f"SELECT {', '.join(database.columns(table))} FROM {table}{order}")


def _copy(old: Database, new: Database, statements: Statements, table: str) -> int:
    names = old.columns(table)
    if sorted(names) != sorted(new.columns(table)):
        raise LedgerError(f"the table {table} has other columns there, so nothing was copied")
    add = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"
    copied, rows = 0, _rows(old, table)
    while some := list(islice(rows, _AT_ONCE)):
        copied += statements.change_many(add, [dict(zip(names, row, strict=True)) for row in some])
    return copied


def _compare(old: Database, new: Database, target: "Where") -> None:
    """:raises LedgerError: when a row is not there as it was"""
    for table in TABLES:
        order = new.columns(table)
        places = [old.columns(table).index(name) for name in order]
        for number, (was, became) in enumerate(zip_longest(_rows(old, table), _rows(new, table)), 1):
            if was is None or became is None or tuple(was[place] for place in places) != tuple(became):
                raise LedgerError(
                    f"row {number} of the table {table} did not arrive in {target} as it was, so nothing was copied "
                    "and the ledger is where it was. Please report this"
                )


def _count_on(statements: Statements, target: "Where") -> None:
    """New rows get numbers after those that were copied; SQLite looks for itself."""
    if isinstance(target, Path):
        return
    for table in ("deliveries", "audit", "replies"):
        sequence = f"pg_get_serial_sequence('{table}', 'id')"
        statements.rows(f"SELECT setval({sequence}, coalesce(max(id), 0) + 1, false) FROM {table}")

"""Moves a ledger between a file and a database, and proves that every row arrived.

At each moment at most one of the two is a ledger that anything is sent from: the new one counts as a copy until the old
one does. Whoever is cut off between those two steps finds a copy, or two, and moves again, which ends it.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.errors import LedgerError
from crosspost.ledger.backups import COPY
from crosspost.ledger.connection import connect, connect_to_read, translate_errors
from crosspost.ledger.database import Database, Statements
from crosspost.ledger.facts import HOMES, ID, MOVED, ORIGIN, UNFINISHED, write
from crosspost.ledger.schema import KEYS, TABLES
from crosspost.ledger.write_requests import Row

if TYPE_CHECKING:
    from crosspost.ledger.connection import Where

#: facts of the place where a ledger is, which another place does not have
_LOCAL = (HOMES, ORIGIN, "machine")
#: rows written at a time
_AT_ONCE = 500


def move(source: "Where", target: "Where", now: datetime) -> int:
    """Copy every row, compare them, and let the target be the ledger from now on; the source then is a copy.

    Called while nobody else runs; what others want to change meanwhile waits.

    A move that was cut off is begun anew, or ended where only the last step is missing.

    :returns: how many rows there are; 0 when everything was moved there before
    :raises LedgerError: when the target has a ledger already, or either cannot be used; the source is the ledger then
    """
    old = connect(source)
    try:
        new = connect(target)
        try:
            with translate_errors(source), old.transaction() as before:
                many = 0 if _was_moved(before, source, target) else _all(old, before, new, target, now)
            _arrive(old, new, target)
        finally:
            new.close()
    finally:
        old.close()
    return many


def _was_moved(before: Statements, source: "Where", target: "Where") -> bool:
    """Whether the ledger went to the target before.

    :raises LedgerError: when it is a copy, or went elsewhere
    """
    said = _facts(before)
    if COPY in said and said.get(MOVED) != str(target):
        where = f" went to {said[MOVED]}" if MOVED in said else " is itself a copy"
        raise LedgerError(f"{source}{where}; `crosspost ledger adopt` says that it is the ledger")
    return COPY in said


def _all(old: Database, before: Statements, new: Database, target: "Where", now: datetime) -> int:
    """Copy and compare everything; then both count as copies.

    :returns: how many rows there are
    """
    with translate_errors(target), new.transaction() as statements:
        _make_room(statements, target, _facts(before).get(ID, ""))
        many = sum(_copy(old, new, statements, table) for table in TABLES)
        _compare(old, new, target)
        _count_on(statements, target)
        write(statements, COPY, now.isoformat())
        write(statements, MOVED, UNFINISHED)
    write(before, COPY, now.isoformat())
    write(before, MOVED, str(target))
    return many


def _arrive(old: Database, new: Database, target: "Where") -> None:
    """Let the target be the ledger, unless it has been that since.

    :raises LedgerError: when what is there is not what was moved
    """
    moved = old.rows("SELECT value FROM facts WHERE name = :name", {"name": ID})
    with translate_errors(target), new.transaction() as statements:
        there = _facts(statements)
        if [(there.get(ID),)] != [tuple(row) for row in moved]:
            raise LedgerError(
                f"the ledger was moved to {target} before, and it is not there any more. Put a copy of it back there; "
                "if there is none, `crosspost ledger adopt` says that the one of before is the ledger again"
            )
        if there.get(MOVED) == UNFINISHED:
            for name in (COPY, MOVED, *_LOCAL):
                write(statements, name, "")


def _facts(statements: Statements) -> dict[str, str]:
    return {str(name): str(value) for name, value in statements.rows("SELECT name, value FROM facts")}


def _make_room(statements: Statements, target: "Where", ledger: str) -> None:
    """Take out what was left there when a move of this ledger was cut off.

    :param ledger: its id
    :raises LedgerError: when there is anything else
    """
    there = _facts(statements)
    if there.get(MOVED) == UNFINISHED and there.get(ID) == ledger:
        for table in reversed(TABLES):
            statements.change(f"DELETE FROM {table}")
        return
    _refuse_used(statements, target)
    statements.change("DELETE FROM facts")


def was_moved(source: "Where", target: "Where") -> bool:
    """Whether the ledger went from one place to the other before; changes nothing.

    :raises LedgerError: when the source cannot be read, or went elsewhere
    """
    with translate_errors(source):
        old = connect_to_read(source)
        try:
            said = {str(name): str(value) for name, value in old.rows("SELECT name, value FROM facts")}
        finally:
            old.close()
    return COPY in said and said.get(MOVED) == str(target)


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

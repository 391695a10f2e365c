"""Whether a process may work on its ledger: reachable, of this version's tables, and by a clock that goes right."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from crosspost.errors import LedgerError
from crosspost.ledger import opening
from crosspost.ledger.connection import connect_to_read, translate_errors

if TYPE_CHECKING:
    from crosspost.ledger.connection import Where
    from crosspost.ledger.database import Database
    from crosspost.ledger.opening import Outside

#: what is looked at, in this order
CHECKS = ("ledger", "schema", "clock")


def unfit(place: "Where", outside: "Outside", warn: Callable[[str], None]) -> Literal["", "ledger", "schema", "clock"]:
    """The first of :data:`CHECKS` that is not as it must be; "": all is well, also before the first run.

    :param warn: takes the sentence that says what is wrong
    """
    try:
        there = opening.inside(place)
        if there != "ledger":
            lost = opening.lost(place, outside)
            if lost:
                warn(lost)
            return "ledger" if lost else ""
    except LedgerError as error:
        warn(str(error))
        return "ledger"
    try:
        database = connect_to_read(place)
    except LedgerError as error:
        warn(str(error))
        return "schema"
    try:
        if closed := _closed(place, database):
            warn(closed)
            return "ledger"
        _compare_clock(place, database)
    except LedgerError as error:
        warn(str(error))
        return "clock"
    finally:
        database.close()
    return ""


def _compare_clock(place: "Where", database: "Database") -> None:
    """:raises LedgerError: when this machine's clock differs from the database's; a file is judged by its own"""
    if isinstance(place, Path):
        return
    from crosspost.ledger.postgresql.clock_and_lock import refuse_wrong_clock

    with translate_errors(place):
        refuse_wrong_clock(place, database)


def takes_no_changes(place: "Where") -> str:
    """Why a database can only be read, and what to do; "" where it can be written, and for a file.

    :raises LedgerError: when it cannot be read
    """
    if isinstance(place, Path):
        return ""
    database = connect_to_read(place)
    try:
        return _closed(place, database)
    finally:
        database.close()


def _closed(place: "Where", database: "Database") -> str:
    if isinstance(place, Path):
        return ""
    from crosspost.ledger.postgresql.clock_and_lock import refuse_closed

    try:
        refuse_closed(place, database)
    except LedgerError as error:
        return str(error)
    return ""

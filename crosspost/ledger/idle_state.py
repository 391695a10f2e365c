"""Whether a ledger has nothing to do for a while, and what it is then: for the stamp of an idle run.

Asked while nobody else can write, so that the ledger's state and the answer belong together.
"""

import contextlib
import os
import sqlite3
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.ledger import filesystem, integrity_stamp
from crosspost.ledger.base import LedgerPart
from crosspost.ledger.connection import translate_errors
from crosspost.ledger.database import moment
from crosspost.ledger.schema import OPEN
from crosspost.model import Value

if TYPE_CHECKING:
    from crosspost.ledger.postgresql.database import PostgresDatabase

#: seconds in which two changes of a file may get the same time: longer than any system's tick
_TICK = 0.02
_BUSY_AND_NEXT = f"""SELECT EXISTS (SELECT 1 FROM deliveries WHERE {OPEN} AND state IN ('sending', 'unknown', 'held'))
    OR EXISTS (SELECT 1 FROM changes WHERE state = 'planned'),
    (SELECT min(due_at) FROM deliveries WHERE {OPEN} AND state = 'planned')"""


class Rest(Value, frozen=True):
    """Until when nothing in a ledger is due; ``mark`` tells this state of one in a database from others."""

    until: datetime
    mark: str = ""


class IdleState(LedgerPart):
    """What a look asks of the ledger so that the next one need not look."""

    def mark(self) -> str:
        """What tells whether anybody else changes the ledger from now on; "" when that cannot be told."""
        if (database := self._shared) is None:
            # of the connection that writes, which no other thread uses before and after the work
            return str(self._all("PRAGMA data_version")[0][0])
        from crosspost.ledger.postgresql import change_mark

        with translate_errors(self.path):
            return change_mark.change_mark(database)

    def rest(self, mark: str, latest: datetime) -> Rest | None:
        """Until when nothing is due, ``latest`` at most; None when somebody changed the ledger since it had this mark.

        Of a file that says nothing yet of what is due: :func:`rests` does, when it is closed.
        """
        if not mark:
            return None
        if (database := self._shared) is None:
            return Rest(latest) if mark == self.mark() else None
        from crosspost.ledger.postgresql import change_mark

        with translate_errors(self.path):
            found = change_mark.unchanged(database, mark, [_BUSY_AND_NEXT])
        if found is None:
            return None
        ((busy, due),) = found[0]
        return Rest(min(moment(due) or latest, latest), mark) if not busy else None

    def last_look(self) -> datetime | None:
        """When somebody last found that nothing in it had changed, as far as a database has that."""
        if (database := self._shared) is None:
            return None
        from crosspost.ledger.postgresql import change_mark

        with translate_errors(self.path):
            return change_mark.last_look(database)

    @property
    def _shared(self) -> "PostgresDatabase | None":
        if isinstance(self.path, Path):
            return None
        return self._database  # type: ignore[return-value]  # such a path has such a database


def rests(path: Path, latest: datetime) -> tuple[datetime, os.stat_result] | None:
    """Until when nothing in the ledger is due, ``latest`` at most, and what tells this state of its file from others.

    :returns: None while something is at work or in doubt, waits for a look, or the file is in use
    """
    with contextlib.suppress(sqlite3.Error, OSError, ValueError):
        with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=1)) as opened:
            opened.execute("BEGIN IMMEDIATE")
            ((busy, due),) = opened.execute(_BUSY_AND_NEXT).fetchall()
            before = path.stat()
            if not busy and (
                wait := _left(path, before)
            ):  # so that the next change, whoever makes it, gets another time
                if not _dated_back(path, before):
                    time.sleep(wait)
                before = path.stat()
            opened.execute("ROLLBACK")
        until = moment(due) if due else None
        if not busy and not path.with_name(f"{path.name}-wal").exists():
            return min(until, latest) if until is not None else latest, before
    return None


def _dated_back(path: Path, stat: os.stat_result) -> bool:
    """Give a file a time that its next change cannot have: that of its last one, less the smallest step. Whether the
    drive keeps times so exactly. A thousand ledgers would else be waited for, one after the other, for 20 seconds.
    """
    if not filesystem.is_local(path.parent):  # another machine's clock gives its files their times
        return False
    at = stat.st_mtime_ns - 1
    with integrity_stamp.dated_anew(path):
        os.utime(path, ns=(stat.st_atime_ns, at))
    return path.stat().st_mtime_ns == at


def _left(path: Path, stat: os.stat_result) -> float:
    """Seconds until another change of a file gets another time; 0 when its last one is old enough by this machine's
    clock, which says nothing of a drive that is another machine's.
    """
    age = time.time() - max(stat.st_mtime, stat.st_ctime)
    if age < 0 or not filesystem.is_local(path.parent):
        return _TICK
    return max(_TICK - age, 0.0)

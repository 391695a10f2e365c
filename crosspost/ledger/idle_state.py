"""Whether a ledger has nothing to do for a while, and what its file is then: for the stamp of an idle run.

Asked while nobody else can write, so that the file's state and the answer belong together.
"""

import contextlib
import os
import sqlite3
import time
from datetime import datetime
from pathlib import Path

from crosspost.ledger import filesystem
from crosspost.ledger.database import moment
from crosspost.ledger.schema import OPEN

#: seconds in which two changes of a file may get the same time: longer than any system's tick
_TICK = 0.02
_BUSY = f"""SELECT EXISTS (SELECT 1 FROM deliveries WHERE {OPEN} AND state IN ('sending', 'unknown', 'held'))
    OR EXISTS (SELECT 1 FROM changes WHERE state = 'planned')"""
_NEXT = f"SELECT min(due_at) FROM deliveries WHERE {OPEN} AND state = 'planned'"


def rests(path: Path, latest: datetime) -> tuple[datetime, os.stat_result] | None:
    """Until when nothing in the ledger is due, ``latest`` at most, and what tells this state of its file from others.

    :returns: None while something is at work or in doubt, waits for a look, or the file is in use
    """
    with contextlib.suppress(sqlite3.Error, OSError, ValueError):
        with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=1)) as opened:
            opened.execute("BEGIN IMMEDIATE")
            ((busy,),), ((due,),) = opened.execute(_BUSY).fetchall(), opened.execute(_NEXT).fetchall()
            before = path.stat()
            if wait := _left(path, before):
                time.sleep(wait)  # so that the next change, whoever makes it, gets another time
                before = path.stat()
            opened.execute("ROLLBACK")
        until = moment(due) if due else None
        if not busy and not path.with_name(f"{path.name}-wal").exists():
            return min(until, latest) if until is not None else latest, before
    return None


def _left(path: Path, stat: os.stat_result) -> float:
    """Seconds until another change of a file gets another time; 0 when its last one is old enough by this machine's
    clock, which says nothing of a drive that is another machine's.
    """
    age = time.time() - max(stat.st_mtime, stat.st_ctime)
    if age < 0 or not filesystem.is_local(path.parent):
        return _TICK
    return max(_TICK - age, 0.0)

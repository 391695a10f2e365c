"""Repairs times that a wrong clock has written, so far in the future that nothing would ever be due.

Only impossible times are changed, never what a person planned: no retry or pause is longer than a week, and what was
due at once when it was written is still due at once.
"""

from datetime import timedelta

import sqlalchemy as sa

from crosspost.ledger.store import Ledger
from crosspost.ledger.tables import accounts, deliveries

#: no retry, check or pause is longer; the longest a network asks for is a week
_LONGEST = timedelta(days=8)
#: clocks differ by a little
_SLACK = timedelta(minutes=5)


def repair(ledger: Ledger) -> int:
    """Set such times to now.

    :returns: how many there were
    """
    c, now = deliveries.c, ledger.clock()
    far = c.due_at > now + _LONGEST
    retried = sa.and_(far, sa.or_(sa.and_(c.state == "planned", c.attempts > 0), c.state == "unknown"))
    at_once = sa.and_(c.state == "planned", c.due_at <= c.updated_at, c.updated_at > now + _SLACK)
    rows = sa.update(deliveries).where(sa.or_(retried, at_once)).values(due_at=now, updated_at=now)
    paused = accounts.c.paused_until > now + _LONGEST
    rests = sa.update(accounts).where(paused).values(paused_until=None, paused_for="", paused_why="")
    return ledger._change(rows) + ledger._change(rests)  # noqa: SLF001  # the same package

"""Repairs times that a wrong clock has written, so far in the future that nothing would ever be due.

Only impossible times are changed, never what a person planned: no retry or pause is longer than a week, and what was
due at once when it was written is still due at once.
"""

from datetime import timedelta

from crosspost.ledger.schema import OPEN
from crosspost.ledger.store import Ledger

#: no retry, check or pause is longer; the longest a network asks for is a week
_LONGEST = timedelta(days=8)
#: clocks differ by a little
_SLACK = timedelta(minutes=5)


_DUE = f"""UPDATE deliveries SET due_at = :now, updated_at = :now WHERE {OPEN} AND (
    (state = 'planned' AND due_at > :far AND attempts > 0) OR (state = 'unknown' AND due_at > :far)
    OR (state = 'planned' AND due_at <= updated_at AND updated_at > :ahead))"""
_PAUSED = """UPDATE accounts SET paused_until = NULL, paused_for = '', paused_why = '' WHERE paused_until > :far"""


def repair(ledger: Ledger) -> int:
    """Set such times to now.

    :returns: how many there were
    """
    now = ledger.clock()
    times = {"now": now, "far": now + _LONGEST, "ahead": now + _SLACK}
    with ledger._transaction() as statements:  # noqa: SLF001  # the same package
        return statements.change(_DUE, times) + statements.change(_PAUSED, times)

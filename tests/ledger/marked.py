"""What is asked of a ledger's mark."""

from datetime import timedelta

from crosspost.ledger import Ledger
from crosspost.ledger.idle_state import Rest
from crosspost.ledger.postgresql.change_mark import ChangeMarks

LATER = timedelta(minutes=30)


def rest(ledger: Ledger, mark: str) -> Rest | None:
    return ledger.idle.rest(mark, ledger.clock() + LATER)


def asked(marks: ChangeMarks) -> str:
    return marks.of([""])[""].mark

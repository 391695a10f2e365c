"""The ledger: the only place that knows SQL."""

from crosspost.ledger.approvals import WAITS
from crosspost.ledger.audit import Done, Person
from crosspost.ledger.changes import TAKEN_BACK, Change, ChangeState, Fate
from crosspost.ledger.keeping import DECIDED
from crosspost.ledger.lock import Busy, run_lock
from crosspost.ledger.plans import BY_HAND, CANCELLED, FROM_BACKLOG
from crosspost.ledger.posts import Image, KnownPost, Looked
from crosspost.ledger.rows import AS_HANDED, CANNOT_LOOK, HANDED, AccountState, Delivery, LeaseLostError, State
from crosspost.ledger.store import Ledger

__all__ = [
    "AS_HANDED",
    "BY_HAND",
    "CANCELLED",
    "CANNOT_LOOK",
    "DECIDED",
    "FROM_BACKLOG",
    "HANDED",
    "TAKEN_BACK",
    "WAITS",
    "AccountState",
    "Busy",
    "Change",
    "ChangeState",
    "Delivery",
    "Done",
    "Fate",
    "Image",
    "KnownPost",
    "LeaseLostError",
    "Ledger",
    "Looked",
    "Person",
    "State",
    "run_lock",
]

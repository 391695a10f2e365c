"""The ledger: the only place that knows SQL."""

from crosspost.ledger.lock import Busy, run_lock
from crosspost.ledger.rows import AccountState, Delivery, LeaseLostError, State
from crosspost.ledger.store import Ledger

__all__ = ["AccountState", "Busy", "Delivery", "LeaseLostError", "Ledger", "State", "run_lock"]

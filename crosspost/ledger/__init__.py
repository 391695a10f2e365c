"""The ledger: the only place that knows SQL."""

from crosspost.ledger.lock import Busy, run_lock
from crosspost.ledger.store import AccountState, Delivery, Ledger, LeaseLostError, State

__all__ = ["AccountState", "Busy", "Delivery", "Ledger", "LeaseLostError", "State", "run_lock"]

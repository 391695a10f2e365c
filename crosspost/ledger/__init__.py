"""The ledger: the only place that knows SQL."""

from crosspost.ledger.lock import Busy, run_lock
from crosspost.ledger.store import AccountState, Delivery, LeaseLostError, Ledger, State

__all__ = ["AccountState", "Busy", "Delivery", "LeaseLostError", "Ledger", "State", "run_lock"]

"""What a worker must know of a delivery that was handed out, in one question."""

from crosspost.ledger.accounts import ACCOUNT, as_state
from crosspost.ledger.base import LedgerPart
from crosspost.ledger.connection import translate_errors
from crosspost.ledger.facts import DOUBT, Suspicion, decoded
from crosspost.ledger.rows import COLUMNS, AccountState, Delivery, as_delivery, as_identity
from crosspost.model import Value

_DELIVERY = COLUMNS.split(", ")
_GET = f"""SELECT {", ".join(f"d.{name}" for name in _DELIVERY)}, f.value, {ACCOUNT}
    FROM deliveries d LEFT JOIN accounts a ON a.name = d.account LEFT JOIN facts f ON f.name = '{DOUBT}'
    WHERE d.id = :id"""


class Handed(Value, frozen=True, kw_only=True):
    """A delivery, its account, and whether the accounts must be looked at before anything is sent."""

    delivery: Delivery
    account: AccountState
    doubted: bool


class HandedOut(LedgerPart):
    """Deliveries that were handed out."""

    def of(self, number: int) -> Handed:
        """The delivery of this number, and what speaks for and against it now.

        :raises IndexError: when there is none
        """
        row = self._all(_GET, {"id": number})[0]
        many = len(_DELIVERY)
        with translate_errors(self.path):
            delivery, doubt, account = as_delivery(row[:many]), row[many], row[many + 1 :]
            state = as_state(account[:-1], as_identity(account[-1])) if account[0] else None
        return Handed(
            delivery=delivery,
            account=state or AccountState(name=delivery.account),
            doubted=decoded(doubt or "", Suspicion) is not None,
        )

"""What a worker must know of a delivery that was handed out, in one question."""

from crosspost.ledger.accounts import ACCOUNT, as_state
from crosspost.ledger.base import LedgerPart
from crosspost.ledger.connection import translate_errors
from crosspost.ledger.edits import overrides
from crosspost.ledger.facts import DOUBT, PAGE, Suspicion, decoded
from crosspost.ledger.rows import COLUMNS, AccountState, Delivery, as_delivery, as_identity
from crosspost.ledger.write_requests import Step
from crosspost.model import Override, Value

_DELIVERY = COLUMNS.split(", ")
_BESIDE = 3
_GET = f"""SELECT {", ".join(f"d.{name}" for name in _DELIVERY)}, f.value, p.url, g.value, {ACCOUNT}
    FROM deliveries d LEFT JOIN accounts a ON a.name = d.account LEFT JOIN facts f ON f.name = '{DOUBT}'
    LEFT JOIN posts p ON p.id = d.post LEFT JOIN facts g ON g.name = '{PAGE}' || p.url
    WHERE d.id = :id"""
_EDITS = "SELECT e.account, e.said FROM deliveries d JOIN edits e ON e.post = d.post WHERE d.id = :id"


class KnownOfPost(Value, frozen=True, kw_only=True):
    """What the ledger knows of a post beside its file.

    :ivar edits: account → what people changed for it
    :ivar url: where the post's page was when the post was seen last
    :ivar page: what is known of that page, as a fact of the ledger has it
    """

    edits: dict[str, Override]
    url: str
    page: str


class Handed(Value, frozen=True, kw_only=True):
    """A delivery, its account, its post, and whether the accounts must be looked at before anything is sent."""

    delivery: Delivery
    account: AccountState
    doubted: bool
    known: KnownOfPost


class HandedOut(LedgerPart):
    """Deliveries that were handed out."""

    def of(self, number: int) -> Handed:
        """The delivery of this number, and what speaks for and against it now.

        :raises IndexError: when there is none
        """
        many, values = len(_DELIVERY), {"id": number}
        with translate_errors(self.path):
            rows, edits = self._database.rows_of_each([Step(_GET, values), Step(_EDITS, values)])
        row = rows[0]
        with translate_errors(self.path):
            delivery, account = as_delivery(row[:many]), row[many + _BESIDE :]
            doubt, url, page = row[many : many + _BESIDE]
            state = as_state(account[:-1], as_identity(account[-1])) if account[0] else None
            known = KnownOfPost(edits=overrides(edits), url=url or "", page=page or "")
        return Handed(
            delivery=delivery,
            account=state or AccountState(name=delivery.account),
            doubted=decoded(doubt or "", Suspicion) is not None,
            known=known,
        )

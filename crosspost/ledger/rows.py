"""The rows of the ledger as values."""

from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from crosspost.errors import LedgerError
from crosspost.ledger.database import moment
from crosspost.ledger.write_requests import Row
from crosspost.model import Draft, Identity, Prepared, Value
from crosspost.model.value import ready

State = Literal["before", "planned", "sending", "sent", "failed", "unknown", "held", "skipped"]
#: the reason of a delivery that a person posts by hand, because the network takes none from programs
HANDED = "to be posted by hand"
#: how the error of a delivery in doubt begins when the last look told nothing
CANNOT_LOOK = "cannot look: "
_LATE = timedelta(hours=1)


#: how the error of a delivery reads that its network keeps, and that could not be changed there
AS_HANDED = "has it as it was handed over"


class Delivery(Value, frozen=True, kw_only=True):
    """One row: a post on an account, or a later ``part`` of its thread there."""

    id: int
    post: str
    account: str
    network: str
    part: int
    state: State
    due_at: datetime
    why: str = ""
    attempts: int
    tried_at: datetime | None = None
    draft: Draft | None = None
    handle: str = ""
    remote: dict[str, Any] = msgspec.field(default_factory=dict)
    remote_at: datetime | None = None
    publishing_at: datetime | None = None
    lease: str = ""
    receipt: str = ""
    url: str = ""
    sent_at: datetime | None = None
    error: str = ""
    updated_at: datetime

    @property
    def handed(self) -> bool:
        """Whether it waits for a person who posts it by hand; nothing of it was ever begun."""
        return self.state == "held" and self.why == HANDED and self.publishing_at is None

    @property
    def under_review(self) -> bool:
        """Whether the network took it and had not decided yet when it was asked last."""
        return self.state == "unknown" and bool(self.remote.get("taken")) and not self.error.startswith(CANNOT_LOOK)

    @property
    def show_at(self) -> datetime | None:
        """The time for which it was handed over ahead, or was to be; None: it is said as soon as its time has come."""
        return moment(self.remote.get("show_at"))

    @property
    def kept_until(self) -> datetime | None:
        """When its network shows it, which took it ahead of its time; None when it did not, or it is out or held."""
        return moment(self.remote.get("kept_until")) if self.state == "unknown" else None

    @property
    def told_as(self) -> str:
        """The state as people are told it: what its network keeps until its time is in no doubt."""
        return "kept" if self.kept_until is not None and self.under_review else self.state

    @property
    def as_handed(self) -> bool:
        """Whether its network keeps it, although the site means something else by now."""
        return self.kept_until is not None and AS_HANDED in self.error

    def well_kept(self, now: datetime) -> bool:
        """Whether its network keeps it as it should, so that nobody needs to do anything."""
        return self.told_as == "kept" and not self.as_handed and not self.late(now)

    def late(self, now: datetime) -> bool:
        """Whether its network should have shown it by itself and did not; some take a few minutes."""
        return self.kept_until is not None and now - self.kept_until >= _LATE

    def not_before(self, due_at: datetime) -> datetime:
        """A moment, or the time for which it was to be handed over where that is later."""
        return max(due_at, self.show_at or due_at)

    @property
    def prepared(self) -> Prepared:
        """The frozen draft with the ids of what was uploaded for it.

        :raises LedgerError: when it was never frozen
        """
        if self.draft is None:
            raise LedgerError(f"the delivery of {self.post} to {self.account} has no frozen draft")
        return Prepared(draft=self.draft, handle=self.handle, remote=self.remote)


class AccountState(Value, frozen=True, kw_only=True):
    """The state of an account between runs.

    :ivar clock: by how many seconds our clock was ahead of its server's; "" when it was right
    """

    name: str
    started_at: datetime | None = None
    paused_until: datetime | None = None
    paused_for: Literal["", "rate", "auth", "voice", "trouble"] = ""
    paused_why: str = ""
    identity: Identity | None = None
    identity_at: datetime | None = None
    credential: str = ""
    failures: int = 0
    clock: str = ""

    def rests(self, now: datetime) -> bool:
        """Whether nothing is to be sent there before some later moment."""
        return self.paused_until is not None and self.paused_until > now


class LeaseLostError(LedgerError):
    """Another worker has taken over the delivery; this worker's state is out of date."""


#: the columns of a delivery, in the order :func:`as_delivery` reads them
COLUMNS = (
    "id, post, account, network, part, state, due_at, why, attempts, tried_at, draft, handle, remote, remote_at, "
    "publishing_at, lease, receipt, url, sent_at, error, updated_at"
)
_DRAFT, _REMOTE = msgspec.json.Decoder(Draft), msgspec.json.Decoder(dict[str, Any])


def as_delivery(row: Row) -> Delivery:
    """Convert a row of :data:`COLUMNS` to a value."""
    number, post, account, network, part, state, due_at, why, attempts, tried_at, draft, handle, remote = row[:13]
    remote_at, publishing_at, lease, receipt, url, sent_at, error, updated_at = row[13:]
    try:
        return Delivery(
            id=number,
            post=post,
            account=account,
            network=network,
            part=part,
            state=state,
            due_at=datetime.fromisoformat(due_at),
            why=why,
            attempts=attempts,
            tried_at=moment(tried_at),
            draft=_DRAFT.decode(draft) if draft else None,
            handle=handle or "",
            remote=_REMOTE.decode(remote),
            remote_at=moment(remote_at),
            publishing_at=moment(publishing_at),
            lease=lease or "",
            receipt=receipt or "",
            url=url,
            sent_at=moment(sent_at),
            error=error,
            updated_at=datetime.fromisoformat(updated_at),
        )
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise LedgerError(
            f"the ledger is damaged: delivery {number} ({post} to {account}) cannot be read "
            f"({str(wrong)[:100]}). Nothing is sent; restore a backup, or see `crosspost ledger rebuild`"
        ) from None


def as_identity(stored: Any) -> Identity | None:
    """Decode a stored identity; None when it cannot be read, so that the server is asked again."""
    try:
        return msgspec.json.decode(stored, type=ready(Identity)) if stored else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, TypeError):
        return None

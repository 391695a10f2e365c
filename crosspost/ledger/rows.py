"""The rows of the ledger as values."""

from datetime import datetime
from typing import Any, Literal

import msgspec

from crosspost.errors import LedgerError
from crosspost.model import Draft, Identity, Prepared, Value

State = Literal["before", "planned", "sending", "sent", "failed", "unknown", "held", "skipped"]


class Delivery(Value, frozen=True, kw_only=True):
    """One row: a post on an account, or a later ``part`` of its thread there."""

    id: int
    post: str
    account: str
    network: str
    part: int = 1
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
    def prepared(self) -> Prepared:
        """The frozen draft with the ids of what was uploaded for it.

        :raises LedgerError: when it was never frozen
        """
        if self.draft is None:
            raise LedgerError(f"the delivery of {self.post} to {self.account} has no frozen draft")
        return Prepared(draft=self.draft, handle=self.handle, remote=self.remote)


class AccountState(Value, frozen=True, kw_only=True):
    """The state of an account between runs."""

    name: str
    started_at: datetime | None = None
    paused_until: datetime | None = None
    paused_for: Literal["", "rate", "auth", "voice", "trouble"] = ""
    paused_why: str = ""
    identity: Identity | None = None
    identity_at: datetime | None = None
    credential: str = ""
    failures: int = 0


class LeaseLostError(LedgerError):
    """Another worker has taken over the delivery; this worker's state is out of date."""


def as_delivery(row: Any) -> Delivery:
    """Convert a row of the table to a value."""
    found: dict[str, Any] = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's documented way to a mapping
    del found["lease_until"]
    draft, remote = found.pop("draft"), found.pop("remote")
    found |= {name: found[name] or "" for name in ("handle", "lease", "receipt")}
    try:
        return Delivery(
            **found,
            draft=msgspec.json.decode(draft, type=Draft) if draft else None,
            remote=msgspec.json.decode(remote, type=dict[str, Any]),
        )
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise LedgerError(
            f"the ledger is damaged: delivery {found['id']} ({found['post']} to {found['account']}) cannot be read "
            f"({str(error)[:100]}). Nothing is sent; restore a backup, or see `crosspost ledger rebuild`"
        ) from None


def as_identity(stored: Any) -> Identity | None:
    """Decode a stored identity; None when it cannot be read, so that the server is asked again."""
    try:
        return msgspec.json.decode(stored, type=Identity) if stored else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, TypeError):
        return None

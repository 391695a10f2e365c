"""Pending edits and deletions of published posts.

    planned → done                 edited, or deleted
            → planned              retry at ``due_at``
            → failed               refused for good, or given up
    asked   → planned | ignored    a person decides
    left                           the network cannot do it; reported once
    back                           it was deleted because its file was gone, and the file is back; reported once
    ignored                        dismissed by a person

One row per delivery. There is no lease: sending an edit or a deletion twice has the same result, so two workers on one
row do no harm.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
import sqlalchemy as sa

from crosspost.ledger.access import Access
from crosspost.ledger.connection import translate_errors
from crosspost.ledger.tables import changes, deliveries
from crosspost.model import Draft, Receipt, Value

Kind = Literal["edit", "delete"]
ChangeState = Literal["planned", "asked", "done", "failed", "left", "back", "ignored"]
#: the reason of a skipped delivery that was out and has been deleted
TAKEN_BACK = "taken back"


class Change(Value, frozen=True, kw_only=True):
    """One row. ``draft`` is the new content (None for a deletion, or when it cannot be known)."""

    delivery: int
    kind: Kind
    state: ChangeState
    draft: Draft | None = None
    due_at: datetime
    attempts: int = 0
    tried_at: datetime | None = None
    error: str = ""
    post: str
    account: str
    network: str
    url: str = ""


class Changes(Access):
    """The table of changes."""

    def all(
        self, *, states: Sequence[ChangeState] = (), post: str = "", account: str = "", due: datetime | None = None
    ) -> list[Change]:
        """Changes that match everything given, the earliest due first."""
        query = _SELECT.order_by(changes.c.due_at, changes.c.delivery)
        if states:
            query = query.where(changes.c.state.in_(states))
        if post:
            query = query.where(deliveries.c.post == post)
        if account:
            query = query.where(deliveries.c.account == account)
        if due is not None:
            query = query.where(changes.c.due_at <= due)
        return [_as_change(row) for row in self._all(query)]

    def of(self, delivery: int) -> Change | None:
        """The change of one delivery, if there is one."""
        rows = self._all(_SELECT.where(changes.c.delivery == delivery))
        return _as_change(rows[0]) if rows else None

    def put(self, delivery: int, kind: Kind, state: ChangeState, draft: Draft | None = None, error: str = "") -> Change:
        """Store a change, replacing an earlier one for the same delivery."""
        now = self.clock()
        values = {
            "kind": kind,
            "state": state,
            "draft": msgspec.json.encode(draft).decode() if draft is not None else None,
            "due_at": now,
            "attempts": 0,
            "tried_at": None,
            "error": error,
            "updated_at": now,
        }
        with translate_errors(self.path), self._engine.begin() as connection:
            connection.execute(sa.delete(changes).where(changes.c.delivery == delivery))
            connection.execute(sa.insert(changes).values(delivery=delivery, **values))
        return self._of(delivery)

    def drop(self, delivery: int) -> None:
        """Remove the change of a delivery."""
        self._change(sa.delete(changes).where(changes.c.delivery == delivery))

    def drop_deletes(self, post: str) -> None:
        """Remove the deletions of a post."""
        mine = sa.select(deliveries.c.id).where(deliveries.c.post == post)
        self._change(sa.delete(changes).where(changes.c.kind == "delete", changes.c.delivery.in_(mine)))

    def begin(self, change: Change) -> Change:
        """Count an attempt."""
        return self._set(change, attempts=change.attempts + 1, tried_at=change.tried_at or self.clock())

    def again(self, change: Change, error: str, due_at: datetime) -> Change:
        return self._set(change, error=error, due_at=due_at)

    def settle(self, change: Change, state: ChangeState, error: str = "") -> Change:
        """Set the state: failed, left, ignored, or planned after all."""
        return self._set(change, state=state, error=error, due_at=self.clock())

    def edited(self, change: Change, draft: Draft, receipt: Receipt) -> Change:
        """Record that the delivery now has ``draft`` as its content: both rows in one transaction."""
        content = {"draft": msgspec.json.encode(draft).decode(), "receipt": receipt.id, "url": receipt.url}
        with translate_errors(self.path), self._engine.begin() as connection:
            connection.execute(self._delivery(change.delivery, **content))
            connection.execute(self._row(change, state="done", error="; ".join(receipt.notes)))
        return self._of(change.delivery)

    def taken_back(self, delivery: int, handle: str) -> None:
        """Record that the delivery was deleted; it never goes out again by itself.

        :param handle: the idempotency key to use if a person sends it again: networks remember the old one
        """
        self._deliver(
            delivery,
            state="skipped",
            why=TAKEN_BACK,
            error="",
            receipt=None,
            url="",
            sent_at=None,
            publishing_at=None,
            draft=None,
            handle=handle,
            remote="{}",
            remote_at=None,
            attempts=0,
            tried_at=None,
        )

    def _deliver(self, delivery: int, **values: Any) -> None:
        self._change(self._delivery(delivery, **values))

    def _set(self, change: Change, **values: Any) -> Change:
        self._change(self._row(change, **values))
        return self._of(change.delivery)

    def _delivery(self, number: int, **values: Any) -> sa.Update:
        return sa.update(deliveries).where(deliveries.c.id == number).values(**values, updated_at=self.clock())

    def _row(self, change: Change, **values: Any) -> sa.Update:
        return sa.update(changes).where(changes.c.delivery == change.delivery).values(**values, updated_at=self.clock())

    def _of(self, delivery: int) -> Change:
        return _as_change(self._all(_SELECT.where(changes.c.delivery == delivery))[0])


def to_be_taken_back() -> sa.ColumnElement[bool]:
    """SQL condition: a deletion of this delivery is planned, so it must not go out."""
    c = changes.c
    return sa.exists().where(c.delivery == deliveries.c.id, c.kind == "delete", c.state == "planned")


_SELECT = sa.select(
    *(column for column in changes.c if column.name != "updated_at"),
    deliveries.c.post,
    deliveries.c.account,
    deliveries.c.network,
    deliveries.c.url,
).join(deliveries, deliveries.c.id == changes.c.delivery)


def _as_change(row: Any) -> Change:
    found: dict[str, Any] = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's documented way to a mapping
    draft = found.pop("draft")
    return Change(**found, draft=msgspec.json.decode(draft, type=Draft) if draft else None)

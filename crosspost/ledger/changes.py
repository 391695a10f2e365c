"""What is to be changed in deliveries that are out: their words, or that they are there at all.

    planned → done                 changed, or taken back
            → planned              not now: again at ``due_at``
            → failed               refused for good, or given up
    asked   → planned | ignored    a person decides
    left                           the network cannot; told once
    back                           it was taken back because its file was gone, and the file is there again; told once
    ignored                        nobody wants to hear of it

One row a delivery. There is no lease: an edit says the same however often it is sent, and what is deleted can be
deleted again, so two workers at one row do no harm.
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
#: why a delivery is skipped that was out and is not any more
TAKEN_BACK = "taken back"


class Change(Value, frozen=True, kw_only=True):
    """One row. ``draft`` is what it is to say (None: nothing, for a delete or where that cannot be known)."""

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
        """Write a change down; it takes the place of an earlier one."""
        now = self.clock()
        said = {
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
            connection.execute(sa.insert(changes).values(delivery=delivery, **said))
        return self._of(delivery)

    def drop(self, delivery: int) -> None:
        """Nothing is to be changed any more."""
        self._change(sa.delete(changes).where(changes.c.delivery == delivery))

    def drop_deletes(self, post: str) -> None:
        """A post is not to be taken back any more."""
        mine = sa.select(deliveries.c.id).where(deliveries.c.post == post)
        self._change(sa.delete(changes).where(changes.c.kind == "delete", changes.c.delivery.in_(mine)))

    def begin(self, change: Change) -> Change:
        """Count an attempt."""
        return self._set(change, attempts=change.attempts + 1, tried_at=change.tried_at or self.clock())

    def again(self, change: Change, error: str, due_at: datetime) -> Change:
        return self._set(change, error=error, due_at=due_at)

    def settle(self, change: Change, state: ChangeState, error: str = "") -> Change:
        """Failed, left, ignored, or planned after all."""
        return self._set(change, state=state, error=error, due_at=self.clock())

    def edited(self, change: Change, draft: Draft, receipt: Receipt) -> Change:
        """The delivery says ``draft`` now. Both rows or none: else the change would be forgotten."""
        said = {"draft": msgspec.json.encode(draft).decode(), "receipt": receipt.id, "url": receipt.url}
        with translate_errors(self.path), self._engine.begin() as connection:
            connection.execute(self._delivery(change.delivery, **said))
            connection.execute(self._row(change, state="done", error="; ".join(receipt.notes)))
        return self._of(change.delivery)

    def taken_back(self, delivery: int, handle: str) -> None:
        """The delivery is not out any more, and never goes out again by itself.

        :param handle: the idempotency key of the next time, should a person ask for it: networks remember the old one
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
    """Of a delivery: somebody wants it taken back, so it must not go out meanwhile."""
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

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

from crosspost.ledger.base import LedgerPart
from crosspost.ledger.connection import translate_errors
from crosspost.ledger.database import Statements, assigned, listed, moment
from crosspost.ledger.write_requests import Row
from crosspost.model import Draft, Receipt, Value

Kind = Literal["edit", "delete"]
ChangeState = Literal["planned", "asked", "done", "failed", "left", "back", "ignored"]
#: the reason of a skipped delivery that was out and has been deleted
TAKEN_BACK = "taken back"
#: SQL condition: a deletion of this delivery is planned, so it must not go out
TO_BE_TAKEN_BACK = """EXISTS (SELECT 1 FROM changes WHERE changes.delivery = deliveries.id
    AND changes.kind = 'delete' AND changes.state = 'planned')"""
_DECIDED = """SELECT 1 FROM deliveries d JOIN changes c ON c.delivery = d.id WHERE d.post = {post}
    AND c.kind = 'delete' AND c.state IN ('planned', 'asked', 'failed', 'left', 'ignored')"""
#: the columns that :func:`as_change` reads
COLUMNS = """c.delivery, c.kind, c.state, c.draft, c.due_at, c.attempts, c.tried_at, c.error,
    d.post, d.account, d.network, d.url"""
_SELECT = f"SELECT {COLUMNS} FROM changes c CROSS JOIN deliveries d WHERE d.id = c.delivery"
_OF = f"{_SELECT} AND c.delivery = :delivery"
#: a new change takes the place of an earlier one
REPLACED = """ON CONFLICT (delivery) DO UPDATE SET kind = excluded.kind, state = excluded.state, draft = excluded.draft,
    due_at = excluded.due_at, attempts = 0, tried_at = NULL, error = excluded.error, updated_at = excluded.updated_at"""
#: stores a change
PUT = f"""INSERT INTO changes (delivery, kind, state, draft, due_at, attempts, tried_at, error, updated_at)
    VALUES (:delivery, :kind, :state, :draft, :now, 0, NULL, :error, :now) {REPLACED}"""
_EDITED = """UPDATE deliveries SET draft = :draft, receipt = :receipt, url = :url, updated_at = :now
    WHERE id = :delivery"""
#: a delivery was deleted, or is given up as if it had been
TAKEN_BACK_NOW = f"""UPDATE deliveries SET state = 'skipped', why = '{TAKEN_BACK}', error = '', receipt = NULL,
    url = '', sent_at = NULL, publishing_at = NULL, draft = NULL, handle = :handle, remote = '{{}}', remote_at = NULL,
    attempts = 0, tried_at = NULL, updated_at = :now WHERE id = :delivery"""
_DRAFT = msgspec.json.Decoder(Draft)


class Change(Value, frozen=True, kw_only=True, gc=False):  # thousands of posts may be gone at once
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


class Fate(Value, frozen=True):
    """What becomes of what is out of a post that is gone; ``why`` is followed by its address, where it has one."""

    state: ChangeState
    why: str = ""


def undecided(post: str) -> str:
    """SQL condition: of this post no deletion was planned, asked about, tried or dismissed.

    :param post: the column with its id
    """
    return f"NOT EXISTS ({_DECIDED.format(post=post)})"


class Changes(LedgerPart):
    """The table of changes."""

    def all(
        self,
        *,
        states: Sequence[ChangeState] = (),
        post: str = "",
        account: str = "",
        due: datetime | None = None,
        limit: int | None = None,
    ) -> list[Change]:
        """Changes that match everything given, the earliest due first; at most ``limit`` of them."""
        conditions, values = [], {"post": post, "account": account, "due": due, "limit": limit}
        if states:
            text, among = listed("state", states)
            conditions.append(f"c.state IN {text}")
            values |= among
        if post:
            conditions.append("d.post = :post")
        if account:
            conditions.append("d.account = :account")
        if due is not None:
            conditions.append("c.due_at <= :due")
        where = "".join(f" AND {condition}" for condition in conditions)
        end = " LIMIT :limit" if limit is not None else ""
        with translate_errors(self.path):
            # CROSS: begin with the changes, of which there are few in a state, unless one post's are wanted
            select = _SELECT.replace(" CROSS JOIN ", ", ") if post else _SELECT
            rows = self._database.rows(f"{select}{where} ORDER BY c.due_at, c.delivery{end}", values)
            return [as_change(row) for row in rows]

    def planned(self) -> bool:
        """Whether any change is planned."""
        return bool(self._all("SELECT 1 FROM changes WHERE state = 'planned' LIMIT 1"))

    def of(self, delivery: int) -> Change | None:
        """The change of one delivery, if there is one."""
        with translate_errors(self.path):
            rows = self._database.rows(_OF, {"delivery": delivery})
            return as_change(rows[0]) if rows else None

    def put(self, delivery: int, kind: Kind, state: ChangeState, draft: Draft | None = None, error: str = "") -> Change:
        """Store a change, replacing an earlier one for the same delivery."""
        values = {
            "delivery": delivery,
            "kind": kind,
            "state": state,
            "draft": msgspec.json.encode(draft).decode() if draft is not None else None,
            "error": error,
            "now": self.clock(),
        }
        with self._transaction() as statements:
            statements.change(PUT, values)
            return _of(statements, delivery)

    def drop(self, delivery: int) -> None:
        """Remove the change of a delivery."""
        self._change("DELETE FROM changes WHERE delivery = :delivery", {"delivery": delivery})

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
        with self._transaction() as statements:
            statements.change(_EDITED, content | {"now": self.clock(), "delivery": change.delivery})
            return self._row(statements, change, state="done", error="; ".join(receipt.notes))

    def taken_back(self, delivery: int, handle: str) -> None:
        """Record that the delivery was deleted; it never goes out again by itself.

        :param handle: the idempotency key to use if a person sends it again: networks remember the old one
        """
        self._change(TAKEN_BACK_NOW, {"delivery": delivery, "handle": handle, "now": self.clock()})

    def _set(self, change: Change, **values: Any) -> Change:
        with self._transaction() as statements:
            return self._row(statements, change, **values)

    def _row(self, statements: Statements, change: Change, **values: Any) -> Change:
        values["updated_at"] = self.clock()
        update = f"UPDATE changes SET {assigned(values)} WHERE delivery = :delivery"
        statements.change(update, values | {"delivery": change.delivery})
        return _of(statements, change.delivery)


def _of(statements: Statements, delivery: int) -> Change:
    return as_change(statements.rows(_OF, {"delivery": delivery})[0])


def as_change(row: Row) -> Change:
    """Convert a row of :data:`COLUMNS` to a value."""
    delivery, kind, state, draft, due_at, attempts, tried_at, error, post, account, network, url = row
    return Change(
        delivery=delivery,
        kind=kind,
        state=state,
        draft=_DRAFT.decode(draft) if draft else None,
        due_at=datetime.fromisoformat(due_at),
        attempts=attempts,
        tried_at=moment(tried_at),
        error=error,
        post=post,
        account=account,
        network=network,
        url=url,
    )

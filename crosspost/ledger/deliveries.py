"""The life of a delivery, from planned to sent, failed or held.

Every change of a delivery that is being worked on names its lease, so that a worker that lost it cannot write.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from crosspost.ledger.backups import COPY
from crosspost.ledger.changes import TO_BE_TAKEN_BACK
from crosspost.ledger.connection import translate_errors
from crosspost.ledger.database import Statements, assigned
from crosspost.ledger.edits import Edit, as_edit, edit_of
from crosspost.ledger.facts import REBUILT, Count, counted, counting, writing
from crosspost.ledger.plans import ADD, FREE, Plans
from crosspost.ledger.rows import COLUMNS, Delivery, LeaseLostError, as_delivery
from crosspost.ledger.schema import OPEN
from crosspost.ledger.thread_parts import ONCE_MORE, lasting, next_part, thread
from crosspost.ledger.write_requests import Row, Step
from crosspost.model import Draft, Receipt, as_stored

LEASE = timedelta(minutes=15)
#: how much of a lease its holder uses; what is left is for clocks that differ
SURE = LEASE * 2 / 3

#: SQL condition: the ledger has not become a copy, and is not being rebuilt, while somebody works with it
_COUNTS = f"NOT EXISTS (SELECT 1 FROM facts WHERE name IN ('{COPY}', '{REBUILT}'))"
_CLAIM = f"""UPDATE deliveries SET state = 'sending', lease = :lease, lease_until = :until, attempts = attempts + 1,
    tried_at = CASE WHEN attempts = 0 THEN :now ELSE coalesce(tried_at, :now) END, updated_at = :now
    WHERE id = :id AND state = 'planned' AND NOT {TO_BE_TAKEN_BACK} AND {_COUNTS}
    RETURNING {COLUMNS}"""
#: SQL condition: the delivery was changed just now
_WAS_CHANGED = """EXISTS (SELECT 1 FROM deliveries
    WHERE id = :the_id AND coalesce(lease, '') = :held_by AND updated_at = :updated_at)"""
#: SQL condition: nobody changed the delivery meanwhile
STILL_HELD = "id = :the_id AND state = :was AND coalesce(lease, '') = :held_by"
_ORPHANED = f"""UPDATE deliveries SET state = 'unknown', error = 'crosspost was interrupted here', due_at = :now,
    updated_at = :now, lease = NULL, lease_until = NULL
    WHERE {OPEN} AND state = 'sending'
    AND (substr(lease, 1, length(:owner)) = :owner OR lease_until < :now OR lease_until > :wrong)"""
_REVIVE = """UPDATE deliveries SET state = 'planned', due_at = :now, tried_at = NULL, updated_at = :now
    WHERE id = :id AND state IN ('before', 'failed', 'planned', 'skipped')"""


class Claimed(NamedTuple):
    """A claimed delivery, and what people had changed there by then; from the claim on they change nothing any more."""

    delivery: Delivery
    edit: Edit | None


class Deliveries(Plans):
    """Claims deliveries and records their results."""

    #: called regularly during work; see :mod:`crosspost.ledger.machine_guard`
    present: Callable[[], None]
    #: called before each claim and each irreversible request; raises LedgerError when nothing more may be sent from
    #: here; see :mod:`crosspost.ledger.postgresql.clock_and_lock`
    certain: Callable[[], None]
    #: called with each new number of the counter; see :mod:`crosspost.ledger.counter_marks`
    mark: Callable[[Count], None]

    def claim_to_send(self, delivery: Delivery, owner: str) -> Claimed | None:
        """Claim a planned delivery; None when another worker was faster, or its deletion is planned.

        :param owner: identifies machine and process
        :raises LedgerError: when nothing more may be sent from here
        """
        self.certain()
        now = self.clock()
        lease = f"{owner}/{uuid.uuid4().hex}"
        values = {"id": delivery.id, "lease": lease, "until": now + LEASE, "now": now}
        claimed, edits = self._at_once([Step(_CLAIM, values), edit_of(delivery.post, delivery.account)])
        if not claimed.rows:
            return None
        self.present()
        with translate_errors(self.path):
            return Claimed(as_delivery(claimed.rows[0]), as_edit(edits.rows[0]) if edits.rows else None)

    def freeze(self, delivery: Delivery, draft: Draft, handle: str) -> Delivery:
        """Store the final content before anything is sent. A changed draft discards earlier uploads."""
        return self.freeze_as(*self.worded(delivery, draft, handle))

    def worded(self, delivery: Delivery, draft: Draft, handle: str) -> tuple[Delivery, dict[str, Any]]:
        """The delivery as :meth:`freeze` would leave it, and what has to be written for that."""
        values = {"draft": msgspec.json.encode(draft).decode(), "handle": handle}
        stored = as_stored(draft)
        if delivery.draft == stored:
            return msgspec.structs.replace(delivery, handle=handle), values
        kept = lasting(delivery, "show_at")
        shown = msgspec.structs.replace(delivery, draft=stored, handle=handle, remote=kept, remote_at=None)
        return shown, {**values, "remote": msgspec.json.encode(kept).decode(), "remote_at": None}

    def freeze_as(self, delivery: Delivery, values: Mapping[str, Any]) -> Delivery:
        """Store what :meth:`worded` has to be written."""
        return self._held(delivery, **values)

    def remember(
        self, delivery: Delivery, remote: dict[str, Any], *, uploaded: datetime | None, counts: bool = False
    ) -> Delivery:
        """Store the ids of what was uploaded for this delivery, before the request that uses them.

        :param uploaded: the earliest time of the uploads, taken before each upload began, because the machine may sleep
            until the response is read
        :param counts: whether the next request is irreversible
        """
        values = {"remote": msgspec.json.encode(remote).decode(), "remote_at": uploaded}
        return self._changed(delivery, values, counts=counts)

    def begin(
        self, delivery: Delivery, remote: dict[str, Any] | None = None, also: Mapping[str, Any] | None = None
    ) -> Delivery:
        """Record that the irreversible request comes next: in the ledger, then in the marks outside of it.

        :param remote: what is on the server, and how our clock is compared with its; None: as it was
        :param also: what :meth:`worded` has to be written
        """
        values: dict[str, Any] = {**(also or {}), "publishing_at": self.clock()}
        if remote is not None:
            values["remote"] = msgspec.json.encode(remote).decode()
        return self._changed(delivery, values, counts=True)

    def sent(self, delivery: Delivery, receipt: Receipt, facts: Mapping[str, str] | None = None) -> Delivery:
        """Record that it is out.

        :param facts: facts that are set with it, see :meth:`.facts.Facts.keep_fact`
        """
        also = [writing(name, value) for name, value in (facts or {}).items()]
        values: dict[str, Any] = {"state": "sent", "receipt": receipt.id, "url": receipt.url, "sent_at": receipt.at}
        values |= {"error": "; ".join(receipt.notes), **FREE}
        try:
            return self._changed(delivery, values, also=also)
        except LeaseLostError:
            current = self._current(delivery)
            if current is delivery:
                raise
            return self._changed(current, values, also=also)

    def recognise(self, delivery: Delivery, draft: Draft, handle: str, receipt: Receipt) -> Delivery:
        """Record as sent a delivery that was found on the account although this ledger never began it."""
        written = msgspec.json.encode(draft).decode()
        found = msgspec.structs.replace(delivery, draft=draft)
        response = {"receipt": receipt.id, "url": receipt.url, "sent_at": receipt.at}
        return self._held(found, state="sent", draft=written, handle=handle, error="", **response, **FREE)

    def rekey(self, delivery: Delivery, handle: str) -> Delivery:
        """Use another idempotency key, because the old one is taken. What was prepared with it is abandoned."""
        kept = msgspec.json.encode(lasting(delivery, "reply_to", "root", "show_at")).decode()
        return self._held(delivery, handle=handle, remote=kept, remote_at=None)

    def _current(self, delivery: Delivery) -> Delivery:
        """The row a receipt belongs to, even if its lease expired meanwhile and others are looking for the post."""
        now = self.get(delivery.id)
        same_attempt = now.publishing_at == delivery.publishing_at is not None
        return now if same_attempt and now.state in ("unknown", "held", "planned") else delivery

    def again(self, delivery: Delivery, error: str, due_at: datetime, *, certain: bool = True) -> Delivery:
        """Plan it again, because it is certainly not out; with ``certain=False`` an earlier attempt may be."""
        reset = {"publishing_at": None} if certain else {}
        return self._held(delivery, state="planned", error=error, due_at=delivery.not_before(due_at), **reset, **FREE)

    def failed(self, delivery: Delivery, error: str) -> Delivery:
        return self._held(delivery, state="failed", error=error, **FREE)

    def turned_down(self, delivery: Delivery, error: str) -> Delivery:
        """Record that the network took it and will not show it. Nothing of it is left in doubt, so a person who tries
        it again begins anew, with the words of that day.
        """
        anew = {"publishing_at": None, "remote": msgspec.json.encode(thread(delivery)).decode(), "remote_at": None}
        return self._held(delivery, state="failed", error=error, **anew, **FREE)

    def doubt(self, delivery: Delivery, error: str, look_at: datetime, *, taken: str = "") -> Delivery:
        """Record that it may be out.

        :param taken: the network's id of the post, where it has said that it took it; written down in the same moment
        """
        known = {"remote": msgspec.json.encode({**delivery.remote, "taken": taken}).decode()} if taken else {}
        return self._held(delivery, state="unknown", error=error, due_at=look_at, **known, **FREE)

    def wait(self, delivery: Delivery, until: datetime, why: str, *, error: str = "") -> Delivery:
        """Postpone it; it stays planned. The time of the first wait is kept, so that pauses can grow."""
        return self._held(delivery, due_at=until, why=why, error=error, tried_at=delivery.tried_at or self.clock())

    def give_back(self, delivery: Delivery, until: datetime, why: str) -> Delivery:
        """Plan a claimed delivery again of which nothing was begun, because a person was faster."""
        attempts = delivery.attempts - 1
        return self._held(delivery, state="planned", due_at=until, why=why, attempts=attempts, **FREE)

    def skip(self, delivery: Delivery, why: str) -> Delivery:
        return self._held(delivery, state="skipped", why=why)

    def hold(self, delivery: Delivery, error: str, *, why: str = "") -> Delivery:
        return self._held(delivery, state="held", error=error, why=why or delivery.why, **FREE)

    def orphaned(self, owner: str) -> int:
        """Mark deliveries whose worker is gone as ``unknown``, never ``planned``.

        :param owner: the machine's name; all its leases are dead, because the caller holds the machine's run lock.
            Leases of other machines expire by the clock.
        """
        self.certain()
        now = self.clock()
        wrong = now + LEASE + timedelta(minutes=5)  # longer than any lease: written by a wrong clock
        return self._change(_ORPHANED, {"owner": f"{owner}:", "now": now, "wrong": wrong})

    def revive(self, delivery: Delivery) -> bool:
        """Make an old, failed, skipped or waiting delivery due now, for a person; never one that may be out."""
        return self._change(_REVIVE, {"id": delivery.id, "now": self.clock()}) > 0

    def following(self, delivery: Delivery) -> Delivery | None:
        """The next part of a thread, if it is due now."""
        if delivery.state != "sent" or delivery.draft is None or not delivery.draft.parts:
            return None
        rows = self.deliveries(states=["planned"], account=delivery.account, post=delivery.post, due=self.clock())
        return next((row for row in rows if row.part == delivery.part + 1), None)

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _held(self, delivery: Delivery, **values: Any) -> Delivery:
        """Change a delivery only if this worker still holds it: same lease, same state."""
        return self._changed(delivery, values)

    def _changed(
        self, delivery: Delivery, values: dict[str, Any], *, counts: bool = False, also: Sequence[Step] = ()
    ) -> Delivery:
        """Change a delivery only if this worker still holds it.

        :param counts: whether an irreversible request comes next
        :param also: statements that are run with it
        """
        if counts:
            self.certain()
        values["updated_at"] = now = self.clock()
        if delivery.state == "sending" and "state" not in values:
            values["lease_until"] = now + LEASE  # a round of mails may take longer than one lease
        condition = f"{STILL_HELD} AND {_COUNTS}" if counts else STILL_HELD
        change = f"UPDATE deliveries SET {assigned(values)} WHERE {condition} RETURNING {COLUMNS}"
        held = {"the_id": delivery.id, "was": delivery.state, "held_by": delivery.lease}
        following = next_part(delivery, values, now)
        if counts:
            return self._counted(Step(change, values | held), delivery)
        if following is None:
            done = self._at_once([Step(change, values | held), *also])
            return still_held(done[0].rows, delivery)

        def all_of_it(statements: Statements) -> Delivery:
            changed = still_held(statements.rows(change, values | held), delivery)
            statements.change(ADD, following)
            statements.change(ONCE_MORE, following)
            for step in also:
                statements.done(step)
            return changed

        return self._together(all_of_it)

    def _counted(self, change: Step, delivery: Delivery) -> Delivery:
        """A change after which something irreversible is begun: the counter goes on with it, and then the marks."""
        changed, count = self._at_once([change, counting(self.clock(), only=_WAS_CHANGED, values=change.values)])
        held = still_held(changed.rows, delivery)
        self.mark(counted(count.rows))
        return held


def still_held(rows: list[Row], held: Delivery) -> Delivery:
    """The changed delivery.

    :raises LeaseLostError: when nothing was changed
    """
    if not rows:
        raise LeaseLostError(f"the delivery of {held.post} to {held.account} was taken over by another run")
    return as_delivery(rows[0])

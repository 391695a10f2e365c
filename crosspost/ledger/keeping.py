"""Deliveries that somebody else has the word on: people, or their network, to which they are handed ahead of their time
and which shows them by itself then.

One that was handed over is ``unknown`` with the network's id (``taken``) and time (``kept_until``) in ``remote``; it is
looked for at that time. ``show_at`` there is the time for which it was handed over: from the claim on, so that whatever
happens to the attempt, nothing is said earlier.
"""

from datetime import datetime
from typing import Any, Literal

import msgspec

from crosspost.errors import KeptUntil
from crosspost.ledger.deliveries import Claimed, Deliveries
from crosspost.ledger.plans import FREE
from crosspost.ledger.rows import Delivery
from crosspost.ledger.thread_parts import lasting, thread

#: the reason of a delivery that is planned again because a person found that it is not out
DECIDED = "you said that it is not out"
_NOTE = """UPDATE deliveries SET remote = :remote, updated_at = :now
    WHERE id = :id AND state = 'planned' AND updated_at = :seen"""


class Decisions(Deliveries):
    """Records what a person decides about a delivery that may be out: the program cannot know it."""

    def decide(
        self, delivery: Delivery, state: Literal["sent", "planned", "skipped"], url: str = "", receipt: str = ""
    ) -> Delivery:
        """Record a person's decision about a held or unknown delivery: sent (at ``url``), planned again, or skipped.

        ``planned`` composes it again, because nothing is out. If a journal lists who received it, the others get the
        same text.

        :param receipt: the network's id of the post, if its address has it; the next part of a thread replies to it
        """
        now = self.clock()
        changes: dict[str, Any] = {"state": state, "error": "", "url": url, **FREE}
        if state == "sent":
            changes |= {"sent_at": delivery.publishing_at or now, "receipt": receipt}
        if state == "planned" and "journal" in delivery.remote:
            changes |= {"due_at": now, "tried_at": None, "publishing_at": now}
        elif state == "planned":
            changes |= {"due_at": delivery.not_before(now), "tried_at": None, "publishing_at": None, "why": DECIDED}
            changes |= {"remote": msgspec.json.encode(thread(delivery)).decode()}
        return self._held(delivery, **changes)

    def decide_person(self, delivery: Delivery, remote: dict[str, Any], *, again: bool) -> Delivery:
        """Record a person's decision about one of the recipients of a delivery.

        :param remote: with the updated journal
        :param again: whether somebody still has to be sent the post; a sent delivery then continues with the same text
        """
        now = self.clock()
        changes: dict[str, Any] = {"remote": msgspec.json.encode(remote).decode()}
        if again and delivery.state == "sent":
            changes |= {"state": "planned", "due_at": now, "tried_at": None, "publishing_at": now, **FREE}
        return self._held(delivery, **changes)


class Keeping(Decisions):
    """What becomes of deliveries that are handed over ahead of their time."""

    def claim(self, delivery: Delivery, owner: str, show_at: datetime | None = None) -> Delivery | None:
        """:meth:`claim_to_send`, for whoever asks for nothing else."""
        claimed = self.claim_to_send(delivery, owner, show_at)
        return claimed.delivery if claimed is not None else None

    def claim_to_send(self, delivery: Delivery, owner: str, show_at: datetime | None = None) -> Claimed | None:
        """See :meth:`.deliveries.Deliveries.claim_to_send`.

        :param show_at: the time for which it is handed over; None: it is said now
        """
        certain = delivery.publishing_at is None
        noted = {**delivery.remote, "show_at": show_at.isoformat()} if show_at is not None else dict(delivery.remote)
        if show_at is None and certain:
            noted.pop("show_at", None)
        if noted != delivery.remote:
            # what was uploaded to be shown later is not used at once, nor the other way round
            noted = {name: value for name, value in noted.items() if not (certain and name.startswith("media_"))}
            values = {"remote": msgspec.json.encode(noted).decode(), "id": delivery.id, "seen": delivery.updated_at}
            if not self._change(_NOTE, values | {"now": self.clock()}):
                return None  # somebody was faster
        return super().claim_to_send(delivery, owner)

    def keep(self, delivery: Delivery, error: KeptUntil, look_at: datetime) -> Delivery:
        """Record that the network took it and shows it at a time of which it has told.

        :param look_at: when to see whether it is out, if that time is over
        """
        known = {**delivery.remote, "taken": error.taken, "kept_until": error.at.isoformat()}
        remote = msgspec.json.encode(known).decode()
        due_at = error.at if error.at > self.clock() else look_at
        return self._held(delivery, state="unknown", error=str(error), due_at=due_at, remote=remote, **FREE)

    def give_back(self, delivery: Delivery, until: datetime, why: str) -> Delivery:
        """See :meth:`.deliveries.Deliveries.give_back`; handing it over was no attempt at saying it."""
        if delivery.show_at is None:
            return super().give_back(delivery, until, why)
        values: dict[str, Any] = {"attempts": delivery.attempts - 1, "tried_at": None, **FREE}
        return self._held(delivery, state="planned", due_at=until, why=why, **values)

    def hand_back(self, delivery: Delivery, error: str, *, certain: bool) -> Delivery:
        """Plan a claimed delivery for its own time, because handing it over ahead did not work.

        That was no attempt at saying it, so none counts. What was uploaded is not used at its time.

        :param certain: False: an earlier attempt may be out
        """
        kept = {name: value for name, value in delivery.remote.items() if not name.startswith("media_")}
        values: dict[str, Any] = {"attempts": delivery.attempts - 1, "tried_at": None, "remote_at": None}
        values |= {"publishing_at": None} if certain else {}
        due_at, remote = delivery.not_before(self.clock()), msgspec.json.encode(kept).decode()
        return self._held(delivery, state="planned", error=error, due_at=due_at, remote=remote, **values, **FREE)

    def withdrawing(self, delivery: Delivery) -> Delivery:
        """Record that the network is asked next to delete what it keeps, so that its absence is no riddle."""
        return self._held(delivery, remote=msgspec.json.encode({**delivery.remote, "withdrawing": True}).decode())

    def withdrawn(self, delivery: Delivery, due_at: datetime, why: str, handle: str) -> Delivery:
        """Plan it anew, because the network has deleted what it kept. It is composed again.

        :param handle: the idempotency key from now on: networks remember the old one
        """
        again = lasting(delivery, "reply_to", "root")
        values: dict[str, Any] = {"due_at": due_at, "why": why, "handle": handle, "error": "", "attempts": 0}
        values |= {"draft": None, "remote": msgspec.json.encode(again).decode(), "remote_at": None}
        return self._held(delivery, state="planned", publishing_at=None, tried_at=None, **values, **FREE)

    def still_kept(self, delivery: Delivery, error: str) -> Delivery:
        """Record why what the network keeps could not be changed."""
        return self._held(delivery, error=error)

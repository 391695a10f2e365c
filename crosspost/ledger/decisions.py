"""What a person decides about a delivery that may be out: the program cannot know it."""

from typing import Any, Literal

import msgspec

from crosspost.ledger.deliveries import Deliveries
from crosspost.ledger.plans import FREE
from crosspost.ledger.rows import Delivery
from crosspost.ledger.thread_parts import thread

#: the reason of a delivery that is planned again because a person found that it is not out
DECIDED = "you said that it is not out"


class Decisions(Deliveries):
    """Records decisions."""

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

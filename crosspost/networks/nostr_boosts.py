"""A key on Nostr that reposts.

Sources: github.com/nostr-protocol/nips, 18 (reposts), checked 2026-11-27. A repost is an event like a note: its id is
the hash of what it says, it is signed and stored before it is sent, and a relay takes it only once.
"""

import json
from datetime import datetime
from typing import Any, ClassVar

import msgspec

from crosspost.errors import DeliveryError, NotSent
from crosspost.model import Abilities, Prepared, Receipt
from crosspost.networks import nostr_events as events
from crosspost.networks.base import Save
from crosspost.networks.boosting import Boosting
from crosspost.networks.nostr import Nostr


class NostrBoosts(Boosting, Nostr):
    """A repost holds the whole note, which so also gets onto relays that did not have it."""

    kind: ClassVar = events.REPOST
    abilities = Abilities(
        card="none", alt_text=False, delete=True, idempotent_for=10 * 365 * 86400, absence_after=0, mentions="nothing"
    )

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        """Fetch the note, then sign: from here on the repost has its id."""
        if "event" in prepared.remote:
            return prepared
        relay, note = self._fetched(str(prepared.remote["boosts"]))
        tags = [[events.KEY, prepared.handle], ["e", str(note["id"]), relay], ["p", str(note["pubkey"])]]
        seconds = int(self.clock().timestamp())
        whole = json.dumps(note, ensure_ascii=False, separators=(",", ":"))
        event = self._signer().signed(self.kind, whole, tags, seconds)
        save("event", event)
        return msgspec.structs.replace(prepared, remote={**prepared.remote, "event": event})

    def publish(self, prepared: Prepared) -> Receipt:
        return _shown(super().publish(prepared), prepared)

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        found = super().find(prepared, since)
        return _shown(found, prepared) if found is not None else None

    def _fetched(self, number: str) -> tuple[str, dict[str, Any]]:
        """A relay that has the note, and the note.

        :raises NotSent: when none of ours has it
        """
        errors: list[DeliveryError] = []
        for relay in self._relays():
            try:
                found = next((one for one in self._asked(relay, ids=[number]) if one.get("id") == number), None)
            except DeliveryError as error:
                errors.append(error)
                continue
            if found is not None and isinstance(found.get("pubkey"), str):
                return events.as_socket(relay), found
        if errors:
            raise errors[0]
        raise NotSent(f"{self.account}: none of its relays has the note that {self.source} said; add that one’s relay")


def _shown(receipt: Receipt, prepared: Prepared) -> Receipt:
    """A repost has no page; the note's own is shown."""
    return msgspec.structs.replace(receipt, url=str(prepared.remote.get("boosts_url") or ""))

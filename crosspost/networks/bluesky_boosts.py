"""An account on Bluesky that reposts.

Sources: github.com/bluesky-social/atproto lexicons/{app/bsky/feed/repost,com/atproto/repo}.json, checked 2026-11-27.
The record's key is the same wherever it is sent from, as a post's.
"""

from datetime import UTC, datetime
from typing import Any

import msgspec

from crosspost.errors import KeyTaken, Rejected
from crosspost.model import Abilities, Prepared, Receipt
from crosspost.networks.base import Save
from crosspost.networks.bluesky import Bluesky
from crosspost.networks.bluesky_record import tid
from crosspost.networks.bluesky_repository import reference
from crosspost.networks.boosting import Boosting
from crosspost.networks.protocols.xrpc import error_of

_COLLECTION = "app.bsky.feed.repost"


class BlueskyBoosts(Boosting, Bluesky):
    """A repost is a record that names a post and the hash of its content."""

    abilities = Abilities(
        card="none",
        alt_text=False,
        delete=True,
        idempotent_for=30 * 24 * 3600,
        absence_after=0,
        mentions="nothing",
    )

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        if "repost" in prepared.remote:
            return prepared
        now = self.clock().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        subject = reference(self, str(prepared.remote["boosts"]))
        record = {"$type": _COLLECTION, "subject": subject, "createdAt": now}
        made = {"rkey": tid(prepared.dated, prepared.handle), "record": record}
        save("repost", made)
        return msgspec.structs.replace(prepared, remote=prepared.remote | {"repost": made})

    def publish(self, prepared: Prepared) -> Receipt:
        # nothing may exist there yet, except this very record
        body = prepared.remote["repost"] | self._place() | {"swapRecord": None}
        answer = self.call("POST", "com.atproto.repo.putRecord", irreversible=True, json=body)
        return self._reposted(answer, prepared)

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:  # noqa: ARG002  # a key needs no clock
        made = prepared.remote.get("repost") or {"rkey": tid(prepared.dated, prepared.handle)}
        try:
            answer = self.call("GET", "com.atproto.repo.getRecord", params=self._place() | {"rkey": made["rkey"]})
        except Rejected:
            if error_of(self.session.last) == "RecordNotFound":
                return None
            raise
        if answer["value"]["subject"]["uri"] != prepared.remote["boosts"]:
            raise KeyTaken(f"{self.account}: our key holds a repost of another post; it is sent again with another key")
        return self._reposted(answer, prepared)

    def delete(self, receipt: Receipt) -> None:
        where = self._place() | {"rkey": receipt.id.rpartition("/")[2]}
        self.call("POST", "com.atproto.repo.deleteRecord", json=where)

    def _place(self) -> dict[str, Any]:
        return {"repo": self.me().id, "collection": _COLLECTION}

    def _reposted(self, answer: dict[str, Any], prepared: Prepared) -> Receipt:
        """A repost has no page; the post's own is shown."""
        return msgspec.structs.replace(self.receipt_of(answer), url=str(prepared.remote.get("boosts_url") or ""))

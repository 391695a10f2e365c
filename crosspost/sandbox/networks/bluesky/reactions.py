"""Likes and reposts on the Bluesky stand-in: records that name a post (lexicons app.bsky.feed.like and .repost)."""

from typing import Any

from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request, first
from crosspost.sandbox.core.standin import only
from crosspost.sandbox.core.store import Account
from crosspost.sandbox.networks.bluesky.record import TID, is_datetime
from crosspost.sandbox.networks.bluesky.server import Server, cid

KINDS = {"app.bsky.feed.like": "likeCount", "app.bsky.feed.repost": "repostCount"}


class Reactions(Server):
    """What others do with a post besides answering it."""

    def reacts(self, request: Request) -> bool:
        """Whether a request writes or deletes a like or a repost."""
        try:
            return self.body(request).get("collection") in KINDS
        except (Refused, Malformed):  # whoever writes a post says what is wrong, after it knows who asks
            return False

    def react(self, request: Request, rkey: str) -> Reply:
        """``createRecord`` of one. The post need not exist, as on a real server."""
        me, fields = self._owned(request, "record", "rkey", "validate")
        return self._write(me, fields, str(fields.get("rkey", rkey)))

    def _write(self, me: Account, fields: dict[str, Any], rkey: str) -> Reply:
        record = fields.get("record")
        subject = record.get("subject") if isinstance(record, dict) else None
        if not isinstance(subject, dict) or not all(isinstance(subject.get(name), str) for name in ("uri", "cid")):
            raise self.error(400, "InvalidRequest", 'Record must have the property "subject"')
        if not is_datetime((record or {}).get("createdAt")):
            raise self.error(400, "InvalidRequest", 'Record must have the property "createdAt"')
        uri = f"at://{me.id}/{fields['collection']}/{rkey}"
        self._reactions()[uri] = (KINDS[fields["collection"]], subject["uri"])
        self._records()[uri] = {"$type": fields["collection"]} | (record or {})
        return Reply.json({"uri": uri, "cid": cid("dag-cbor", uri.encode()), "validationStatus": "valid"})

    def put_reaction(self, request: Request) -> Reply:
        """``putRecord`` of one; ``swapRecord`` null: nothing else may be under its key yet."""
        me, fields = self._owned(request, "record", "rkey", "validate", "swapRecord")
        (rkey,) = self.needed(fields, "rkey")
        if not isinstance(rkey, str) or not TID.fullmatch(rkey):
            raise self.error(400, "InvalidRequest", f'Invalid TID string (got "{rkey}") at $.rkey')
        uri = f"at://{me.id}/{fields['collection']}/{rkey}"
        there = self._records().get(uri)
        if there is not None and there != fields.get("record") and "swapRecord" in fields:
            raise self.error(400, "InvalidSwap", f"Record was at {cid('dag-cbor', uri.encode())}")
        return self._write(me, fields, rkey)

    def get_reaction(self, request: Request, me: Account, rkey: str) -> Reply:
        """One record."""
        uri = f"at://{me.id}/{first(request.query, 'collection')}/{rkey}"
        record = self._records().get(uri)
        if record is None:
            raise self.error(400, "RecordNotFound", f"Could not locate record: {uri}")
        return Reply.json({"uri": uri, "cid": cid("dag-cbor", uri.encode()), "value": record})

    def take_back(self, request: Request) -> Reply:
        """``deleteRecord`` of one; deleting it again succeeds, too."""
        me, fields = self._owned(request, "rkey")
        (rkey,) = self.needed(fields, "rkey")
        if not isinstance(rkey, str) or not TID.fullmatch(rkey):
            raise self.error(400, "InvalidRequest", f'Invalid TID string (got "{rkey}") at $.rkey')
        for kept in (self._reactions(), self._records()):
            kept.pop(f"at://{me.id}/{fields['collection']}/{rkey}", None)
        return Reply.json({})

    def reactions_to(self, post: str) -> dict[str, int]:
        """How many there are of each kind."""
        found = list(self._reactions().values())
        return {kind: found.count((kind, post)) for kind in KINDS.values()}

    def _reactions(self) -> dict[str, tuple[str, str]]:
        kept: dict[str, tuple[str, str]] = self.store.memory.setdefault((self.key, "reactions"), {})
        return kept

    def _records(self) -> dict[str, dict[str, Any]]:
        kept: dict[str, dict[str, Any]] = self.store.memory.setdefault((self.key, "reaction records"), {})
        return kept

    def _owned(self, request: Request, *known: str) -> tuple[Account, dict[str, Any]]:
        me, fields = self.me(request), self.body(request)
        if strange := only(fields, ("repo", "collection", *known)):
            raise self.error(400, "InvalidRequest", f"The sandbox does not know the field {strange[0]} here")
        (repo,) = self.needed(fields, "repo")
        if repo not in (me.id, me.handle):
            raise self.error(403, "AccountNotFound", "Account not found")
        return me, fields

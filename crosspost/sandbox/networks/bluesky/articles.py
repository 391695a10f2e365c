"""The records of articles and sites (standard.site) in the Bluesky stand-in; they are not posts."""

import json
from datetime import datetime
from typing import Any

from crosspost.sandbox.core.http_messages import Reply, Request, first
from crosspost.sandbox.core.store import Account
from crosspost.sandbox.networks.bluesky.app import App
from crosspost.sandbox.networks.bluesky.article_record import check_article
from crosspost.sandbox.networks.bluesky.record import Invalid, blobs, check_key, check_values
from crosspost.sandbox.networks.bluesky.server import cid

_SORTED = "234567abcdefghijklmnopqrstuvwxyz"


class Articles(App):
    """Records that are not posts: collection and key → record, in ``store.memory``."""

    def put_article(self, fields: dict[str, Any], me: Account, request: Request) -> Reply:
        """``putRecord`` of such a record."""
        collection, rkey = fields["collection"], fields["rkey"]
        try:
            if "record" not in fields:
                raise Invalid('Missing required key "record" at $')
            check_values(fields["record"])
            check_key(rkey, collection, tid=bool(self.settings["knows_articles"]))
            check_article(collection, fields["record"])
        except Invalid as error:
            raise self.error(400, "InvalidRequest", str(error)) from None
        self.need_blobs(fields["record"], me)
        place = (self.key, "record", me.id, collection, rkey)
        there, record = self.store.memory.get(place), fields["record"]
        uri = f"at://{me.id}/{collection}/{rkey}"
        if there is not None and there["value"] == record:
            return Reply.json({"uri": uri, "cid": there["cid"], "validationStatus": "unknown"})
        now_at = there["cid"] if there is not None else None
        if "swapRecord" in fields and fields["swapRecord"] != now_at:
            raise self.error(400, "InvalidSwap", f"Record was at {now_at or 'null'}")
        new = cid("dag-cbor", json.dumps(record, sort_keys=True, separators=(",", ":")).encode())
        self.store.memory[place] = {"uri": uri, "cid": new, "value": record}
        rev = self.new_key(request.now)
        commit = {"cid": cid("dag-cbor", rev.encode()), "rev": rev}
        return Reply.json({"uri": uri, "cid": new, "commit": commit, "validationStatus": "unknown"})

    def delete_article(self, fields: dict[str, Any], me: Account) -> Reply:
        """``deleteRecord`` of such a record; deleting it again succeeds, too."""
        place = (self.key, "record", me.id, fields["collection"], fields["rkey"])
        there = self.store.memory.get(place, {"cid": "null"})
        if fields.get("swapRecord", there["cid"]) != there["cid"]:
            raise self.error(400, "InvalidSwap", f"Record was at {there['cid']}")
        self.store.memory.pop(place, None)
        return Reply.json({})

    def get_article(self, request: Request, owner: Account) -> Reply:
        """``getRecord`` of such a record."""
        collection, rkey = first(request.query, "collection"), first(request.query, "rkey")
        found = self.store.memory.get((self.key, "record", owner.id, collection, rkey))
        if found is None:
            raise self.error(400, "RecordNotFound", f"Could not locate record: at://{owner.id}/{collection}/{rkey}")
        return Reply.json(found)

    def articles(self, owner: Account, collection: str) -> dict[str, dict[str, Any]]:
        """Key → record of an account's records of a collection, for tests."""
        start = (self.key, "record", owner.id, collection)
        return {
            key[4]: kept["value"]
            for key, kept in self.store.memory.items()
            if isinstance(key, tuple) and key[:4] == start
        }

    def need_blobs(self, record: Any, me: Account) -> None:
        """Refuse a record with a picture that was never uploaded."""
        for blob in blobs(record):
            if (self.key, "blob", me.id, blob["ref"]["$link"]) not in self.store.memory:
                raise self.error(400, "BlobNotFound", f"Could not find blob: {blob['ref']['$link']}")

    def new_key(self, now: datetime) -> str:
        """A key later than all before it."""
        micro = max(int(now.timestamp() * 1_000_000), self.store.memory.get((self.key, "tid"), 0) + 1)
        self.store.memory[self.key, "tid"] = micro
        return "".join(_SORTED[(micro << 10) >> shift & 31] for shift in range(60, -1, -5))

"""Stand-in of a Bluesky server (AT Protocol PDS), written from recorded answers of the reference implementation.

Posts, likes and reposts are kept, and the records of articles (``articles.py``). It is strict where the real one is,
and as careless: facets that point nowhere are accepted, and ``createRecord`` on a key that exists answers 500.
"""

import json
from dataclasses import replace
from typing import Any, ClassVar

from crosspost.sandbox.core.http_messages import Refused, Reply, Request, first
from crosspost.sandbox.core.standin import only, route, whole
from crosspost.sandbox.core.store import Account, Picture, Post
from crosspost.sandbox.networks.bluesky.article_record import LEXICONS
from crosspost.sandbox.networks.bluesky.articles import Articles
from crosspost.sandbox.networks.bluesky.gates import read_writes
from crosspost.sandbox.networks.bluesky.reactions import KINDS
from crosspost.sandbox.networks.bluesky.record import POST, Invalid, check_key, check_post, check_values
from crosspost.sandbox.networks.bluesky.server import cid

#: points an hour, and what each way of writing costs
_POINTS, _CREATE, _UPDATE, _DELETE = 5000, 3, 2, 1


class Bluesky(Articles):
    """Bluesky: 300 graphemes and 3000 bytes, a record per key, pictures of 2,000,000 bytes (1,000,000 in a card)."""

    key: ClassVar = "bluesky"

    # ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────

    @route("POST", "/xrpc/com.atproto.repo.createRecord")
    def create_record(self, request: Request) -> Reply:
        """Write a new record; a key that exists is answered with 500, as upstream does."""
        if self.reacts(request):
            return self.react(request, self.new_key(request.now))
        me, fields = self._call(request, _CREATE, "rkey", "validate", "record")
        if fields["collection"] != POST:
            raise self.error(400, "InvalidRequest", "The sandbox creates posts only; putRecord writes other records")
        rkey = fields["rkey"] if "rkey" in fields else self.new_key(request.now)
        self._check(fields | {"rkey": rkey}, me)
        if self._find(me, rkey) is not None:
            raise Refused(self.refusal(500, ""))
        return self._written(self._commit(fields["record"], me, rkey, request), new=True)

    @route("POST", "/xrpc/com.atproto.repo.putRecord")
    def put_record(self, request: Request) -> Reply:
        """Write a record under its key; ``swapRecord`` is what may exist there before (``null``: nothing)."""
        if self.reacts(request):
            return self.put_reaction(request)
        me, fields = self._call(request, _UPDATE, "rkey", "validate", "record", "swapRecord")
        (rkey,) = self.needed(fields, "rkey")
        if fields["collection"] != POST:
            return self.put_article(fields, me, request)
        self._check(fields, me)
        there = self._find(me, rkey)
        record = {"$type": POST} | fields["record"]
        if there is not None and there.extra["record"] == record:
            return self._written(there, new=False)
        now_at = there.extra["cid"] if there is not None else None
        if "swapRecord" in fields and fields["swapRecord"] != now_at:
            raise self.error(400, "InvalidSwap", f"Record was at {now_at or 'null'}")
        return self._written(self._commit(record, me, rkey, request), new=True)

    @route("POST", "/xrpc/com.atproto.repo.applyWrites")
    def apply_writes(self, request: Request) -> Reply:
        """Create a post together with its gates, all of them or none; a key that exists is answered with 500."""
        me, fields = self.me(request), self.body(request)
        if strange := only(fields, ("repo", "writes", "validate")):
            raise self.error(400, "InvalidRequest", f"The sandbox does not know the field {strange[0]} here")
        if fields.get("repo") not in (me.id, me.handle):
            raise self.error(403, "AccountNotFound", "Account not found")
        try:
            post, gates = read_writes(fields.get("writes"), me.id)
        except Invalid as error:
            raise self.error(400, "InvalidRequest", str(error)) from None
        left, reset = self.store.quota((self.key, "points", me.id), _POINTS, 3600, _CREATE * (1 + len(gates)))
        if left < 0 and self.settings["rate_limits"]:
            raise Refused(self.rate_limited(int((reset - request.now).total_seconds()), request.now))
        self._check({"record": post["value"], "rkey": post["rkey"]}, me)
        if self._find(me, post["rkey"]) is not None:
            raise Refused(self.refusal(500, ""))
        made = self._commit(post["value"], me, post["rkey"], request)
        made.extra["gates"] = gates
        kind = "com.atproto.repo.applyWrites#createResult"
        results = [{"$type": kind, "uri": made.id, "cid": made.extra["cid"], "validationStatus": "valid"}]
        for name, gate in gates.items():
            data = json.dumps(gate, sort_keys=True).encode()
            results.append({"$type": kind, "uri": made.id.replace(POST, name), "cid": cid("dag-cbor", data)})
        return Reply.json({"commit": self._commit_json(made), "results": results})

    @route("POST", "/xrpc/com.atproto.repo.deleteRecord")
    def delete_record(self, request: Request) -> Reply:
        """Delete a record; deleting it again succeeds, too."""
        if self.reacts(request):
            return self.take_back(request)
        me, fields = self._call(request, _DELETE, "rkey", "swapRecord")
        (rkey,) = self.needed(fields, "rkey")
        if fields["collection"] != POST:
            return self.delete_article(fields, me)
        there = self._find(me, rkey)
        if there is None:
            return Reply.json({})
        there.deleted = True
        return Reply.json({"commit": self._commit_json(there)})

    def _call(self, request: Request, cost: int, *known: str) -> tuple[Account, dict[str, Any]]:
        """Who writes what, to the own repository and a collection there is."""
        me, fields = self.me(request), self.body(request)
        if strange := only(fields, ("repo", "collection", *known)):
            raise self.error(400, "InvalidRequest", f"The sandbox does not know the field {strange[0]} here")
        repo, collection = self.needed(fields, "repo", "collection")
        if repo not in (me.id, me.handle):
            raise self.error(403, "AccountNotFound", "Account not found")
        if collection not in (POST, *LEXICONS):
            kept = ", ".join((POST, *LEXICONS))
            raise self.error(400, "InvalidRequest", f"The sandbox keeps {kept} only, not {collection}")
        left, reset = self.store.quota((self.key, "points", me.id), _POINTS, 3600, cost)
        if left < 0 and self.settings["rate_limits"]:
            raise Refused(self.rate_limited(int((reset - request.now).total_seconds()), request.now))
        return me, fields

    def _check(self, fields: dict[str, Any], me: Account) -> None:
        try:
            if "record" not in fields:
                raise Invalid('Missing required key "record" at $')
            check_values(fields["record"])
            check_key(fields["rkey"])
            if fields.get("validate") is not False:
                check_post(fields["record"], self.image_bytes)
        except Invalid as error:
            raise self.error(400, "InvalidRequest", str(error)) from None
        self.need_blobs(fields["record"], me)

    def _commit(self, record: dict[str, Any], me: Account, rkey: str, request: Request) -> Post:
        """Keep a record and show it as a post, replacing the record under its key."""
        record = {"$type": POST} | record
        embed = record.get("embed") or {}
        external = embed.get("external") or {}
        data = json.dumps(record, sort_keys=True, separators=(",", ":")).encode()
        post = Post(
            f"at://{me.id}/{POST}/{rkey}",
            self.key,
            me.name,
            str(record.get("text", "")),
            request.now,
            f"/profile/{me.handle}/post/{rkey}",
            link=external.get("uri", ""),
            pictures=self._shown(me, embed),
            language=(record.get("langs") or [""])[0],
            idempotency_key=rkey,
            also_at=(f"/profile/{me.id}/post/{rkey}",),
            extra={"record": record, "cid": cid("dag-cbor", data), "rev": self.new_key(request.now)},
        )
        if reply := record.get("reply"):
            post.extra["in_reply_to_id"] = reply["parent"]["uri"]
        if external:
            thumb = self._picture(me, external["thumb"]) if "thumb" in external else None
            shown = {name: external[name] for name in ("uri", "title", "description")}
            post.extra["card"] = shown | {"picture": thumb.id if thumb else ""}
        old = self._find(me, rkey)
        if old is None:
            return self.store.commit(post)
        post.time, post.edited = old.time, request.now
        self.store.posts[self.store.posts.index(old)] = post
        return post

    def _shown(self, me: Account, embed: dict[str, Any]) -> list[Picture]:
        if "video" in embed:
            return [self._picture(me, embed["video"], embed.get("alt", ""))]
        return [self._picture(me, image["image"], image["alt"]) for image in embed.get("images") or []]

    def _picture(self, me: Account, blob: dict[str, Any], alt: str = "") -> Picture:
        kept: Picture = self.store.memory[self.key, "blob", me.id, blob["ref"]["$link"]]
        return replace(kept, alt=alt)

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/xrpc/com.atproto.repo.getRecord")
    def get_record(self, request: Request) -> Reply:
        """One record; needs no token."""
        self.only_asked(request, "repo", "collection", "rkey")
        rkey = first(request.query, "rkey") or ""
        if first(request.query, "collection") in KINDS:
            return self.get_reaction(request, self._repo(request), rkey)
        if first(request.query, "collection") in LEXICONS:
            return self.get_article(request, self._repo(request))
        there = self._find(self._repo(request), rkey)
        if there is None or first(request.query, "collection") != POST:
            address = "/".join(first(request.query, name) or "" for name in ("repo", "collection", "rkey"))
            raise self.error(400, "RecordNotFound", f"Could not locate record: at://{address}")
        return Reply.json(_record_json(there))

    @route("GET", "/xrpc/com.atproto.repo.listRecords")
    def list_records(self, request: Request) -> Reply:
        """The records of a repository by key, newest first, or oldest with ``reverse``; needs no token."""
        self.only_asked(request, "repo", "collection", "limit", "cursor", "reverse")
        forwards, cursor = first(request.query, "reverse") == "true", first(request.query, "cursor")
        posts = sorted(self.own_posts(self._repo(request)), key=lambda post: post.idempotency_key, reverse=not forwards)
        if first(request.query, "collection") in LEXICONS:
            raise self.error(400, "InvalidRequest", "The sandbox lists posts only")
        if first(request.query, "collection") != POST:
            posts = []
        if cursor is not None:
            posts = [p for p in posts if (p.idempotency_key > cursor if forwards else p.idempotency_key < cursor)]
        page = posts[: whole(first(request.query, "limit"), 50, 1, 100, "limit")]
        body: dict[str, Any] = {"records": [_record_json(post) for post in page]}
        return Reply.json(body | ({"cursor": page[-1].idempotency_key} if page else {}))

    def _repo(self, request: Request) -> Account:
        repo = first(request.query, "repo") or ""
        for account in self.store.accounts.values():
            if account.network == self.key and repo in (account.id, account.handle):
                return account
        raise self.error(400, "InvalidRequest", f"Could not find repo: {repo}")

    def _find(self, owner: Account, rkey: str) -> Post | None:
        return self.store.post(self.key, f"at://{owner.id}/{POST}/{rkey}")

    def _written(self, post: Post, *, new: bool) -> Reply:
        """The answer to a write; without ``commit`` when nothing changed."""
        fields = {"uri": post.id, "cid": post.extra["cid"], "validationStatus": "valid"}
        return Reply.json(fields | ({"commit": self._commit_json(post)} if new else {}))

    def _commit_json(self, post: Post) -> dict[str, str]:
        return {"cid": cid("dag-cbor", post.extra["rev"].encode()), "rev": post.extra["rev"]}


def _record_json(post: Post) -> dict[str, Any]:
    return {"uri": post.id, "cid": post.extra["cid"], "value": post.extra["record"]}

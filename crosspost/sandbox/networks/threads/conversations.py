"""Figures of and replies to a post on the Threads stand-in.

Sources: developers.facebook.com/documentation/threads/insights and …/reference/reply-management, checked 2026-11-27.
Nobody can like or repost by this API; ``extra["liked_by"]`` and ``extra["reposted_by"]`` are what people did in the
app.
"""

from typing import Any

from crosspost.sandbox.core.http_messages import Refused, Reply, Request, first
from crosspost.sandbox.core.standin import route, whole
from crosspost.sandbox.core.store import Account, Post
from crosspost.sandbox.networks.meta.containers import ContainerServer
from crosspost.sandbox.networks.meta.graph import fields, flag, graph_error, only_known, stamp, wanted_fields

_METRICS = ("views", "likes", "replies", "reposts", "quotes", "shares")
_REPLY = (
    *("id", "text", "username", "permalink", "timestamp", "media_product_type", "media_type", "shortcode"),
    *("has_replies", "root_post", "replied_to", "is_reply", "is_reply_owned_by_me", "hide_status", "reply_audience"),
)


class Conversations(ContainerServer):
    """Below every post."""

    @route("GET", "/{number}/insights")
    def insights(self, request: Request, number: str) -> Reply:
        """The figures of a post of the account's own."""
        post, params = self._own(self.me(request), number), fields(request)
        only_known(params, "metric")
        asked = (first(params, "metric") or "").split(",")
        if not set(asked) <= set(_METRICS):
            raise Refused(graph_error(100, f"Param metric must be one of {{{', '.join(_METRICS)}}}"))
        told = {
            "views": post.extra.get("views", 0),
            "likes": len(post.extra.get("liked_by", ())),
            "reposts": len(post.extra.get("reposted_by", ())),
            "replies": len(self._below(post)),
        }
        rows = [
            {"name": name, "period": "lifetime", "values": [{"value": told.get(name, 0)}], "title": name,
             "id": f"{post.id}/insights/{name}/lifetime"}
            for name in asked
        ]  # fmt: skip
        return Reply.json({"data": rows})

    @route("GET", "/{number}/conversation")
    def conversation(self, request: Request, number: str) -> Reply:
        """The replies to a post of the account's own, of every depth; newest first unless it is asked for otherwise."""
        me, params = self.me(request), fields(request)
        only_known(params, "reverse", "limit", "after", "before")
        post, wanted = self._own(me, number), wanted_fields(params, _REPLY, "id")
        found = self._below(post)
        if flag(params, "reverse", True):
            found.reverse()
        size, after = whole(first(params, "limit"), 25, 1, 100, "limit"), first(params, "after")
        begin = next((n + 1 for n, one in enumerate(found) if one.id == after), 0) if after else 0
        page = found[begin : begin + size]
        body: dict[str, Any] = {"data": [self._reply_json(one, post, me, request.base_url, wanted) for one in page]}
        if page:
            body["paging"] = {"cursors": {"before": page[0].id, "after": page[-1].id}}
        if len(found) > begin + size:
            body["paging"]["next"] = f"{request.base_url}{request.path}?after={page[-1].id}"
        return Reply.json(body)

    def _own(self, me: Account, number: str) -> Post:
        post = self.store.post(self.key, number)
        if post is None or post.account != me.name:
            raise Refused(self.missing(number))
        return post

    def _below(self, post: Post) -> list[Post]:
        """What answers a post, and what answers that, oldest first."""
        found, numbers = [], {post.id}
        for one in self.store.timeline(self.key):
            if one.extra.get("in_reply_to_id") in numbers:
                numbers.add(one.id)
                found.append(one)
        return found

    def _reply_json(self, reply: Post, root: Post, me: Account, base_url: str, wanted: set[str]) -> dict[str, Any]:
        author = self.store.accounts[self.key, reply.account]
        body: dict[str, Any] = {
            "id": reply.id,
            "text": reply.text or None,
            "username": author.handle,
            "permalink": base_url + reply.path,
            "timestamp": stamp(reply.time),
            "media_product_type": "THREADS",
            "media_type": "IMAGE" if reply.pictures else "TEXT_POST",
            "root_post": {"id": root.id},
            "replied_to": {"id": reply.extra["in_reply_to_id"]},
            "is_reply": True,
            "is_reply_owned_by_me": reply.account == me.name,
            "hide_status": reply.extra.get("hide_status", "NOT_HUSHED"),
        }
        return {key: value for key, value in body.items() if key in wanted and value is not None}

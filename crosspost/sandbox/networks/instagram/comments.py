"""Likes and comments on the Instagram stand-in.

Sources: developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/ig-media/comments and
/ig-comment, checked 2026-11-27. Nobody can like or comment on what others posted by this API; :meth:`Comments.said`
and ``extra["liked_by"]`` are what people did in the app. With ``extra["likes_hidden"]`` the account hides the likes of
a post.
"""

from typing import Any

from crosspost.sandbox.core.http_messages import Refused, Reply, Request, first
from crosspost.sandbox.core.standin import route, whole
from crosspost.sandbox.core.store import Post
from crosspost.sandbox.networks.meta.comments import Comment
from crosspost.sandbox.networks.meta.containers import ContainerServer
from crosspost.sandbox.networks.meta.graph import fields, graph_error, only_known, stamp, wanted_fields

_FIELDS = ("id", "text", "username", "timestamp", "from", "hidden", "like_count", "media", "parent_id", "replies")
PAGE = 50


class Comments(ContainerServer):
    """Below every post."""

    def said(self, who: str, above: str, text: str) -> Comment:
        """Somebody comments on a post, or answers a comment, in the app; an answer to an answer goes to the comment."""
        over = self.comments_by_id.get(above)
        post, parent = (over.post, over.parent or over.id) if over else (above, "")
        new = Comment(self.number(), post, parent, who, text, self.store.clock())
        self.comments_by_id[new.id] = new
        return new

    def unsaid(self, comment: str) -> None:
        """A comment is deleted, with what answers it."""
        for one in list(self.comments_by_id.values()):
            if comment in (one.id, one.parent):
                del self.comments_by_id[one.id]

    @property
    def comments_by_id(self) -> dict[str, Comment]:
        """All comments."""
        found: dict[str, Comment] = self.store.memory.setdefault((self.key, "comments"), {})
        return found

    @route("GET", "/{number}/comments")
    def comments(self, request: Request, number: str) -> Reply:
        """The comments on a post of the account's own, newest first, 50 at most."""
        me, params = self.me(request), fields(request)
        only_known(params, "limit", "after", "before")
        post = self.store.post(self.key, number)
        if post is None or post.account != me.name:
            raise Refused(self.missing(number))
        asked = first(params, "fields") or "id,text,timestamp"
        wanted = wanted_fields(params, _FIELDS, "id,text,timestamp")
        found = [one for one in self.comments_by_id.values() if one.post == post.id and not one.parent][::-1]
        size, after = whole(first(params, "limit"), 25, 1, PAGE, "limit"), first(params, "after")
        begin = next((n + 1 for n, one in enumerate(found) if one.id == after), 0) if after else 0
        page = found[begin : begin + size]
        inner = _inner(asked)
        body: dict[str, Any] = {"data": [self._comment_json(one, wanted, inner) for one in page]}
        if page:
            body["paging"] = {"cursors": {"before": page[0].id, "after": page[-1].id}}
        if len(found) > begin + size:
            body["paging"]["next"] = f"{request.base_url}{request.path}?after={page[-1].id}"
        return Reply.json(body)

    def as_node(self, post: Post, request: Request, wanted: set[str]) -> dict[str, Any]:
        """See :class:`ContainerServer`; with the figures, as long as the account does not hide the likes."""
        body = super().as_node(post, request, wanted)
        if "comments_count" in wanted:
            body["comments_count"] = sum(one.post == post.id for one in self.comments_by_id.values())
        if "like_count" in wanted and not post.extra.get("likes_hidden"):
            body["like_count"] = len(post.extra.get("liked_by", ()))
        return body

    def _comment_json(self, comment: Comment, wanted: set[str], inner: set[str]) -> dict[str, Any]:
        author = self.store.accounts[self.key, comment.account]
        below = [one for one in self.comments_by_id.values() if one.parent == comment.id]
        body: dict[str, Any] = {
            "id": comment.id,
            "text": comment.text,
            "username": author.handle,
            "timestamp": stamp(comment.time),
            "from": {"id": f"9{author.id[1:]}", "username": author.handle},
            "hidden": comment.hidden,
            "parent_id": comment.parent or None,
        }
        if below:
            body["replies"] = {"data": [self._comment_json(one, inner, set()) for one in below]}
        return {key: value for key, value in body.items() if key in wanted and value is not None}


def _inner(asked: str) -> set[str]:
    """The fields of the answers to a comment: what stands in ``replies{…}``."""
    _, _, rest = asked.partition("replies")
    inside = rest[rest.index("{") + 1 : rest.index("}")] if "{" in rest and "}" in rest else "id"
    names = {name.strip() for name in inside.split(",")}
    if not names <= set(_FIELDS):
        raise Refused(graph_error(100, "Tried accessing nonexisting field"))
    return names

"""Comments and likes on the Facebook stand-in, and what a post tells of them.

Sources: developers.facebook.com/docs/graph-api/reference/object/{comments,likes,reactions} and /comment, checked
2026-11-27: ``filter`` is ``toplevel`` unless it is ``stream``, a summary is there only where it is asked for, a post
that nobody shared has no ``shares``. The sandbox lets every Page comment on and like what another Page posted.
"""

import re
from typing import Any, ClassVar

from crosspost.sandbox.core.http_messages import Refused, Reply, Request, first
from crosspost.sandbox.core.standin import route, whole
from crosspost.sandbox.core.store import Account, Post
from crosspost.sandbox.networks.facebook.videos import Videos
from crosspost.sandbox.networks.meta.comments import Comment
from crosspost.sandbox.networks.meta.graph import fields, flag, graph_error, only_known, stamp, wanted_fields

_FIELDS = ("id", "message", "created_time", "from", "parent", "permalink_url", "is_hidden", "can_hide", "like_count")
_FILTERS = ("toplevel", "stream")
_EDGE = re.compile(r"\b(comments|reactions)((?:\.\w+\(\w*\))*)")
_MESSAGE = 8000


class Comments(Videos):
    """Below every post."""

    needs: ClassVar = (
        ("POST|DELETE", r"/[^/]+/(comments|likes)", frozenset({"pages_manage_engagement"})),
        ("GET", r"/[^/]+/comments", frozenset({"pages_read_user_content"})),
        *Videos.needs,
    )

    @route("POST", "/{thing}/comments")
    def comment(self, request: Request, thing: str) -> Reply:
        """Comment on a post, or answer a comment."""
        me, params = self.me(request), fields(request)
        only_known(params, "message")
        message = first(params, "message") or ""
        if not message.strip() or len(message) > _MESSAGE:
            raise Refused(graph_error(100, "A comment needs a message"))
        above = self.comment_of(thing)
        post = above.post if above else self._below(thing).id
        new = Comment(f"{post.rpartition('_')[2]}_{self.store.new_id()}", post, "", me.name, message, request.now)
        new.parent = above.id if above else ""
        self._comments[new.id] = new
        return Reply.json({"id": new.id})

    @route("POST", "/{thing}/likes")
    def like(self, request: Request, thing: str) -> Reply:
        """Like a post or a comment; twice is once."""
        me = self.me(request)
        only_known(fields(request))
        found = self.comment_of(thing)
        likes = found.likes if found else self._below(thing).extra.setdefault("reacted", [])
        if me.name not in likes:
            likes.append(me.name)
        return Reply.json({"success": True})

    @route("GET", "/{thing}/comments")
    def comments(self, request: Request, thing: str) -> Reply:
        """The comments on a post of the Page's own, or below a comment, oldest first, page by page."""
        me, params = self.me(request), fields(request)
        only_known(params, "filter", "limit", "after", "summary", "order")
        above = self.comment_of(thing)
        post = self._below(above.post if above else thing)
        if post.account != me.name:
            raise Refused(self.missing(thing))
        wanted = wanted_fields(params, _FIELDS, "id,message,created_time,from")
        kind = first(params, "filter") or "toplevel"
        if kind not in _FILTERS:
            raise Refused(graph_error(100, "Param filter must be one of {TOPLEVEL, STREAM}"))
        found = self.below(post, kind)
        if above:
            found = [one for one in self.below(post, "stream") if one.parent == above.id]
        size, begin = whole(first(params, "limit"), 25, 1, 100, "limit"), _place(first(params, "after"))
        rows = [self._comment_json(one, request.base_url, wanted) for one in found[begin : begin + size]]
        body: dict[str, Any] = {"data": rows}
        if rows:
            body["paging"] = {"cursors": {"before": f"c{begin}", "after": f"c{begin + size}"}}
        if len(found) > begin + size:
            body["paging"]["next"] = f"{request.base_url}{request.path}?after=c{begin + size}"
        if flag(params, "summary", False):
            body["summary"] = {"order": "chronological", "total_count": len(found)}
        return Reply.json(body)

    def told(self, post: Post, asked: str) -> dict[str, Any]:
        """The edges of a post that its fields ask for, with modifiers such as ``.limit(0).summary(total_count)``."""
        body: dict[str, Any] = {}
        for name, modifiers in _EDGE.findall(asked):
            with_ = dict(re.findall(r"\.(\w+)\((\w*)\)", modifiers))
            if strange := set(with_) - {"limit", "summary", "filter"}:
                raise Refused(graph_error(100, f"Unknown modifier {min(strange)}"))
            if with_.get("limit") != "0":
                raise Refused(graph_error(100, "The sandbox only counts here: say .limit(0)"))
            kind = with_.get("filter", "toplevel")
            count = len(post.extra.get("reacted", ())) if name == "reactions" else len(self.below(post, kind))
            body[name] = {"data": []} | ({"summary": {"total_count": count}} if with_.get("summary") else {})
        if "shares" in asked and post.extra.get("shares"):
            body["shares"] = {"count": post.extra["shares"]}
        return body

    def below(self, post: Post, kind: str) -> list[Comment]:
        """The comments on a post, without those below a comment unless ``kind`` is ``stream``."""
        found = [one for one in self._comments.values() if one.post == post.id]
        return found if kind == "stream" else [one for one in found if not one.parent]

    def comment_of(self, number: str) -> Comment | None:
        """A comment by its id."""
        return self._comments.get(number)

    def uncomment(self, me: Account, comment: Comment) -> None:
        """Delete a comment, and what is below it; its author may, and the Page.

        :raises Refused: when the account may not
        """
        if me.name not in (comment.account, self._below(comment.post).account):
            raise Refused(graph_error(200, "You do not have permission to delete this comment", 403))
        gone = {comment.id}
        for one in list(self._comments.values()):
            if one.id in gone or one.parent in gone:
                gone.add(one.id)
                del self._comments[one.id]

    def _below(self, number: str) -> Post:
        post = self.store.post(self.key, number)
        if post is None or post.visibility != "public":
            raise Refused(self.missing(number))
        return post

    @property
    def _comments(self) -> dict[str, Comment]:
        found: dict[str, Comment] = self.store.memory.setdefault((self.key, "comments"), {})
        return found

    def _comment_json(self, comment: Comment, base_url: str, wanted: set[str]) -> dict[str, Any]:
        account = self.store.accounts[self.key, comment.account]
        above = self._comments.get(comment.parent)
        body: dict[str, Any] = {
            "id": comment.id,
            "message": comment.text,
            "created_time": stamp(comment.time),
            "from": {"id": account.id, "name": account.display_name},
            "parent": {"id": above.id, "created_time": stamp(above.time)} if above else None,
            "permalink_url": f"{base_url}/facebook/{comment.post}?comment_id={comment.id.rpartition('_')[2]}",
            "is_hidden": comment.hidden,
            "can_hide": True,
            "like_count": len(comment.likes),
        }
        return {key: value for key, value in body.items() if key in wanted and value is not None}


def _place(cursor: str | None) -> int:
    """Where a page begins."""
    if cursor is None:
        return 0
    if not re.fullmatch(r"c\d{1,6}", cursor):
        raise Refused(graph_error(100, "Invalid parameter: after"))
    return int(cursor[1:])

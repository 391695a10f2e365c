"""Comments and votes on the Lemmy stand-in.

Sources: LemmyNet/lemmy, crates/api_common/src/comment.rs (0.19) and crates/api/routes_v3 (1.0, where the list of
comments has one page only); PieFed's OpenAPI description, alpha 1.6. Checked 2026-11-27. A comment that was deleted is
still listed, without its text.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request
from crosspost.sandbox.core.standin import only, route
from crosspost.sandbox.core.store import Post
from crosspost.sandbox.networks.lemmy.access import Access

COMMENT, PAGE = 10_000, 50
_LIST = ("post_id", "parent_id", "type_", "sort", "limit", "page", "max_depth")
_SORTS = ("Hot", "Top", "New", "Old", "Controversial")


@dataclass
class Comment:
    """What somebody wrote below a post; ``path`` is its own number behind those above it."""

    id: int
    post: str
    path: str
    account: str
    text: str
    time: datetime
    deleted: bool = False


class Comments(Access):
    """Below every post, for everybody."""

    @route("GET", "/api/v3/post")
    @route("GET", "/api/alpha/post")
    def read(self, request: Request) -> Reply:
        """A post with its counts; one that was deleted is shown to its author only."""
        me, query = self._known(request), dict(request.query)
        if only(query, ("id",)):
            raise Malformed("unknown parameter")
        post = self._any(query.get("id"))
        if post is None or (post.deleted and (me is None or post.account != me.name)):
            raise Refused(self.refusal(404, "couldnt_find_post"))
        return Reply.json({"post_view": self._view(post, request)})

    @route("POST", "/api/v3/post/like")
    @route("POST", "/api/alpha/post/like")
    def vote(self, request: Request) -> Reply:
        """Vote for a post, against it, or neither."""
        me, fields = self._me(request), request.json
        post, score = self._any(fields.get("post_id")), fields.get("score")
        if set(fields) != {"post_id", "score"} or score not in (-1, 0, 1) or post is None:
            raise Malformed("post_id and score")
        post.extra.setdefault("votes", {})[me.name] = score
        return Reply.json({"post_view": self._view(post, request)})

    @route("POST", "/api/v3/comment")
    @route("POST", "/api/alpha/comment")
    def comment(self, request: Request) -> Reply:
        """Comment on a post, or answer a comment."""
        me, fields = self._me(request), request.json
        post, text = self._any(fields.get("post_id")), str(fields.get(self._text_field) or "")
        if only(fields, (self._text_field, "post_id", "parent_id", "language_id")) or post is None or post.deleted:
            raise Refused(self.refusal(404, "couldnt_find_post"))
        if not text.strip() or len(text) > COMMENT:
            raise Refused(self.refusal(400, "invalid_body_field"))
        above = self._comments.get(int(fields["parent_id"])) if fields.get("parent_id") else None
        number = int(self.store.new_id(small=True))
        path = f"{above.path if above else '0'}.{number}"
        new = self._comments[number] = Comment(number, post.id, path, me.name, text, request.now)
        return Reply.json({"comment_view": self._comment_view(new, request)})

    @route("POST", "/api/v3/comment/delete")
    @route("POST", "/api/alpha/comment/delete")
    def uncomment(self, request: Request) -> Reply:
        """Mark a comment as deleted."""
        me, fields = self._me(request), request.json
        found = self._comments.get(int(fields.get("comment_id") or 0))
        if found is None or found.account != me.name or fields.get("deleted") is not True:
            raise Refused(self.refusal(400, "couldnt_update_comment"))
        found.deleted = True
        return Reply.json({"comment_view": self._comment_view(found, request)})

    @route("GET", "/api/v3/comment/list")
    @route("GET", "/api/alpha/comment/list")
    def listed(self, request: Request) -> Reply:
        """The comments on a post; 1.0 leaves page and order aside."""
        query = dict(request.query)
        if only(query, _LIST) or query.get("sort", "Hot") not in _SORTS:
            raise Malformed("unknown parameter")
        size, page = int(query.get("limit", 10)), int(query.get("page", 1))
        if not 1 <= size <= PAGE:
            raise Refused(self.refusal(400, "couldnt_get_comments"))
        found = [one for one in self._comments.values() if one.post == query.get("post_id")]
        if query.get("sort") == "New":
            found.reverse()
        begin = 0 if self.settings["flavour"] == "lemmy1" else size * (page - 1)
        return Reply.json({"comments": [self._comment_view(one, request) for one in found[begin : begin + size]]})

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def counts(self, post: Post) -> dict[str, Any]:
        """The counts of a post; deleted comments do not count."""
        votes = list(post.extra.get("votes", {}).values())
        below = [one for one in self._comments.values() if one.post == post.id and not one.deleted]
        ups, downs = votes.count(1), votes.count(-1)
        return {"comments": len(below), "upvotes": ups, "downvotes": downs, "score": ups - downs}

    @property
    def _comments(self) -> dict[int, Comment]:
        found: dict[int, Comment] = self.store.memory.setdefault((self.key, "comments"), {})
        return found

    @property
    def _text_field(self) -> str:
        return "body" if self.settings["flavour"] == "piefed" else "content"

    def _any(self, number: Any) -> Post | None:
        return next((p for p in self.store.posts if (p.network, p.id) == (self.key, str(number))), None)

    def _comment_view(self, comment: Comment, request: Request) -> dict[str, Any]:
        author = self.store.accounts[self.key, comment.account]
        text = "" if comment.deleted else comment.text
        told = {"id": comment.id, "post_id": int(comment.post), "path": comment.path, self._text_field: text}
        told |= {"published": comment.time.isoformat(), "deleted": comment.deleted, "removed": False}
        told["ap_id"] = f"{request.base_url}/comment/{comment.id}"
        person: dict[str, Any] = {"id": int(author.id), "actor_id": f"{request.base_url}/u/{author.handle}"}
        piefed = self.settings["flavour"] == "piefed"
        person |= {"user_name" if piefed else "name": author.handle}
        person |= {"title" if piefed else "display_name": author.display_name}
        return {"comment": told, "creator": person}

    def _view(self, post: Post, request: Request) -> dict[str, Any]:
        me = self.store.accounts[self.key, post.account]
        when = "published_at" if self.settings["flavour"] == "lemmy1" else "published"
        told = {"id": int(post.id), "name": post.extra["title"], "url": post.extra["url"], "body": post.extra["body"]}
        told |= {when: post.time.isoformat(), "ap_id": f"{request.base_url}{post.path}", "creator_id": int(me.id)}
        return {"post": told | {"community_id": 7, "deleted": post.deleted}, "counts": self.counts(post)}

"""Favourites and boosts on the Mastodon stand-in (docs.joinmastodon.org/methods/statuses)."""

from typing import Any

from crosspost.sandbox.core.http_messages import Refused, Reply, Request
from crosspost.sandbox.core.standin import route
from crosspost.sandbox.core.store import Account, Post
from crosspost.sandbox.networks.mastodon.timelines import Timelines

_LIKES, _BOOSTS = "favourited_by", "reblogged_by"


def figures(post: Post, everything: list[Post]) -> dict[str, int]:
    """The figures of a Status entity; ``replies_count`` counts direct replies."""
    return {
        "replies_count": sum(other.extra["in_reply_to_id"] == post.id for other in everything),
        "reblogs_count": len(post.extra.get(_BOOSTS, ())),
        "favourites_count": len(post.extra.get(_LIKES, ())),
    }


def marks(post: Post, me: Account) -> dict[str, bool]:
    """What somebody has done with a post, as the fields of a Status entity that say so."""
    kinds = {"favourited": _LIKES, "reblogged": _BOOSTS}
    return {name: me.name in post.extra.get(kind, ()) for name, kind in kinds.items()}


class Reactions(Timelines):
    """What others do with a post besides answering it. Doing it twice is doing it once."""

    @route("POST", "/api/v1/statuses/{status}/favourite")
    def favourite(self, request: Request, status: str) -> Reply:
        """Like a post."""
        return self._marked(request, status, _LIKES, "favourited", on=True)

    @route("POST", "/api/v1/statuses/{status}/unfavourite")
    def unfavourite(self, request: Request, status: str) -> Reply:
        """Take that back."""
        return self._marked(request, status, _LIKES, "favourited", on=False)

    @route("POST", "/api/v1/statuses/{status}/reblog")
    def reblog(self, request: Request, status: str) -> Reply:
        """Boost a post: the answer is a status around it."""
        me, post = self._of(request, status)
        if post.visibility not in ("public", "unlisted") and post.account != me.name:
            raise Refused(self.refusal(404, "Record not found"))
        body = self._mark(request, post, me, _BOOSTS, on=True) | {"reblogged": True}
        return Reply.json(body | {"id": self.new_id(), "reblog": body})

    @route("POST", "/api/v1/statuses/{status}/unreblog")
    def unreblog(self, request: Request, status: str) -> Reply:
        """Take that back."""
        return self._marked(request, status, _BOOSTS, "reblogged", on=False)

    def _of(self, request: Request, status: str) -> tuple[Account, Post]:
        me = self.me(request)
        return me, self.seen(me, status)

    def _marked(self, request: Request, status: str, kind: str, word: str, *, on: bool) -> Reply:
        me, post = self._of(request, status)
        return Reply.json(self._mark(request, post, me, kind, on=on) | {word: on})

    def _mark(self, request: Request, post: Post, me: Account, kind: str, *, on: bool) -> dict[str, Any]:
        others = [name for name in post.extra.get(kind, ()) if name != me.name]
        post.extra[kind] = [*others, *([me.name] if on else [])]
        return self._status_json(post, request.base_url)

"""The reading side of the Bluesky stand-in: profiles, feeds and threads (lexicons app.bsky.actor and .feed).

A real server passes these on to the network's app view; here both are one. Nobody follows anybody.
"""

from datetime import UTC
from typing import Any

from crosspost.sandbox.core.http_messages import Reply, Request, first
from crosspost.sandbox.core.standin import only, route, whole
from crosspost.sandbox.core.store import Account, Picture, Post
from crosspost.sandbox.networks.bluesky.reactions import Reactions

_FILTERS = ("posts_with_replies", "posts_no_replies", "posts_with_media", "posts_and_author_threads")
_MOST_URIS = 25


class App(Reactions):
    """Reading. Access is in ``server.py``, the records are in ``standin.py``."""

    # ── who ───────────────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/xrpc/app.bsky.actor.getProfile")
    def get_profile(self, request: Request) -> Reply:
        """One account, by handle or DID."""
        self.me(request)
        self.only_asked(request, "actor")
        return Reply.json(self._profile(self._actor(self._one(request, "actor"))))

    @route("GET", "/xrpc/app.bsky.actor.getProfiles")
    def get_profiles(self, request: Request) -> Reply:
        """Several accounts; unknown ones are left out."""
        self.me(request)
        self.only_asked(request, "actors")
        asked = self._several(request, "actors")
        known = [account for account in self._accounts() if {account.id, account.handle} & set(asked)]
        return Reply.json({"profiles": [self._profile(account) for account in known]})

    def _accounts(self) -> list[Account]:
        return [account for account in self.store.accounts.values() if account.network == self.key]

    def _actor(self, actor: str) -> Account:
        for account in self._accounts():
            if actor.lower() in (account.id, account.handle):
                return account
        raise self.error(400, "InvalidRequest", "Profile not found")

    def _profile(self, account: Account) -> dict[str, Any]:
        posts = len(self.store.timeline(self.key, account.name))
        return _basic(account) | {"postsCount": posts, "followersCount": 0, "followsCount": 0}

    # ── feeds ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/xrpc/app.bsky.feed.getAuthorFeed")
    def get_author_feed(self, request: Request) -> Reply:
        """An account's posts, newest first."""
        self.me(request)
        self.only_asked(request, "actor", "limit", "cursor", "filter", "includePins")
        kind = first(request.query, "filter") or _FILTERS[0]
        if kind not in _FILTERS:
            raise self.error(400, "InvalidRequest", f"Error: filter must be one of ({'|'.join(_FILTERS)})")
        posts = self.own_posts(self._actor(self._one(request, "actor")))
        if kind in (
            "posts_no_replies",
            "posts_and_author_threads",
        ):  # a thread by the author is returned with its first post
            own = {post.id for post in posts} if kind == "posts_and_author_threads" else set()
            posts = [post for post in posts if post.extra.get("in_reply_to_id") in (None, *own)]
        return self._feed([post for post in posts if post.pictures or kind != "posts_with_media"], request)

    @route("GET", "/xrpc/app.bsky.feed.getTimeline")
    def get_timeline(self, request: Request) -> Reply:
        """The account\'s own posts: it follows nobody."""
        me = self.me(request)
        self.only_asked(request, "limit", "cursor")
        return self._feed(self.own_posts(me), request)

    def _feed(self, posts: list[Post], request: Request) -> Reply:
        """One page of a feed; its ``cursor`` leads to the next."""
        size, cursor = whole(first(request.query, "limit"), 50, 1, 100, "limit"), first(request.query, "cursor")
        if cursor is not None:
            keys = [_place(post) for post in posts]
            posts = posts[keys.index(cursor) + 1 :] if cursor in keys else []
        page = posts[:size]
        body: dict[str, Any] = {"feed": [{"post": self._view(post, request.base_url)} for post in page]}
        return Reply.json(body | ({"cursor": _place(page[-1])} if len(posts) > size else {}))

    @route("GET", "/xrpc/app.bsky.feed.getPosts")
    def get_posts(self, request: Request) -> Reply:
        """Up to 25 posts by their addresses; unknown ones are left out."""
        self.me(request)
        self.only_asked(request, "uris")
        found = [self.store.post(self.key, uri) for uri in self._several(request, "uris")]
        return Reply.json({"posts": [self._view(post, request.base_url) for post in found if post is not None]})

    @route("GET", "/xrpc/app.bsky.feed.getPostThread")
    def get_post_thread(self, request: Request) -> Reply:
        """A post with its parents (``parentHeight``) and replies (``depth``)."""
        self.me(request)
        self.only_asked(request, "uri", "depth", "parentHeight")
        depth = whole(first(request.query, "depth"), 6, 0, 1000, "depth")
        height = whole(first(request.query, "parentHeight"), 80, 0, 1000, "parentHeight")
        post = self.store.post(self.key, self._one(request, "uri"))
        if post is None:
            raise self.error(400, "NotFound", f"Post not found: {first(request.query, 'uri')}")
        return Reply.json({"thread": self._thread(post, request.base_url, depth, height)})

    def _thread(self, post: Post, base_url: str, depth: int, height: int) -> dict[str, Any]:
        body: dict[str, Any] = {"$type": "app.bsky.feed.defs#threadViewPost", "post": self._view(post, base_url)}
        answered = post.extra.get("in_reply_to_id")
        if answered and height:
            above = self.store.post(self.key, answered)
            gone = {"$type": "app.bsky.feed.defs#notFoundPost", "uri": answered, "notFound": True}
            body["parent"] = self._thread(above, base_url, 0, height - 1) if above else gone
        if depth:
            below = [p for p in self.store.timeline(self.key) if p.extra.get("in_reply_to_id") == post.id]
            body["replies"] = [self._thread(answer, base_url, depth - 1, 0) for answer in below]
        return body

    # ── views ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _view(self, post: Post, base_url: str) -> dict[str, Any]:
        """A post as a reader's app gets it."""
        account = self.store.accounts[self.key, post.account]
        replies = sum(p.extra.get("in_reply_to_id") == post.id for p in self.store.timeline(self.key))
        body = {
            "$type": "app.bsky.feed.defs#postView",
            "uri": post.id,
            "cid": post.extra["cid"],
            "author": _basic(account),
            "record": post.extra["record"],
            "replyCount": replies,
            **self.reactions_to(post.id),
            "quoteCount": 0,
            "indexedAt": _stamp(post),
            "viewer": {},
            "labels": [],
        }
        embed = self._embed(post, base_url)
        return body | ({"embed": embed} if embed else {})

    def _embed(self, post: Post, base_url: str) -> dict[str, Any] | None:
        """The pictures, or the card, with addresses a reader can load."""
        if post.pictures:
            return {"$type": "app.bsky.embed.images#view", "images": [_shown(p, base_url) for p in post.pictures]}
        if card := post.extra.get("card"):
            thumb = {"thumb": f"{base_url}/_sandbox/pictures/{card['picture']}"} if card["picture"] else {}
            external = {name: card[name] for name in ("uri", "title", "description")} | thumb
            return {"$type": "app.bsky.embed.external#view", "external": external}
        return None

    # ── parameters ────────────────────────────────────────────────────────────────────────────────────────────────

    def only_asked(self, request: Request, *known: str) -> None:
        """Refuse an unknown parameter, which a real server ignores, so that mistakes are noticed."""
        if strange := only((name for name, _ in request.query), known):
            raise self.error(400, "InvalidRequest", f"The sandbox does not know the parameter {strange[0]} here")

    def _one(self, request: Request, name: str) -> str:
        value = first(request.query, name)
        if not value:
            raise self.error(400, "InvalidRequest", f'Error: Params must have the property "{name}"')
        return value

    def _several(self, request: Request, name: str) -> list[str]:
        self._one(request, name)
        values = [value for key, value in request.query if key == name]
        if len(values) > _MOST_URIS:
            raise self.error(400, "InvalidRequest", f"Error: {name} must not have more than {_MOST_URIS} elements")
        return values


def _basic(account: Account) -> dict[str, Any]:
    body = {"did": account.id, "handle": account.handle, "displayName": account.display_name}
    return body | {
        "createdAt": "2026-01-01T00:00:00.000Z",
        "viewer": {"muted": False, "blockedBy": False},
        "labels": [],
    }


def _shown(picture: Picture, base_url: str) -> dict[str, Any]:
    address = f"{base_url}/_sandbox/pictures/{picture.id}"
    size = {"width": picture.width, "height": picture.height}
    return {"thumb": address, "fullsize": address, "alt": picture.alt, "aspectRatio": size}


def _stamp(post: Post) -> str:
    return post.time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _place(post: Post) -> str:
    """A post's place in a feed."""
    return f"{_stamp(post)}::{post.extra['cid']}"

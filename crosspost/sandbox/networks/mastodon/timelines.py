"""Reading from the Mastodon stand-in: posts and their threads, timelines, accounts and the search.

Written from docs.joinmastodon.org/methods/{statuses,timelines,accounts,search}.
"""

import re
from abc import abstractmethod
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote, urlsplit

from crosspost.sandbox.core.http_messages import Refused, Reply, Request, first
from crosspost.sandbox.core.standin import only, route, whole
from crosspost.sandbox.core.store import Account, Post
from crosspost.sandbox.networks.mastodon.hashtags import hashtags, key
from crosspost.sandbox.networks.mastodon.polls import Polls
from crosspost.sandbox.networks.mastodon.server import account_json

_PAGE = ("limit", "max_id", "since_id", "min_id")
_TRUE = ("true", "1", "on", "True")


class Timelines(Polls):
    """Reading. Access is in ``server.py``, writing in ``standin.py``."""

    @abstractmethod
    def _status_json(self, post: Post, base_url: str) -> dict[str, Any]:
        """A Status entity."""

    # ── one post ──────────────────────────────────────────────────────────────────────────────────────────────────

    def seen(self, me: Account, status: str) -> Post:
        """A post this account may see: its own, or a public one."""
        post = self.store.post(self.key, status)
        if post is None or not _visible(post, me):
            raise Refused(self.refusal(404, "Record not found"))
        return post

    @route("GET", "/api/v1/statuses/{status}/context")
    def context(self, request: Request, status: str) -> Reply:
        """The posts above a post in its thread, oldest first, and the replies to it."""
        me = self.me(request)
        self.only_asked(request, ())
        post = self.seen(me, status)
        visible = [p for p in self.store.timeline(self.key) if _visible(p, me)]
        by_id = {p.id: p for p in visible}
        above: list[Post] = []
        answered = by_id.get(post.extra["in_reply_to_id"] or "")
        while answered is not None:
            above.insert(0, answered)
            answered = by_id.get(answered.extra["in_reply_to_id"] or "")
        thread, below = {post.id}, []
        for other in visible:  # oldest first: replies come after their parents
            if other.extra["in_reply_to_id"] in thread:
                thread.add(other.id)
                below.append(other)
        body = {"ancestors": above, "descendants": below}
        return Reply.json({k: [self._status_json(p, request.base_url) for p in posts] for k, posts in body.items()})

    @route("GET", "/api/v1/statuses/{status}/history")
    def history(self, request: Request, status: str) -> Reply:
        """Every version of a post, oldest first, the present one last."""
        me = self.me(request)
        self.only_asked(request, ())
        post = self.seen(me, status)
        return Reply.json([*post.extra.get("history", []), self._version(post, request.base_url)])

    def remember(self, post: Post, base_url: str) -> None:
        """Keep the present version of a post that is about to be changed."""
        post.extra.setdefault("history", []).append(self._version(post, base_url))

    def _version(self, post: Post, base_url: str) -> dict[str, Any]:
        body = self._status_json(post, base_url)  # some servers leave fields out
        names = ("content", "spoiler_text", "sensitive", "account", "media_attachments", "emojis")
        version = {name: body[name] for name in names if name in body}
        version["created_at"] = body.get("edited_at") or body.get("created_at")
        return version | ({"poll": {"options": body["poll"]["options"]}} if body.get("poll") else {})

    # ── timelines ─────────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/api/v1/timelines/home")
    def home(self, request: Request) -> Reply:
        """The account\'s own posts: it follows nobody."""
        me = self.me(request)
        self.only_asked(request, _PAGE)
        return self.page(self.own_posts(me), request)

    @route("GET", "/api/v1/timelines/public")
    def public(self, request: Request) -> Reply:
        """All public posts of this server. There are no other servers."""
        self.me(request)
        self.only_asked(request, (*_PAGE, "local", "remote", "only_media"))
        remote = _said(request, "remote")
        posts = [p for p in self.store.timeline(self.key)[::-1] if p.visibility == "public" and not remote]
        return self.page([p for p in posts if p.pictures or not _said(request, "only_media")], request)

    @route("GET", "/api/v1/timelines/tag/{hashtag}")
    def tagged(self, request: Request, hashtag: str) -> Reply:
        """The public posts with a hashtag; ``any[]``, ``all[]`` and ``none[]`` name more of them."""
        self.me(request)
        asked = ("local", "remote", "only_media", "any[]", "all[]", "none[]")
        self.only_asked(request, (*_PAGE, *asked))
        more = {name: {key(v) for k, v in request.query if k == f"{name}[]"} for name in ("any", "all", "none")}
        wanted = {key(unquote(hashtag))} | more["any"]
        return self.page(
            [
                post
                for post in self.store.timeline(self.key)[::-1]
                if post.visibility == "public" and not _said(request, "remote")
                if (post.pictures or not _said(request, "only_media"))
                if wanted & (has := _tags(post)) and more["all"] <= has and not more["none"] & has
            ],
            request,
        )

    @route("GET", "/api/v1/accounts/{owner}/statuses")
    def statuses(self, request: Request, owner: str) -> Reply:
        """An account's posts, newest first. There are no reblogs and nothing is pinned."""
        me = self.me(request)
        asked = ("exclude_replies", "exclude_reblogs", "only_media", "pinned", "tagged")
        self.only_asked(request, (*_PAGE, *asked))
        tag = key(first(request.query, "tagged") or "")
        posts = [
            post
            for post in self.own_posts(self._account(owner))
            if _visible(post, me) and not _said(request, "pinned")
            if not (_said(request, "exclude_replies") and post.extra["in_reply_to_id"])
            if post.pictures or not _said(request, "only_media")
            if not tag or tag in _tags(post)
        ]
        return self.page(posts, request)

    def page(self, posts: list[Post], request: Request) -> Reply:
        """One page of ``posts`` (newest first), with the links to the pages before and after it."""
        fields = {name: first(request.query, name) for name in _PAGE}
        size = whole(fields["limit"], 20, 1, 40, "limit")
        below, since, above = fields["max_id"], fields["since_id"], fields["min_id"]
        found = [p for p in posts if (below is None or p.id < below) and (since is None or p.id > since)]
        if above is not None:  # the page right above, not the newest
            found = [p for p in found if p.id > above][-size:]
        found = found[:size]
        reply = Reply.json([self._status_json(post, request.base_url) for post in found])
        if found:
            at = f"{request.base_url}{request.path}?limit={size}"
            links = f'<{at}&max_id={found[-1].id}>; rel="next", <{at}&min_id={found[0].id}>; rel="prev"'
            reply.headers["Link"] = links
        return reply

    # ── accounts and search ───────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/api/v1/accounts/lookup")
    def lookup(self, request: Request) -> Reply:
        """An account by its name."""
        self.me(request)
        self.only_asked(request, ("acct",))
        name = (first(request.query, "acct") or "").removeprefix("@").partition("@")[0].casefold()
        for account in self._accounts():
            if account.handle == name:
                return Reply.json(account_json(account, request.base_url))
        raise Refused(self.refusal(404, "Record not found"))

    @route("GET", "/api/v1/accounts/{owner}")
    def profile(self, request: Request, owner: str) -> Reply:
        """An account."""
        self.me(request)
        self.only_asked(request, ())
        return Reply.json(account_json(self._account(owner), request.base_url))

    @route("GET", "/api/v2/search")
    def search(self, request: Request) -> Reply:
        """Accounts, posts and hashtags that hold ``q``; a post also by its address."""
        me = self.me(request)
        self.only_asked(request, ("q", "type", "resolve", "following", "exclude_unreviewed", "limit", "offset"))
        wanted, kind = (first(request.query, "q") or "").strip().casefold(), first(request.query, "type")
        if not wanted:
            raise Refused(self.refusal(400, "param is missing or the value is empty: q"))
        if kind not in (None, "accounts", "statuses", "hashtags"):
            raise Refused(self.refusal(400, f"type {kind} is not one of accounts, statuses, hashtags"))
        posts = [p for p in self.store.timeline(self.key)[::-1] if _visible(p, me)]
        tags = dict.fromkeys(tag for post in posts for tag in _tags(post))
        base, word = request.base_url, wanted.lstrip("#@")
        found: dict[str, Iterable[dict[str, Any]]] = {
            "accounts": [account_json(a, base) for a in self._accounts() if _named(a, word)],
            "statuses": [self._status_json(p, base) for p in posts if _holds(p, wanted, base)],
            "hashtags": [{"name": tag, "url": f"{base}/tags/{tag}", "history": []} for tag in tags if word in tag],
        }
        size, skip = (whole(first(request.query, n), d, 0, 40, n) for n, d in (("limit", 20), ("offset", 0)))
        return Reply.json({k: list(v)[skip : skip + size] if kind in (None, k) else [] for k, v in found.items()})

    def only_asked(self, request: Request, known: tuple[str, ...]) -> None:
        """Refuse an unknown query parameter, which a real server ignores, so that mistakes are noticed."""
        if strange := only((name for name, _ in request.query), known):
            raise Refused(self.refusal(400, f"The sandbox does not know the parameter {strange[0]} here"))

    def _accounts(self) -> list[Account]:
        return [account for account in self.store.accounts.values() if account.network == self.key]

    def _account(self, number: str) -> Account:
        found = next((account for account in self._accounts() if account.id == number), None)
        if found is None:
            raise Refused(self.refusal(404, "Record not found"))
        return found


def _visible(post: Post, me: Account) -> bool:
    return post.account == me.name or post.visibility in ("public", "unlisted")


def _said(request: Request, name: str) -> bool:
    return first(request.query, name) in _TRUE


def _tags(post: Post) -> set[str]:
    return set(map(key, hashtags(post.text)))


def _named(account: Account, word: str) -> bool:
    return word in account.handle or word in account.display_name.casefold()


def _holds(post: Post, wanted: str, base_url: str) -> bool:
    # of another server, which this one knows by an id of its own
    if re.match(r"https?://(?!127\.)", wanted) and urlsplit(wanted).path == post.path.casefold():
        return True
    return wanted in post.text.casefold() or wanted in (
        base_url + post.path,
        f"{base_url}/users/{post.account}/statuses/{post.id}",
    )

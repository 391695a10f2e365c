"""Reading from the X stand-in: whose token it is, single posts, and timelines."""

import hashlib
import re
from datetime import UTC
from html import escape
from typing import Any

from crosspost.sandbox.core import links
from crosspost.sandbox.core.http_messages import Refused, Reply, Request, first
from crosspost.sandbox.core.standin import instant, only, route, whole
from crosspost.sandbox.core.store import Account, Picture, Post
from crosspost.sandbox.networks.x.reposts import Reposts
from crosspost.sandbox.networks.x.server import invalid

_ALWAYS = ("id", "text", "edit_history_tweet_ids")
_NAMES = {
    "tweet.fields": (
        *(*_ALWAYS, "created_at", "entities", "author_id", "conversation_id", "attachments", "public_metrics"),
        *("reply_settings", "in_reply_to_user_id", "referenced_tweets"),
    ),
    "user.fields": ("id", "name", "username", "created_at", "protected", "verified"),
    "media.fields": ("media_key", "type", "url", "alt_text", "width", "height"),
    "expansions": ("author_id", "attachments.media_keys"),
}
"""What may be asked for. X knows more; anything not kept here is refused instead of ignored."""
_LISTED = ("max_results", "start_time", "end_time", "since_id", "until_id", "exclude", "pagination_token")


class Reading(Reposts):
    """What an account and its posts look like. Writing is in ``standin.py``."""

    @route("GET", "/2/users/me")
    def who(self, request: Request) -> Reply:
        """The owner of the token."""
        me = self.me(request)
        return Reply.json({"data": _user(me, self._asked(request, "user.fields"))})

    @route("GET", "/2/tweets/{post_id}")
    def tweet(self, request: Request, post_id: str) -> Reply:
        """One post; a missing one is a 200 with ``errors``, as X does it."""
        self.me(request)
        asked = self._asked(request, *_NAMES)
        post = self.store.post(self.key, post_id)
        if post is None:
            detail = f"Could not find tweet with id: [{post_id}]."
            return Reply.json({"errors": [{"title": "Not Found Error", "detail": detail, "value": post_id}]})
        body = self.as_json(post, request.base_url, asked["tweet.fields"])
        return Reply.json({"data": body} | self._included([post], asked, request.base_url))

    @route("POST", "/2/users/{user}/likes")
    def like(self, request: Request, user: str) -> Reply:
        """Like a post; doing it twice is doing it once (docs.x.com/x-api/posts/likes)."""
        me = self.me(request)
        fields = request.json
        post = self.store.post(self.key, str(fields.get("tweet_id")))
        if user != me.id or only(fields, ("tweet_id",)) or post is None:
            raise Refused(invalid("$.tweet_id: must be a post, and {id} the owner of the token"))
        post.extra["liked_by"] = sorted({*post.extra.get("liked_by", ()), me.name})
        return Reply.json({"data": {"liked": True}})

    def _figures(self, post: Post) -> dict[str, int]:
        """``public_metrics``; nobody quotes, bookmarks or counts views here."""
        answered = sum(p.extra.get("in_reply_to_id") == post.id for p in self.store.timeline(self.key))
        none = dict.fromkeys(("retweet_count", "quote_count", "bookmark_count", "impression_count"), 0)
        shown = sum(one.extra["reposts"] == post.id for one in self.reposts())
        liked = len(post.extra.get("liked_by", ()))
        return {**none, "reply_count": answered, "like_count": liked, "retweet_count": shown}

    @route("GET", "/2/users/{user}/tweets")
    def tweets(self, request: Request, user: str) -> Reply:
        """An account's posts, newest first; ``max_results`` 5 to 100."""
        self.me(request)
        asked = self._asked(request, *_NAMES, *_LISTED)
        owner = next((a for a in self.store.accounts.values() if a.network == self.key and a.id == user), None)
        size = whole(first(request.query, "max_results"), 10, 5, 100, "max_results")
        if owner is None:
            return Reply.json({"errors": [{"title": "Not Found Error", "detail": f"Could not find user: [{user}]."}]})
        found = self._listed(owner, request)
        posts = found[:size]
        if not posts:
            return Reply.json({"meta": {"result_count": 0}})
        meta: dict[str, Any] = {"result_count": len(posts), "newest_id": posts[0].id, "oldest_id": posts[-1].id}
        if len(found) > size:
            meta["next_token"] = f"sandbox{posts[-1].id}"
        body = [self.as_json(post, request.base_url, asked["tweet.fields"]) for post in posts]
        return Reply.json({"data": body} | self._included(posts, asked, request.base_url) | {"meta": meta})

    def _listed(self, owner: Account, request: Request) -> list[Post]:
        """The posts of ``owner`` within the requested bounds."""
        data = dict(request.query)
        since, until = instant(data.get("start_time")), instant(data.get("end_time"))
        excluded = [name for name in data.get("exclude", "").split(",") if name]
        if strange := only(excluded, ("replies", "retweets")):
            raise Refused(
                invalid(f"The `exclude` query parameter value [{strange[0]}] is not one of replies, retweets")
            )
        token = data.get("pagination_token", "")
        if token and not re.fullmatch(r"sandbox\d+", token):
            raise Refused(invalid("The `pagination_token` query parameter value is not valid"))
        bounds = [bound for bound in (data.get("until_id"), token.removeprefix("sandbox")) if bound]
        return [
            post
            for post in self.with_reposts(owner)
            if (since is None or post.time.replace(microsecond=0) >= since.replace(microsecond=0))
            and (until is None or post.time < until)
            and post.id > data.get("since_id", "")
            and all(post.id < bound for bound in bounds)
            and not ("replies" in excluded and "in_reply_to_id" in post.extra)
            and not ("retweets" in excluded and "reposts" in post.extra)
        ]

    def _asked(self, request: Request, *known: str) -> dict[str, set[str]]:
        """The names asked for, by parameter; unknown parameters and names are refused."""
        if strange := only((name for name, _ in request.query), known):
            raise Refused(invalid(*(f"The query parameter [{name}] is not one of the known ones" for name in strange)))
        asked = {}
        for parameter, names in _NAMES.items():
            wanted = [name for name in (first(request.query, parameter) or "").split(",") if name]
            if strange := only(wanted, names):
                problems = [f"The `{parameter}` query parameter value [{name}] is unknown" for name in strange]
                raise Refused(invalid(*problems))
            asked[parameter] = set(wanted)
        asked["tweet.fields"] |= set(_ALWAYS)
        return asked

    def _included(self, posts: list[Post], asked: dict[str, set[str]], base_url: str) -> dict[str, Any]:
        """What ``expansions`` add beside the posts."""
        more: dict[str, Any] = {}
        if "author_id" in asked["expansions"]:
            names = {post.account: None for post in posts}
            more["users"] = [_user(self.store.accounts[self.key, name], asked) for name in names]
        shown = [picture for post in posts for picture in post.pictures]
        if "attachments.media_keys" in asked["expansions"] and shown:
            more["media"] = [_media(picture, base_url, asked["media.fields"]) for picture in shown]
        return {"includes": more} if more else {}

    def as_json(self, post: Post, base_url: str, fields: set[str]) -> dict[str, Any]:
        """A post as X returns it: every link shortened, the text HTML-escaped, and pictures as an additional link at
        the end.
        """
        text, urls = _shortened(post, base_url)
        account = self.store.accounts[self.key, post.account]
        answered = post.extra.get("in_reply_to_id")
        whole_post: dict[str, Any] = {
            "id": post.id,
            "text": text,
            "edit_history_tweet_ids": [post.id],
            "created_at": post.time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "author_id": account.id,
            "conversation_id": self._first(post),
            "reply_settings": post.extra["reply_settings"],
            "public_metrics": self._figures(post),
        }
        if source := post.extra.get("reposts"):
            whole_post["referenced_tweets"] = [{"type": "retweeted", "id": source}]
        if answered:
            whole_post["in_reply_to_user_id"] = account.id
            whole_post["referenced_tweets"] = [{"type": "replied_to", "id": answered}]
        if urls:
            whole_post["entities"] = {"urls": urls}
        if post.pictures:
            whole_post["attachments"] = {"media_keys": [f"3_{picture.id}" for picture in post.pictures]}
        return {name: value for name, value in whole_post.items() if name in fields}

    def _first(self, post: Post) -> str:
        """The id of the post a thread begins with."""
        known = {p.id: p.extra.get("in_reply_to_id") for p in self.store.posts if p.network == self.key}
        first_id = post.id
        while answered := known.get(first_id):
            first_id = answered
        return first_id


def _user(account: Account, asked: dict[str, set[str]]) -> dict[str, Any]:
    body = {"created_at": "2026-01-01T00:00:00.000Z", "protected": False, "verified": False}
    more = {name: value for name, value in body.items() if name in asked["user.fields"]}
    return {"id": account.id, "name": account.display_name, "username": account.handle} | more


def _media(picture: Picture, base_url: str, fields: set[str]) -> dict[str, Any]:
    body = {
        "url": f"{base_url}/_sandbox/pictures/{picture.id}",
        "width": picture.width,
        "height": picture.height,
        **({"alt_text": picture.alt} if picture.alt else {}),
    }
    kind = "animated_gif" if picture.format == "GIF" else "photo"
    return {"media_key": f"3_{picture.id}", "type": kind} | {k: v for k, v in body.items() if k in fields}


def _shortened(post: Post, base_url: str) -> tuple[str, list[dict[str, Any]]]:
    """The text with t.co links, HTML-escaped, and their entities."""
    wanted = [(link.start, link.end, link.url) for link in links.find(post.text)]
    if post.pictures:
        wanted.append((len(post.text), len(post.text), f"{base_url}{post.path}/photo/1"))
    text, at, urls = "", 0, []
    for start, end, url in wanted:
        text += escape(post.text[at:start], quote=False) + (" " if start == end and start else "")
        short = "https://t.co/" + hashlib.sha256(f"{post.id} {start} {url}".encode()).hexdigest()[:10]
        full = url if url.lower().startswith("http") else f"http://{url}"
        shown = re.sub(r"^https?://(www\.)?", "", full)
        urls.append(
            {
                "start": len(text),
                "end": len(text) + len(short),
                "url": short,
                "expanded_url": full,
                "display_url": shown,
            }
        )
        text, at = text + short, end
    return text + escape(post.text[at:], quote=False), urls

"""Stand-in of X: API v2 with user tokens, OAuth 1.0a or OAuth 2 (docs.x.com/x-api)."""

import hashlib
import re
from datetime import UTC
from html import escape
from typing import Any, ClassVar

from crosspost.sandbox import count, links
from crosspost.sandbox.standin import instant, only, route, whole
from crosspost.sandbox.store import Account, Post
from crosspost.sandbox.wire import Refused, Reply, Request, first
from crosspost.sandbox.x_server import Server, invalid, problem

_POST_FIELDS = (
    *(
        "text",
        "media",
        "reply",
        "reply_settings",
        "poll",
        "community_id",
        "made_with_ai",
        "paid_partnership",
        "nullcast",
    ),
    *("edit_options", "quote_tweet_id", "for_super_followers_only", "card_uri", "direct_message_deep_link", "geo"),
)
_UNPLAYED = ("poll", "community_id", "edit_options", "card_uri", "direct_message_deep_link", "geo", "nullcast")
_REPLY_SETTINGS = ("following", "mentionedUsers", "subscribers", "verified")
_TWEET_FIELDS = (
    *("id", "text", "created_at", "entities", "author_id", "lang", "source", "conversation_id", "attachments"),
    *(
        "edit_history_tweet_ids",
        "note_tweet",
        "public_metrics",
        "reply_settings",
        "in_reply_to_user_id",
        "referenced_tweets",
    ),
)
_LIST_PARAMETERS = (
    *("max_results", "start_time", "end_time", "since_id", "until_id", "exclude", "pagination_token"),
    *("tweet.fields", "expansions", "media.fields", "user.fields"),
)
_CASHTAG = re.compile(r"(?<![\w$])\$[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?(?!\w)")


class X(Server):
    """X: weight 280, links 23, 4 pictures of at most 5 MB, no second post with the same text."""

    key: ClassVar = "x"
    name: ClassVar = "X"
    publishes: ClassVar = "POST /2/tweets"

    # ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────

    @route("POST", "/2/tweets")
    def publish(self, request: Request) -> Reply:
        """Publish; 403 when this account said exactly that before, deleted or not."""
        me = self.me(request)
        said = request.json
        if strange := only(said, _POST_FIELDS):
            raise Refused(invalid(*(f"$.{name}: is not defined in the schema" for name in strange)))
        if unplayed := [name for name in _UNPLAYED if name in said]:
            raise Refused(invalid(f"$.{unplayed[0]}: is not supported by the sandbox"))
        pictures = self._pictures(said, me, request)
        text = said.get("text", "")
        self._check_text(text, bool(pictures))
        extra = self._check_circumstances(said, me)
        if any(p.network == self.key and p.account == me.name and p.text == text for p in self.store.posts) and text:
            raise Refused(problem(403, "You are not allowed to create a Tweet with duplicate content."))
        post_id = self.store.new_id()
        path = f"/x/{me.handle}/status/{post_id}"
        post = Post(post_id, self.key, me.name, text, request.now, path, pictures=pictures, extra=extra)
        self.store.commit(post)
        return Reply.json({"data": self._tweet(post, request.base_url, {"id", "text", "edit_history_tweet_ids"})}, 201)

    def _pictures(self, said: dict[str, Any], me: Account, request: Request) -> list[Any]:
        media = said.get("media")
        if media is None:
            return []
        ids = media.get("media_ids") if isinstance(media, dict) else None
        if not isinstance(ids, list) or only(media, ("media_ids", "tagged_user_ids")) or not 1 <= len(ids) <= 4:
            raise Refused(invalid("$.media.media_ids: must be a list of 1 to 4 ids"))
        pictures = [self.usable(me, one, request) for one in ids]
        if len(pictures) > 1 and any(picture.format == "GIF" for picture in pictures):
            raise Refused(invalid("$.media.media_ids: a GIF stands alone"))
        return pictures

    def _check_text(self, text: Any, has_pictures: bool) -> None:
        if not isinstance(text, str):
            raise Refused(invalid("$.text: must be a text"))
        if not text.strip() and not has_pictures:
            raise Refused(invalid("$.text: required when there is no media"))
        if count.forbidden(text):
            raise Refused(invalid("$.text: contains invalid characters"))
        if (weight := count.weighted(text)) > self.settings["limit"]:
            raise Refused(problem(403, f"Your Tweet text is too long: {weight} of {self.settings['limit']}."))
        if len(_CASHTAG.findall(text)) > 1:
            raise Refused(problem(403, "At most one cashtag is allowed per post."))

    def _check_circumstances(self, said: dict[str, Any], me: Account) -> dict[str, Any]:
        """Replies go to the account's own posts only, quotes to nobody (the rules for self-serve accounts)."""
        if said.get("reply_settings") not in (None, *_REPLY_SETTINGS):
            raise Refused(invalid(f"$.reply_settings: is not one of {', '.join(_REPLY_SETTINGS)}"))
        if "quote_tweet_id" in said:
            raise Refused(problem(403, "Quoting is not available to your access level."))
        if "reply" not in said:
            return {}
        reply = said["reply"]
        target = reply.get("in_reply_to_tweet_id") if isinstance(reply, dict) else None
        answered = self.store.post(self.key, target) if isinstance(target, str) else None
        if answered is None:
            raise Refused(invalid("$.reply.in_reply_to_tweet_id: there is no such post"))
        if answered.account != me.name:
            raise Refused(problem(403, "You may only reply to authors who mentioned you."))
        return {"in_reply_to_id": answered.id}

    @route("DELETE", "/2/tweets/{post_id}")
    def delete(self, request: Request, post_id: str) -> Reply:
        """Delete one of the account's own posts."""
        me = self.me(request)
        post = self.store.post(self.key, post_id)
        if post is not None and post.account != me.name:
            raise Refused(problem(403, "You are not authorized to delete this Tweet."))
        if post is not None:
            post.deleted = True
        return Reply.json({"data": {"deleted": post is not None}})

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/2/users/me")
    def who(self, request: Request) -> Reply:
        """Whose token this is."""
        me = self.me(request)
        return Reply.json({"data": {"id": me.id, "name": me.display_name, "username": me.handle}})

    @route("GET", "/2/tweets/{post_id}")
    def tweet(self, request: Request, post_id: str) -> Reply:
        """One post; a missing one is a 200 with ``errors``, as X does it."""
        self.me(request)
        post = self.store.post(self.key, post_id)
        if post is None:
            detail = f"Could not find tweet with id: [{post_id}]."
            return Reply.json({"errors": [{"title": "Not Found Error", "detail": detail, "value": post_id}]})
        return Reply.json({"data": self._tweet(post, request.base_url, self._fields(request))})

    @route("GET", "/2/users/{user}/tweets")
    def tweets(self, request: Request, user: str) -> Reply:
        """An account's posts, newest first; ``max_results`` 5 to 100."""
        self.me(request)
        owner = next((a for a in self.store.accounts.values() if a.network == self.key and a.id == user), None)
        if strange := only((name for name, _ in request.query), _LIST_PARAMETERS):
            raise Refused(invalid(*(f"The query parameter [{name}] is not one of the known ones" for name in strange)))
        size = whole(first(request.query, "max_results"), 10, 5, 100, "max_results")
        fields = self._fields(request)
        if owner is None:
            return Reply.json({"errors": [{"title": "Not Found Error", "detail": f"Could not find user: [{user}]."}]})
        since, until = instant(first(request.query, "start_time")), instant(first(request.query, "end_time"))
        after, before = first(request.query, "since_id") or "", first(request.query, "until_id")
        posts = [
            post
            for post in self.own_posts(owner)
            if (since is None or post.time.replace(microsecond=0) >= since.replace(microsecond=0))
            and (until is None or post.time < until)
            and post.id > after
            and (before is None or post.id < before)
        ][:size]
        if not posts:
            return Reply.json({"meta": {"result_count": 0}})
        meta = {"result_count": len(posts), "newest_id": posts[0].id, "oldest_id": posts[-1].id}
        return Reply.json({"data": [self._tweet(p, request.base_url, fields) for p in posts], "meta": meta})

    def _fields(self, request: Request) -> set[str]:
        names = [name for name in (first(request.query, "tweet.fields") or "").split(",") if name]
        if strange := only(names, _TWEET_FIELDS):
            raise Refused(
                invalid(*(f"The `tweet.fields` query parameter value [{name}] is unknown" for name in strange))
            )
        return {"id", "text", "edit_history_tweet_ids", *names}

    def _tweet(self, post: Post, base_url: str, fields: set[str]) -> dict[str, Any]:
        """A post as X tells it: every link shortened, the text HTML-escaped, pictures as one more link at the end."""
        text, urls = _shortened(post, base_url)
        account = self.store.accounts[self.key, post.account]
        whole_post: dict[str, Any] = {
            "id": post.id,
            "text": text,
            "edit_history_tweet_ids": [post.id],
            "created_at": post.time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "author_id": account.id,
            "conversation_id": post.extra.get("in_reply_to_id", post.id),
        }
        if urls:
            whole_post["entities"] = {"urls": urls}
        if post.pictures:
            whole_post["attachments"] = {"media_keys": [f"3_{picture.id}" for picture in post.pictures]}
        return {name: value for name, value in whole_post.items() if name in fields}


def _shortened(post: Post, base_url: str) -> tuple[str, list[dict[str, Any]]]:
    """The text with t.co links, HTML-escaped, and the entities that say what they stand for."""
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

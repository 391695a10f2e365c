"""Stand-in of X: API v2 with user tokens, OAuth 1.0a or OAuth 2 (docs.x.com/x-api)."""

import re
from typing import Any, ClassVar

from crosspost.sandbox.core import count
from crosspost.sandbox.core.http_messages import Refused, Reply, Request
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import only, route
from crosspost.sandbox.core.store import Account, Post
from crosspost.sandbox.networks.x.reading import Reading
from crosspost.sandbox.networks.x.server import invalid, problem

_PLAYED = ("text", "media", "reply", "reply_settings", "made_with_ai", "paid_partnership", "quote_tweet_id")
_UNPLAYED = (
    *("poll", "community_id", "edit_options", "card_uri", "direct_message_deep_link", "geo", "nullcast"),
    "for_super_followers_only",
)
_REPLY_SETTINGS = ("following", "mentionedUsers", "subscribers", "verified")
_CASHTAG = re.compile(r"(?<![\w$])\$[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?(?!\w)")


class X(Reading):
    """X: weight 280, links 23, 4 pictures of at most 5 MB, no second post with the same text."""

    key: ClassVar = "x"
    name: ClassVar = "X"
    look: ClassVar = Look(mark="#5b6470", bare_links=True)
    publishes: ClassVar = "POST /2/tweets"

    # ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────

    @route("POST", "/2/tweets")
    def publish(self, request: Request) -> Reply:
        """Publish; 403 when this account has posted the same text before, deleted or not."""
        me = self.me(request)
        fields = request.json
        if strange := only(fields, (*_PLAYED, *_UNPLAYED)):
            raise Refused(invalid(*(f"$.{name}: is not defined in the schema" for name in strange)))
        if unplayed := [name for name in _UNPLAYED if name in fields]:
            raise Refused(invalid(f"$.{unplayed[0]}: is not supported by the sandbox"))
        pictures = self._pictures(fields, me, request)
        text = fields.get("text", "")
        self._check_text(text, bool(pictures))
        extra = self._check_circumstances(fields, me)
        if any(p.network == self.key and p.account == me.name and p.text == text for p in self.store.posts) and text:
            raise Refused(problem(403, "You are not allowed to create a Tweet with duplicate content."))
        post_id = self.store.new_id()
        path = f"/x/{me.handle}/status/{post_id}"
        also = (f"/x/i/status/{post_id}",)
        post = Post(post_id, self.key, me.name, text, request.now, path, pictures=pictures, extra=extra, also_at=also)
        self.store.commit(post)
        return Reply.json({"data": self.as_json(post, request.base_url, {"id", "text", "edit_history_tweet_ids"})}, 201)

    def _pictures(self, fields: dict[str, Any], me: Account, request: Request) -> list[Any]:
        media = fields.get("media")
        if media is None:
            return []
        if isinstance(media, dict) and "tagged_user_ids" in media:
            raise Refused(invalid("$.media.tagged_user_ids: is not supported by the sandbox"))
        ids = media.get("media_ids") if isinstance(media, dict) else None
        if not isinstance(ids, list) or only(media, ("media_ids",)) or not 1 <= len(ids) <= 4:
            raise Refused(invalid("$.media.media_ids: must be a list of 1 to 4 ids"))
        pictures = [self.usable(me, item, request) for item in ids]
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

    def _check_circumstances(self, fields: dict[str, Any], me: Account) -> dict[str, Any]:
        """Replies go to the account's own posts only, quotes to nobody (the rules for self-serve accounts)."""
        if fields.get("reply_settings") not in (None, *_REPLY_SETTINGS):
            raise Refused(invalid(f"$.reply_settings: is not one of {', '.join(_REPLY_SETTINGS)}"))
        if "quote_tweet_id" in fields:
            raise Refused(problem(403, "Quoting is not available to your access level."))
        kept = {"reply_settings": fields.get("reply_settings") or "everyone"}
        for name in ("made_with_ai", "paid_partnership"):
            if not isinstance(fields.get(name, False), bool):
                raise Refused(invalid(f"$.{name}: must be a boolean"))
            kept |= {name: True} if fields.get(name) else {}
        return kept | self._answered(fields["reply"], me) if "reply" in fields else kept

    def _answered(self, reply: Any, me: Account) -> dict[str, Any]:
        if isinstance(reply, dict) and (strange := only(reply, ("in_reply_to_tweet_id",))):
            raise Refused(invalid(f"$.reply.{strange[0]}: is not supported by the sandbox"))
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

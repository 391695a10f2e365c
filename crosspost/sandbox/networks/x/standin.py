"""Stand-in of X: API v2 with user tokens, OAuth 1.0a or OAuth 2 (docs.x.com/x-api)."""

import re
from typing import Any, ClassVar

from crosspost.sandbox.core import count, films
from crosspost.sandbox.core.http_messages import Refused, Reply, Request
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import only, route
from crosspost.sandbox.core.store import Account, Post
from crosspost.sandbox.networks.x.reading import Reading
from crosspost.sandbox.networks.x.server import invalid, problem

_PLAYED = (
    "text",
    "media",
    "reply",
    "reply_settings",
    "made_with_ai",
    "paid_partnership",
    "quote_tweet_id",
    "poll",
    "geo",
)
_UNPLAYED = (
    *("community_id", "edit_options", "card_uri", "direct_message_deep_link", "nullcast"),
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
        extra = self._check_circumstances(fields, me) | self._poll(fields, bool(pictures))
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
        if len(pictures) > 1 and any(picture.format in ("GIF", *films.CONTAINERS) for picture in pictures):
            raise Refused(invalid("$.media.media_ids: a GIF or a video stands alone"))
        return pictures

    def _poll(self, fields: dict[str, Any], has_pictures: bool) -> dict[str, Any]:
        """A poll of 2 to 4 answers of 1 to 25 characters, for 5 minutes to a week; without pictures."""
        if (poll := fields.get("poll")) is None:
            return {}
        if not isinstance(poll, dict) or only(poll, ("options", "duration_minutes")):
            raise Refused(invalid("$.poll: options and duration_minutes only are played by the sandbox"))
        if has_pictures:
            raise Refused(invalid("$.poll: a post has either media or a poll"))
        options, minutes = poll.get("options"), poll.get("duration_minutes")
        if not isinstance(options, list) or not 2 <= len(options) <= 4:
            raise Refused(invalid("$.poll.options: must be a list of 2 to 4 texts"))
        if any(not isinstance(option, str) or not 1 <= len(option) <= 25 for option in options):
            raise Refused(invalid("$.poll.options: each must have 1 to 25 characters"))
        if not isinstance(minutes, int) or isinstance(minutes, bool) or not 5 <= minutes <= 10_080:
            raise Refused(invalid("$.poll.duration_minutes: must be a number between 5 and 10080"))
        return {"poll": {"options": options, "minutes": minutes}}

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
        if (geo := fields.get("geo")) is not None:
            place = geo.get("place_id") if isinstance(geo, dict) and not only(geo, ("place_id",)) else None
            if not isinstance(place, str) or not re.fullmatch(r"[0-9a-f]{16}", place):
                raise Refused(invalid("$.geo.place_id: is not the id of a place"))
            kept["place"] = place
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

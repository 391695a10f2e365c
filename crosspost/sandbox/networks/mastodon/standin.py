"""Stand-in of a Mastodon server 4.5 (docs.joinmastodon.org), or of a compatible server if configured."""

import re
from datetime import UTC, timedelta
from html import escape
from typing import Any, ClassVar

from crosspost.sandbox.core import count, films, links
from crosspost.sandbox.core.http_messages import Refused, Reply, Request
from crosspost.sandbox.core.standin import instant, route
from crosspost.sandbox.core.store import Account, Picture, Post
from crosspost.sandbox.networks.mastodon.hashtags import hashtags
from crosspost.sandbox.networks.mastodon.languages import ISO_639_1
from crosspost.sandbox.networks.mastodon.params import params
from crosspost.sandbox.networks.mastodon.polls import poll_json
from crosspost.sandbox.networks.mastodon.reactions import Reactions, figures, marks
from crosspost.sandbox.networks.mastodon.server import account_json, media_json

KEY_MEMORY = timedelta(hours=1)
REPLAYED = timedelta(hours=6)
SOONEST = timedelta(minutes=5)
_POST = ("status", "media_ids", "poll", "spoiler_text", "sensitive", "language")
_NEW = ("visibility", "in_reply_to_id", "scheduled_at", "quote_approval_policy")
_QUOTES = ("public", "followers", "nobody")
# some clients put the key here, where no server reads it; Mastodon.py 2.3 sends a variable of its own
_IGNORED = ("idempotency_key", "valid_policies")
_TRUE = ("true", "1", "True", "on")


class Mastodon(Reactions):
    """Mastodon: 500 graphemes, links 23, Idempotency-Key for an hour, 4 pictures of at most 16 MiB."""

    key: ClassVar = "mastodon"
    name: ClassVar = "Mastodon"
    publishes: ClassVar = "POST /api/v1/statuses"

    # ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────

    @route("POST", "/api/v1/statuses")
    def publish(self, request: Request) -> Reply:
        """Publish; a repeated Idempotency-Key is handled as this kind of server does."""
        me = self.me(request, "statuses")
        key = str(request.headers.get("Idempotency-Key", ""))
        if not key or self.flavour.keys == "none":
            return self._published(me, "", request)
        if self.flavour.keys == "hour":
            remembered = self._remembered(me, key, request)
            return self._answered(remembered, request) if remembered else self._published(me, key, request)
        if self.flavour.keys == "once":
            return self._once(me, key, request)
        return self._replayed(me, key, request)

    def _published(self, me: Account, key: str, request: Request) -> Reply:
        fields = params(request)
        self.only_known(fields, (*_POST, *_NEW, *_IGNORED))
        self._count_daily(me)
        self._check_schedule(fields, request)
        post = self._checked(fields, me, request)
        post.idempotency_key = key
        self.store.commit(post)
        if key and self.flavour.keys == "hour":
            self.store.memory[self.key, "key", me.name, key] = (post.id, request.now + KEY_MEMORY)
        return self._answered(post, request)

    def _count_daily(self, me: Account) -> None:
        """Friendica's limit, in its own words."""
        most = self.flavour.daily
        if not most or not self.settings["rate_limits"]:
            return
        left, _ = self.store.quota((self.key, "daily", me.name), most, 86_400)
        if left < 0:
            why = f"Daily posting limit of {most} posts reached. The post was rejected."
            raise Refused(Reply.json({"error": "Too Many Requests", "error_description": why}, 429))

    def _answered(self, post: Post, request: Request) -> Reply:
        return Reply.json(self._status_json(post, request.base_url))

    def _once(self, me: Account, key: str, request: Request) -> Reply:
        """Pixelfed stores the key before it checks the post, so a repetition is refused even after a failure."""
        known = self.store.memory.get((self.key, "once", me.name, key))
        if known is not None and request.now < known:
            raise Refused(self.refusal(400, "Duplicate idempotency key."))
        self.store.memory[self.key, "once", me.name, key] = request.now + KEY_MEMORY
        return self._published(me, key, request)

    def _replayed(self, me: Account, key: str, request: Request) -> Reply:
        """Akkoma and Pleroma store any response and return it again for the same key."""
        known = self.store.memory.get((self.key, "replay", key))
        if known is not None and request.now < known[1]:
            return Reply(known[0].status, known[0].body, headers={"Idempotent-Replayed": "true"})
        try:
            reply = self._published(me, key, request)
        except Refused as refused:
            reply = refused.reply
        self.store.memory[self.key, "replay", key] = (reply, request.now + REPLAYED)
        return reply

    def _remembered(self, me: Account, key: str, request: Request) -> Post | None:
        """The post this key made within the hour. The text is not compared: the key alone decides."""
        known = self.store.memory.get((self.key, "key", me.name, key))
        if known is None or request.now >= known[1]:
            return None
        return self._own(me, known[0])

    def _check_schedule(self, fields: dict[str, Any], request: Request) -> None:
        """A time in the past publishes at once; scheduling itself is left to the client: a key does not protect it."""
        at = instant(str(fields.get("scheduled_at") or ""))
        if at is not None and at > request.now:
            early = at < request.now + SOONEST
            reason = "must be at least 5 minutes in the future" if early else "is not supported by the sandbox"
            raise Refused(self.refusal(422, f"Validation failed: Scheduled at {reason}"))

    def _checked(self, fields: dict[str, Any], me: Account, request: Request) -> Post:
        """The post that was asked for, or a refusal."""
        pictures = self._attachments(fields, me)
        text, warning = str(fields.get("status") or ""), str(fields.get("spoiler_text") or "")
        if not text.strip() and warning:
            text, warning = warning, ""
        if not text.strip() and not pictures:
            raise Refused(self.refusal(422, "Validation failed: Text can't be blank"))
        self._check_length(text, warning)
        language, visibility, quotes = self._audience(fields)
        answered = str(fields.get("in_reply_to_id") or "")
        if self.flavour.needs_media and not pictures and not answered and "media_ids" not in fields:
            raise Refused(self.refusal(403, "A post needs a picture"))
        if answered and self.store.post(self.key, answered) is None:
            raise Refused(self.refusal(404, "The post you are trying to reply to does not appear to exist."))
        post_id = self.new_id()
        title, warning = (warning, "") if self.flavour.warning_is_title else ("", warning)
        extra = {
            "title": title,
            "spoiler_text": warning,
            "sensitive": bool(warning) or fields.get("sensitive") in (*_TRUE, True),
            "in_reply_to_id": answered or None,
            "poll": self.poll_of(fields, request),
            "quotes": quotes,
        }
        return Post(
            post_id,
            self.key,
            me.name,
            text,
            request.now,
            self.flavour.page.format(handle=me.handle, id=post_id),
            pictures=pictures,
            language=language,
            visibility=visibility,
            extra=extra,
            also_at=(f"/users/{me.handle}/statuses/{post_id}",),
        )

    def _audience(self, fields: dict[str, Any]) -> tuple[str, str, str]:
        """Language, visibility and who may quote it, or a refusal."""
        language, visibility = str(fields.get("language") or ""), str(fields.get("visibility") or "public")
        if language and language not in ISO_639_1:
            raise Refused(self.refusal(422, f"Validation failed: Language {language} is not an ISO 639-1 code"))
        if visibility not in self.flavour.visibilities:
            raise Refused(self.refusal(422, f"Validation failed: Visibility {visibility} is not valid"))
        quotes = str(fields.get("quote_approval_policy") or "public")
        if quotes not in _QUOTES or (self.settings["flavour"] != "mastodon" and "quote_approval_policy" in fields):
            raise Refused(self.refusal(422, "Validation failed: Quote approval policy is not valid"))
        return language, visibility, quotes

    def _check_length(self, text: str, warning: str) -> None:
        limit, length = self.flavour.characters, _length(text, warning, self.flavour.counts)
        if self.flavour.warning and len(warning) > self.flavour.warning:
            raise Refused(self.refusal(422, "The spoiler text is too long"))
        if length <= limit:
            return
        message = f"Validation failed: Text character limit of {limit} exceeded"
        if self.flavour.counts == "code-points":
            message = f"Bad Request: status too long, {length} characters provided (including content warning)"
            message += f" but limit is {limit}"
        raise Refused(self.refusal(self.flavour.too_long, message))

    def _attachments(self, fields: dict[str, Any], me: Account, *, of: Post | None = None) -> list[Picture]:
        """The pictures named by ``media_ids``: the account's own, ready, and in no other post."""
        ids = fields.get("media_ids") or []
        if not isinstance(ids, list):
            raise Refused(self.refusal(422, "Validation failed: media_ids must be a list"))
        if len(ids) > self.flavour.attachments:
            limit = self.flavour.attachments
            raise Refused(self.refusal(422, f"Validation failed: Cannot attach more than {limit} files"))
        found: list[Picture] = []
        for item in ids:
            picture = self.store.picture(me, str(item))
            if picture is None or (picture.used and not (of and picture in of.pictures)):
                raise Refused(self.refusal(422, f"Media {item} not found or already attached to another post"))
            if picture.extra.get("looks"):
                message = "Cannot attach files that have not finished processing. Try again in a moment!"
                raise Refused(self.refusal(422, message))
            found.append(picture)
        if len(found) > 1 and any(picture.format in films.CONTAINERS for picture in found):
            raise Refused(self.refusal(422, "Cannot attach a video to a post that already contains images"))
        return found

    @route("PUT", "/api/v1/statuses/{status}")
    def edit(self, request: Request, status: str) -> Reply:
        """Change a post; ``media_attributes`` changes descriptions."""
        me = self.me(request)
        post = self._own(me, status)
        fields = params(request)
        self.only_known(fields, (*_POST, "visibility", "media_attributes"))
        if fields.get("visibility", post.visibility) != post.visibility:
            raise Refused(self.refusal(422, "Validation failed: Visibility of a post cannot be changed"))
        kept = fields if "media_ids" in fields else fields | {"media_ids": [picture.id for picture in post.pictures]}
        changed = self._checked({"visibility": post.visibility} | kept | {"media_ids": []}, me, request)
        pictures = self._attachments(kept, me, of=post)
        self.remember(post, request.base_url)
        for attribute in fields.get("media_attributes") or []:
            for picture in pictures:
                if isinstance(attribute, dict) and picture.id == str(attribute.get("id")):
                    picture.alt = str(attribute.get("description") or picture.alt)
        post.text, post.pictures, post.edited = changed.text, pictures, request.now
        post.language = changed.language or post.language
        post.extra |= {name: changed.extra[name] for name in ("spoiler_text", "sensitive", "poll")}
        found = links.find(post.text, bare=False, any_script=True)
        post.link = found[0].url if found else ""
        return Reply.json(self._status_json(post, request.base_url))

    @route("DELETE", "/api/v1/statuses/{status}")
    def delete(self, request: Request, status: str) -> Reply:
        """Delete a post and answer with its source text."""
        post = self._own(self.me(request, "delete"), status)
        post.deleted = True
        return Reply.json(self._status_json(post, request.base_url) | {"text": post.text})

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/api/v1/statuses/{status}")
    def status(self, request: Request, status: str) -> Reply:
        """One post, and what this person has done with it."""
        me, post = self._of(request, status)
        body = self._status_json(post, request.base_url)
        return Reply.json(body | {name: done for name, done in marks(post, me).items() if name in body})

    @route("GET", "/api/v1/statuses/{status}/source")
    def source(self, request: Request, status: str) -> Reply:
        """The text as it was received."""
        post = self._own(self.me(request), status)
        return Reply.json({"id": post.id, "text": post.text, "spoiler_text": post.extra["spoiler_text"]})

    def _own(self, me: Account, status: str) -> Post:
        post = self.store.post(self.key, status)
        if post is None or post.account != me.name:
            raise Refused(self.refusal(404, "Record not found"))
        return post

    def _author(self, status: str | None) -> str | None:
        post = self.store.post(self.key, status) if status else None
        return self.store.accounts[self.key, post.account].id if post else None

    def _status_json(self, post: Post, base_url: str) -> dict[str, Any]:
        """A Status entity; its content is HTML, the source text is only in ``/source``."""
        account = self.store.accounts[self.key, post.account]
        body = {
            "id": post.id,
            "uri": f"{base_url}/users/{account.handle}/statuses/{post.id}",
            "url": base_url + post.path,
            "created_at": post.time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "edited_at": post.edited.isoformat() if post.edited else None,
            "content": _content(post.text),
            "visibility": post.visibility,
            "language": post.language or None,
            "spoiler_text": post.extra["spoiler_text"],
            "sensitive": post.extra["sensitive"],
            "in_reply_to_id": post.extra["in_reply_to_id"],
            "in_reply_to_account_id": self._author(post.extra["in_reply_to_id"]),
            **figures(post, self.store.timeline(self.key)),
            **dict.fromkeys(("favourited", "reblogged", "muted", "bookmarked", "pinned"), False),
            "account": account_json(account, base_url),
            "media_attachments": [media_json(picture, base_url) for picture in post.pictures],
            "application": {"name": "sandbox", "website": None},
            "mentions": [],
            "tags": [{"name": tag, "url": f"{base_url}/tags/{tag}"} for tag in hashtags(post.text)],
            "emojis": [],
            "card": None,
            "poll": poll_json(post, self.store.clock()),
            "reblog": None,
        }
        return {name: value for name, value in body.items() if name not in self.flavour.left_out}


def _length(text: str, warning: str, counts: str) -> int:
    if counts == "mastodon":
        return count.mastodon(text, warning)
    return len(text) + len(warning) if counts == "code-points" else count.graphemes(text + warning)


def _content(text: str) -> str:
    """The text as Mastodon answers it: paragraphs of HTML with links."""
    pieces, at = [], 0
    for link in links.find(text, bare=False, any_script=True):
        anchor = f'<a href="{escape(link.url)}" rel="nofollow noopener">{escape(link.url)}</a>'
        pieces += [escape(text[at : link.start], quote=False), anchor]
        at = link.end
    html = "".join([*pieces, escape(text[at:], quote=False)])
    return "".join(f"<p>{part.replace(chr(10), '<br />')}</p>" for part in re.split(r"\n{2,}", html) if part)

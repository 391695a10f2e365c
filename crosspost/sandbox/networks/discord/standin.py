"""Stand-in of a Discord channel with a webhook (docs.discord.com/developers/resources/webhook)."""

import hashlib
import json
import re
from datetime import datetime
from typing import Any, ClassVar

from crosspost.sandbox.core import pictures
from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request, first
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import StandIn, only, route
from crosspost.sandbox.core.store import Account, Picture, Post
from crosspost.sandbox.networks.discord import embeds
from crosspost.sandbox.networks.discord.markdown import seen
from crosspost.sandbox.networks.discord.polls import poll_json, poll_of

TEXT, ALT, TITLE = 2000, 1024, 100
FILE, BODY, FILES = 10 * 2**20, 25 * 2**20, 10
#: Discord names no number, and asks to read its headers
PER_MINUTE = 30
_GUILD = "990000000000000001"
#: ``wait`` and ``id`` belong in the address; in the body they are ignored
_KNOWN = (
    *("content", "allowed_mentions", "flags", "attachments", "thread_name", "applied_tags", "username", "tts", "poll"),
    *("embeds", "wait", "id"),
)
_FLAGS = 1 << 2 | 1 << 12
#: without a version Discord answers as its oldest one, which is the same here
_PATH, _OLD = "/api/v10/webhooks/{number}/{token}", "/api/webhooks/{number}/{token}"


class Discord(StandIn):
    """Each account is the webhook of one channel. Nothing can be listed; a message is read by its id only."""

    key: ClassVar = "discord"
    name: ClassVar = "Discord"
    look: ClassVar = Look(mark="#5865f2")
    publishes: ClassVar = "POST /api/webhooks"
    paths: ClassVar = r"/api/(v10/)?webhooks/"
    options: ClassVar = {"rate_limits": True, "forum": False, "tag": "", "polls": True}
    """``forum``: the channel is one; ``tag``: the id of a tag each of its posts must have; ``polls``: it takes them."""

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`. The credential is the webhook's whole address, as the channel's settings show it."""
        hook = f"98000000000000000{number}"
        token = hashlib.blake2s(self.store.token(self.key, name, "webhook").encode()).hexdigest()
        address = f"https://discord.com/api/webhooks/{hook}/{token}"
        return Account(self.key, name, hook, name, display_name, {"webhook": address})

    def profiles(self, account: Account) -> tuple[str, ...]:
        """See :class:`StandIn`."""
        return (f"/channels/{_GUILD}/{_channel(account)}",)

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {"CROSSPOST_DISCORD_WEBHOOK": account.credentials["webhook"]}

    def path(self, request: Request) -> str:
        """Without version, and without the webhook's id and token."""
        return re.sub(r"^/api/(v10/)?webhooks/[^/]+/[^/]+", "/api/webhooks", request.path)

    def refusal(self, status: int, message: str, code: int = 0) -> Reply:
        """``{"message": …, "code": …}``."""
        return Reply.json({"message": message, "code": code}, status)

    def expired(self) -> Reply:
        """401: the token is not the webhook's."""
        return self.refusal(401, "Invalid Webhook Token", 50027)

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002  # told in seconds
        """429, with the seconds as a fraction in the body, too."""
        headers = {"Retry-After": str(retry_after), "X-RateLimit-Scope": "shared"}
        body = {"message": "You are being rate limited.", "retry_after": float(retry_after), "global": False}
        return Reply.json(body, 429, headers)

    # ── the webhook ───────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", _OLD)
    @route("GET", _PATH)
    def get_webhook(self, request: Request, number: str, token: str) -> Reply:
        """The webhook, its server and channel."""
        me = self._hook(request, number, token)
        told = {"id": me.id, "type": 1, "guild_id": _GUILD, "channel_id": _channel(me), "name": me.display_name}
        return Reply.json(told | {"avatar": None, "application_id": None, "token": token})

    @route("POST", _OLD)
    @route("POST", _PATH)
    def execute(self, request: Request, number: str, token: str) -> Reply:
        """Publish a message. Only with ``wait`` is it told which one it became."""
        me, fields = self._hook(request, number, token), self._fields(request)
        where = self._thread(request, me, fields)
        content, files = self._content(fields), self._attached(request, fields)
        poll, boxes = self._poll(fields, files), self._embeds(request, fields)
        if not content and not files and not poll and not boxes:
            raise Refused(self.refusal(400, "Cannot send an empty message", 50006))
        limits = self._count(request, me)
        shown = [self.store.keep(me, data, shape, alt) for data, shape, alt in files]
        extra = {"flags": fields.get("flags", 0), "channel": where, "title": fields.get("thread_name", "")}
        extra |= poll | ({"embeds": boxes} if boxes else {})
        extra["called"] = _called(content, fields.get("allowed_mentions"))
        path, new = f"/channels/{_GUILD}/{where}", self.store.new_id()
        text = seen(content) or embeds.text_of(boxes)
        post = Post(new, self.key, me.name, text, request.now, f"{path}/{new}", pictures=shown, extra=extra)
        self.store.commit(post)
        if (first(request.query, "wait") or "").lower() not in ("true", "1"):
            return Reply(204, headers=limits)
        return Reply.json(self._message(post), headers=limits)

    @route("GET", _OLD + "/messages/{message}")
    @route("GET", _PATH + "/messages/{message}")
    def get_message(self, request: Request, number: str, token: str, message: str) -> Reply:
        """One message of the webhook's own."""
        return Reply.json(self._message(self._own(request, number, token, message)))

    @route("PATCH", _OLD + "/messages/{message}")
    @route("PATCH", _PATH + "/messages/{message}")
    def change(self, request: Request, number: str, token: str, message: str) -> Reply:
        """Change a message; attachments that are not named again go away."""
        post, fields = self._own(request, number, token, message), self._fields(request)
        if "poll" in post.extra or "poll" in fields:
            raise Refused(self.refusal(400, "Cannot edit a poll message", 520003))
        if "thread_name" in fields or "applied_tags" in fields:
            raise Malformed("a message's thread cannot be changed here")
        account = self.store.accounts[self.key, post.account]
        if "attachments" in fields:
            files = self._attached(request, fields)
            post.pictures = [self.store.keep(account, data, shape, alt) for data, shape, alt in files]
        self._reword(request, fields, post)
        post.extra["flags"], post.edited = fields.get("flags", post.extra["flags"]), request.now
        return Reply.json(self._message(post))

    @route("DELETE", _OLD + "/messages/{message}")
    @route("DELETE", _PATH + "/messages/{message}")
    def delete(self, request: Request, number: str, token: str, message: str) -> Reply:
        """Delete a message."""
        self._own(request, number, token, message).deleted = True
        return Reply(204)

    # ── parts of a request ────────────────────────────────────────────────────────────────────────────────────────

    def _hook(self, request: Request, number: str, token: str) -> Account:
        for (network, _), account in self.store.accounts.items():
            if network == self.key and account.id == number:
                if not account.credentials["webhook"].endswith(f"/{token}"):
                    raise Refused(self.expired())
                request.account = account.name
                return account
        raise Refused(self.refusal(404, "Unknown Webhook", 10015))

    def _own(self, request: Request, number: str, token: str, message: str) -> Post:
        me, post = self._hook(request, number, token), self.store.post(self.key, message)
        where = first(request.query, "thread_id") or _channel(me)
        if post is None or post.account != me.name or post.extra["channel"] != where:
            raise Refused(self.refusal(404, "Unknown Message", 10008))
        return post

    def _fields(self, request: Request) -> dict[str, Any]:
        """The message's fields, from a JSON body or from ``payload_json`` beside files."""
        if len(request.body) > BODY:
            raise Refused(self.refusal(413, "Request entity too large", 40005))
        if request.kind == "multipart/form-data":
            try:
                fields = json.loads(first(request.form, "payload_json") or "{}")
            except ValueError:
                raise Malformed("payload_json is not JSON") from None
        else:
            fields = request.json
        if strange := only(fields, _KNOWN):
            raise Malformed(f"the sandbox does not know the parameter {strange[0]} here")
        if fields.get("flags", 0) & ~_FLAGS:
            raise Refused(self._invalid("flags: only SUPPRESS_EMBEDS and SUPPRESS_NOTIFICATIONS may be set"))
        return dict(fields)

    def _content(self, fields: dict[str, Any]) -> str:
        content = str(fields.get("content") or "").strip()
        if len(content) > TEXT:
            raise Refused(self._invalid(f"content: Must be {TEXT} or fewer in length."))
        return content

    def _embeds(self, request: Request, fields: dict[str, Any]) -> list[dict[str, Any]]:
        """The embeds of a message; a poll beside them is not documented."""
        boxes = fields.get("embeds") or []
        if boxes and fields.get("poll") is not None:
            raise Refused(self._invalid("poll: no embeds beside it"))
        if said := embeds.wrong(boxes, {file.filename for file in dict(request.files).values()}):
            raise Refused(self._invalid(said))
        return list(boxes)

    def _reword(self, request: Request, fields: dict[str, Any], post: Post) -> None:
        """Change the words of a message. Embeds that are not named again stay."""
        if "embeds" in fields:
            post.extra["embeds"] = self._embeds(request, fields)
        boxes = post.extra.get("embeds", [])
        if "content" in fields:
            post.text = seen(self._content(fields)) or embeds.text_of(boxes)
            if not post.text and not post.pictures:
                raise Refused(self.refusal(400, "Cannot send an empty message", 50006))

    def _poll(self, fields: dict[str, Any], files: list[Any]) -> dict[str, Any]:
        """The poll of a new message; {} when it has none."""
        if fields.get("poll") is None:
            return {}
        if not self.settings["polls"]:
            raise Refused(self.refusal(400, "Invalid channel type for poll creation", 520002))
        if files:  # nowhere is it said that both go together
            raise Refused(self._invalid("poll: no files beside it"))
        return {"poll": poll_of(fields["poll"])}

    def _attached(self, request: Request, fields: dict[str, Any]) -> list[tuple[bytes, tuple[str, int, int], str]]:
        files, found = dict(request.files), []
        named = [(f"files[{item.get('id')}]", item) for item in fields.get("attachments") or []]
        known = [name for name, _ in named]
        named += [(name, {}) for name in files if name not in known]  # taken too, without a description
        for name, item in named:
            file = files.pop(name, None)
            if file is None:
                raise Refused(self._invalid(f"attachments: there is no file {item.get('id')}"))
            if len(file.data) > FILE:
                raise Refused(self.refusal(413, "Request entity too large", 40005))
            shape, alt = pictures.shape(file.data), str(item.get("description") or "")
            if len(alt) > ALT:
                raise Refused(self._invalid(f"description: Must be {ALT} or fewer in length."))
            if shape is None:
                raise Malformed("the sandbox takes pictures only")
            found.append((file.data, shape, alt))
        if len(found) > FILES:
            raise Refused(self._invalid(f"attachments: at most {FILES}"))
        return found

    def _thread(self, request: Request, me: Account, fields: dict[str, Any]) -> str:
        """The channel or thread the message goes to; a forum opens a thread for it."""
        thread, title = first(request.query, "thread_id"), fields.get("thread_name")
        if thread and title:
            raise Refused(self.refusal(400, "A thread id and a thread name exclude each other", 220002))
        if title is not None and not self.settings["forum"]:
            raise Refused(self.refusal(400, "Webhooks can only create threads in forum channels", 220003))
        if self.settings["forum"] and not thread:
            return self._new_thread(str(title or ""), fields.get("applied_tags") or [])
        if thread and not thread.isdecimal():
            raise Refused(self.refusal(404, "Unknown Channel", 10003))
        return thread or _channel(me)

    def _new_thread(self, title: str, tags: list[str]) -> str:
        if not title:
            needed = "Webhooks posted to forum channels must have a thread_name or thread_id"
            raise Refused(self.refusal(400, needed, 220001))
        if len(title) > TITLE:
            raise Refused(self._invalid(f"thread_name: Must be between 1 and {TITLE} in length."))
        if self.settings["tag"] and self.settings["tag"] not in tags:
            raise Refused(self.refusal(400, "A tag is required to create a forum post in this channel", 40067))
        return self.store.new_id()

    def _count(self, request: Request, me: Account) -> dict[str, str]:
        """The headers that say how many more messages are taken."""
        left, reset = self.store.quota((self.key, "hook", me.name), PER_MINUTE, 60)
        seconds = max(1, int((reset - request.now).total_seconds()))
        if left < 0 and self.settings["rate_limits"]:
            raise Refused(self.rate_limited(seconds, request.now))
        names = ("Limit", "Remaining", "Reset", "Reset-After")
        values = (PER_MINUTE, max(left, 0), int(reset.timestamp()), seconds)
        return {f"X-RateLimit-{name}": str(value) for name, value in zip(names, values, strict=True)}

    def _invalid(self, message: str) -> Reply:
        return self.refusal(400, f"Invalid Form Body: {message}", 50035)

    def _message(self, post: Post) -> dict[str, Any]:
        me = self.store.accounts[self.key, post.account]
        return {
            "id": post.id,
            "channel_id": post.extra["channel"],
            "webhook_id": me.id,
            "content": post.text,
            "timestamp": post.time.isoformat(),
            "edited_timestamp": post.edited.isoformat() if post.edited else None,
            "flags": post.extra["flags"],
            "embeds": [{"type": "rich"} | one for one in post.extra.get("embeds", [])],
            "attachments": [_attachment(picture) for picture in post.pictures],
        } | ({"poll": poll_json(post.extra["poll"])} if "poll" in post.extra else {})


def _channel(account: Account) -> str:
    return account.id.replace("98", "97", 1)


def _called(content: str, allowed: dict[str, Any] | None) -> list[str]:
    """Whom the message calls: everybody it names, unless ``allowed_mentions`` says otherwise."""
    kinds = {"everyone", "roles", "users"} if allowed is None else set(allowed.get("parse", []))
    named = [("everyone", r"@(?:everyone|here)\b"), ("roles", r"<@&\d+>"), ("users", r"<@!?\d+>")]
    return [found for kind, pattern in named if kind in kinds for found in re.findall(pattern, content)]


def _attachment(picture: Picture) -> dict[str, Any]:
    size = {"size": len(picture.data), "width": picture.width, "height": picture.height}
    return {"id": picture.id, "filename": picture.id, "description": picture.alt} | size

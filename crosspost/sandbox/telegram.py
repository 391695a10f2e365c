"""Stand-in of Telegram's Bot API for channels (core.telegram.org/bots/api)."""

import hashlib
import re
from datetime import datetime
from typing import Any, ClassVar

from crosspost.sandbox.standin import StandIn, route
from crosspost.sandbox.store import Account, Picture, Post
from crosspost.sandbox.telegram_server import Entities, params, parsed, photo, structured, true
from crosspost.sandbox.wire import Refused, Reply, Request

TEXT, CAPTION = 4096, 1024
PER_MINUTE = 20
_NAMES = {400: "Bad Request", 403: "Forbidden"}


class Telegram(StandIn):
    """Code points after parsing: 4096 for a message, 1024 for a caption; no history, no idempotency key.

    Each account is a bot that is administrator of one channel: ``@verein``, and ``@zweitkonto``.
    """

    key: ClassVar = "telegram"
    name: ClassVar = "Telegram"
    publishes: ClassVar = "POST /bot/sendMessage | POST /bot/sendPhoto"
    paths: ClassVar = r"/bot"
    options: ClassVar = {"rate_limits": True}

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`. The token has the form of a real one: clients check it."""
        seed = hashlib.blake2s(self.store.token(self.key, name, "bot").encode(), digest_size=16).hexdigest()
        token = f"70000000{number}:AAF{seed}"
        return Account(self.key, name, f"-100200000000{number}", name, display_name, {"bot_token": token})

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {"CROSSPOST_TELEGRAM_BOT_TOKEN": account.credentials["bot_token"]}

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """See :class:`StandIn`."""
        return super().access(account, base_url) | {"settings": {"chat": f"@{account.handle}"}}

    def path(self, request: Request) -> str:
        """``/bot/METHOD``: the real path carries the token."""
        return re.sub(r"^/bot[^/]*", "/bot", request.path)

    def refusal(self, status: int, message: str) -> Reply:
        """``{"ok": false, …}``."""
        said = f"{_NAMES[status]}: {message}" if status in _NAMES else message
        return Reply.json({"ok": False, "error_code": status, "description": said}, status)

    def expired(self) -> Reply:
        """401."""
        return self.refusal(401, "Unauthorized")

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002  # told in seconds
        """429; the seconds stand in the body only."""
        said = f"Too Many Requests: retry after {retry_after}"
        body = {"ok": False, "error_code": 429, "description": said, "parameters": {"retry_after": retry_after}}
        return Reply.json(body, 429)

    # ── who and where ─────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/bot{token}/getMe")
    @route("POST", "/bot{token}/getMe")
    def get_me(self, request: Request, token: str) -> Reply:
        """The bot."""
        me = self._me(request, token)
        can = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
        return _ok(_bot(me) | can)

    @route("GET", "/bot{token}/getChat")
    @route("POST", "/bot{token}/getChat")
    def get_chat(self, request: Request, token: str) -> Reply:
        """The channel, also for a bot that is no member of it."""
        self._me(request, token)
        chat = self._chat(params(request))
        gifts = {f"{kind}_gifts": False for kind in ("unlimited", "limited", "unique")}
        more = {"accepted_gift_types": gifts | {"premium_subscription": False, "gifts_from_channels": False}}
        return _ok(_channel(chat) | {"accent_color_id": 0, "max_reaction_count": 11} | more)

    def _me(self, request: Request, token: str) -> Account:
        account = self.store.account(self.key, bot_token=token)
        if account is None:
            raise Refused(self.expired())
        request.account = account.name
        return account

    def _chat(self, said: dict[str, Any]) -> Account:
        """The channel named by ``chat_id``: its @name or its number."""
        wanted = str(said.get("chat_id", ""))
        if not wanted:
            raise Refused(self.refusal(400, "chat_id is empty"))
        for (network, _), account in self.store.accounts.items():
            if network == self.key and wanted.lower() in (account.id, f"@{account.handle}"):
                return account
        raise Refused(self.refusal(400, "chat not found"))

    def _own_chat(self, request: Request, token: str, said: dict[str, Any]) -> Account:
        me, chat = self._me(request, token), self._chat(said)
        if me != chat:
            raise Refused(self.refusal(403, "bot is not a member of the channel chat"))
        return chat

    # ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/bot{token}/sendMessage")
    @route("POST", "/bot{token}/sendMessage")
    def send_message(self, request: Request, token: str) -> Reply:
        """Publish text with a link preview."""
        said = params(request)
        chat = self._own_chat(request, token, said)
        return self._publish(request, chat, said, self._text(said), [])

    @route("POST", "/bot{token}/sendPhoto")
    def send_photo(self, request: Request, token: str) -> Reply:
        """Publish a picture with a caption."""
        said = params(request)
        chat = self._own_chat(request, token, said)
        data, shape = photo(request, said)
        caption = self._caption(said)
        return self._publish(request, chat, said, caption, [self.store.keep(chat, data, shape)])

    def _text(self, said: dict[str, Any]) -> tuple[str, Entities]:
        text, entities = parsed(said, "text", "entities")
        if not text:
            raise Refused(self.refusal(400, "message text is empty"))
        if len(text) > TEXT:
            raise Refused(self.refusal(400, "message is too long"))
        return text, entities

    def _caption(self, said: dict[str, Any]) -> tuple[str, Entities]:
        text, entities = parsed(said, "caption", "caption_entities")
        if len(text) > CAPTION:
            raise Refused(self.refusal(400, "message caption is too long"))
        return text, entities

    def _publish(
        self, request: Request, chat: Account, said: dict[str, Any], words: tuple[str, Entities], shown: list[Picture]
    ) -> Reply:
        preview = structured(said, "link_preview_options", dict)
        left, reset = self.store.quota((self.key, "chat", chat.name), PER_MINUTE, 60)
        if left < 0 and self.settings["rate_limits"]:
            raise Refused(self.rate_limited(max(1, int((reset - request.now).total_seconds())), request.now))
        number = self.store.memory[self.key, "number"] = self.store.memory.get((self.key, "number"), 0) + 1
        post = Post(
            str(number),
            self.key,
            chat.name,
            words[0],
            request.now,
            f"/t.me/{chat.handle}/{number}",
            link=str(preview.get("url") or ""),
            pictures=shown,
            extra={"entities": words[1], "link_preview": preview, "silent": true(said, "disable_notification")},
        )
        self.store.commit(post)
        return _ok(self._message(post))

    # ── changing ──────────────────────────────────────────────────────────────────────────────────────────────────

    @route("POST", "/bot{token}/editMessageText")
    def edit_text(self, request: Request, token: str) -> Reply:
        """Change the text of a message without a picture."""
        post, said = self._sent(request, token, "edit")
        if post.pictures:
            raise Refused(self.refusal(400, "there is no text in the message to edit"))
        return self._change(post, self._text(said), request)

    @route("POST", "/bot{token}/editMessageCaption")
    def edit_caption(self, request: Request, token: str) -> Reply:
        """Change the caption of a picture."""
        post, said = self._sent(request, token, "edit")
        if not post.pictures:
            raise Refused(self.refusal(400, "there is no caption in the message to edit"))
        return self._change(post, self._caption(said), request)

    @route("POST", "/bot{token}/editMessageMedia")
    def edit_media(self, request: Request, token: str) -> Reply:
        """Change picture and caption, or add a picture to a message of text."""
        post, said = self._sent(request, token, "edit")
        media = structured(said, "media", dict)
        if media.get("type") != "photo":
            raise Refused(self.refusal(400, "can't parse InputMedia: the sandbox takes photos only"))
        data, shape = photo(request, {"photo": media.get("media")})
        words = self._caption(media)
        post.pictures = [self.store.keep(self.store.accounts[self.key, post.account], data, shape)]
        post.text, post.extra["entities"], post.edited = *words, request.now
        return _ok(self._message(post))

    @route("POST", "/bot{token}/deleteMessage")
    def delete(self, request: Request, token: str) -> Reply:
        """Take a message back."""
        post, _ = self._sent(request, token, "delete")
        post.deleted = True
        return _ok(True)

    def _sent(self, request: Request, token: str, what: str) -> tuple[Post, dict[str, Any]]:
        said = params(request)
        chat = self._own_chat(request, token, said)
        post = self.store.post(self.key, str(said.get("message_id", "")))
        if post is None or post.account != chat.name:
            raise Refused(self.refusal(400, f"message to {what} not found"))
        return post, said

    def _change(self, post: Post, words: tuple[str, Entities], request: Request) -> Reply:
        if (post.text, post.extra["entities"]) == words:
            same = "specified new message content and reply markup are exactly the same as a current content"
            raise Refused(self.refusal(400, f"message is not modified: {same} and reply markup of the message"))
        post.text, post.extra["entities"], post.edited = *words, request.now
        return _ok(self._message(post))

    def _message(self, post: Post) -> dict[str, Any]:
        chat = _channel(self.store.accounts[self.key, post.account])
        message = {"message_id": int(post.id), "sender_chat": chat, "chat": chat, "date": int(post.time.timestamp())}
        if post.edited:
            message["edit_date"] = int(post.edited.timestamp())
        if not post.pictures:
            return message | {"text": post.text, "entities": post.extra["entities"]}
        sizes = [
            {"file_id": p.id, "file_unique_id": p.id, "width": p.width, "height": p.height, "file_size": len(p.data)}
            for p in post.pictures
        ]
        return message | {"photo": sizes, "caption": post.text, "caption_entities": post.extra["entities"]}


def _ok(result: Any) -> Reply:
    return Reply.json({"ok": True, "result": result})


def _bot(account: Account) -> dict[str, Any]:
    number = int(account.credentials["bot_token"].partition(":")[0])
    return {"id": number, "is_bot": True, "first_name": account.display_name, "username": f"{account.handle}_bot"}


def _channel(account: Account) -> dict[str, Any]:
    named = {"title": account.display_name, "username": account.handle}
    return {"id": int(account.id), "type": "channel"} | named

"""The bot and channel of the Telegram stand-in: tokens, chats and rate limits."""

import hashlib
import re
from datetime import datetime
from typing import Any, ClassVar

from crosspost.sandbox.core.host import Host
from crosspost.sandbox.core.http_messages import Refused, Reply, Request
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import StandIn, route, whole
from crosspost.sandbox.core.store import Account
from crosspost.sandbox.networks.telegram.server import only_known, params, structured

PER_MINUTE = 20
_LONGEST_POLL = 50  # seconds
_NAMES = {400: "Bad Request", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}


class Chat(StandIn):
    """Each account is a bot that is administrator of one channel: ``@verein``, and ``@zweitkonto``."""

    _sandbox: Host

    key: ClassVar = "telegram"
    name: ClassVar = "Telegram"
    look: ClassVar = Look(mark="#2aabee")
    publishes: ClassVar = " | ".join(
        f"POST /bot/{method}" for method in ("sendMessage", "sendPhoto", "sendMediaGroup", "sendVideo", "sendPoll")
    )
    paths: ClassVar = r"/bot"
    options: ClassVar = {"rate_limits": True, "webhook": "", "member": "administrator", "old_server": False}
    """``old_server``: the Bot API before 9.6, which knows no text and no picture in a poll. ``webhook``: where the bot
    sends what it hears; ``member``: "administrator", "silent" (may not post), "left".
    """

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`. The token has the form of a real one: clients check it."""
        seed = hashlib.blake2s(self.store.token(self.key, name, "bot").encode(), digest_size=16).hexdigest()
        token = f"70000000{number}:AAF{seed}"
        return Account(self.key, name, f"-100200000000{number}", name, display_name, {"bot_token": token})

    def profiles(self, account: Account) -> tuple[str, ...]:
        """See :class:`StandIn`."""
        return (f"/t.me/{account.handle}",)

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
        description = f"{_NAMES[status]}: {message}" if status in _NAMES else message
        return Reply.json({"ok": False, "error_code": status, "description": description}, status)

    def expired(self) -> Reply:
        """401."""
        return self.refusal(401, "Unauthorized")

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002  # told in seconds
        """429; the seconds are only in the body."""
        description = f"Too Many Requests: retry after {retry_after}"
        body = {"ok": False, "error_code": 429, "description": description, "parameters": {"retry_after": retry_after}}
        return Reply.json(body, 429)

    # ── who and where ─────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/bot{token}/getMe")
    @route("POST", "/bot{token}/getMe")
    def get_me(self, request: Request, token: str) -> Reply:
        """The bot."""
        me = self.bot_of(request, token)
        only_known(params(request))
        can = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
        return ok(_bot(me) | can)

    @route("POST", "/bot{token}/getChatMember")
    def get_chat_member(self, request: Request, token: str) -> Reply:
        """What the bot may do in its channel."""
        me, fields = self.bot_of(request, token), params(request)
        only_known(fields, "chat_id", "user_id")
        if str(fields.get("chat_id")) not in (me.id, f"@{me.handle}") or fields.get("user_id") != _bot(me)["id"]:
            raise Refused(self.refusal(400, "chat not found"))
        rights = {"can_post_messages": self.settings["member"] == "administrator", "can_edit_messages": True}
        status = "left" if self.settings["member"] == "left" else "administrator"
        return ok({"user": _bot(me), "status": status} | (rights if status == "administrator" else {}))

    @route("GET", "/bot{token}/getChat")
    @route("POST", "/bot{token}/getChat")
    def get_chat(self, request: Request, token: str) -> Reply:
        """The channel, also for a bot that is not a member of it."""
        self.bot_of(request, token)
        only_known(params(request), "chat_id")
        chat = self._chat(params(request))
        gifts = {f"{kind}_gifts": False for kind in ("unlimited", "limited", "unique")}
        more = {"accepted_gift_types": gifts | {"premium_subscription": False, "gifts_from_channels": False}}
        return ok(channel(chat) | {"accent_color_id": 0, "max_reaction_count": 11} | more)

    def bot_of(self, request: Request, token: str) -> Account:
        account = self.store.account(self.key, bot_token=token)
        if account is None:
            raise Refused(self.expired())
        request.account = account.name
        return account

    def _chat(self, fields: dict[str, Any]) -> Account:
        """The channel named by ``chat_id``: its @name or its number."""
        wanted = str(fields.get("chat_id", ""))
        if not wanted:
            raise Refused(self.refusal(400, "chat_id is empty"))
        for (network, _), account in self.store.accounts.items():
            if network == self.key and wanted.lower() in (account.id, f"@{account.handle}"):
                return account
        raise Refused(self.refusal(400, "chat not found"))

    def own_chat(self, request: Request, token: str, fields: dict[str, Any]) -> Account:
        me, chat = self.bot_of(request, token), self._chat(fields)
        if me != chat:
            raise Refused(self.refusal(403, "bot is not a member of the channel chat"))
        return chat

    # ── updates ───────────────────────────────────────────────────────────────────────────────────────────────────

    def start(self, sandbox: Host, near: int) -> None:  # noqa: ARG002 - it listens on the common port
        """See :class:`StandIn`; only the sandbox knows when it is stopped."""
        self._sandbox = sandbox

    def answer(self, request: Request) -> Reply:
        """As every stand-in; requests for updates wait without blocking others."""
        reply = super().answer(request)
        if reply.status == 200 and self.path(request) == "/bot/getUpdates":
            self._sandbox.pause(whole(str(params(request).get("timeout", 0)), 0, 0, _LONGEST_POLL, "timeout"))
        return reply

    @route("GET", "/bot{token}/getUpdates")
    @route("POST", "/bot{token}/getUpdates")
    def get_updates(self, request: Request, token: str) -> Reply:
        """That the bot was added to its channel, to whoever asks for that; a bot does not receive its own posts."""
        me, fields = self.bot_of(request, token), params(request)
        only_known(fields, "offset", "limit", "timeout", "allowed_updates")
        if self.settings["webhook"]:
            raise Refused(self.refusal(409, "can't use getUpdates method while webhook is active"))
        whole(str(fields.get("limit", 100)), 100, 1, 100, "limit")
        whole(str(fields.get("timeout", 0)), 0, 0, _LONGEST_POLL, "timeout")
        wanted = structured(fields, "allowed_updates", list)
        added = "my_chat_member" in wanted and self.settings["member"] != "left"
        heard = {"chat": channel(me), "from": {"id": 4711, "is_bot": False, "first_name": "Vera"}}
        return ok([{"update_id": 1, "my_chat_member": heard}] if added else [])

    @route("GET", "/bot{token}/getWebhookInfo")
    @route("POST", "/bot{token}/getWebhookInfo")
    def get_webhook_info(self, request: Request, token: str) -> Reply:
        """Where the bot sends what it hears; the sandbox calls nobody."""
        self.bot_of(request, token)
        return ok({"url": self.settings["webhook"], "has_custom_certificate": False, "pending_update_count": 0})

    @route("GET", "/bot{token}/deleteWebhook")
    @route("POST", "/bot{token}/deleteWebhook")
    def delete_webhook(self, request: Request, token: str) -> Reply:
        """Clients call this before they request updates."""
        self.bot_of(request, token)
        self.settings["webhook"] = ""
        only_known(params(request), "drop_pending_updates")
        return ok(True)

    @route("POST", "/bot{token}/setWebhook")
    def set_webhook(self, request: Request, token: str) -> Reply:
        """Refused: the sandbox calls nobody."""
        self.bot_of(request, token)
        return self.refusal(400, "bad webhook: the sandbox calls nobody; ask getUpdates")


def ok(result: Any) -> Reply:
    """The answer to a call that worked."""
    return Reply.json({"ok": True, "result": result})


def _bot(account: Account) -> dict[str, Any]:
    number = int(account.credentials["bot_token"].partition(":")[0])
    return {"id": number, "is_bot": True, "first_name": account.display_name, "username": f"{account.handle}_bot"}


def channel(account: Account) -> dict[str, Any]:
    """A Chat object."""
    named = {"title": account.display_name, "username": account.handle}
    return {"id": int(account.id), "type": "channel"} | named

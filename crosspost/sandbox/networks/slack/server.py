"""What all methods of the Slack stand-in share: whose token it is, what it may do, and refusals with the status 200."""

from datetime import datetime
from typing import Any, ClassVar

from crosspost.sandbox.core.http_messages import Refused, Reply, Request
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import StandIn, only
from crosspost.sandbox.core.store import Account

_SCOPES = {
    "conversations.info": "channels:read",
    "conversations.list": "channels:read",
    "conversations.history": "channels:history",
    "conversations.replies": "channels:history",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
    "files.info": "files:read",
}


class Server(StandIn):
    """Each account is a bot in a channel of its own. Refusals have the status 200."""

    key: ClassVar = "slack"
    name: ClassVar = "Slack"
    look: ClassVar = Look(mark="#611f69")
    publishes: ClassVar = "POST /api/chat.postMessage"
    paths: ClassVar = r"/api/(?:auth|chat|conversations|files)\.|/upload/v1/slack/"
    options: ClassVar = {
        "rate_limits": True,
        "member": True,
        "scopes": "chat:write,channels:read,channels:history,files:write,files:read",
    }
    """``member``: whether the bot was invited; ``scopes``: what its app may do."""

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`."""
        token = f"xoxb-{self.store.token(self.key, name, 'token')}"
        return Account(self.key, name, f"U000000000{number}", name, display_name, {"token": token})

    def profiles(self, account: Account) -> tuple[str, ...]:
        """See :class:`StandIn`."""
        return (f"/slack/archives/{channel_of(account)}",)

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {"CROSSPOST_SLACK_TOKEN": account.credentials["token"]}

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """See :class:`StandIn`."""
        return super().access(account, base_url) | {"settings": {"channel": channel_of(account)}}

    def path(self, request: Request) -> str:
        """See :class:`StandIn`. Who knows the address of an upload may upload."""
        return request.path.partition(".")[0] if request.path.startswith("/upload/") else request.path

    def refusal(self, status: int, message: str) -> Reply:
        """``{"ok": false, "error": …}``; Slack's own troubles keep their status."""
        if status >= 500:
            return Reply.json({"ok": False, "error": "internal_error"}, status)
        return refused("invalid_arguments" if " " in message else message)

    def expired(self) -> Reply:
        """With the status 200."""
        return refused("token_revoked")

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002  # told in seconds
        """429, with the seconds in the header only."""
        return Reply.json({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(retry_after)})

    def fine(self, told: dict[str, Any]) -> Reply:
        return Reply.json({"ok": True} | told, headers={"X-OAuth-Scopes": self.settings["scopes"]})

    def asked(self, request: Request, known: tuple[str, ...]) -> tuple[Account, dict[str, Any]]:
        """The bot, and the parameters of the call."""
        scheme, _, token = (request.headers.get("Authorization") or "").partition(" ")
        if scheme != "Bearer" or not token:
            raise Refused(refused("not_authed"))
        me = self.store.account(self.key, token=token)
        if me is None:
            raise Refused(refused("invalid_auth"))
        request.account = me.name
        method = request.path.rpartition("/")[2]
        scope = _SCOPES.get(method, "chat:write" if method.startswith("chat.") else "")
        if scope and scope not in self.settings["scopes"].split(","):
            raise Refused(Reply.json({"ok": False, "error": "missing_scope", "needed": scope}))
        written = request.method == "POST" and request.kind == "application/json"
        fields = dict(request.json) if written else dict([*request.query, *(request.form if request.body else [])])
        if only(fields, known):
            raise Refused(refused("invalid_arguments"))
        return me, fields


def channel_of(account: Account) -> str:
    """The id of a bot's channel."""
    return account.id.replace("U", "C")


def refused(code: str, **more: Any) -> Reply:
    """``{"ok": false, "error": …}``."""
    return Reply.json({"ok": False, "error": code} | more)

"""Stand-in of a service Apprise sends to, of the kind ``json://`` (appriseit.com/services/json; caronc/apprise)."""

from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote

from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import StandIn, only, route
from crosspost.sandbox.core.store import Account, Post

TITLE, MESSAGE, PER_MINUTE = 250, 32768, 60
_FIELDS = ("version", "title", "message", "attachments", "type")
_TYPES = ("info", "success", "warning", "failure")


class Apprise(StandIn):
    """Takes Apprise's own JSON. It keeps no list that anybody could ask for, and says nothing of what it took."""

    key: ClassVar = "apprise"
    name: ClassVar = "Apprise"
    look: ClassVar = Look(mark="#257180")
    publishes: ClassVar = "POST /apprise/*"
    paths: ClassVar = r"/apprise/"
    options: ClassVar = {"rate_limits": True}

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`. The address names a server that does not exist; who uses it is told another."""
        hook = self.store.token(self.key, name, "hook")
        return Account(
            self.key, name, f"{number}", name, display_name, {"url": f"json://apprise.invalid/apprise/{hook}"}
        )

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {"CROSSPOST_APPRISE_URL": account.credentials["url"]}

    def path(self, request: Request) -> str:
        """Without the hook, which is the secret."""
        return "/apprise/HOOK" if request.path.startswith("/apprise/") else request.path

    def kinds(self) -> dict[str, str]:
        """See :class:`StandIn`. Nobody reads the body of an answer, so that nothing can be wrong with it."""
        return {kind: what for kind, what in super().kinds().items() if kind != "bad-json"}

    def refusal(self, status: int, message: str) -> Reply:
        """``{"error": …}``."""
        return Reply.json({"error": message}, status)

    def expired(self) -> Reply:
        """401."""
        return self.refusal(401, "this hook was closed")

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002  # told in seconds
        """429."""
        return Reply.json({"error": "too many messages"}, 429, {"Retry-After": str(retry_after)})

    @route("POST", "/apprise/{hook}")
    def take(self, request: Request, hook: str) -> Reply:
        """Take a message."""
        me = next((one for one in self._accounts() if quote(_hook(one), safe="") == hook), None)
        if me is None:
            raise Refused(self.expired())
        request.account = me.name
        title, message = self._checked(request.json)
        if self.settings["rate_limits"] and self.store.quota((self.key, me.name), PER_MINUTE, 60)[0] < 0:
            raise Refused(self.rate_limited(60, request.now))
        text = "\n\n".join(filter(None, (title, message)))
        new = self.store.new_id()
        extra = {"title": title, "message": message}
        self.store.commit(Post(new, self.key, me.name, text, request.now, f"/apprise/page/{new}", extra=extra))
        return Reply.json({"status": "taken"})

    def _checked(self, fields: dict[str, Any]) -> tuple[str, str]:
        if strange := only(fields, _FIELDS):
            raise Malformed(f"the sandbox does not know {strange[0]} here")
        if fields.get("version") != "1.0" or fields.get("type") not in _TYPES:
            raise Malformed("version or type is wrong")
        title, message = fields.get("title"), fields.get("message")
        if not isinstance(title, str) or not isinstance(message, str) or not message.strip():
            raise Malformed("a message needs a text")
        if len(title) > TITLE or len(message) > MESSAGE:
            raise Malformed("title or message is too long")
        if fields.get("attachments"):
            raise Malformed("the sandbox takes no attachments here")
        return title, message

    def _accounts(self) -> list[Account]:
        return [one for (network, _), one in self.store.accounts.items() if network == self.key]


def _hook(account: Account) -> str:
    return account.credentials["url"].rpartition("/")[2]

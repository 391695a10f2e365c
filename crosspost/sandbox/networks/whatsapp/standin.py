"""Stand-in of a WhatsApp channel: a page for people. Programs have nothing there to post to."""

from datetime import datetime
from typing import Any, ClassVar

from crosspost.sandbox.core.http_messages import Reply, Request
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import StandIn, route
from crosspost.sandbox.core.store import Account


class WhatsApp(StandIn):
    """A channel's page. Whatever a program sends is refused, and a test may see that nothing was sent."""

    key: ClassVar = "whatsapp"
    name: ClassVar = "WhatsApp"
    look: ClassVar = Look(mark="#1f7a4d")
    publishes: ClassVar = "POST /whatsapp/channel/*"
    paths: ClassVar = r"/whatsapp(?:/|$)"

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`."""
        return Account(self.key, name, f"{number}", name, display_name, {})

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """See :class:`StandIn`."""
        channel = f"{base_url}/whatsapp/channel/0029Va{account.handle}"
        return super().access(account, base_url) | {"settings": {"channel": channel}}

    def environment(self, account: Account) -> dict[str, str]:  # noqa: ARG002  # it has no tokens
        """See :class:`StandIn`."""
        return {}

    def refusal(self, status: int, message: str) -> Reply:
        """A page."""
        return Reply(status, f"<title>{message}</title>".encode(), "text/html; charset=utf-8")

    def expired(self) -> Reply:
        """There is no token."""
        return self.refusal(403, "Forbidden")

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002  # a page says nothing of it
        """429."""
        return self.refusal(429, "Too many requests")

    @route("GET", "/whatsapp/channel/{number}")
    def channel(self, request: Request, number: str) -> Reply:  # noqa: ARG002  # a route's shape
        """The channel's page, for people."""
        return Reply(200, b"<title>A channel</title>", "text/html; charset=utf-8")

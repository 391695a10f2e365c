"""Who is who on the WordPress stand-in, and how it refuses. Sources: as ``standin.py``."""

import base64
import binascii
import re
from datetime import datetime
from typing import Any, ClassVar

from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request, first
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import StandIn, route
from crosspost.sandbox.core.store import Account


class Server(StandIn):
    """The site and its people."""

    key: ClassVar = "wordpress"
    name: ClassVar = "WordPress"
    look: ClassVar = Look(mark="#21759b")
    publishes: ClassVar = "POST /blog/wp-json/wp/v2/posts"
    paths: ClassVar = r"/blog/(?:wp-json|uploads)(?:/|$)"
    options: ClassVar = {
        "drops_header": False,
        "role": "author",
        "formats": ("JPEG", "PNG", "GIF", "WEBP"),
        "full": False,
    }
    """``drops_header``: the web server keeps the login from WordPress. ``role``: author or contributor.

    ``formats``: the pictures it takes; ``full``: whether its disk is."""

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`."""
        login = {"username": name, "password": self.store.token(self.key, name, "password")}
        return Account(self.key, name, f"{number}", name, display_name, login)

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """See :class:`StandIn`."""
        return super().access(account, base_url) | {"base_url": f"{base_url}/blog"}

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {f"CROSSPOST_WORDPRESS_{name.upper()}": value for name, value in account.credentials.items()}

    def profiles(self, account: Account) -> tuple[str, ...]:
        """See :class:`StandIn`."""
        return (f"/blog/author/{account.handle}", *(("/blog",) if account.id == "1" else ()))

    def refusal(self, status: int, message: str, code: str = "") -> Reply:
        """``{"code", "message", "data": {"status"}}``."""
        code = code or {404: "rest_no_route", 400: "rest_invalid_param"}.get(status, "internal_server_error")
        return Reply.json({"code": code, "message": message, "data": {"status": status}}, status)

    def expired(self) -> Reply:
        """An application password that was revoked."""
        return self.refusal(401, "The provided password is an invalid application password.", "incorrect_password")

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002  # told in seconds
        """WordPress has none, hosts have: a page of theirs."""
        headers = {"Retry-After": str(retry_after)}
        return Reply(429, b"<html><title>Too many requests</title></html>", "text/html", headers)

    # ── who and where ─────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/blog/wp-json")
    def index(self, request: Request) -> Reply:
        """What the site offers; to everybody."""
        return Reply.json({"name": "Sandbox", "url": f"{request.base_url}/blog", "namespaces": ["oembed/1.0", "wp/v2"]})

    @route("GET", "/blog/wp-json/wp/v2/users/me")
    def who(self, request: Request) -> Reply:
        """Whose password it is, and what they may."""
        me = self._me(request)
        told: dict[str, Any] = {"id": int(me.id), "name": me.display_name}
        if first(request.query, "context") == "edit":
            rights = {"edit_posts": True, "publish_posts": True, "upload_files": True}
            may = rights if self.settings["role"] == "author" else {"edit_posts": True}
            told |= {"username": me.handle, "capabilities": may}
        return Reply.json(told)

    def _me(self, request: Request, right: str = "") -> Account:
        """Whose password it is (HTTP Basic, RFC 7617); blanks in it do not count. A wrong one counts as none."""
        scheme, _, pair = str(request.headers.get("Authorization", "")).partition(" ")
        if scheme != "Basic" or self.settings["drops_header"]:
            raise Refused(self._nobody(request))
        try:
            name, _, password = base64.b64decode(pair, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise Malformed("the login cannot be read") from None
        me = self.store.account(self.key, password="".join(password.split()))
        if me is None or me.handle != name:
            raise Refused(self._nobody(request))
        request.account = me.name
        if right and self.settings["role"] != "author":
            raise Refused(self.refusal(403, "Sorry, you are not allowed to do that.", "rest_cannot_create"))
        return me

    def _nobody(self, request: Request) -> Reply:
        """What a visitor is told, in the words of WordPress 6.1."""
        if request.path.endswith("/users/me"):
            return self.refusal(401, "You are not currently logged in.", "rest_not_logged_in")
        if request.method == "GET":
            forbidden = {"code": "rest_forbidden_status", "message": "Status is forbidden.", "data": {"status": 401}}
            data = {"status": 400, "params": {"status": "Status is forbidden."}, "details": {"status": forbidden}}
            return Reply.json(
                {"code": "rest_invalid_param", "message": "Invalid parameter(s): status", "data": data}, 400
            )
        if request.method == "DELETE":
            return self.refusal(401, "Sorry, you are not allowed to delete this post.", "rest_cannot_delete")
        if re.search(r"/posts/\d+$", request.path):
            return self.refusal(401, "Sorry, you are not allowed to edit this post.", "rest_cannot_edit")
        return self.refusal(401, "Sorry, you are not allowed to create posts as this user.", "rest_cannot_create")

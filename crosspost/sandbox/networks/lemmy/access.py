"""Who is who on the Lemmy stand-in: kinds of servers, log-ins and communities.

Sources: as ``standin.py``.
"""

import re
from datetime import datetime
from typing import Any, ClassVar

from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request, bearer, first
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import StandIn, only, route
from crosspost.sandbox.core.store import Account

LOGINS = 3
_VERSIONS = {"lemmy": "0.19.20", "lemmy1": "1.0.0-beta.1", "piefed": "1.7.0"}


class Access(StandIn):
    """The server and its people. ``flavour``: lemmy, lemmy1 or piefed."""

    key: ClassVar = "lemmy"
    name: ClassVar = "Lemmy"
    look: ClassVar = Look(mark="#00a846")
    publishes: ClassVar = "POST /api/v3/post | POST /api/alpha/post"
    paths: ClassVar = r"/api/(?:v3|v4|alpha)/"
    options: ClassVar = {"rate_limits": True, "flavour": "lemmy", "mods_only": False, "second_factor": False}

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`."""
        known = {kind: self.store.token(self.key, name, kind) for kind in ("token", "password")}
        return Account(self.key, name, f"4{number}", name, display_name, known)

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """See :class:`StandIn`."""
        told = super().access(account, base_url)
        password = told["credentials"].pop("password")
        return told | {"password": password, "settings": {"community": "garten@sandbox.example"}}

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {"CROSSPOST_LEMMY_TOKEN": account.credentials["token"]}

    def profiles(self, account: Account) -> tuple[str, ...]:
        """See :class:`StandIn`."""
        return (f"/u/{account.handle}",)

    def refusal(self, status: int, message: str) -> Reply:
        """``{"error": "snake_code"}``; 1.0 adds a message."""
        code = {404: "not_found", 500: "unknown", 503: "unknown"}.get(status, message)
        more = {"message": message} if self.settings["flavour"] == "lemmy1" else {}
        return Reply.json({"error": code} | more, status)

    def expired(self) -> Reply:
        """401: the only thing it is used for."""
        return Reply.json({"error": "incorrect_login"}, 401)

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002  # 0.19 says nothing of when
        """400 in 0.19, without a time; 429 since."""
        if self.settings["flavour"] == "lemmy1":
            reply = Reply.json({"error": "rate_limit_error"}, 429)
            reply.headers = {"Retry-After": str(retry_after)}
            return reply
        return Reply.json({"error": "rate_limit_error"}, 400)

    def answer(self, request: Request) -> Reply:
        """See :class:`StandIn`. A PieFed has none of Lemmy's paths, and the other way round."""
        versions = {"piefed": ("/api/alpha/",), "lemmy1": ("/api/v3/", "/api/v4/")}
        if not request.path.startswith(versions.get(self.settings["flavour"], ("/api/v3/",))):
            return Reply(404, b"<html><title>404</title></html>", "text/html")
        return super().answer(request)

    # ── who and where ─────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/api/v3/site")
    @route("GET", "/api/alpha/site")
    def site(self, request: Request) -> Reply:
        """The server, and whose token it is; without a right token it says nothing of anybody."""
        told: dict[str, Any] = {"version": _VERSIONS[self.settings["flavour"]], "site_view": {"site": {"name": "x"}}}
        me = self._known(request)
        if me is not None:
            request.account = me.name
            person = {"id": int(me.id), "actor_id": f"{request.base_url}/u/{me.handle}"}
            person["user_name" if self.settings["flavour"] == "piefed" else "name"] = me.handle
            told["my_user"] = {"local_user_view": {"person": person}}
        return Reply.json(told)

    @route("POST", "/api/v3/user/login")
    @route("POST", "/api/alpha/user/login")
    def login(self, request: Request) -> Reply:
        """A token for name and password; few of them an hour."""
        field = "username" if self.settings["flavour"] == "piefed" else "username_or_email"
        form = request.json
        if only(form, (field, "password", "totp_2fa_token")):
            raise Malformed("unknown field")
        left, reset = self.store.quota((self.key, "login"), LOGINS, 3600)
        if left < 0 and self.settings["rate_limits"]:
            raise Refused(self.rate_limited(int((reset - request.now).total_seconds()), request.now))
        me = self.store.account(self.key, password=str(form.get("password", "")))
        if me is None or me.handle != form.get(field):
            raise Refused(self.expired())
        if self.settings["second_factor"] and form.get("totp_2fa_token") != "123456":
            raise Refused(self.refusal(400, "missing_totp_token"))
        return Reply.json({"jwt": me.credentials["token"], "registration_created": False})

    @route("GET", "/api/v3/community")
    @route("GET", "/api/alpha/community")
    def community(self, request: Request) -> Reply:
        """A community this server knows."""
        name = first(request.query, "name") or ""
        if name not in ("garten", "garten@sandbox.example") and ("resolved", name) not in self.store.memory:
            raise Refused(self.refusal(404, "couldnt_find_community"))
        return Reply.json({"community_view": {"community": {"id": 7, "name": "garten"}}})

    @route("GET", "/api/v3/resolve_object")
    @route("GET", "/api/alpha/resolve_object")
    def resolve(self, request: Request) -> Reply:
        """Fetch a community from another server; with a token only."""
        self._me(request)
        name = (first(request.query, "q") or "").removeprefix("!")
        if not name.endswith("@elsewhere.example"):
            raise Refused(self.refusal(400, "couldnt_find_object"))
        self.store.memory["resolved", name] = True
        return Reply.json({"community": {"community": {"id": 7, "name": name.partition("@")[0]}}})

    def _known(self, request: Request) -> Account | None:
        """Whose token it is: in the header, or in the cookie that browsers and some clients send."""
        cookie = re.search(r"(?:^|; )jwt=([^;]+)", str(request.headers.get("Cookie", "")))
        token = bearer(request) or (cookie[1] if cookie else "")
        return self.store.account(self.key, token=token) if token else None

    def _me(self, request: Request) -> Account:
        me = self._known(request)
        if me is None:
            raise Refused(self.expired())
        request.account = me.name
        return me

"""Apps, consent and tokens of Mobilizon: codes of a minute, access tokens of eight hours, refresh tokens used once.

Source: framasoft/mobilizon, lib/web/controllers/application_controller.ex and lib/service/auth/applications.ex, 5.1.3.
There is no PKCE; the app says who it is in the form.
"""

import re
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from crosspost.sandbox.core.consent import Consents, Grant, NoGrant
from crosspost.sandbox.core.http_messages import Refused, Reply, Request, bearer
from crosspost.sandbox.core.standin import StandIn, route
from crosspost.sandbox.core.store import Account
from crosspost.sandbox.core.tokens import Tokens

ROOT = "/mobilizon"
SCOPES = frozenset(
    {
        "read", "write", "read:event", "read:profile", "read:profile:organized_events", "read:group",
        "read:group:events", "write:event:create", "write:event:update", "write:event:delete", "write:media:upload",
        "write:media:remove",
    }
)  # fmt: skip
_CODE = 60  # seconds
_APPS = 10  # a minute


class OAuth(StandIn):
    """Registers apps, asks for consent, gives and renews tokens."""

    @route("POST", f"{ROOT}/apps")
    def register(self, request: Request) -> Reply:
        """Register an app; ten of them a minute."""
        left, _ = self.store.quota((self.key, "apps"), _APPS, 60)
        if left < 0:
            raise Refused(_error("slow_down", "Too many requests", 429))
        form = dict(request.form)
        if not all(form.get(name) for name in ("name", "redirect_uri", "scope")):
            why = "All of name, scope and redirect_uri parameters are required to create an application"
            raise Refused(_error("invalid_request", why))
        if not set(form["scope"].split(" ")) <= SCOPES:
            why = "The scope parameter is not a space separated list of valid scopes"
            raise Refused(_error("invalid_scope", why))
        app: dict[str, Any] = {name: form.get(name) for name in ("name", "website", "scope")}
        app |= {"client_id": secrets.token_urlsafe(31), "client_secret": secrets.token_urlsafe(31)}
        app["redirect_uri"] = form["redirect_uri"].split("\n")
        self._apps[app["client_id"]] = app
        return Reply.json(app, headers={"Cache-Control": "no-store"})

    @route("GET", f"{ROOT}/oauth/authorize")
    def authorize(self, request: Request) -> Reply:
        """On to the page of consent, when everything it needs is there."""
        asked = {name: dict(request.query).get(name, "") for name in ("client_id", "redirect_uri", "scope", "state")}
        if all(asked.values()):
            return Reply(302, headers={"Location": f"{ROOT}/oauth/autorize_approve?{urlencode(asked)}"})
        host = urlsplit(asked["redirect_uri"]).hostname or ""
        if "." not in host and host != "localhost":
            raise Refused(Reply(400, b"You need to provide a valid redirect_uri to autorize an application"))
        why = "You need to specify client_id, redirect_uri, scope and state to autorize an application"
        query = urlencode({"error": "invalid_request", "error_description": why})
        return Reply(302, headers={"Location": f"{asked['redirect_uri']}?{query}"})

    @route("GET", f"{ROOT}/oauth/autorize_approve")  # their spelling
    def approve(self, request: Request) -> Reply:
        """The page of consent."""
        asked = dict(request.query)
        app = self._apps.get(asked.get("client_id", ""))
        if app is None or asked.get("redirect_uri") not in app["redirect_uri"]:
            raise Refused(self.refusal(400, "This redirect URI is not allowed"))
        if not set(asked.get("scope", "").split(" ")) <= set(app["scope"].split(" ")):
            raise Refused(self.refusal(400, "The given scope is not in the list of the app declared scopes"))
        grant = Grant(app["client_id"], asked["redirect_uri"], asked["scope"], asked["state"])
        return self._consents.page(
            grant, title=self.name, client=app["name"], action=f"{ROOT}/oauth/autorize_approve", now=request.now
        )

    @route("POST", f"{ROOT}/oauth/autorize_approve")
    def decide(self, request: Request) -> Reply:
        """The person's answer on that page."""
        try:
            return self._consents.decided(dict(request.form), request.base_url, request.now)
        except NoGrant as error:
            raise Refused(self.refusal(400, str(error))) from None

    @route("POST", f"{ROOT}/oauth/token")
    def token(self, request: Request) -> Reply:
        """Exchange a code or a refresh token; every field has to be there."""
        form = dict(request.form)
        needed = {
            "authorization_code": {"client_id", "client_secret", "code", "redirect_uri", "scope", "grant_type"},
            "refresh_token": {"client_id", "client_secret", "refresh_token", "grant_type"},
        }.get(form.get("grant_type", ""))
        if needed is None or not needed <= set(form):
            raise Refused(_error("invalid_request", "Incorrect parameters sent."))
        app = self._apps.get(form["client_id"])
        if app is None or form["client_secret"] != app["client_secret"]:
            raise Refused(_error("invalid_client", "Invalid client credentials provided"))
        try:
            if form["grant_type"] == "refresh_token":
                return self._shown(self.tokens.renew(form["refresh_token"], request.now))
            grant = self._consents.redeem(
                form["code"], client=form["client_id"], redirect_uri=form["redirect_uri"], now=request.now
            )
        except NoGrant as error:
            raise Refused(_error("invalid_grant", f"The provided code is invalid or expired: {error}")) from None
        return self._shown(self.tokens.issue(grant.account, frozenset(form["scope"].split(" ")), request.now))

    def holder(self, request: Request) -> tuple[Account | None, frozenset[str]]:
        """Whose token it is, and what it may do; the sandbox's own tokens may do everything."""
        token = bearer(request)
        given = self.tokens.holder(token, request.now)
        if given is not None:
            return self.store.accounts[self.key, given.account], given.scopes
        return (self.store.account(self.key, access_token=token) if token else None), SCOPES

    @property
    def tokens(self) -> Tokens:
        """The tokens it gives out."""
        return Tokens(self.store, self.key, life=timedelta(hours=8), refresh_life=timedelta(weeks=26))

    @staticmethod
    def _shown(body: dict[str, Any]) -> Reply:
        return Reply.json(body | {"refresh_token_expires_in": 15_724_800}, headers={"Cache-Control": "no-store"})

    @property
    def _consents(self) -> Consents:
        return Consents(self.store, self.key, lifetime=_CODE)

    @property
    def _apps(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self.store.memory.setdefault((self.key, "apps"), {})
        return found


def named(scopes: frozenset[str], needed: str) -> bool:
    """Whether scopes hold one, or the whole kind of it (``write`` for ``write:event:create``)."""
    return needed in scopes or re.split(":", needed)[0] in scopes


def _error(error: str, description: str, status: int = 400) -> Reply:
    return Reply.json({"error": error, "error_description": description}, status)

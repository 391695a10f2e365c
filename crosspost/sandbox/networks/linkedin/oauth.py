"""OAuth 2.0 of LinkedIn: consent, codes and tokens of 60 days, without PKCE; the organisations somebody administers.

Source: learn.microsoft.com/linkedin/shared/authentication/authorization-code-flow and
/linkedin/marketing/community-management/organizations/organization-access-control-by-role; that PKCE gets 403 from
nativescript-oauth2#132 and ocaml-social-sdk#12; words of refusals from linkedin_login#75 and #77, checked 2026-11-25.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from crosspost.sandbox.core.consent import Consents, Grant, NoGrant
from crosspost.sandbox.core.http_messages import Refused, Reply, Request
from crosspost.sandbox.core.standin import StandIn, route

_CODE = 1800  # seconds
LIFE = timedelta(days=60)
MEMBER = frozenset({"openid", "profile", "w_member_social"})
ORGANIZATION = frozenset({"w_organization_social", "r_organization_social"})
ADMINISTRATOR = frozenset({"rw_organization_admin"})
_NO_MATCH = (
    "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. Or "
    "authorization code expired. Or external member binding exists"
)


class OAuth(StandIn):
    """Asks for consent and exchanges codes."""

    @property
    def app(self) -> dict[str, str]:
        """The one app that the sandbox's developer portal would show."""
        return {
            name: self.store.token(self.key, "app", name.replace("_", "-")) for name in ("client_id", "client_secret")
        }

    @route("GET", "/oauth/v2/authorization")
    def authorize(self, request: Request) -> Reply:
        """The page of consent. A wrong address is told on the page, a scope the app has no product for to the app."""
        asked = dict(request.query)
        if "code_challenge" in asked or "code_challenge_method" in asked:
            raise Refused(self.refusal(403, "PKCE is not enabled for this application"))
        if asked.get("client_id") != self.app["client_id"]:
            raise Refused(self.refusal(400, "The passed in client_id is invalid"))
        if asked.get("redirect_uri") not in self.settings["callbacks"]:
            raise Refused(self.refusal(400, "The redirect_uri does not match the registered value"))
        if asked.get("response_type") != "code" or not asked.get("state"):
            raise Refused(self.refusal(400, "You need to pass the parameters response_type=code and state"))
        scopes = asked.get("scope", "").split()
        if strange := [scope for scope in scopes if scope not in self.settings["scopes"]] or (
            not scopes and ["(none)"]
        ):
            words = f'Scope "{strange[0]}" is not authorized for your application'
            answer = {"error": "unauthorized_scope_error", "error_description": words, "state": asked["state"]}
            return _back(asked["redirect_uri"], answer)
        grant = Grant(asked["client_id"], asked["redirect_uri"], " ".join(scopes), asked["state"])
        return self._consents.page(
            grant, title=self.name, client="crosspost", action="/oauth/v2/authorization", now=request.now
        )

    @route("POST", "/oauth/v2/authorization")
    def decide(self, request: Request) -> Reply:
        """The person's answer on that page."""
        try:
            return self._consents.decided(dict(request.form), request.base_url, request.now)
        except NoGrant as error:
            raise Refused(self.refusal(400, str(error))) from None

    @route("POST", "/oauth/v2/accessToken")
    def access_token(self, request: Request) -> Reply:
        """Exchange a code; only the form counts. Refresh tokens are for LinkedIn's partners."""
        form = dict(request.form)
        pair = form.get("client_id"), form.get("client_secret")
        if pair != (self.app["client_id"], self.app["client_secret"]):
            raise Refused(_error("invalid_client", "Client authentication failed", 401))
        if form.get("grant_type") == "client_credentials":
            words = "This application is not allowed to create application tokens"
            raise Refused(_error("access_denied", words, 401))
        if form.get("grant_type") != "authorization_code":
            raise Refused(_error("unsupported_grant_type", "The grant type is not supported"))
        try:
            grant = self._consents.redeem(
                form.get("code", ""),
                client=self.app["client_id"],
                redirect_uri=form.get("redirect_uri", ""),
                verifier=form.get("code_verifier", ""),
                now=request.now,
            )
        except NoGrant:
            raise Refused(_error("invalid_request", _NO_MATCH)) from None
        return Reply.json(self.issue(grant.account, frozenset(grant.scope.split()), request.now))

    def issue(self, account: str, scopes: frozenset[str], now: datetime) -> dict[str, Any]:
        """A new token, as it is answered; the portal's token tools make such tokens, too."""
        token = secrets.token_urlsafe(48)
        self._given[token] = (account, scopes, now + LIFE)
        life = {"expires_in": int(LIFE.total_seconds()), "token_type": "Bearer"}
        return {"access_token": token, "scope": ",".join(sorted(scopes))} | life

    def holder(self, token: str, now: datetime) -> tuple[str, frozenset[str]] | None:
        """Whose token it is, and its scopes; None for one that was not given out here.

        :raises Refused: 401 when it has expired
        """
        if token not in self._given:
            return None
        name, scopes, until = self._given[token]
        if now >= until:
            raise Refused(self.expired())
        return name, scopes

    @property
    def _consents(self) -> Consents:
        return Consents(self.store, self.key, lifetime=_CODE, no="user_cancelled_authorize")

    @property
    def _given(self) -> dict[str, tuple[str, frozenset[str], datetime]]:
        found: dict[str, tuple[str, frozenset[str], datetime]] = self.store.memory.setdefault((self.key, "tokens"), {})
        return found


def _back(address: str, answer: Mapping[str, str]) -> Reply:
    parts = urlsplit(address)
    query = urlencode([*parse_qsl(parts.query), *answer.items()])
    return Reply(302, headers={"Location": parts._replace(query=query).geturl(), "Cache-Control": "no-store"})


def _error(error: str, description: str, status: int = 400) -> Reply:
    return Reply.json({"error": error, "error_description": description}, status)

"""IndieAuth of the website (indieauth.spec.indieweb.org, 11 July 2024): consent, codes and tokens, no registration."""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from crosspost.sandbox.core.consent import Consents, Grant, NoGrant
from crosspost.sandbox.core.http_messages import Refused, Reply, Request
from crosspost.sandbox.core.standin import StandIn, only, route
from crosspost.sandbox.core.store import Account
from crosspost.sandbox.core.tokens import Tokens

_AUTH, _TOKEN, _METADATA = "/indie/auth", "/indie/token", "/indie/metadata"
_ASKED = (
    "response_type", "client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method", "scope", "me",
)  # fmt: skip
_EXCHANGE = ("grant_type", "code", "client_id", "redirect_uri", "code_verifier")
_RENEWAL = ("grant_type", "refresh_token", "client_id", "scope")
_ERRORS = {400: "invalid_request", 401: "unauthorized", 403: "forbidden", 404: "not_found"}
_RIGHTS = {"create", "update", "delete", "media"}
_CODE = 600  # seconds a code is good for, the most that the standard allows


class IndieAuth(StandIn):
    """``indieauth``: how the home page names the server, "metadata", "links" (before 2022) or "none".

    ``renewed``: whether tokens end after an hour and come with a refresh token, good for one use, of one client (5.5);
    the others end after 90 days.
    """

    def refusal(self, status: int, message: str, error: str = "") -> Reply:
        """``{"error", "error_description"}``."""
        known = error or _ERRORS.get(status, "temporarily_unavailable")
        return Reply.json({"error": known, "error_description": message}, status)

    def named(self) -> str:
        """The elements of the home page's head."""
        links = {"metadata": {"indieauth-metadata": _METADATA}, "none": {}}.get(
            self.settings["indieauth"], {"authorization_endpoint": _AUTH, "token_endpoint": _TOKEN}
        )
        return "".join(f'<link rel="{relation}" href="{path}">' for relation, path in links.items())

    @route("GET", _METADATA)
    def metadata(self, request: Request) -> Reply:
        """What the server is (4.1.1)."""
        base = request.base_url
        return Reply.json(
            {
                "issuer": base, "authorization_endpoint": f"{base}{_AUTH}", "token_endpoint": f"{base}{_TOKEN}",
                "code_challenge_methods_supported": ["S256"], "scopes_supported": sorted(_RIGHTS),
                "authorization_response_iss_parameter_supported": True,
            }
        )  # fmt: skip

    @route("GET", _AUTH)
    def authorize(self, request: Request) -> Reply:
        """The page of consent (5.2)."""
        asked = dict(request.query)
        if set(asked) - set(_ASKED) or len(asked) < len(request.query):
            raise self._no("a parameter is unknown, or there twice")
        client, back = urlsplit(asked.get("client_id", "")), urlsplit(asked.get("redirect_uri", ""))
        if client.scheme not in ("http", "https") or not client.path.startswith("/") or client.fragment:
            raise self._no("client_id is not an address with a path")
        if (client.scheme, client.netloc) != (back.scheme, back.netloc):
            raise self._no("redirect_uri is not on the host of client_id")
        if asked.get("response_type") != "code" or not asked.get("state"):
            raise self._no("response_type is code, and there is a state")
        challenge = asked.get("code_challenge", "")
        if asked.get("code_challenge_method") != "S256" or not re.fullmatch(r"[\w-]{43}", challenge):
            raise self._no("PKCE with S256 is needed")
        scope = asked.get("scope", "")
        if set(scope.split()) - _RIGHTS:
            raise self._no("a scope is unknown")
        grant = Grant(asked["client_id"], asked["redirect_uri"], scope, asked["state"], challenge)
        return self._consents.page(grant, title=self.name, client=client.netloc, action=_AUTH, now=request.now)

    @route("POST", _AUTH)
    def decide(self, request: Request) -> Reply:
        """The person's answer on that page."""
        try:
            return self._consents.decided(dict(request.form), request.base_url, request.now)
        except NoGrant as error:
            raise self._no(str(error)) from None

    @route("POST", _TOKEN)
    def token(self, request: Request) -> Reply:
        """Exchange a code (5.3) or a refresh token (5.5)."""
        fields = dict(request.form)
        again = fields.get("grant_type") == "refresh_token"
        if strange := only(fields, _RENEWAL if again else _EXCHANGE):
            raise self._no(f"{strange[0]} is unknown")
        if not again and fields.get("grant_type") != "authorization_code":
            raise Refused(self.refusal(400, "The grant type is unknown", "unsupported_grant_type"))
        try:
            if again:
                return self._renewed(fields, request)
            grant = self._consents.redeem(
                fields.get("code", ""),
                client=fields.get("client_id", ""),
                redirect_uri=fields.get("redirect_uri", ""),
                verifier=fields.get("code_verifier", ""),
                now=request.now,
            )
        except NoGrant as error:
            raise Refused(self.refusal(400, str(error), "invalid_grant")) from None
        scopes = frozenset(grant.scope.split())
        told = self.tokens.issue(grant.account, scopes, request.now, refresh=self.settings["renewed"])
        return self._given(told, grant.client, request)

    def owner(self, value: str, now: datetime) -> tuple[Account, str] | None:
        """Whose token this is, and what it may do; None once it has ended."""
        if (given := self.tokens.holder(value, now)) is not None:
            return self.store.accounts[self.key, given.account], " ".join(sorted(given.scopes))
        fixed = self.store.account(self.key, token=value) if value else None
        return (fixed, self.settings["scope"]) if fixed is not None else None

    def _no(self, why: str) -> Refused:
        return Refused(self.refusal(400, why, "invalid_request"))

    @property
    def _consents(self) -> Consents:
        return Consents(self.store, self.key, lifetime=_CODE, issuer=True)

    @property
    def tokens(self) -> Tokens:
        """The tokens it gives out."""
        life = timedelta(hours=1) if self.settings["renewed"] else timedelta(days=90)
        return Tokens(self.store, self.key, life=life, refresh_life=timedelta(days=30))

    def _renewed(self, fields: dict[str, str], request: Request) -> Reply:
        """New tokens for a refresh token, and for the client it was given to.

        :raises NoGrant: when it is another's, or not known (any more)
        """
        spent, client = fields.get("refresh_token", ""), fields.get("client_id", "")
        if self._clients.get(spent) != client:
            raise NoGrant("the refresh token was not given to this client")
        return self._given(self.tokens.renew(spent, request.now), client, request)

    def _given(self, told: dict[str, Any], client: str, request: Request) -> Reply:
        if "refresh_token" in told:
            self._clients[told["refresh_token"]] = client
        owner = self.owner(told["access_token"], request.now)
        name = owner[0].name if owner is not None else ""
        return Reply.json(told | {"me": f"{request.base_url}/indie/home/{name}"})

    @property
    def _clients(self) -> dict[str, str]:
        found: dict[str, str] = self.store.memory.setdefault((self.key, "clients"), {})
        return found

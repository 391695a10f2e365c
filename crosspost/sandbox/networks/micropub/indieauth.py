"""IndieAuth of the website (indieauth.spec.indieweb.org, 11 July 2024): consent, codes and tokens, no registration."""

import re
import secrets
from urllib.parse import urlsplit

from crosspost.sandbox.core.consent import Consents, Grant, NoGrant
from crosspost.sandbox.core.http_messages import Refused, Reply, Request
from crosspost.sandbox.core.standin import StandIn, only, route
from crosspost.sandbox.core.store import Account

_AUTH, _TOKEN, _METADATA = "/indie/auth", "/indie/token", "/indie/metadata"
_ASKED = (
    "response_type", "client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method", "scope", "me",
)  # fmt: skip
_EXCHANGE = ("grant_type", "code", "client_id", "redirect_uri", "code_verifier")
_ERRORS = {400: "invalid_request", 401: "unauthorized", 403: "forbidden", 404: "not_found"}
_RIGHTS = {"create", "update", "delete", "media"}
_CODE = 600  # seconds a code is good for, the most that the standard allows


class IndieAuth(StandIn):
    """``indieauth``: how the home page names the server, "metadata", "links" (before 2022) or "none"."""

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
        """Exchange a code (5.3)."""
        fields = dict(request.form)
        if strange := only(fields, _EXCHANGE):
            raise self._no(f"{strange[0]} is unknown")
        if fields.get("grant_type") != "authorization_code":
            raise Refused(self.refusal(400, "The grant type is unknown", "unsupported_grant_type"))
        try:
            grant = self._consents.redeem(
                fields.get("code", ""),
                client=fields.get("client_id", ""),
                redirect_uri=fields.get("redirect_uri", ""),
                verifier=fields.get("code_verifier", ""),
                now=request.now,
            )
        except NoGrant as error:
            raise Refused(self.refusal(400, str(error), "invalid_grant")) from None
        value = secrets.token_urlsafe(32)
        self._given[value] = (grant.account, grant.scope)
        told = {"access_token": value, "token_type": "Bearer", "scope": grant.scope, "expires_in": 7_776_000}
        return Reply.json(told | {"me": f"{request.base_url}/indie/home/{grant.account}"})

    def owner(self, value: str) -> tuple[Account, str] | None:
        """Whose token this is, and what it may do."""
        if value in self._given:
            name, scope = self._given[value]
            return self.store.accounts[self.key, name], scope
        fixed = self.store.account(self.key, token=value) if value else None
        return (fixed, self.settings["scope"]) if fixed is not None else None

    def _no(self, why: str) -> Refused:
        return Refused(self.refusal(400, why, "invalid_request"))

    @property
    def _consents(self) -> Consents:
        return Consents(self.store, self.key, lifetime=_CODE, issuer=True)

    @property
    def _given(self) -> dict[str, tuple[str, str]]:
        found: dict[str, tuple[str, str]] = self.store.memory.setdefault((self.key, "tokens"), {})
        return found

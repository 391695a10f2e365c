"""Apps, consent and tokens of Mastodon (docs.joinmastodon.org/methods/apps and /methods/oauth, checked 2026-11-25)."""

import re
import secrets
from typing import Any
from urllib.parse import urlsplit

from crosspost.sandbox.core.consent import OUT_OF_BAND, Consents, Grant, NoGrant
from crosspost.sandbox.core.http_messages import Refused, Reply, Request, bearer
from crosspost.sandbox.core.standin import StandIn, route
from crosspost.sandbox.core.store import Account
from crosspost.sandbox.networks.mastodon.params import params

_SCOPES = {
    "profile", "read", "write", "follow", "push", "read:accounts", "read:search", "read:statuses", "write:accounts",
    "write:media", "write:statuses",
}  # fmt: skip
#: (method, path) → the scopes of which a token needs one; the first row that fits counts
_NEEDS = (
    ("GET", r"/api/v1/accounts/verify_credentials", {"profile", "read", "read:accounts"}),
    ("POST|PUT|DELETE", r"/api/v1/statuses(/.*)?", {"write", "write:statuses"}),
    ("GET", r"/api/v1/(statuses|accounts)(/.*)?", {"read", "read:statuses"}),
    ("GET", r"/api/v2/search", {"read", "read:search"}),
    ("POST|PUT|GET", r"/api/v[12]/media(/.*)?", {"write", "write:media"}),
)
_CODE = 600  # seconds a code is good for (Doorkeeper's default)


class OAuth(StandIn):
    """Registers apps, asks for consent, gives tokens."""

    @route("POST", "/api/v1/apps")
    def register(self, request: Request) -> Reply:
        """Register an app."""
        fields = params(request)
        name, scopes = str(fields.get("client_name") or ""), str(fields.get("scopes") or "read").split()
        uris = fields.get("redirect_uris") or ""
        uris = uris.split("\n") if isinstance(uris, str) else [str(uri) for uri in uris]
        if not name:
            raise Refused(self.refusal(422, "Validation failed: Application name can't be blank"))
        if not uris or not all(_may_return(uri) for uri in uris):
            raise Refused(self.refusal(422, "Validation failed: Redirect URI must be an absolute URI."))
        if set(scopes) - _SCOPES:
            raise Refused(self.refusal(422, "Validation failed: Scopes doesn't match configured on the server."))
        app: dict[str, Any] = {
            "id": self.store.new_id(), "name": name, "website": fields.get("website") or None, "scopes": scopes,
            "redirect_uri": "\n".join(uris), "redirect_uris": uris, "client_id": secrets.token_urlsafe(32),
            "client_secret": secrets.token_urlsafe(32), "client_secret_expires_at": 0,
        }  # fmt: skip
        self._apps[app["client_id"]] = app
        return Reply.json(app)

    @route("GET", "/oauth/authorize")
    def authorize(self, request: Request) -> Reply:
        """The page of consent."""
        asked = dict(request.query)
        app = self._apps.get(asked.get("client_id", ""))
        scopes = asked.get("scope", "read")
        if app is None:
            raise Refused(self.refusal(400, "Client authentication failed due to unknown client"))
        if asked.get("redirect_uri") not in app["redirect_uris"]:
            raise Refused(self.refusal(400, "The redirect uri included is not valid."))
        if asked.get("response_type") != "code" or not set(scopes.split()) <= set(app["scopes"]):
            raise Refused(self.refusal(400, "The requested scope or response type is invalid."))
        if asked.get("code_challenge") and asked.get("code_challenge_method") != "S256":
            raise Refused(self.refusal(400, "The code challenge method must be S256."))
        grant = Grant(
            app["client_id"], asked["redirect_uri"], scopes, asked.get("state", ""), asked.get("code_challenge", "")
        )
        return self._consents.page(
            grant, title=self.name, client=app["name"], action="/oauth/authorize", now=request.now
        )

    @route("POST", "/oauth/authorize")
    def decide(self, request: Request) -> Reply:
        """The person's answer on that page."""
        try:
            return self._consents.decided(dict(request.form), request.base_url, request.now)
        except NoGrant as error:
            raise Refused(self.refusal(400, str(error))) from None

    @route("POST", "/oauth/token")
    def token(self, request: Request) -> Reply:
        """Exchange a code."""
        fields = params(request)
        app = self._apps.get(str(fields.get("client_id", "")))
        if app is None or fields.get("client_secret") != app["client_secret"]:
            raise Refused(_oauth_error(401, "invalid_client", "Client authentication failed."))
        if fields.get("grant_type") != "authorization_code":
            raise Refused(_oauth_error(400, "unsupported_grant_type", "The grant type is not supported."))
        try:
            grant = self._consents.redeem(
                str(fields.get("code", "")),
                client=app["client_id"],
                redirect_uri=str(fields.get("redirect_uri", "")),
                verifier=str(fields.get("code_verifier", "")),
                now=request.now,
            )
        except NoGrant as error:
            raise Refused(_oauth_error(400, "invalid_grant", str(error))) from None
        token = secrets.token_urlsafe(32)
        self._tokens[token] = (grant.account, frozenset(grant.scope.split()))
        shown = {"access_token": token, "token_type": "Bearer", "scope": grant.scope}
        return Reply.json(shown | {"created_at": int(request.now.timestamp())})

    @route("GET", "/api/v1/apps/verify_credentials")
    def app_of(self, request: Request) -> Reply:
        """The app of a token; its scopes are told from Mastodon 4.3 on, not by its relatives."""
        token = bearer(request)
        if self.owner(token, request) is None:
            raise Refused(self.refusal(401, "The access token is invalid"))
        body: dict[str, Any] = {"id": "1", "name": "crosspost", "website": None, "vapid_key": ""}
        if self.settings["flavour"] == "mastodon":
            body |= {"scopes": sorted(self._allowed(token)), "redirect_uris": [OUT_OF_BAND]}
        return Reply.json(body)

    def _allowed(self, token: str) -> frozenset[str]:
        return self._tokens[token][1] if token in self._tokens else frozenset(self.settings["scopes"])

    def owner(self, token: str, request: Request) -> Account | None:
        """The account whose token this is.

        :raises Refused: 403 when the token has not the scope for this request
        """
        fixed = self.store.account(self.key, access_token=token)
        if token not in self._tokens and fixed is None:
            return None
        scopes = self._allowed(token)
        for methods, path, wanted in _NEEDS:
            fits = re.fullmatch(methods, request.method) and re.fullmatch(path, request.path.rstrip("/"))
            if fits and not scopes & wanted:
                raise Refused(self.refusal(403, "This action is outside the authorized scopes"))
            if fits:
                break
        return fixed or self.store.accounts[self.key, self._tokens[token][0]]

    @property
    def _consents(self) -> Consents:
        return Consents(self.store, self.key, lifetime=_CODE, issuer=True)

    @property
    def _apps(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self.store.memory.setdefault((self.key, "apps"), {})
        return found

    @property
    def _tokens(self) -> dict[str, tuple[str, frozenset[str]]]:
        found: dict[str, tuple[str, frozenset[str]]] = self.store.memory.setdefault((self.key, "tokens"), {})
        return found


def _may_return(uri: str) -> bool:
    parts = urlsplit(uri)
    return uri == OUT_OF_BAND or bool(parts.scheme and parts.netloc and not parts.fragment)


def _oauth_error(status: int, error: str, description: str) -> Reply:
    return Reply.json({"error": error, "error_description": description}, status)

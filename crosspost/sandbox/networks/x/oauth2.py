"""OAuth 2.0 of X: PKCE, codes of 30 seconds, access tokens of two hours, refresh tokens that are good for one use.

Source: docs.x.com/resources/fundamentals/authentication/oauth-2-0/{authorization-code,user-access-token}; the answers
to wrong values from plhery/node-twitter-api-v2 and unasuke/omniauth-twitter2 issues, checked 2026-11-25.
"""

import base64
import binascii
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crosspost.sandbox.core.consent import Consents, Grant, NoGrant
from crosspost.sandbox.core.http_messages import Refused, Reply, Request
from crosspost.sandbox.core.standin import StandIn, route
from crosspost.sandbox.core.store import Account

_CODE = 30  # seconds
LIFE = timedelta(hours=2)
_SCOPES = frozenset(
    {"tweet.read", "tweet.write", "tweet.moderate.write", "users.read", "follows.read", "follows.write", "like.read",
     "like.write", "list.read", "list.write", "media.write", "mute.read", "mute.write", "block.read", "block.write",
     "bookmark.read", "bookmark.write", "space.read", "dm.read", "dm.write", "offline.access"}
)  # fmt: skip
#: (method, path) → the scopes a token needs, all of them
_NEEDS = (
    ("POST|DELETE", r"/2/tweets(/.*)?", {"tweet.read", "tweet.write", "users.read"}),
    ("GET", r"/2/(tweets|users)(/.*)?", {"tweet.read", "users.read"}),
    ("POST|GET", r"/2/media(/.*)?", {"media.write"}),
)


@dataclass(frozen=True)
class Given:
    """A token: whose it is, what it may do, and until when."""

    account: str
    scopes: frozenset[str]
    until: datetime


class OAuth2(StandIn):
    """Asks for consent, exchanges codes, renews tokens."""

    @property
    def app(self) -> dict[str, str]:
        """The one app with OAuth 2.0 that the sandbox's console would show."""
        return {
            name: self.store.token(self.key, "app", name.replace("_", "-")) for name in ("client_id", "client_secret")
        }

    @route("GET", "/i/oauth2/authorize")
    def authorize(self, request: Request) -> Reply:
        """The page of consent; what is wrong is told on it, and nobody is sent back."""
        asked = dict(request.query)
        scopes = asked.get("scope", "").split()
        right = (
            asked.get("response_type") == "code"
            and asked.get("client_id") == self.app["client_id"]
            and asked.get("redirect_uri") in self.settings["callbacks"]
            and asked.get("state")
            and asked.get("code_challenge")
            and asked.get("code_challenge_method") == "S256"
            and scopes
            and set(scopes) <= _SCOPES
        )
        if not right:
            raise Refused(self.refusal(400, "Something went wrong. You weren't able to give access to the App."))
        grant = Grant(
            asked["client_id"], asked["redirect_uri"], " ".join(scopes), asked["state"], asked["code_challenge"]
        )
        return self._consents.page(
            grant, title=self.name, client="crosspost", action="/i/oauth2/authorize", now=request.now
        )

    @route("POST", "/i/oauth2/authorize")
    def decide(self, request: Request) -> Reply:
        """The person's answer on that page."""
        try:
            return self._consents.decided(dict(request.form), request.base_url, request.now)
        except NoGrant as error:
            raise Refused(self.refusal(400, str(error))) from None

    @route("POST", "/2/oauth2/token")
    def token(self, request: Request) -> Reply:
        """Exchange a code or a refresh token."""
        form = dict(request.form)
        self._check_client(request, form)
        if form.get("grant_type") == "authorization_code":
            return self._exchanged(form, request.now)
        if form.get("grant_type") == "refresh_token":
            return self._renewed(form, request.now)
        raise Refused(_error("invalid_request", "Missing required parameter [grant_type]."))

    def _check_client(self, request: Request, form: dict[str, str]) -> None:
        """A confidential client says who it is in the header, a public one in the form."""
        if self.settings["client"] == "public":
            if form.get("client_id") != self.app["client_id"]:
                raise Refused(_error("invalid_request", "Value passed for the client_id was invalid."))
            return
        found = re.fullmatch(r"(?i)basic\s+(\S+)", str(request.headers.get("Authorization", "")))
        if found is None:
            raise Refused(_error("unauthorized_client", "Missing valid authorization header", 401))
        try:
            name, _, secret = base64.b64decode(found[1], validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            name = secret = ""
        if (name, secret) != (self.app["client_id"], self.app["client_secret"]):
            raise Refused(_error("unauthorized_client", "Missing valid authorization header", 401))

    def _exchanged(self, form: dict[str, str], now: datetime) -> Reply:
        try:
            grant = self._consents.redeem(
                form.get("code", ""),
                client=self.app["client_id"],
                redirect_uri=form.get("redirect_uri", ""),
                verifier=form.get("code_verifier", ""),
                now=now,
            )
        except NoGrant:
            raise Refused(_error("invalid_request", "Value passed for the authorization code was invalid.")) from None
        return Reply.json(self.issue(grant.account, frozenset(grant.scope.split()), now))

    def _renewed(self, form: dict[str, str], now: datetime) -> Reply:
        """A refresh token is gone once it was used."""
        given = self.refresh_tokens.pop(form.get("refresh_token", ""), None)
        if given is None or now > given.until:
            raise Refused(_error("invalid_request", "Value passed for the token was invalid."))
        return Reply.json(self.issue(given.account, given.scopes, now))

    def issue(self, account: str, scopes: frozenset[str], now: datetime) -> dict[str, Any]:
        """New tokens, as they are answered."""
        access, refresh = secrets.token_urlsafe(40), secrets.token_urlsafe(40)
        self.access_tokens[access] = Given(account, scopes, now + LIFE)
        body: dict[str, Any] = {"token_type": "bearer", "expires_in": int(LIFE.total_seconds()), "access_token": access}
        body["scope"] = " ".join(sorted(scopes))
        if "offline.access" in scopes:
            self.refresh_tokens[refresh] = Given(account, scopes, now + timedelta(days=180))
            body["refresh_token"] = refresh
        return body

    def bearer(self, token: str, request: Request) -> Account | None:
        """The account whose access token this is, or None.

        :raises Refused: 403 when the token has not the scope for this request
        """
        given = self.access_tokens.get(token)
        if given is None:
            return self.store.account(self.key, bearer_token=token)
        if request.now >= given.until:
            return None
        for methods, path, wanted in _NEEDS:
            fits = re.fullmatch(methods, request.method) and re.fullmatch(path, request.path.rstrip("/"))
            if fits and not wanted <= given.scopes:
                raise Refused(self.refusal(403, "You are not permitted to perform this action."))
        return self.store.accounts[self.key, given.account]

    @property
    def _consents(self) -> Consents:
        return Consents(self.store, self.key, lifetime=_CODE)

    @property
    def access_tokens(self) -> dict[str, Given]:
        """The access tokens it gave out."""
        found: dict[str, Given] = self.store.memory.setdefault((self.key, "access tokens"), {})
        return found

    @property
    def refresh_tokens(self) -> dict[str, Given]:
        """The refresh tokens that were not used yet."""
        found: dict[str, Given] = self.store.memory.setdefault((self.key, "refresh tokens"), {})
        return found


def _error(error: str, description: str, status: int = 400) -> Reply:
    return Reply.json({"error": error, "error_description": description}, status)

"""An app of one's own, consent, codes and tokens (RFC 6749 4.1 and 6) for stand-ins that have nothing special there."""

import base64
import binascii
import re
from datetime import timedelta
from typing import ClassVar

from crosspost.sandbox.core.consent import Consents, Grant, NoGrant
from crosspost.sandbox.core.http_messages import Refused, Reply, Request, bearer
from crosspost.sandbox.core.standin import StandIn
from crosspost.sandbox.core.store import Account
from crosspost.sandbox.core.tokens import Tokens


class CodeGrant(StandIn):
    """The parts; a stand-in has the routes.

    ``scopes`` are those there are, ``code`` is how many seconds a code is good for, ``life`` and ``refresh_life`` how
    long tokens are, ``once`` whether a refresh token is gone once it was used, ``offline`` the scope without which
    there is none ("": always one). ``in_form`` is where the app says who it is. The option ``callbacks`` is
    needed, unless :meth:`may_return` is another.
    """

    scopes: ClassVar[frozenset[str]]
    code: ClassVar[int] = 600
    life: ClassVar[timedelta]
    refresh_life: ClassVar[timedelta] = timedelta(days=365)
    once: ClassVar[bool] = True
    offline: ClassVar[str] = ""
    in_form: ClassVar[bool] = True

    @property
    def app(self) -> dict[str, str]:
        """The one app that the network's console would show."""
        return {
            name: self.store.token(self.key, "app", name.replace("_", "-")) for name in ("client_id", "client_secret")
        }

    def asked(self, request: Request, action: str, needs: dict[str, str] | None = None) -> Reply:
        """The page of consent; what is wrong is told on it, and nobody is sent back.

        :param needs: further parameters, with the only value they may have
        """
        asked = dict(request.query)
        scopes = set(re.split(r"[ ,]+", asked.get("scope", "").strip())) - {""}
        right = asked.get("response_type") == "code" and asked.get("client_id") == self.app["client_id"]
        right = right and self.may_return(asked.get("redirect_uri", "")) and bool(asked.get("state"))
        right = right and bool(scopes) and scopes <= self.scopes
        if not right or any(asked.get(name) != value for name, value in (needs or {}).items()):
            raise Refused(self.refusal(400, "Bad request: check the client, its address, the scopes and the state"))
        grant = Grant(asked["client_id"], asked["redirect_uri"], " ".join(sorted(scopes)), asked["state"])
        return self._consents.page(grant, title=self.name, client="crosspost", action=action, now=request.now)

    def may_return(self, address: str) -> bool:
        """Whether the app may be sent back to an address."""
        return address in self.settings["callbacks"]

    def decided(self, request: Request) -> Reply:
        """The person's answer on that page."""
        try:
            return self._consents.decided(dict(request.form), request.base_url, request.now)
        except NoGrant as error:
            raise Refused(self.refusal(400, str(error))) from None

    def exchanged(self, request: Request) -> Reply:
        """Tokens for a code or a refresh token (RFC 6749 5)."""
        form = dict(request.form)
        if self._client(request, form) != (self.app["client_id"], self.app["client_secret"]):
            raise Refused(_error("invalid_client", "The client credentials are invalid", 401))
        try:
            if form.get("grant_type") == "refresh_token":
                return Reply.json(self.tokens.renew(form.get("refresh_token", ""), request.now))
            if form.get("grant_type") != "authorization_code":
                raise Refused(_error("unsupported_grant_type", "The grant type is not supported"))
            grant = self._consents.redeem(
                form.get("code", ""),
                client=self.app["client_id"],
                redirect_uri=form.get("redirect_uri", ""),
                now=request.now,
            )
        except NoGrant as error:
            raise Refused(_error("invalid_grant", str(error))) from None
        scopes = frozenset(grant.scope.split())
        refresh = not self.offline or self.offline in scopes
        return Reply.json(self.tokens.issue(grant.account, scopes, request.now, refresh=refresh))

    def holder(self, request: Request) -> tuple[Account | None, frozenset[str]]:
        """Whose token it is, and what it may do; the sandbox's own tokens may do everything."""
        token = bearer(request)
        given = self.tokens.holder(token, request.now)
        if given is not None:
            return self.store.accounts[self.key, given.account], given.scopes
        return (self.store.account(self.key, access_token=token) if token else None), self.scopes

    @property
    def tokens(self) -> Tokens:
        """The tokens it gives out."""
        return Tokens(self.store, self.key, life=self.life, refresh_life=self.refresh_life, once=self.once)

    @property
    def _consents(self) -> Consents:
        return Consents(self.store, self.key, lifetime=self.code)

    def _client(self, request: Request, form: dict[str, str]) -> tuple[str, str]:
        """Who the app says it is."""
        if self.in_form:
            return form.get("client_id", ""), form.get("client_secret", "")
        found = re.fullmatch(r"(?i)basic\s+(\S+)", str(request.headers.get("Authorization", "")))
        try:
            name, _, secret = base64.b64decode(found[1] if found else "", validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return name, secret


def _error(error: str, description: str, status: int = 400) -> Reply:
    return Reply.json({"error": error, "error_description": description}, status)

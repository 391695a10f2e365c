"""The log-ins of Threads and of Instagram without a Page: the page of consent, codes, short- and long-lived tokens.

Sources: developers.facebook.com/docs/threads/get-started/get-access-tokens-and-permissions and
docs/instagram-platform/instagram-api-with-instagram-login/business-login, checked 2026-11-26. On the sandbox both have
the same address; the permissions that are asked for, and the app's id, tell which of the two is meant.
"""

import re
from datetime import timedelta
from typing import Any, ClassVar

from crosspost.sandbox.core.consent import Consents, Grant, NoGrant
from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request, first
from crosspost.sandbox.core.standin import only, route
from crosspost.sandbox.networks.meta.graph import APP, fields, graph_error
from crosspost.sandbox.networks.meta.long_tokens import LIFE, Life, LongTokens

_CODE = 3600  # seconds a code is good for
_SHORT = timedelta(hours=1)
_PAGE = ("client_id", "redirect_uri", "scope", "response_type", "state")
_EXCHANGE = ("client_id", "client_secret", "grant_type", "redirect_uri", "code")


class Authorization(LongTokens):
    """``app`` is its id and secret, not those of the Facebook app; ``scopes`` are the permissions there are, of which
    each begins with ``prefix`` and the first is always needed."""

    app: ClassVar[tuple[str, str]]
    prefix: ClassVar[str]
    scopes: ClassVar[tuple[str, ...]]
    exchange: ClassVar[str]
    """What the exchange for a long-lived token is called."""
    log_in_options: ClassVar[dict[str, Any]] = {"redirects": (), "declined": (), "wrapped": False}
    """``redirects``: the addresses in the app's settings; empty: every https address, as if it had just been entered.
    ``declined``: permissions the person does not tick. ``wrapped``: the answer to a code is in a list, as one of the
    two forms in the documentation shows it."""

    def logs_in(self, request: Request) -> bool:
        """Whether a request belongs to this network's log-in."""
        if request.path == "/oauth/authorize":
            return (first(request.query, "scope") or "").startswith(self.prefix)
        if request.path == "/access_token":
            return first(request.query, "grant_type") == self.exchange
        if request.path == "/oauth/access_token":
            try:
                return first(request.form, "client_id") == self.app[0]
            except Malformed:
                return False
        return request.path == f"/oauth/authorize/{self.key}"

    # ── the page ──────────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/oauth/authorize")
    def authorize(self, request: Request) -> Reply:
        """The page of consent."""
        asked = dict(request.query)
        self._only(asked, _PAGE)
        if asked.get("client_id") == APP[0]:
            raise Refused(_error("An unknown error occurred. It may be the id of the Facebook app.", 4476002))
        if asked.get("client_id") != self.app[0]:
            raise Refused(_error("Invalid platform app"))
        redirect, scopes = asked.get("redirect_uri", ""), re.split(r"[,\s]+", asked.get("scope", ""))
        if not self._may_return(redirect):
            raise Refused(_error("Invalid redirect_uri"))
        if asked.get("response_type") != "code":
            raise Refused(_error("Invalid response_type"))
        if not set(scopes) <= set(self.scopes) or self.scopes[0] not in scopes:
            raise Refused(_error(f"Invalid scope: {self.scopes[0]} is needed, and only {', '.join(self.scopes)} exist"))
        grant = Grant(self.app[0], redirect, ",".join(scopes), asked.get("state", ""))
        action = f"/oauth/authorize/{self.key}"
        return self._consents.page(grant, title=self.name, client="crosspost", action=action, now=request.now)

    @route("POST", "/oauth/authorize/{network}")
    def decide(self, request: Request, network: str) -> Reply:  # noqa: ARG002  # which one it is was seen before
        """The person's answer on that page."""
        try:
            return self._consents.decided(dict(request.form), request.base_url, request.now)
        except NoGrant as error:
            raise Refused(_error(str(error))) from None

    def _may_return(self, redirect: str) -> bool:
        """Whether people may be sent there; it is always https, and never this computer."""
        known = self.settings["redirects"]
        if known:
            return redirect in known
        return re.fullmatch(r"https://(?!localhost\b|127\.)[^/#?]+/[^#?]*", redirect) is not None

    # ── tokens ────────────────────────────────────────────────────────────────────────────────────────────────────

    @route("POST", "/oauth/access_token")
    def redeem(self, request: Request) -> Reply:
        """A short-lived token for a code."""
        data = dict(request.form)
        self._only(data, _EXCHANGE)
        if data.get("client_secret") != self.app[1]:
            raise Refused(_error("Error validating client secret."))
        if data.get("grant_type") != "authorization_code":
            raise Refused(_error("Invalid grant_type"))
        try:
            grant = self._consents.redeem(
                data.get("code", ""),
                client=self.app[0],
                redirect_uri=data.get("redirect_uri", ""),
                now=request.now,
            )
        except NoGrant:
            raise Refused(_error("Matching code was not found or was already used")) from None
        agreed = [scope for scope in grant.scope.split(",") if scope not in self.settings["declined"]]
        life = Life(grant.account, request.now, _SHORT, frozenset(agreed))
        owner = int(self.store.accounts[self.key, grant.account].id)
        answer = self.given(life, user_id=owner, permissions=",".join(agreed))
        return Reply(200, b'{"data": [' + answer.body + b"]}") if self.settings["wrapped"] else answer

    @route("GET", "/access_token")
    def lengthen(self, request: Request) -> Reply:
        """A token for 60 days in place of a short-lived one."""
        data = dict(fields(request))
        self._only(data, ("grant_type", "client_secret", "access_token"))
        if data.get("client_secret") != self.app[1]:
            raise Refused(graph_error(100, "Error validating client secret."))
        if data.get("grant_type") != self.exchange:
            raise Refused(graph_error(100, f"Param grant_type must be {self.exchange}"))
        life = self.lives.get(data.get("access_token", ""))
        if life is None or life.lasts >= LIFE:
            message = "Session key invalid. This could be because the session key has an incorrect format"
            raise Refused(graph_error(452, message))
        if request.now - life.made >= life.lasts:
            raise Refused(self.expired())
        return self.given(Life(life.account, request.now, scopes=life.scopes))

    @staticmethod
    def _only(data: dict[str, str], known: tuple[str, ...]) -> None:
        """Refuse fields that do not exist, which the real pages ignore, so that mistakes are noticed."""
        if strange := only(data, known):
            raise Refused(_error(f"Unknown field {strange[0]}"))

    @property
    def _consents(self) -> Consents:
        return Consents(self.store, self.key, lifetime=_CODE, fragment="_")


def _error(message: str, code: int = 400) -> Reply:
    """An error as these pages word it, which is not the Graph API's form."""
    return Reply.json({"error_type": "OAuthException", "code": code, "error_message": message}, 400)


#: the paths of a log-in, which have no version
PATHS = ("/access_token", "/oauth/access_token", "/oauth/authorize")

"""The server side of the X stand-in: access, rate limits, and problems."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from crosspost.sandbox.core.faults import Fault
from crosspost.sandbox.core.http_messages import Refused, Reply, Request, bearer, first
from crosspost.sandbox.core.store import Account
from crosspost.sandbox.networks.x.oauth1 import OAuth1
from crosspost.sandbox.networks.x.oauth2 import OAuth2

_WINDOW = 900  # seconds
_LIMITS = {
    "POST /2/tweets": 100,
    "DELETE /2/tweets": 50,
    "POST /2/media/upload/": 1875,
    "POST /2/media": 500,
    "POST /2/users": 50,
    "DELETE /2/users": 50,
    "GET /2/users/me": 75,
    "GET /2/users": 900,
}
_TITLES = {
    400: "Invalid Request",
    401: "Unauthorized",
    402: "CreditsDepleted",
    403: "Forbidden",
    404: "Not Found Error",
    413: "Payload Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
_TYPES = {
    400: "https://api.x.com/2/problems/invalid-request",
    402: "https://api.x.com/2/problems/credits",
    404: "https://api.x.com/2/problems/resource-not-found",
}
_MAY_NOT = "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint."


def problem(status: int, detail: str, **more: Any) -> Reply:
    """A problem as X words it: ``title``, ``detail``, ``type``, ``status``."""
    body = {"title": _TITLES.get(status, "Error"), "detail": detail, "type": _TYPES.get(status, "about:blank")}
    return Reply.json(body | {"status": status} | more, status)


def invalid(*messages: str) -> Reply:
    """400 with one sentence per mistake."""
    errors = [{"message": message} for message in messages]
    return problem(400, "One or more parameters to your request was invalid.", errors=errors)


class Server(OAuth1, OAuth2):
    """Access and rate limits. The uploads are in ``media.py``, the posts in ``standin.py``."""

    paths = r"/2/|/i/oauth2/|/oauth/(request_token|authenticate|access_token)$"
    asked_first = True
    own_faults: ClassVar = {
        "402": ("refuses because no credits are left", "POST /2/tweets"),
        "processing": ("takes an upload in pieces; it is ready after two looks", "POST /2/media/upload/*/finalize"),
    }
    options: ClassVar = {
        "limit": 280,
        "rate_limits": True,
        "access_level": "read-write",  # what the app of OAuth 1.0a may do; "read": its settings were left as they are
        "client": "confidential",  # "public": a native app, which has no secret
        "callbacks": ("http://localhost:8723/callback",),
    }

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`."""
        kinds = ("consumer_key", "consumer_secret", "access_token", "access_token_secret", "bearer_token")
        tokens = {kind: self.store.token(self.key, name, kind.replace("_", "-")) for kind in kinds}
        return Account(self.key, name, f"140000000000000000{number}", name, display_name, tokens)

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """See :class:`StandIn`; also the app for OAuth 2.0."""
        return super().access(account, base_url) | {"app": self.app}

    def answers(self, request: Request) -> bool:
        """See :class:`StandIn`; the page of OAuth 1.0a has the path of another network's, but not its parameters."""
        page = request.path == "/oauth/authorize" and bool(first(request.query, "oauth_token"))
        return page or super().answers(request)

    def profiles(self, account: Account) -> tuple[str, ...]:
        """See :class:`StandIn`."""
        return (f"/x/{account.handle}",)

    def environment(self, account: Account) -> dict[str, str]:
        """The four strings of OAuth 1.0a; the bearer token is another way in."""
        credentials = account.credentials.items()
        return {f"CROSSPOST_X_{kind.upper()}": value for kind, value in credentials if kind != "bearer_token"}

    def refusal(self, status: int, message: str) -> Reply:
        """A problem."""
        return problem(status, message)

    def expired(self) -> Reply:
        """401."""
        return problem(401, "Unauthorized")

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:
        """429 with the reset as Unix seconds."""
        reply = problem(429, "Too Many Requests")
        reply.headers = _rate_headers(100, 0, now + timedelta(seconds=retry_after))
        return reply

    def fault(self, kind: str, request: Request, fault: Fault) -> Reply | None:
        """See :class:`StandIn`; 402 is only X's."""
        if kind == "402":
            return problem(402, "Your enrolled account does not have any credits to fulfill this request.")
        return super().fault(kind, request, fault)

    def answer(self, request: Request) -> Reply:
        """Every response has the number of remaining requests."""
        reply = super().answer(request)
        bucket, limit = _bucket(request)
        left, reset = self.store.quota((self.key, bucket, request.account), limit, _WINDOW, cost=0)
        reply.headers = _rate_headers(limit, max(left, 0), reset) | reply.headers
        if request.account and not bearer(request):
            reply.headers["x-access-level"] = self.settings["access_level"]
        return reply

    def me(self, request: Request) -> Account:
        """The account that signed the request or owns the token; counts the request against its limits."""
        token = bearer(request)
        account = self.bearer(token, request) if token else self.signer(request)
        if account is None:
            raise Refused(problem(401, "Unauthorized"))
        request.account = account.name
        if not token and request.method != "GET" and self.settings["access_level"] == "read":
            raise Refused(problem(403, _MAY_NOT, type="https://api.twitter.com/2/problems/oauth1-permissions"))
        bucket, limit = _bucket(request)
        left, reset = self.store.quota((self.key, bucket, account.name), limit, _WINDOW)
        if left < 0 and self.settings["rate_limits"]:
            raise Refused(self.rate_limited(int((reset - request.now).total_seconds()), request.now))
        return account


def _bucket(request: Request) -> tuple[str, int]:
    line = f"{request.method} {request.path}"
    return next(((prefix, limit) for prefix, limit in _LIMITS.items() if line.startswith(prefix)), ("other", 900))


def _rate_headers(limit: int, left: int, reset: datetime) -> dict[str, str]:
    return {
        "x-rate-limit-limit": str(limit),
        "x-rate-limit-remaining": str(left),
        "x-rate-limit-reset": str(int(reset.timestamp())),
    }

"""Meta's Graph API, as Facebook (and later Instagram and Threads) use it: one client, one error table.

Sources: developers.facebook.com/docs/graph-api/guides/error-handling and /overview/rate-limiting, checked 2026-11-22.
facebook-sdk ignores the HTTP status and hides headers and subcodes; they are read from the session's last exchange.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from crosspost.errors import AuthExpired, DeliveryError, NotSent, RateLimited, Rejected, Unknown
from crosspost.exchange import Exchange
from crosspost.networks.base import library

if TYPE_CHECKING:
    from crosspost.transport import Session

VERSION = "v26.0"
#: over a limit: wait (application, page, account and business use case limits)
_LIMITED = {4, 17, 32, 341, 613, 80001, 80002}
#: the token or the session is dead
_AUTH = {102, 190}
#: unknown or temporary trouble at Meta; after a publish the outcome is open
_TRANSIENT = {1, 2}


def client(session: "Session", token: str, version: str = VERSION) -> Any:
    """A facebook-sdk client. The version is set afterwards: the library refuses every version of today."""
    graph = library("facebook", "facebook").GraphAPI(access_token=token, session=session)
    graph.version = version
    return graph


def error_of(exchange: Exchange) -> dict[str, Any]:
    """The ``error`` object of an answer, or {}."""
    body = exchange.json()
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def missing(exchange: Exchange) -> bool:
    """Whether an object does not exist (any more), or this token may not see it: Graph tells no difference."""
    error = error_of(exchange)
    return error.get("code") == 100 and error.get("error_subcode") == 33


def explain(said: str, exchange: Exchange, *, irreversible: bool, now: datetime) -> DeliveryError | None:
    """What a Graph error means; None when the answer is not one.

    :param said: the sentence to begin with, which names account and network
    """
    error = error_of(exchange)
    code = error.get("code")
    if not isinstance(code, int):
        return None
    if code in _LIMITED:
        return RateLimited(said, now + timedelta(minutes=_minutes(exchange) or 60))
    if code in _AUTH:
        return AuthExpired(f"{said}. Make a new Page token")
    if code == 368:
        return RateLimited(f"{said}. Meta has blocked this kind of post for now", now + timedelta(hours=24))
    if code == 506:
        return Unknown(f"{said}. The same text is already on the Page, perhaps from an earlier attempt")
    if code in _TRANSIENT or error.get("is_transient") is True:
        return Unknown(said) if irreversible else NotSent(said)
    return Rejected(said)


def _minutes(exchange: Exchange) -> int:
    """Minutes until access comes back, from X-Business-Use-Case-Usage; 0 when it is not told."""
    try:
        usage = msgspec.json.decode(exchange.headers.get("x-business-use-case-usage", "{}").encode())
        return max(int(row.get("estimated_time_to_regain_access", 0)) for rows in usage.values() for row in rows)
    except (msgspec.DecodeError, ValueError, TypeError, AttributeError):
        return 0

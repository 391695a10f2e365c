"""Meta's Graph API for Facebook, Instagram and Threads: one client, one error table.

Sources: developers.facebook.com/docs/graph-api/guides/error-handling and /overview/rate-limiting,
docs/instagram-platform/…/error-codes, docs/threads/troubleshooting, checked 2026-11-22.
facebook-sdk ignores the HTTP status and hides headers and subcodes; they are read from the session's last exchange.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from crosspost.errors import AuthExpired, DeliveryError, NotSent, RateLimited, Rejected, Unknown
from crosspost.networks.library import library
from crosspost.networks.post_search import Page, rows
from crosspost.transport.exchange import Exchange

if TYPE_CHECKING:
    from crosspost.transport.session import Session

VERSION = "v26.0"
HOST = "https://graph.facebook.com"
#: over a limit: wait (application, page, account and business use case limits)
_LIMITED = {4, 17, 32, 341, 613, 80001, 80002}
#: the token or session is not valid any more
_AUTH = {102, 190}
#: unknown or temporary errors at Meta; after publishing, the outcome is unknown
_TRANSIENT = {1, 2}

# ── subcodes of Instagram and Threads: more precise than the code ─────────────────────────────────────────────────
#: the container is not ready, or too old: certainly not out, whatever the request
_NOT_READY = {2207027, 2207020, 2207008, 4279009}
#: the picture could not be fetched or processed this time; 2207001 is documented as an error on Meta's side, those that
#: begin with 1363 as broken uploads of a video
_AGAIN = {2207001, 2207003, 2207032, 2207052, 2207053, 2207082, 1363019, 1363030, 1363033}
#: too large, wrong format, ratio, size, caption too long, wrong number of pictures or mentions
_NEVER = {36000, 36001, 36003, 36004, 2207004, 2207005, 2207009, 2207010, 2207028, 2207040}
#: the daily quota is used up; each post counts for 24 hours
_QUOTA = {2207042}
#: treated as spam for some hours
_BLOCKED = {2207051}
#: Meta has restricted the account: a person must open the app
_RESTRICTED = {2207050, 4279013}

#: states of a container that was not published and never will be
DEAD = ("EXPIRED", "ERROR")
QUOTA_PAUSE = timedelta(hours=1)


class _Elsewhere:
    """A session for facebook-sdk that replaces its fixed address, because the library's own setting is global."""

    def __init__(self, session: "Session", base: str) -> None:
        self._session, self._base = session, base

    def request(self, method: str, url: str, **more: Any) -> Any:
        return self._session.request(method, url.replace(HOST, self._base, 1), **more)


def at_place(place: str | int, field: str) -> dict[str, str]:
    """The field that says where a post is; {} when it says nothing.

    :param place: the id of the place's Page, "" for none
    """
    return {field: str(place)} if place else {}


def client(session: "Session", token: str, version: str = VERSION, base: str = HOST) -> Any:
    """A facebook-sdk client. The version is set afterwards, because the library rejects all current versions.

    :param base: the API's address, without the version
    """
    elsewhere = session if base == HOST else _Elsewhere(session, base)
    graph = library("facebook", "facebook").GraphAPI(access_token=token, session=elsewhere)
    graph.version = version
    return graph


def told(client: Any) -> dict[str, Any]:
    """What Meta says about the client's token."""
    answer = client.request(f"{client.version}/debug_token", args={"input_token": client.access_token})
    data = answer.get("data") if isinstance(answer, dict) else None
    return data if isinstance(data, dict) else {}


def ends(client: Any) -> datetime | None:
    """When the client's token expires; None for a token that does not, or when Meta does not say."""
    at = told(client).get("expires_at")
    return datetime.fromtimestamp(at, UTC) if isinstance(at, int) and at > 0 else None


def page(answer: Any) -> Page:
    """The rows of a list response, and whether there are more.

    :raises ValueError: for a response without its list
    """
    paging = answer.get("paging") if isinstance(answer, dict) else None
    return Page(rows(answer, "data"), more=isinstance(paging, dict) and bool(paging.get("next")))


def error_of(exchange: Exchange) -> dict[str, Any]:
    """The ``error`` object of a response, or {}."""
    body = exchange.json()
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def missing(exchange: Exchange) -> bool:
    """Whether an object does not exist (any more), or is not visible to this token: Graph does not distinguish them."""
    error = error_of(exchange)
    return error.get("code") == 100 and error.get("error_subcode") == 33


def explain(message: str, exchange: Exchange, *, irreversible: bool, now: datetime) -> DeliveryError | None:
    """The meaning of a Graph error; None when the response is not one.

    :param message: the beginning of the error message, which names account and network
    """
    error = error_of(exchange)
    code = error.get("code")
    if not isinstance(code, int):
        return None
    for number in (error.get("error_subcode"), code):
        meaning = by_number(number, message, irreversible=irreversible, now=now)
        if meaning is not None:
            return meaning
    if code in _LIMITED:
        return RateLimited(message, now + timedelta(minutes=_minutes(exchange) or 60))
    if code in _AUTH:
        return AuthExpired(f"{message}. Create a new access token")
    if code == 368:
        return RateLimited(f"{message}. Meta has blocked this kind of post for now", now + timedelta(hours=24))
    if code == 506:
        return Unknown(f"{message}. The same text is already on the Page, perhaps from an earlier attempt")
    if code in _TRANSIENT or error.get("is_transient") is True:
        return Unknown(message) if irreversible else NotSent(message)
    return Rejected(message)


def by_number(number: Any, message: str, *, irreversible: bool, now: datetime) -> DeliveryError | None:
    """The meaning of an error number of Instagram, Threads and video uploads; None for any other.

    They come as a subcode, sometimes as the code, and in the explanation of a container's status.
    """
    if number in _NOT_READY:
        return NotSent(message)
    if number in _AGAIN:
        return Unknown(message) if irreversible else NotSent(message)
    if number in _NEVER:
        return Rejected(message)
    if number in _QUOTA:
        return RateLimited(message, now + QUOTA_PAUSE)
    if number in _BLOCKED:
        return RateLimited(f"{message}. Meta treats this as spam for now", now + timedelta(hours=12))
    if number in _RESTRICTED:
        return AuthExpired(f"{message}. Meta has restricted the account: open the app and follow its instructions")
    return None


def _minutes(exchange: Exchange) -> int:
    """Minutes until access is restored, from X-Business-Use-Case-Usage; 0 when it is not given."""
    try:
        usage = msgspec.json.decode(exchange.headers.get("x-business-use-case-usage", "{}").encode())
        return max(int(row.get("estimated_time_to_regain_access", 0)) for rows in usage.values() for row in rows)
    except (msgspec.DecodeError, ValueError, TypeError, AttributeError):
        return 0

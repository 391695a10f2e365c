"""Basics of LinkedIn's API: headers, errors, duplicates, addresses. The adapter is in ``linkedin.py``.

Sources: learn.microsoft.com/linkedin/marketing/versioning and /linkedin/shared/api-guide/concepts/{error-handling,
rate-limits}, checked 2026-11-22.
"""

from datetime import UTC, datetime, time, timedelta
from urllib.parse import quote, urlsplit

from crosspost.errors import AuthExpired, DeliveryError, NotSent, RateLimited, Rejected
from crosspost.text.lazy_pattern import lazy
from crosspost.transport.exchange import Exchange
from crosspost.transport.rate_limits import retry_at

_TWIN = lazy(r"duplicate of (urn:li:(?:share|ugcPost|activity):\d+)")


def headers(version: str, method: str = "") -> dict[str, str]:
    """The headers of every request to the versioned API.

    :param version: the API's month, ``YYYYMM``; there is no default version
    :param method: Rest.li's method where the HTTP verb is not enough (``FINDER``, ``PARTIAL_UPDATE``)
    """
    always = {"LinkedIn-Version": version, "X-Restli-Protocol-Version": "2.0.0"}
    return always | ({"X-RestLi-Method": method} if method else {})


def key(urn: str) -> str:
    """Encode a URN as a path segment."""
    return quote(urn, safe="")


def page(home: str, urn: str) -> str:
    """The web address of a post; ``home`` is LinkedIn's web address, or the sandbox's."""
    return f"{home}/feed/update/{urn}/"


def twin(status: int | None, body: bytes) -> str:
    """The URN of the existing post, when LinkedIn refuses a post as its duplicate; else ""."""
    found = _TWIN.search(body.decode("utf-8", "replace")) if status == 422 else None
    return found[1] if found else ""


def trusted(url: str, base_url: str) -> bool:
    """Whether a token may be sent to ``url``: the configured server, or another of LinkedIn's over https."""
    parts, home = urlsplit(url), urlsplit(base_url)
    if (parts.scheme, parts.netloc) == (home.scheme, home.netloc):
        return True
    return parts.scheme == "https" and (parts.hostname or "").endswith(".linkedin.com")


def explain(message: str, exchange: Exchange, now: datetime, home: str) -> DeliveryError | None:
    """The meaning of an error response; None for the common mapping.

    :param message: the beginning of the error message, which names account and network
    :param home: LinkedIn's web address, or the sandbox's
    """
    if exchange.status == 401:
        return AuthExpired(f"{message}. A token is valid for 60 days: create a new one")
    if exchange.status == 403:
        return AuthExpired(f"{message}. The app needs another product or scope, or the person a role on the page")
    if exchange.status == 426:
        return NotSent(f"{message}. Set `version` of this account to a month the API still serves")
    if exchange.status == 429:  # quotas are per day and are reset at midnight UTC
        midnight = datetime.combine(now.astimezone(UTC) + timedelta(days=1), time(), UTC)
        return RateLimited(message, retry_at(exchange.headers, now) or midnight)
    if urn := twin(exchange.status, exchange.body):
        return Rejected(f"{message}. The same post already exists, but not from this delivery: {page(home, urn)}")
    return None

"""LinkedIn's API as such: headers, refusals, duplicates, addresses. The adapter stands in ``linkedin.py``.

Sources: learn.microsoft.com/linkedin/marketing/versioning and /linkedin/shared/api-guide/concepts/{error-handling,
rate-limits}, checked 2026-11-22.
"""

import re
from datetime import UTC, datetime, time, timedelta
from urllib.parse import quote, urlsplit

from crosspost.errors import AuthExpired, DeliveryError, NotSent, RateLimited, Rejected
from crosspost.transport.exchange import Exchange, retry_at

_TWIN = re.compile(r"duplicate of (urn:li:(?:share|ugcPost|activity):\d+)")


def headers(version: str, method: str = "") -> dict[str, str]:
    """What every request of the versioned API carries.

    :param version: the API's month, ``YYYYMM``; there is no default version
    :param method: Rest.li's own method where the verb of HTTP does not tell (``FINDER``, ``PARTIAL_UPDATE``)
    """
    always = {"LinkedIn-Version": version, "X-Restli-Protocol-Version": "2.0.0"}
    return always | ({"X-RestLi-Method": method} if method else {})


def key(urn: str) -> str:
    """A URN as a segment of a path."""
    return quote(urn, safe="")


def page(home: str, urn: str) -> str:
    """Where people see a post; ``home`` is LinkedIn's web address, or the sandbox's."""
    return f"{home}/feed/update/{urn}/"


def twin(status: int | None, body: bytes) -> str:
    """The URN of the post that has the same content, when LinkedIn refuses one as its duplicate; else ""."""
    found = _TWIN.search(body.decode("utf-8", "replace")) if status == 422 else None
    return found[1] if found else ""


def trusted(place: str, base_url: str) -> bool:
    """Whether a token may be sent to ``place``: the server we talk to anyway, or another of LinkedIn's over https."""
    parts, home = urlsplit(place), urlsplit(base_url)
    if (parts.scheme, parts.netloc) == (home.scheme, home.netloc):
        return True
    return parts.scheme == "https" and (parts.hostname or "").endswith(".linkedin.com")


def explain(said: str, exchange: Exchange, now: datetime, home: str) -> DeliveryError | None:
    """What a refusal means; None where the common map knows it.

    :param said: the sentence to begin with, which names account and network
    :param home: where people see posts
    """
    if exchange.status == 401:
        return AuthExpired(f"{said}. A token lives 60 days: make a new one")
    if exchange.status == 403:
        return AuthExpired(f"{said}. The app lacks a product or scope, or the person a role on the page")
    if exchange.status == 426:
        return NotSent(f"{said}. Set `version` of this account to a month the API still serves")
    if exchange.status == 429:  # quotas are per day and begin anew at midnight UTC
        midnight = datetime.combine(now.astimezone(UTC) + timedelta(days=1), time(), UTC)
        return RateLimited(said, retry_at(exchange.headers, now) or midnight)
    if urn := twin(exchange.status, exchange.body):
        return Rejected(f"{said}. The same post is there already, not from this delivery: {page(home, urn)}")
    return None

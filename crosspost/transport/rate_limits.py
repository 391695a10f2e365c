"""What a server's response says of its limits: how much is left of them, and when to come back."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from crosspost.model import Value
from crosspost.transport.exchange import http_date, server_time

#: the beginnings of the headers' names: the Mastodon family and Discord, X, Bluesky
_FAMILIES = ("x-ratelimit", "x-rate-limit", "ratelimit")


class RateLimit(Value, frozen=True, kw_only=True):
    """How much a network lets an account do within a span of time.

    :ivar of: what is counted; "percent": of what, it does not say
    :ivar most: how many are allowed
    :ivar left: how many of them are left
    :ivar at: when the network said so
    :ivar until: when all of them are there again; None when it does not say
    """

    of: str = "requests"
    most: int
    left: int
    at: datetime
    until: datetime | None = None

    @property
    def nearly_used_up(self) -> bool:
        """Whether less than a quarter is left."""
        return self.left * 4 < self.most

    def __lt__(self, other: "RateLimit") -> bool:
        """Whether a smaller share is left of it."""
        return self.left * other.most < other.left * self.most


def told(headers: dict[str, str], now: datetime) -> RateLimit | None:
    """The limit a response tells of; None when it tells of none.

    Reads ``x-ratelimit-…`` (the Mastodon family), ``x-rate-limit-…`` (X), ``ratelimit-…`` (Bluesky) and
    ``x-app-usage`` (Meta, in percent; developers.facebook.com/docs/graph-api/overview/rate-limiting).

    :param headers: names in lower case
    :param now: with a time zone
    """
    for name in _FAMILIES:
        most, left = headers.get(f"{name}-limit", ""), headers.get(f"{name}-remaining", "")
        if _is_number(most) and _is_number(left):
            until = _by_our_clock(headers, now, f"{name}-reset")
            return RateLimit(most=int(most), left=min(int(left), int(most)), at=now, until=until)
    used = _used(headers.get("x-app-usage", ""))
    return None if used is None else RateLimit(of="percent", most=100, left=max(0, 100 - used), at=now)


def nearly_used_up(headers: dict[str, str]) -> bool:
    """Whether less than a quarter is left of the limit that a response tells of; False when it tells of none.

    :param headers: names in lower case
    """
    limit = told(headers, datetime.now(UTC))
    return limit is not None and limit.nearly_used_up


def retry_at(headers: dict[str, str], now: datetime) -> datetime | None:
    """When to try again, from the headers of an error response.

    Reads Retry-After (seconds or a date, RFC 9110 §10.2.3), ``x-rate-limit-reset`` and ``ratelimit-reset`` (Unix
    seconds: X, Bluesky) and ``x-ratelimit-reset`` (ISO 8601: the Mastodon family).

    :param headers: names in lower case
    :param now: with a time zone
    :returns: a moment with a time zone, at most a week away; None when no header can be read
    """
    return _by_our_clock(headers, now, "retry-after", "x-rate-limit-reset", "x-ratelimit-reset", "ratelimit-reset")


def _by_our_clock(headers: dict[str, str], now: datetime, *names: str) -> datetime | None:
    server_now = server_time(headers) or now
    for moment in _moments(headers, server_now, names):
        # the moment is by the server's clock, so only its distance from the server's time counts
        return max(now, min(now + (moment - server_now), now + timedelta(days=7)))
    return None


def _moments(headers: dict[str, str], now: datetime, names: tuple[str, ...]) -> Iterator[datetime]:
    readers: dict[str, tuple[Callable[[str], datetime], ...]] = {
        "retry-after": (lambda v: now + timedelta(seconds=float(v)), http_date),
        "x-ratelimit-reset": (datetime.fromisoformat, _unix),
    }
    for name in names:
        for read in readers.get(name, (_unix,)) if name in headers else ():
            with contextlib.suppress(ValueError, OverflowError, TypeError, OSError):
                moment = read(headers[name])
                yield moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_number(text: str) -> bool:
    """Not longer than a person could mean: int() takes long for a million digits."""
    return text.isascii() and text.isdecimal() and len(text) <= 12


def _used(text: str) -> int | None:
    """The largest share, in percent; None when it tells of none."""
    try:
        used = msgspec.json.decode(text or "null")
    except (msgspec.DecodeError, RecursionError):  # RecursionError: a million opening brackets
        return None
    shares = used.values() if isinstance(used, dict) else ()
    return max(
        (round(share) for share in shares if isinstance(share, int | float) and 0 <= share <= 1000), default=None
    )


def _unix(value: str) -> datetime:
    return datetime.fromtimestamp(float(value), UTC)

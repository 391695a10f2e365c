"""One request to a network and its response, as the adapters read it."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """One request and its response. ``status`` is None when no complete response arrived.

    ``sent`` is whether a connection was established, so that the request may have reached the server. ``failure``
    explains why there is no response.
    """

    method: str
    url: str
    sent: bool
    status: int | None = None
    headers: dict[str, str] = {}
    body: bytes = b""
    failure: str = ""

    def __repr__(self) -> str:
        """Without headers and body, which may hold a token."""
        return f"Exchange({self.method} {self.url}, sent={self.sent}, status={self.status}, failure={self.failure!r})"

    def json(self) -> Any:
        """The body parsed as JSON, or None when it is not JSON."""
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # RecursionError: a million opening brackets
            return None


def server_time(headers: dict[str, str]) -> datetime | None:
    """The server's clock at the time of the response (Date, RFC 9110 §6.6.1; Age, RFC 9111 §5.1); None if not given.

    :param headers: names in lower case
    """
    try:
        date = _http_date(headers.get("date", ""))
        date = date if date.tzinfo else date.replace(tzinfo=UTC)
        return date.astimezone(UTC) + timedelta(seconds=int(headers.get("age", "0")))
    except (ValueError, OverflowError):  # not a valid time
        return None


def retry_at(headers: dict[str, str], now: datetime) -> datetime | None:
    """When to try again, from the headers of an error response.

    Reads Retry-After (seconds or a date, RFC 9110 §10.2.3), ``x-rate-limit-reset`` and ``ratelimit-reset`` (Unix
    seconds: X, Bluesky) and ``x-ratelimit-reset`` (ISO 8601: the Mastodon family).

    :param headers: names in lower case
    :param now: with a time zone
    :returns: a moment with a time zone, at most a week away; None when no header can be read
    """
    server_now = server_time(headers) or now
    for moment in _moments(headers, server_now):
        # the moment is by the server's clock, so only its distance from the server's time counts
        return max(now, min(now + (moment - server_now), now + timedelta(days=7)))
    return None


def nearly_used_up(headers: dict[str, str]) -> bool:
    """Whether less than a quarter is left of the limit that a response tells of; False when it tells of none.

    Reads ``x-ratelimit-…`` (the Mastodon family), ``x-rate-limit-…`` (X), ``ratelimit-…`` (Bluesky) and
    ``x-app-usage`` (Meta, in percent; developers.facebook.com/docs/graph-api/overview/rate-limiting).

    :param headers: names in lower case
    """
    for name in ("x-ratelimit", "x-rate-limit", "ratelimit"):
        limit, left = headers.get(f"{name}-limit", ""), headers.get(f"{name}-remaining", "")
        if limit.isdecimal() and left.isdecimal():
            return int(left) * 4 < int(limit)
    try:
        used = msgspec.json.decode(headers.get("x-app-usage", "{}"))
    except msgspec.DecodeError:
        return False
    return isinstance(used, dict) and any(isinstance(share, int | float) and share > 75 for share in used.values())


def _moments(headers: dict[str, str], now: datetime) -> Iterator[datetime]:
    readers: tuple[tuple[str, tuple[Callable[[str], datetime], ...]], ...] = (
        ("retry-after", (lambda v: now + timedelta(seconds=float(v)), _http_date)),
        ("x-rate-limit-reset", (_unix,)),
        ("x-ratelimit-reset", (datetime.fromisoformat, _unix)),
        ("ratelimit-reset", (_unix,)),
    )
    for name, parsers in readers:
        for read in parsers if name in headers else ():
            with contextlib.suppress(ValueError, OverflowError, TypeError, OSError):
                moment = read(headers[name])
                yield moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _http_date(value: str) -> datetime:
    from email.utils import parsedate_to_datetime  # brings sockets

    return parsedate_to_datetime(value)


def _unix(value: str) -> datetime:
    return datetime.fromtimestamp(float(value), UTC)

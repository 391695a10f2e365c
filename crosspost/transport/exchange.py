"""One request to a network and what came of it, as the adapters read it."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """One request and what came of it. ``status`` is None when no complete answer came.

    ``sent`` says whether a connection stood, so that the request may have reached the server.
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
        """The body as JSON, or None when it is not."""
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # the last: a million opening brackets
            return None


def server_time(headers: dict[str, str]) -> datetime | None:
    """What the server's clock said when it answered (Date, RFC 9110 §6.6.1; Age, RFC 9111 §5.1); None when untold.

    :param headers: names in lower case
    """
    try:
        told = parsedate_to_datetime(headers.get("date", ""))
        told = told if told.tzinfo else told.replace(tzinfo=UTC)
        return told.astimezone(UTC) + timedelta(seconds=int(headers.get("age", "0")))
    except (ValueError, OverflowError):  # a time that is none
        return None


def retry_at(headers: dict[str, str], now: datetime) -> datetime | None:
    """When to come back, from the headers of a refusal.

    Reads Retry-After (seconds or a date, RFC 9110 §10.2.3), ``x-rate-limit-reset`` and ``ratelimit-reset`` (Unix
    seconds: X, Bluesky) and ``x-ratelimit-reset`` (ISO 8601: the Mastodon family).

    :param headers: names in lower case
    :param now: with a zone
    :returns: a moment with a zone, never more than a week away; None when the server said nothing readable
    """
    there = server_time(headers) or now
    for moment in _moments(headers, there):
        # moments are the server's: what counts is how long it is until then by its own clock
        return max(now, min(now + (moment - there), now + timedelta(days=7)))
    return None


def _moments(headers: dict[str, str], now: datetime) -> Iterator[datetime]:
    readers: tuple[tuple[str, tuple[Callable[[str], datetime], ...]], ...] = (
        ("retry-after", (lambda v: now + timedelta(seconds=float(v)), parsedate_to_datetime)),
        ("x-rate-limit-reset", (_unix,)),
        ("x-ratelimit-reset", (datetime.fromisoformat, _unix)),
        ("ratelimit-reset", (_unix,)),
    )
    for name, ways in readers:
        for read in ways if name in headers else ():
            with contextlib.suppress(ValueError, OverflowError, TypeError, OSError):
                moment = read(headers[name])
                yield moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _unix(value: str) -> datetime:
    return datetime.fromtimestamp(float(value), UTC)

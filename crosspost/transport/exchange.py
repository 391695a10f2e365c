"""One request to a network and its response, as the adapters read it."""

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
        date = http_date(headers.get("date", ""))
        date = date if date.tzinfo else date.replace(tzinfo=UTC)
        return date.astimezone(UTC) + timedelta(seconds=int(headers.get("age", "0")))
    except (ValueError, OverflowError):  # not a valid time
        return None


def http_date(value: str) -> datetime:
    """A moment as headers tell it (RFC 9110 §5.6.7).

    :raises ValueError: when it is none
    """
    from email.utils import parsedate_to_datetime  # brings sockets

    return parsedate_to_datetime(value)

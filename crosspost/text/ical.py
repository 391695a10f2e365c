"""What calendar files are made of (iCalendar, RFC 5545)."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from crosspost.text.lazy_pattern import lazy

_CONTROL = lazy(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def calendar(product: str, events: Iterable[str]) -> str:
    """A whole file.

    :param product: who made it (§3.7.3)
    :param events: the lines of its events, not folded
    """
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{product}", "CALSCALE:GREGORIAN")
    return "".join(f"{part}\r\n" for line in (*head, *events, "END:VCALENDAR") for part in folded(line))


def url(address: str) -> list[str]:
    """The line with an event's page; none for what is not an address. A URI is never escaped (§3.3.13)."""
    return [f"URL:{address}"] if re.fullmatch(r"https?://[!-~]+", address) else []


def utc(moment: datetime) -> str:
    """A time (§3.3.5)."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def day(moment: datetime) -> str:
    """A day without a time (§3.3.4): that of the moment in its own time zone."""
    return moment.strftime("%Y%m%d")


def text(words: str) -> str:
    """Escape a text (§3.3.11); control characters, which a calendar must not contain, become spaces."""
    words = (
        words.replace("\r\n", "\n").replace("\r", "\n").replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    )
    return _CONTROL.sub(" ", words.replace("\n", "\\n"))


def folded(line: str) -> Iterator[str]:
    """Lines of at most 75 bytes (§3.1), never cut inside a character; a continuation begins with a space."""
    part, size = "", 0
    for character in line:
        width = len(character.encode())
        if size + width > 75:
            yield part
            part, size = " ", 1
        part, size = part + character, size + width
    yield part

"""A plan as a calendar file (iCalendar, RFC 5545)."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from crosspost import __version__
from crosspost.schedule.plan import Planned
from crosspost.text.lazy_pattern import lazy

_CONTROL = lazy(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def ics(planned: Iterable[Planned], *, now: datetime) -> str:
    """Write a plan as a calendar: one event without duration per line, times in UTC.

    The same delivery always has the same UID, so that a subscribed calendar moves an event instead of showing it
    twice. What would be skipped or asked about is marked as cancelled or tentative.

    :param now: when the file is made; every event needs it (§3.8.7.2)
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//crosspost//crosspost {__version__}//EN",
        "CALSCALE:GREGORIAN",
    ]
    for item in planned:
        lines += _event(item, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(planned: Planned, now: datetime) -> list[str]:
    name = hashlib.sha256(f"{planned.post}\n{planned.account}".encode("utf-8", "replace")).hexdigest()[:32]
    status = {"send": "CONFIRMED", "ask": "TENTATIVE", "skip": "CANCELLED"}[planned.late]
    return [
        "BEGIN:VEVENT",
        f"UID:{name}@crosspost",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(planned.at)}",
        f"SUMMARY:{_text(f'{planned.account}: {planned.title}')}",
        f"DESCRIPTION:{_text(planned.why)}",
        *(
            [f"URL:{planned.url}"] if re.fullmatch(r"https?://[!-~]+", planned.url) else []
        ),  # a URI is never escaped (§3.3.13)
        f"STATUS:{status}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(text: str) -> str:
    """Escape a text (§3.3.11); control characters, which a calendar must not contain, become spaces."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return _CONTROL.sub(" ", text.replace("\n", "\\n"))


def _folded(line: str) -> Iterator[str]:
    """Lines of at most 75 bytes (§3.1), never cut inside a character; a continuation begins with a space."""
    part, size = "", 0
    for character in line:
        width = len(character.encode())
        if size + width > 75:
            yield part
            part, size = " ", 1
        part, size = part + character, size + width
    yield part

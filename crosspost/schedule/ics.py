"""A plan as a calendar file (iCalendar, RFC 5545)."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from crosspost import __version__
from crosspost.schedule.simulation import Planned
from crosspost.text import ical


def ics(planned: Iterable[Planned], *, now: datetime) -> str:
    """Write a plan as a calendar: one event without duration per line, times in UTC.

    The same delivery always has the same UID, so that a subscribed calendar moves an event instead of showing it
    twice. What would be skipped or asked about is marked as cancelled or tentative.

    :param now: when the file is made; every event needs it (§3.8.7.2)
    """
    events = (line for item in planned for line in _event(item, now))
    return ical.calendar(f"-//crosspost//crosspost {__version__}//EN", events)


def _event(planned: Planned, now: datetime) -> list[str]:
    name = hashlib.sha256(f"{planned.post}\n{planned.account}".encode("utf-8", "replace")).hexdigest()[:32]
    status = {"send": "CONFIRMED", "ask": "TENTATIVE", "skip": "CANCELLED"}[planned.late]
    return [
        "BEGIN:VEVENT",
        f"UID:{name}@crosspost",
        f"DTSTAMP:{ical.utc(now)}",
        f"DTSTART:{ical.utc(planned.at)}",
        f"SUMMARY:{ical.text(f'{planned.account}: {planned.title}')}",
        f"DESCRIPTION:{ical.text(planned.why)}",
        *ical.url(planned.url),
        f"STATUS:{status}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]

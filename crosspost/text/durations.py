"""Lengths of time as people write them: ``30m``, ``2h``, ``1d 12h``, "3 days", "1 week"."""

import re
from datetime import timedelta

from crosspost.text.lazy_pattern import lazy

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_UNIT = r"(w(?:eeks?)?|d(?:ays?)?|h(?:(?:ou)?rs?)?|m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?)"
_ONE = rf"(\d{{1,6}})\s*{_UNIT}(?![a-z])"
_PART = lazy(_ONE, re.ASCII)
_WHOLE = lazy(rf"{_ONE}(?:\s*(?:,|and\b)?\s*{_ONE})*", re.ASCII)


def duration(text: str) -> timedelta:
    """Parse a length of time, up to a year.

    >>> str(duration("1d 1h30m")), str(duration("2 weeks"))
    ('1 day, 1:30:00', '14 days, 0:00:00')

    :raises ValueError: when it is not a duration
    """
    low = text.strip().lower()
    if not _WHOLE.fullmatch(low):
        raise ValueError(f"“{text}” is not a duration")
    seconds = sum(int(number) * _SECONDS[unit[0]] for number, unit in _PART.findall(low))
    if seconds > 366 * 86_400:
        raise ValueError(f"“{text}” is longer than a year")
    return timedelta(seconds=seconds)


def in_hours(time: timedelta) -> str:
    """ "1 hour", "2.5 hours" or "48 hours".

    >>> in_hours(timedelta(minutes=60)), in_hours(timedelta(days=2)), in_hours(timedelta(minutes=90))
    ('1 hour', '48 hours', '1.5 hours')
    """
    said = f"{time.total_seconds() / 3600:g}"
    return f"{said} {'hour' if said == '1' else 'hours'}"

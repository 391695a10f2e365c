"""A moment as a person types it: "tomorrow 9:00", "tuesday 18:30", "in 2 hours", "2026-12-01 09:00"."""

import re
from datetime import UTC, datetime, timedelta, tzinfo  # noqa: F401  # UTC: for the example

from crosspost.errors import ConfigError
from crosspost.text.lazy_pattern import lazy

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNITS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
}
#: nobody means a time that is farther away
FAR = timedelta(days=3653)
_IN = lazy(r"in (\d{1,4}) (minute|hour|day|week)s?\Z")
_ON = lazy(r"(?:(today|tomorrow|" + "|".join(_DAYS) + r")\s+)?(?:at\s+)?(\d{1,2}):(\d{2})\Z")


def moment(said: str, now: datetime, zone: tzinfo) -> datetime:
    """The moment that is meant.

    :param zone: the site's, for everything without a zone of its own
    :raises ConfigError: when it cannot be understood, or is over

    >>> moment("tomorrow 9:00", datetime(2026, 11, 22, 12, tzinfo=UTC), UTC).isoformat()
    '2026-11-23T09:00:00+00:00'
    """
    words = " ".join(said.lower().split())
    found = _found(words, now, zone)
    if found is None:
        raise ConfigError(
            f"“{said}” is not a time; write it like “tomorrow 9:00”, “tuesday 18:30”, “in 2 hours” or "
            "“2026-12-01 09:00”"
        )
    if found - now > FAR:
        raise ConfigError(f"“{said}” is {found:%Y-%m-%d}, more than ten years from now; write a time before that")
    if found <= now:
        raise ConfigError(f"“{said}” is {found:%Y-%m-%d %H:%M %Z}, and that is over; `crosspost FILE` sends a post now")
    return found


def _found(words: str, now: datetime, zone: tzinfo) -> datetime | None:
    try:
        if span := _IN.match(words):
            return (now + int(span[1]) * _UNITS[span[2]]).astimezone(zone)
        if day := _ON.match(words):
            return _on(day, now.astimezone(zone))
        read = datetime.fromisoformat(words.upper())
    except (ValueError, OverflowError):
        return None
    if len(words) <= len("2026-12-01"):  # a day without a time is too little
        return None
    return read if read.tzinfo is not None else read.replace(tzinfo=zone)


def _on(said: "re.Match[str]", here: datetime) -> datetime:
    """The next time a clock shows it, on that day."""
    name, hour, minute = said[1], int(said[2]), int(said[3])
    ahead = 0
    if name == "tomorrow":
        ahead = 1
    elif name in _DAYS:
        ahead = (_DAYS.index(name) - here.weekday()) % 7
    found = (here + timedelta(days=ahead)).replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
    if found <= here and name != "today":
        found += timedelta(days=7 if name in _DAYS else 1)
    return found

"""Parses dates the way Jekyll does: in file names and in front matter.

Jekyll's YAML parser reads an unquoted time without a time zone as UTC; everything else goes through Ruby's
``Time.parse`` in the site's time zone. Both turn the 30th of February into the 1st or 2nd of March.
Source: builds of Jekyll 3.9.3 and 4.3.1; https://jekyllrb.com/docs/front-matter/
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

_TIME = r"(?:[T\s]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[AP]\.?M\.?)?)?"
_ZONE = r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_MONTH = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_NUMBERS = r"(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})"
_COMPACT = r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
_FORMS = (
    _NUMBERS,
    _COMPACT,
    _WEEKDAY + _MONTH + r"\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4}),?",
    _WEEKDAY + r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?[\s-]+" + _MONTH + r"[\s-]+(?P<year>\d{4}),?",
)
_LONGEST = 100  # characters of a date in words, including spaces
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


@cache
def zone(name: str) -> tzinfo:
    """The time zone with a name such as ``Europe/Berlin``.

    :raises ValueError: when there is no such time zone
    """
    if name in ("", "UTC", "Etc/UTC"):
        return UTC
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):  # a folder, a bad name, an unknown name
        from crosspost.text.zone_names import meant

        if near := meant(name):
            raise ValueError(f'"{name}" is not the name of a time zone; did you mean {near}?') from None
        raise ValueError(f'"{name}" is not the name of a time zone, such as Europe/Berlin') from None


def from_front_matter(value: Any, local: tzinfo) -> datetime:
    """Parse the ``date`` of a front matter as Jekyll does, in the time zone ``local``.

    :param value: the value parsed by YAML: a date, a time, a number such as 20240304 or text
    :raises ValueError: when it is not a date
    """
    try:
        if isinstance(value, datetime):
            return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(local)
        if isinstance(value, date):
            return _local(datetime(value.year, value.month, value.day), local)  # noqa: DTZ001 - the time zone is added there
        if not isinstance(value, str | int | float):
            from crosspost.sources.as_written import as_written  # a mistake, which most posts do not have

            value = as_written(value)
        return from_text(str(value), local)
    except OverflowError:
        raise ValueError(f'"{value}" is outside the calendar; correct it') from None


def from_text(text: str, local: tzinfo) -> datetime:
    """Parse a date in words or numbers, in the time zone ``local`` unless it has one.

    >>> from_text("March 5, 2024 10:00", UTC).isoformat()
    '2024-03-05T10:00:00+00:00'

    :raises ValueError: when it is not a date
    """
    stripped = text.strip()
    if (usual := _usual(stripped)) is not None:
        return usual.astimezone(local)
    if len(stripped) > _LONGEST:
        raise ValueError(f'"{stripped[:40]}…" is not a date')
    for form in _FORMS:
        match = _compiled(form).match(stripped)
        if match:
            return _from_parts(match.groupdict(), local, text)
    raise ValueError(f'"{text}" is not a date such as 2024-03-05 or 2024-03-05 10:00:00 +0100')


def _usual(text: str) -> datetime | None:
    """The moment of a date as Jekyll writes it (``2024-03-05 10:00:00 +0100``); None for any other form."""
    if len(text) != 25 or text[10] != " " or text[19] != " " or text[23] > "5" or text.startswith("9999"):
        return None
    try:
        return datetime.fromisoformat(f"{text[:19]}{text[20:]}")
    except ValueError:  # perhaps another form, perhaps the 30th of February
        return None


@cache  # most posts need the first form at most
def _compiled(form: str) -> re.Pattern[str]:
    return re.compile(form + _TIME + _ZONE + r"\s*\Z", re.IGNORECASE | re.ASCII)


def from_name(text: str, local: tzinfo) -> datetime:
    """Parse the date of a file name: ``2024-03-05``, ``2024-3-5`` or ``24-03-05``; midnight in the time zone ``local``.

    :raises ValueError: when there is no such month or day
    """
    year, month, day = (int(part) for part in text.split("-"))
    if year < 100:  # Ruby's Time.parse: years from 69 belong to the last century
        year += 2000 if year < 69 else 1900
    return _local(_rolled(year, month, day, text), local)


def _from_parts(parts: dict[str, str | None], local: tzinfo, text: str) -> datetime:
    name = parts.get("name")
    month = _MONTHS.index(name[:3].lower()) + 1 if name else int(parts["month"] or 0)
    hour, minute, second = (int(parts[key] or 0) for key in ("hour", "minute", "second"))
    half = (parts["half"] or "").replace(".", "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 24 or minute > 59 or second > 60:
        raise ValueError(f'"{text}" is not a time of day such as 18:30')
    day = _rolled(int(parts["year"] or 0), month, int(parts["day"] or 0), text)
    moment = day + timedelta(hours=hour, minutes=minute, seconds=second)
    if parts["zone"]:
        return moment.replace(tzinfo=_offset(parts["zone"])).astimezone(local)
    return _local(moment, local)


def _rolled(year: int, month: int, day: int, text: str) -> datetime:
    """A day; a 30th or 31st that the month does not have rolls over into the next, as in Ruby."""
    if not (1 <= month <= 12 and 1 <= day <= 31 and 1 <= year <= 9998):
        raise ValueError(f'"{text}" is not a day of the calendar; correct it')
    return datetime(year, month, 1) + timedelta(days=day - 1)  # noqa: DTZ001 - the caller adds the time zone


@cache
def _offset(text: str) -> tzinfo:
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    if hours > 23 or minutes > 59:
        raise ValueError(f'"{text}" is not a time zone such as +0100')
    delta = timedelta(hours=hours, minutes=minutes)
    return timezone(-delta if text[0] == "-" else delta)


def _local(moment: datetime, local: tzinfo) -> datetime:
    """Add the time zone; a time that the clocks skip is moved forward, as in Ruby."""
    there = moment.replace(tzinfo=local)
    return there if local is UTC else there.astimezone(UTC).astimezone(local)

"""Parses the ``event:`` mapping of a front matter: when and where something is that the post announces.

Read strictly: a wrong day on which people come is worse than a post that waits until somebody has corrected it.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, get_args

from crosspost.model import Event, EventStatus, Place
from crosspost.sources.dates import zone
from crosspost.sources.mapping import Mistake, Mistakes, unknown_key
from crosspost.text.lazy_pattern import lazy

_KEYS = ("start", "end", "timezone", "place", "online", "status", "seats", "register")
_PLACE = ("name", "street", "postal_code", "city", "region", "country")
_EXAMPLE = "2027-05-02 14:00"
#: code points of one of an event's words
_LONGEST = 255
_TIME = lazy(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)\s*(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_DAY = lazy(r"\d{4}-\d\d-\d\d", re.ASCII)
_LAST = time(23, 59)
_ADDRESS = lazy(r"https?://[!-~]{1,2000}")


def parse_event(value: Any, local: tzinfo, wrong: Mistakes) -> Event | None:
    """Parse the ``event:`` mapping.

    :param value: the value parsed by YAML; None or false for no event
    :param local: the time zone of times without one
    :param wrong: takes every mistake; with one, no event is returned
    """
    if value is None or value is False:
        return None
    if not isinstance(value, dict):
        wrong.append(Mistake(f"needs lines below it: start: {_EXAMPLE}, end: … and place: …"))
        return None
    unknown = [unknown_key(key, _KEYS) for key in value if key not in _KEYS]
    wrong += unknown
    there = wrong.read(lambda: _zone(value.get("timezone"), local), local)
    whole = _day(value.get("start")) is not None
    start = wrong.read(lambda: _start(value.get("start"), there), None) if "start" in value or not unknown else None
    end = wrong.read(lambda: (_last_day if whole else _end)(value.get("end"), there, start), None)
    more: dict[str, Any] = {
        "zone": str(getattr(there, "key", "")) or ("UTC" if there is UTC else ""),
        "all_day": whole,
        "place": _place(value.get("place"), wrong),
        "online": wrong.read(lambda: _yes(value.get("online")), False),
        "status": wrong.read(lambda: _status(value.get("status")), None),
        "seats": wrong.read(lambda: _seats(value.get("seats")), 0),
        "register": wrong.read(lambda: _register(value.get("register")), ""),
    }
    return None if wrong or start is None else Event(start=start, end=end, **more)


def _start(value: Any, there: tzinfo) -> datetime:
    if value is None:
        raise Mistake(f"needs a start, such as start: {_EXAMPLE}")
    day = _day(value)
    return _moment(value, there, "start") if day is None else _of_day(day, time.min, there, "start")


def _end(value: Any, there: tzinfo, start: datetime | None) -> datetime | None:
    if (day := _day(value)) is not None:
        raise Mistake(f"end: needs a time of day behind the day, as start has one: {day} 18:00", "end")
    end = None if value is None else _moment(value, there, "end")
    if end is not None and start is not None and end <= start:
        raise Mistake(f"end: {end:%Y-%m-%d %H:%M} is not after the start, {start:%Y-%m-%d %H:%M}", "end")
    return end


def _last_day(value: Any, there: tzinfo, start: datetime | None) -> datetime | None:
    """The last minute of the last day; the end is that day itself, as people say it."""
    if value is None:
        return None if start is None else _of_day(start.date().isoformat(), _LAST, there, "end")
    if (day := _day(value)) is None:
        raise Mistake("end: should be a day without a time, as start is one", "end")
    end = _of_day(day, _LAST, there, "end")
    if start is not None and end < start:
        raise Mistake(f"end: {day} is before the start, {start:%Y-%m-%d}", "end")
    return end


def _day(value: Any) -> str | None:
    """A day without a time, as it is written; None for anything else."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return value.strip() if isinstance(value, str) and _DAY.fullmatch(value.strip()) else None


def _of_day(day: str, at: time, there: tzinfo, key: str) -> datetime:
    """A time of a day; where the clocks skip it, as some do at midnight, the first one after it."""
    try:
        moment = datetime.combine(date.fromisoformat(day), at, there)
        moment + timedelta(days=2)  # a calendar names the day after the last one
        return moment.astimezone(UTC).astimezone(there)
    except (ValueError, OverflowError):
        raise Mistake(f'{key}: "{day}" is not in the calendar; correct it', key) from None


def _zone(value: Any, local: tzinfo) -> tzinfo:
    if value is None:
        return local
    if not isinstance(value, str) or not value:
        raise Mistake("timezone: should be the name of a time zone, such as Europe/Berlin", "timezone")
    try:
        return zone(value)
    except ValueError as error:
        raise Mistake(f"timezone: {error}", "timezone") from None


def _moment(value: Any, there: tzinfo, key: str) -> datetime:
    """A time as it is written; one that the clocks skip or repeat in that night is refused."""
    if isinstance(value, datetime):  # YAML reads one with seconds
        value = value.isoformat(" ")
    found = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise Mistake(f"{key}: should be a day and a time, such as {_EXAMPLE}", key)
    day, time, offset = found.groups()
    try:
        moment = datetime.fromisoformat(f"{day} {time}{offset or ''}")
        if offset:
            return moment.astimezone(there)
        first, second = (moment.replace(tzinfo=there, fold=fold) for fold in (0, 1))
        back = first.astimezone(UTC).astimezone(there).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise Mistake(f'{key}: "{value}" is not in the calendar; correct it', key) from None
    if back != moment:
        raise Mistake(f"{key}: {value} is skipped by the clocks in {there}; correct it", key)
    if first.utcoffset() != second.utcoffset():
        raise Mistake(f"{key}: {value} comes twice in {there}; write which, such as {value} {first:%z}", key)
    return first


def _place(value: Any, wrong: Mistakes) -> Place:
    if value is None:
        return Place()
    if isinstance(value, str):
        return Place(name=wrong.read(lambda: _words(value, "place"), ""))
    if not isinstance(value, dict):
        wrong.append(Mistake("place: should be a text, or lines below it: name, street, postal_code, city", "place"))
        return Place()
    wrong += [unknown_key(key, _PLACE).below("place") for key in value if key not in _PLACE]
    given = {key: text for key, text in value.items() if key in _PLACE and text is not None}
    return Place(**{key: wrong.read(lambda k=key: _words(given[k], "place", k), "") for key in given})  # type: ignore[misc]  # mypy and defaults


def _words(value: Any, *keys: str) -> str:
    if not isinstance(value, str):  # a postal code with a zero in front is another number to YAML
        raise Mistake(f"{': '.join(keys)}: should be a text; put it in quotation marks", *keys)
    words = " ".join(value.split())
    if len(words) > _LONGEST or not words.isprintable():
        raise Mistake(f"{': '.join(keys)}: should be one line of at most {_LONGEST} characters", *keys)
    return words


def _yes(value: Any) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    raise Mistake("online: should be true or false", "online")


def _status(value: Any) -> EventStatus:
    known: tuple[EventStatus, ...] = get_args(EventStatus)
    found = next((one for one in known if value in (None, one)), None)
    if found is None:
        raise Mistake(f"status: should be {', '.join(known[:-1])} or {known[-1]}", "status")
    return found


def _seats(value: Any) -> int:
    if value is None:
        return 0
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 1_000_000:
        raise Mistake("seats: should be a number of people, from 1", "seats")
    return value


def _register(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value.strip()):
        raise Mistake("register: should be the address of a page (https://…)", "register")
    return value.strip()

"""Parses the ``event:`` mapping of a front matter: when and where something is that the post announces.

Read strictly: a wrong day on which people come is worse than a post that waits until somebody has corrected it.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from typing import Any, get_args

from crosspost.model import Event, EventStatus, Place
from crosspost.sources.dates import zone
from crosspost.text.lazy_pattern import lazy
from crosspost.text.near_names import nearest

Refuse = Callable[..., Exception]

_KEYS = ("start", "end", "timezone", "place", "online", "status", "seats", "register")
_PLACE = ("name", "street", "postal_code", "city", "region", "country")
_EXAMPLE = "2027-05-02 14:00"
#: code points of one of an event's words
_LONGEST = 255
_TIME = lazy(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)\s*(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_ADDRESS = lazy(r"https?://[!-~]{1,2000}")


def parse_event(value: Any, local: tzinfo, refuse: Refuse) -> Event | None:
    """Parse the ``event:`` mapping.

    :param value: the value parsed by YAML; None or false for no event
    :param local: the time zone of times without one
    :param refuse: makes an error from a message and the keys that lead to the mistake (``refuse("…", "start")``)
    :raises Exception: the error made by ``refuse``, for a value that cannot be meant
    """
    if value is None or value is False:
        return None
    if not isinstance(value, dict):
        raise refuse(f"event: needs lines below it: start: {_EXAMPLE}, end: … and place: …")
    _known(value, _KEYS, refuse)
    there = _zone(value.get("timezone"), local, refuse)
    if value.get("start") is None:
        raise refuse(f"event: needs a start, such as start: {_EXAMPLE}")
    start = _moment(value["start"], there, "start", refuse)
    end = None if value.get("end") is None else _moment(value["end"], there, "end", refuse)
    if end is not None and end <= start:
        raise refuse(f"event: end: {end:%Y-%m-%d %H:%M} is not after the start, {start:%Y-%m-%d %H:%M}", "end")
    return Event(
        start=start,
        end=end,
        zone=str(getattr(there, "key", "")) or ("UTC" if there is UTC else ""),
        place=_place(value.get("place"), refuse),
        online=_yes(value.get("online"), refuse),
        status=_status(value.get("status"), refuse),
        seats=_seats(value.get("seats"), refuse),
        register=_register(value.get("register"), refuse),
    )


def _known(given: dict[Any, Any], keys: tuple[str, ...], refuse: Refuse, *above: str) -> None:
    where = "event: " + "".join(f"{name}: " for name in above)
    for key in given:
        if key not in keys:
            near = nearest(str(key), keys)
            hint = f"did you mean `{near}`?" if near else f"it knows {', '.join(keys)}"
            raise refuse(f'{where}does not know "{key}"; {hint}', *above, str(key))


def _zone(value: Any, local: tzinfo, refuse: Refuse) -> tzinfo:
    if value is None:
        return local
    if not isinstance(value, str) or not value:
        raise refuse("event: timezone: should be the name of a time zone, such as Europe/Berlin", "timezone")
    try:
        return zone(value)
    except ValueError as error:
        raise refuse(f"event: timezone: {error}", "timezone") from None


def _moment(value: Any, there: tzinfo, key: str, refuse: Refuse) -> datetime:
    """A time as it is written; one that the clocks skip or repeat in that night is refused."""
    if isinstance(value, datetime):  # YAML reads one with seconds
        value = value.isoformat(" ")
    if isinstance(value, date) or (isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value)):
        raise refuse(f"event: {key}: needs a time of day behind the day: {value} 14:00", key)
    found = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise refuse(f"event: {key}: should be a day and a time, such as {_EXAMPLE}", key)
    day, time, offset = found.groups()
    try:
        moment = datetime.fromisoformat(f"{day} {time}{offset or ''}")
        if offset:
            return moment.astimezone(there)
        first, second = (moment.replace(tzinfo=there, fold=fold) for fold in (0, 1))
        back = first.astimezone(UTC).astimezone(there).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise refuse(f'event: {key}: "{value}" is not in the calendar; correct it', key) from None
    if back != moment:
        raise refuse(f"event: {key}: {value} is skipped by the clocks in {there}; correct it", key)
    if first.utcoffset() != second.utcoffset():
        raise refuse(f"event: {key}: {value} comes twice in {there}; write which, such as {value} {first:%z}", key)
    return first


def _place(value: Any, refuse: Refuse) -> Place:
    if value is None:
        return Place()
    if isinstance(value, str):
        return Place(name=_words(value, refuse, "place"))
    if not isinstance(value, dict):
        raise refuse("event: place: should be a text, or lines below it: name, street, postal_code, city", "place")
    _known(value, _PLACE, refuse, "place")
    return Place(**{key: _words(text, refuse, "place", key) for key, text in value.items() if text is not None})


def _words(value: Any, refuse: Refuse, *keys: str) -> str:
    if not isinstance(value, str):  # a postal code with a zero in front is another number to YAML
        raise refuse(f"event: {': '.join(keys)}: should be a text; put it in quotation marks", *keys)
    words = " ".join(value.split())
    if len(words) > _LONGEST or not words.isprintable():
        raise refuse(f"event: {': '.join(keys)}: should be one line of at most {_LONGEST} characters", *keys)
    return words


def _yes(value: Any, refuse: Refuse) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    raise refuse("event: online: should be true or false", "online")


def _status(value: Any, refuse: Refuse) -> EventStatus:
    known: tuple[EventStatus, ...] = get_args(EventStatus)
    found = next((one for one in known if value in (None, one)), None)
    if found is None:
        raise refuse(f"event: status: should be {', '.join(known[:-1])} or {known[-1]}", "status")
    return found


def _seats(value: Any, refuse: Refuse) -> int:
    if value is None:
        return 0
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 1_000_000:
        raise refuse("event: seats: should be a number of people, from 1", "seats")
    return value


def _register(value: Any, refuse: Refuse) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value.strip()):
        raise refuse("event: register: should be the address of a page (https://…)", "register")
    return value.strip()

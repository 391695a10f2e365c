"""Reads the schedule keys of ``[accounts.NAME]`` into a :class:`Schedule`. Errors name the key and show an example."""

import itertools
import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, time, timedelta, tzinfo
from typing import TypeVar
from zoneinfo import ZoneInfo

from crosspost.errors import ConfigError
from crosspost.model import Value
from crosspost.schedule.values import Late, Quiet, Schedule, Slot, in_words
from crosspost.text.lazy_pattern import lazy
from crosspost.text.mistakes import Mistakes
from crosspost.text.plain_errors import converted

T = TypeVar("T")

_EXAMPLES = {
    "timezone": '"Europe/Berlin"',
    "delay": '"30m", "2h" or "1d"',
    "slots": '["Mon-Fri 09:00", "Sat 11:30"]',
    "min_gap": '"2h"',
    "quiet": '"22:00-07:00"',
    "max_per_day": "3",
    "jitter": '"10m"',
    "cost_per_post": "0.20",
    "max_cost_per_month": "5.00",
    "late": '"send", "ask" or "skip after 48h"',
}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*"
_SLOT = lazy(rf"(?:({_DAY}(?:\s*[-–,]\s*{_DAY})*)\s+)?(\d{{1,2}}):(\d{{2}})", re.ASCII)
_WEEK = 7 * 24 * 60


class Written(Value, frozen=True, kw_only=True):
    """The same keys as :class:`Schedule`, before their texts are parsed."""

    timezone: str = ""
    delay: str = ""
    slots: tuple[str, ...] = ()
    min_gap: str = ""
    quiet: str = ""
    max_per_day: int = 0
    jitter: str = ""
    cost_per_post: float = 0
    max_cost_per_month: float = 0
    late: str = "send"


def parse(written: Mapping[str, object], *, where: Callable[..., str], zone: str = "") -> Schedule:
    """Make a schedule from an account's keys; other keys are ignored.

    :param written: the account's table, or only its schedule keys
    :param where: ``where(*keys)`` gives ``file:line`` of a key, for the message
    :param zone: the site's time zone, for accounts without one of their own
    :raises ConfigError: with every value that cannot be understood, or for settings under which no post could ever go
        out
    """
    wrong = Mistakes(ConfigError)
    raw = _typed({key: value for key, value in written.items() if key in Schedule.__struct_fields__}, where, wrong)

    def read(key: str, reader: Callable[[str], T], without: T) -> T:
        text = getattr(raw, key).strip()
        try:
            return reader(text) if text else without
        except ValueError as error:
            wrong.said.append(str(_wrong(where, key, str(error))))
            return without

    schedule = Schedule(
        timezone=read("timezone", _zone, _site_zone(zone)),
        delay=read("delay", _duration, timedelta()),
        slots=wrong.read(lambda: _slots(raw.slots, where), ()),
        min_gap=read("min_gap", _duration, timedelta()),
        quiet=read("quiet", _quiet, None),
        max_per_day=raw.max_per_day,
        jitter=read("jitter", _duration, timedelta()),
        cost_per_post=raw.cost_per_post,
        max_cost_per_month=raw.max_cost_per_month,
        late=read("late", _late, Late()),
    )
    wrong.tell()
    _refuse_never(schedule, where)
    return schedule


def _typed(written: Mapping[str, object], where: Callable[..., str], wrong: Mistakes) -> Written:
    said = (
        converted(written, Written, lambda keys, problem: wrong.said.append(str(_wrong(where, keys[0], problem))))
        or Written()
    )
    for key in ("max_per_day", "cost_per_post", "max_cost_per_month"):
        number = getattr(said, key)
        if number < 0 or not math.isfinite(number):
            wrong.said.append(str(_wrong(where, key, f"{number} is not a number from 0 up")))
    return said


def _wrong(where: Callable[..., str], key: str, problem: str) -> ConfigError:
    return ConfigError(f"{where(key)}: `{key}`: {problem}; write it like {_EXAMPLES[key]}")


# ── readers of one value; each raises ValueError with the problem ────────────────────────────────────────────────


def _duration(text: str) -> timedelta:
    from crosspost.text.durations import duration  # few accounts have a delay or a gap

    return duration(text)


def _zone(name: str) -> tzinfo:
    try:
        return UTC if name.upper() == "UTC" else ZoneInfo(name)
    except (OSError, ValueError, LookupError):  # a folder, a bad name, an unknown name
        from crosspost.text.zone_names import meant

        hint = f"; did you mean {near}?" if (near := meant(name)) else ""
        raise ValueError(f"“{name}” is not the name of a time zone{hint}") from None


def _site_zone(name: str) -> tzinfo:
    """The site's time zone; UTC when the name is not valid, as for its dates (reading the site reports the mistake)."""
    try:
        return _zone(name) if name else UTC
    except ValueError:
        return UTC


def _clock(hour: str, minute: str, text: str) -> time:
    if int(hour) > 23 or int(minute) > 59:
        raise ValueError(f"“{text}”: {hour}:{minute} is not a time of day")
    return time(int(hour), int(minute))


def _quiet(text: str) -> Quiet:
    match = re.fullmatch(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})", text, re.ASCII)
    if match is None:
        raise ValueError(f"“{text}” is not a range of two times")
    start, end = _clock(match[1], match[2], text), _clock(match[3], match[4], text)
    if start == end:
        raise ValueError(f"“{text}” would cover the whole day")
    return Quiet(start=start, end=end)


def _late(text: str) -> Late:
    words = text.lower().split(maxsplit=2)
    match words:
        case ["send"]:
            return Late()
        case [("ask" | "skip") as action]:
            return Late(action="ask" if action == "ask" else "skip")
        case [("ask" | "skip") as action, "after", *length]:
            return Late(action="ask" if action == "ask" else "skip", after=_duration(" ".join(length)))
    raise ValueError(f"“{text}” is not understood")


def _slots(texts: Iterable[str], where: Callable[..., str]) -> tuple[Slot, ...]:
    try:
        return tuple(slot(text) for text in texts)
    except ValueError as error:
        raise _wrong(where, "slots", str(error)) from None


def slot(text: str) -> Slot:
    """Parse a weekly time: ``Mon-Fri 09:00``, ``Sat,Sun 11:30``, ``Fri-Mon 18:00``, or ``09:00`` for every day.

    >>> slot("Fri-Mon 18:00").cron  # cron counts from Sunday
    '0 18 * * 0,1,5,6'

    :raises ValueError: when it is not a weekly time
    """
    match = _SLOT.fullmatch(text.strip().lower())
    if match is None:
        raise ValueError(f"“{text}” is not a weekly time")
    clock = _clock(match[2], match[3], text)
    days = _days(match[1], text) if match[1] else range(7)
    # in cron Sunday is 0; day names are avoided because cron's ranges cannot cross the end of the week
    numbers = ",".join(str(number) for number in sorted({(day + 1) % 7 for day in days}))
    return Slot(text=" ".join(text.split()), cron=f"{clock.minute} {clock.hour} * * {numbers}")


def _days(text: str, whole: str) -> list[int]:
    found: list[int] = []
    for part in re.split(r"\s*,\s*", text):
        ends = [_day(name, whole) for name in re.split(r"\s*[-–]\s*", part)]
        if len(ends) > 2:
            raise ValueError(f"“{whole}” has more than two ends in a range of days")
        found += [(ends[0] + n) % 7 for n in range((ends[-1] - ends[0]) % 7 + 1)]
    return found


def _day(name: str, whole: str) -> int:
    full = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    if not full[_DAYS.index(name[:3])].startswith(name):
        raise ValueError(f"“{whole}”: there is no day “{name}”")
    return _DAYS.index(name[:3])


# ── settings that contradict each other ───────────────────────────────────────────────────────────────────────────


def _refuse_never(schedule: Schedule, where: Callable[..., str]) -> None:
    """Refuse settings under which no post could ever go out: ``enabled = false`` is the way to say that.

    :raises ConfigError: for such a schedule
    """
    if schedule.cost_per_post and schedule.max_cost_per_month and not schedule.max_per_month:
        raise _wrong(where, "max_cost_per_month", f"a single post already costs {schedule.cost_per_post:g}")
    if schedule.max_cost_per_month and not schedule.cost_per_post:
        raise _wrong(where, "cost_per_post", "is needed for max_cost_per_month")
    minutes = sorted({minute for slot in schedule.slots for minute in _minutes(slot)})
    quiet = schedule.quiet
    if quiet and minutes and all(quiet.covers(time(m // 60 % 24, m % 60)) for m in minutes):
        raise _wrong(where, "slots", f"all of them are in the quiet hours {quiet}")
    if minutes and schedule.jitter:
        pairs = itertools.pairwise([*minutes, minutes[0] + _WEEK])
        shortest = timedelta(minutes=min(later - earlier for earlier, later in pairs))
        if schedule.jitter > shortest / 2:
            problem = f"{in_words(schedule.jitter)} is more than half of the {in_words(shortest)} between two slots"
            raise _wrong(where, "jitter", problem)


def _minutes(slot: Slot) -> list[int]:
    """A slot's minutes of the week, counted from Sunday 00:00."""
    minute, hour, _, _, days = slot.cron.split()
    return [int(day) * 1440 + int(hour) * 60 + int(minute) for day in days.split(",")]

"""Local time: converts it to UTC, also for hours that do not exist or exist twice, and expands weekly slots."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from crosspost.schedule.values import Quiet, Slot

#: between these, every time zone can be computed without an overflow
EARLIEST, FAR = datetime(1902, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)

_MINUTE, _DAY, _WEEK = timedelta(minutes=1), timedelta(days=1), timedelta(days=7)


def to_utc(moment: datetime) -> datetime:
    """The same moment in UTC, limited to :data:`EARLIEST` … :data:`FAR`."""
    return min(max(moment, EARLIEST), FAR).astimezone(UTC)


def wall(moment: datetime, zone: tzinfo) -> datetime:
    """The local date and time in a zone, as a naive datetime."""
    return moment.astimezone(zone).replace(tzinfo=None)


def first(shown: datetime, zone: tzinfo, *, fold: int = 0) -> datetime:
    """The moment (UTC) of a local time; when the clocks skip it, the first moment after the gap.

    :param shown: the local time, naive
    :param fold: 1 for the second occurrence of an hour that exists twice

    >>> import zoneinfo
    >>> berlin = zoneinfo.ZoneInfo("Europe/Berlin")
    >>> first(datetime(2026, 3, 29, 2, 30), berlin).isoformat()  # that night the clocks went from 2 to 3
    '2026-03-29T01:00:00+00:00'
    >>> first(datetime(2026, 10, 25, 2, 30), berlin, fold=1).isoformat()
    '2026-10-25T01:30:00+00:00'
    """
    while True:
        moment = shown.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if wall(moment, zone) == shown.replace(fold=0):
            return moment
        shown, fold = shown.replace(second=0, microsecond=0) + _MINUTE, 0


def _next(shown: datetime, zone: tzinfo, after: datetime) -> datetime:
    """Like :func:`first`, but after a moment: of an hour that exists twice, the first occurrence may be over."""
    moment = first(shown, zone)
    return moment if moment > after else first(shown, zone, fold=1)


def day_of(moment: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """When a local day begins and when the next one begins (UTC)."""
    today = datetime.combine(wall(moment, zone), time())
    return first(today, zone), _next(today + _DAY, zone, moment)


def month_of(moment: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """When a local month begins and when the next one begins (UTC)."""
    begin = datetime.combine(wall(moment, zone).replace(day=1), time())
    return first(begin, zone), _next((begin + timedelta(days=32)).replace(day=1), zone, moment)


def quiet_until(quiet: Quiet | None, moment: datetime, zone: tzinfo) -> datetime | None:
    """When the quiet hours that contain a moment end; None when the moment is not in quiet hours."""
    shown = wall(moment, zone)
    if quiet is None or not quiet.covers(shown.time()):
        return None
    end = datetime.combine(shown, quiet.end)
    if shown.time() >= quiet.end:
        end += _DAY
    return _next(end, zone, moment)


def slots_from(slots: tuple[Slot, ...], zone: tzinfo, start: datetime) -> Iterator[tuple[datetime, str]]:
    """Every slot from a moment on: (time in UTC, the slot as written). Two slots at the same time count once."""
    monday = _monday(start, zone)
    while True:
        moments = _week(slots, zone, monday)
        yield from moments[bisect_left(moments, (start, "")) :]
        monday += _WEEK


def slots_until(slots: tuple[Slot, ...], zone: tzinfo, end: datetime) -> Iterator[datetime]:
    """The slots up to and including a moment, latest first."""
    monday = (
        _monday(end, zone) + _WEEK
    )  # clocks put back across midnight make a week begin before the previous week ends
    while True:
        moments = [moment for moment, _ in _week(slots, zone, monday)]
        yield from reversed(moments[: bisect_right(moments, end)])
        monday -= _WEEK


def _monday(moment: datetime, zone: tzinfo) -> date:
    shown = wall(moment, zone)
    return shown.date() - timedelta(days=shown.weekday())


@lru_cache(maxsize=2048)
def _week(slots: tuple[Slot, ...], zone: tzinfo, monday: date) -> list[tuple[datetime, str]]:
    """The slots of one week, sorted. A slot the clocks skip moves to the first moment after the gap."""
    from cronsim import CronSim  # few accounts have slots

    begin, end = (first(datetime.combine(day, time()), zone) for day in (monday, monday + _WEEK))
    found: dict[datetime, str] = {}
    for slot in slots:
        # starts two days early, because a gap can move a slot into this week; cronsim excludes its start
        ticks = CronSim(slot.cron, datetime.combine(monday - 2 * _DAY, time(), tzinfo=zone))
        for tick in ticks:
            moment = tick.astimezone(UTC)
            if moment >= end:
                break
            if moment >= begin:
                found.setdefault(moment, slot.text)
    return sorted(found.items())

"""A month, week or day in the site's time zone: what is out, what is planned, and which times are still free."""

import calendar as months
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from starlette.responses import Response

from crosspost.ledger.listing import Wanted
from crosspost.model import Value
from crosspost.schedule import openings
from crosspost.web.grouping import Group, grouped
from crosspost.web.rendering import render

if TYPE_CHECKING:
    from datetime import tzinfo

    from starlette.requests import Request

    from crosspost.ledger.listing import Listed
    from crosspost.schedule import Planned
    from crosspost.web.current import Current, Forecast

View = Literal["month", "week", "day"]
#: deliveries of one view that are read; so many fit into no table
_MOST = 1000
#: lines of a day that each view shows, and its free times
_LINES: dict[View, int] = {"month": 4, "week": 12, "day": 150}
_FREE: dict[View, int] = {"month": 2, "week": 6, "day": 24}


class Slot(Value, frozen=True, kw_only=True):
    """One line of a day. ``number`` is that of its delivery, 0 where there is none yet."""

    at: datetime
    post: str
    title: str
    account: str
    state: str
    why: str
    number: int = 0


class Free(Value, frozen=True, kw_only=True):
    """A time at which one more post could go out; ``from_then`` where that holds for the rest of the day, too."""

    at: datetime
    account: str
    from_then: bool


class Day(NamedTuple):
    """One cell. ``more`` is how many deliveries are not shown, ``coming`` whether something can be moved there."""

    date: date
    lines: list[Group[Slot] | Group[Free]]
    more: int
    coming: bool


def show(request: "Request") -> Response:
    """The month, week or day around a day."""
    current: Current = request.app.state.current
    asked, speech = request.query_params, request.state.speech
    today = current.now().astimezone(speech.zone).date()
    wanted = asked.get("view", "")
    view: View = "week" if wanted == "week" else "day" if wanted == "day" else "month"
    day = _day(asked.get("day", ""), today)
    days = {"month": _month, "week": _week, "day": _one}[view](day)
    account = asked.get("account", "")
    names = (account,) if account in current.app.accounts() else tuple(current.app.accounts())
    forecast = current.forecast()
    free = _free(forecast, current.now(), days, names, speech.zone)
    if view == "month":  # a day that is open as a whole needs no line there
        free = [one for one in free if not one.from_then]
    cells = _cells(days, today, view, speech.zone, _slots(current, days, names, speech.zone), free)
    before, after = _around(day, view)
    return render(
        request, "calendar.html", weeks=[cells[at : at + 7] for at in range(0, len(cells), 7)], day=day, today=today,
        view=view, before=before, after=after, account=account, accounts=current.app.accounts(),
        label=current.app.label, forecast=forecast, soonest=_soonest(forecast, current.now(), names, speech.zone),
    )  # fmt: skip


def _cells(
    days: Sequence[date], today: date, view: View, zone: "tzinfo", slots: list[Slot], free: list[Free]
) -> list[Day]:
    lines: dict[date, list[Group[Slot]]] = {}
    for group in grouped(slots, lambda slot: (slot.at.replace(second=0, microsecond=0), slot.post, slot.state)):
        lines.setdefault(group.first.at.astimezone(zone).date(), []).append(group)
    times: dict[date, list[Group[Free]]] = {}
    for opening in grouped(free, lambda one: (one.at, one.from_then)):
        times.setdefault(opening.first.at.astimezone(zone).date(), []).append(opening)
    return [_cell(one, lines.get(one, []), times.get(one, []), view, coming=one >= today) for one in days]


def _cell(day: date, lines: list[Group[Slot]], free: list[Group[Free]], view: View, *, coming: bool) -> Day:
    """One day, in the order of its times."""
    most = _LINES[view]
    shown: list[Group[Slot] | Group[Free]] = [*lines[:most], *free[: _FREE[view]]]
    return Day(day, sorted(shown, key=lambda group: group.first.at), max(0, len(lines) - most), coming)


def _span(days: Sequence[date], zone: "tzinfo") -> tuple[datetime, datetime]:
    """When the first day begins and when the last one is over."""
    first, after = days[0], days[-1] + timedelta(days=1)
    return datetime.combine(first, time(), zone).astimezone(UTC), datetime.combine(after, time(), zone).astimezone(UTC)


def _slots(current: "Current", days: Sequence[date], names: tuple[str, ...], zone: "tzinfo") -> list[Slot]:
    """Everything of these days: what the ledger has, and what the forecast adds."""
    since, until = _span(days, zone)
    forecast = current.forecast()
    found: list[Slot] = []
    with current.reading() as ledger:
        if ledger is not None:
            wanted = Wanted(
                accounts=names, states=("sent", "held", "unknown", "failed", "sending"), since=since, until=until
            )
            found += map(_out, ledger.listing.page(wanted, limit=_MOST))
    coming: Iterable[Planned] = forecast.lines if forecast is not None else ()
    found += [_planned(line) for line in coming if line.account in names and since <= line.at < until]
    return sorted(found, key=lambda slot: (slot.at, slot.account))


def _free(
    forecast: "Forecast | None", now: datetime, days: Sequence[date], names: tuple[str, ...], zone: "tzinfo"
) -> list[Free]:
    """The times of these days at which each account could say one more thing."""
    if forecast is None or forecast.error:
        return []
    since, until = _span(days, zone)
    found = []
    for name in names:
        if (agenda := forecast.agendas.get(name)) is None:
            continue
        history = [*agenda.sent, *(line.at for line in forecast.lines if line.account == name)]
        begin = max(since, agenda.paused) if agenda.paused is not None else since
        times = openings(agenda.schedule, history=history, begin=begin, end=until, now=now)
        found += [Free(at=at, account=name, from_then=not agenda.schedule.slots) for at in times]
    return sorted(found, key=lambda one: (one.at, one.account))


def _soonest(forecast: "Forecast | None", now: datetime, names: tuple[str, ...], zone: "tzinfo") -> list[Free]:
    """The next free time of each account within two weeks; of none that is free at once."""
    today = now.astimezone(zone).date()
    days = (today, today + timedelta(days=14))
    found: dict[str, Free] = {}
    for one in _free(forecast, now, days, names, zone):
        found.setdefault(one.account, one)
    return [one for one in found.values() if one.at > now]


def _out(row: "Listed") -> Slot:
    at = row.sent_at or row.due_at
    return Slot(at=at, post=row.post, title=row.title, account=row.account, state=row.state, why="", number=row.id)


def _planned(line: "Planned") -> Slot:
    state = "planned" if line.late == "send" else line.late
    return Slot(at=line.at, post=line.post, title=line.title, account=line.account, state=state, why=line.why)


def _one(day: date) -> list[date]:
    return [day]


def _week(day: date) -> list[date]:
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=number) for number in range(7)]


def _month(day: date) -> list[date]:
    """The weeks of a month, whole (Monday is the first day, ISO 8601)."""
    return [one for week in months.Calendar().monthdatescalendar(day.year, day.month) for one in week]


def _around(day: date, view: View) -> tuple[date, date]:
    """A day of the view before and of the one after."""
    if view != "month":
        step = timedelta(days=7 if view == "week" else 1)
        return day - step, day + step
    first = day.replace(day=1)
    return (first - timedelta(days=1)).replace(day=1), (first + timedelta(days=32)).replace(day=1)


def _day(written: str, today: date) -> date:
    """The day of an address; today for what is none, or too far away to have weeks around it."""
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return today
    return day if 1970 <= day.year <= 8999 else today

"""A month, week or day in the site's time zone: what is out, what is planned, and which times are still free; of one
site, or of all of them (in the zone of the first)."""

import calendar as months
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from msgspec.structs import replace
from starlette.responses import Response

from crosspost.ledger.listing import Wanted
from crosspost.model import Value
from crosspost.schedule import Schedule, openings
from crosspost.text.told_alike import FEW
from crosspost.web.all_sites import Part
from crosspost.web.grouping import Group, grouped
from crosspost.web.localization import Speech
from crosspost.web.rendering import render
from crosspost.web.shortcuts import found_sites

if TYPE_CHECKING:
    from datetime import tzinfo

    from starlette.requests import Request

    from crosspost.ledger.listing import Listed
    from crosspost.schedule import Agenda, Planned
    from crosspost.web.all_sites import Everything
    from crosspost.web.current_site import Current

View = Literal["month", "week", "day"]
#: deliveries of one view that are read; so many fit into no table
_MOST = 1000
#: lines of a day that each view shows, and its free times
_LINES: dict[View, int] = {"month": 4, "week": 12, "day": 150}
_FREE: dict[View, int] = {"month": 2, "week": 6, "day": 24}


class Slot(Value, frozen=True, kw_only=True):
    """One line of a day. ``number`` is that of its delivery, 0 where there is none yet.

    ``site`` is the name of its site on a page about several, ``local`` the time as that site's forms take it;
    ``same_zone``: a day of the page is one of the site.
    """

    at: datetime
    post: str
    title: str
    account: str
    state: str
    why: str
    number: int = 0
    site: str = ""
    local: str = ""
    same_zone: bool = True


class Free(Value, frozen=True, kw_only=True):
    """A time at which one more post could go out; ``from_then`` where that holds for the rest of the day, too.

    ``site`` and ``local`` are as in :class:`Slot`.
    """

    at: datetime
    account: str
    from_then: bool
    site: str = ""
    local: str = ""


class Day(NamedTuple):
    """One cell. ``more`` is how many deliveries are not shown, ``coming`` whether something can be moved there."""

    date: date
    lines: list[Group[Slot] | Group[Free]]
    more: int
    coming: bool


def show(request: "Request") -> Response:
    """The month, week or day around a day."""
    current: Current = request.app.state.current
    return _shown(request, [Part(name="", current=current, forecast=current.forecast())])


def of_all(request: "Request") -> Response:
    """The same for all sites, or one that is chosen; of many, only of that."""
    everything: Everything = request.app.state.current
    if len(names := everything.shown_to(request.state.visitor)) > FEW:
        return render(request, "choose_site.html", found=found_sites(request, names))
    parts, wrong = everything.parts(request.state.visitor)
    site = request.query_params.get("site", "")
    chosen = [part for part in parts if part.name == site] or parts
    return _shown(request, chosen, sites=[part.name for part in parts], wrong=wrong)


def _shown(
    request: "Request", parts: "Sequence[Part]", *, sites: Sequence[str] = (), wrong: Mapping[str, str] | None = None
) -> Response:
    current: Current | Everything = request.app.state.current
    if len(parts) == 1:  # its own zone, not that of the first site
        request.state.speech = Speech(request.state.speech.language, parts[0].current.zone, current.now())
    asked, speech = request.query_params, request.state.speech
    today = current.now().astimezone(speech.zone).date()
    wanted = asked.get("view", "")
    view: View = "week" if wanted == "week" else "day" if wanted == "day" else "month"
    day = _day(asked.get("day", ""), today)
    days = {"month": _month, "week": _week, "day": _one}[view](day)
    account = asked.get("account", "")
    labels = {name: part.current.app.label(name) for part in parts for name in part.current.app.accounts()}
    account = account if account in labels else ""
    free = _free(parts, current.now(), days, account, speech.zone)
    if view == "month" or len(parts) > 1:  # a day that is open as a whole needs no line there
        free = [one for one in free if not one.from_then]
    cells = _cells(days, today, view, speech.zone, _slots(parts, days, account, speech.zone), free)
    before, after = _around(day, view)
    return render(
        request, "calendar.html", weeks=[cells[at : at + 7] for at in range(0, len(cells), 7)], day=day, today=today,
        view=view, before=before, after=after, account=account, accounts=labels, label=labels.__getitem__,
        parts=parts, soonest=_soonest(parts, current.now(), account, speech.zone), sites=sites, wrong=wrong or {},
        site=parts[0].name if len(parts) == 1 else "",
    )  # fmt: skip


def _cells(
    days: Sequence[date], today: date, view: View, zone: "tzinfo", slots: list[Slot], free: list[Free]
) -> list[Day]:
    lines: dict[date, list[Group[Slot]]] = {}
    for group in grouped(slots, _together):
        lines.setdefault(group.first.at.astimezone(zone).date(), []).append(group)
    times: dict[date, list[Group[Free]]] = {}
    for opening in grouped(free, lambda one: (one.at, one.from_then, one.site)):
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


def _together(slot: Slot) -> tuple[object, ...]:
    return slot.at.replace(second=0, microsecond=0), slot.post, slot.state, slot.site


def _names(part: "Part", account: str) -> tuple[str, ...]:
    """The accounts of a site that are shown: the one that is asked for, else all."""
    mine = part.current.app.accounts()
    return tuple(name for name in mine if not account or name == account)


def _slots(parts: "Sequence[Part]", days: Sequence[date], account: str, zone: "tzinfo") -> list[Slot]:
    """Everything of these days: what the ledgers have, and what the forecasts add."""
    since, until = _span(days, zone)
    found: list[Slot] = []
    for part in parts:
        if not (names := _names(part, account)):
            continue
        with part.current.reading() as ledger:
            if ledger is not None:
                wanted = Wanted(
                    accounts=names, states=("sent", "held", "unknown", "failed", "sending"), since=since, until=until
                )
                found += [_out(row, part) for row in ledger.listing.page(wanted, limit=_MOST)]
        coming: Iterable[Planned] = part.forecast.lines if part.forecast is not None else ()
        found += [_planned(line, part, zone) for line in coming if line.account in names and since <= line.at < until]
    return sorted(found, key=lambda slot: (slot.at, slot.site, slot.account))


def _free(parts: "Sequence[Part]", now: datetime, days: Sequence[date], account: str, zone: "tzinfo") -> list[Free]:
    """The times of these days at which each account could say one more thing."""
    since, until = _span(days, zone)
    found = []
    for part in parts:
        forecast = part.forecast
        if forecast is None or forecast.error:
            continue
        for name in _names(part, account):
            if (agenda := forecast.agendas.get(name)) is None:
                continue
            history = [*agenda.sent, *(line.at for line in forecast.lines if line.account == name)]
            begin = max(since, agenda.paused) if agenda.paused is not None else since
            times = openings(_schedule(agenda, zone), history=history, begin=begin, end=until, now=now)
            every = not agenda.schedule.slots
            found += [
                Free(at=at, account=name, from_then=every, site=part.name, local=_local(at, part)) for at in times
            ]
    return sorted(found, key=lambda one: (one.at, one.site, one.account))


def _schedule(agenda: "Agenda", zone: "tzinfo") -> Schedule:
    """An account's schedule; one that names no time has the days of the page."""
    plain = agenda.schedule == Schedule(late=agenda.schedule.late)
    return replace(agenda.schedule, timezone=zone) if plain else agenda.schedule


def _soonest(parts: "Sequence[Part]", now: datetime, account: str, zone: "tzinfo") -> list[Free]:
    """The next free time of each account of each site within two weeks; of none that is free at once."""
    today = now.astimezone(zone).date()
    found: dict[tuple[str, str], Free] = {}
    for one in _free(parts, now, (today, today + timedelta(days=14)), account, zone):
        found.setdefault((one.site, one.account), one)
    return [one for one in found.values() if one.at > now]


def _local(at: datetime, part: "Part") -> str:
    """A time as the forms of a site take it: 2026-11-23T17:06."""
    return f"{at.astimezone(part.current.zone):%Y-%m-%dT%H:%M}"


def _out(row: "Listed", part: "Part") -> Slot:
    return Slot(
        at=row.sent_at or row.due_at, post=row.post, title=row.title, account=row.account, state=row.state, why="",
        number=row.id, site=part.name,
    )  # fmt: skip


def _planned(line: "Planned", part: "Part", zone: "tzinfo") -> Slot:
    state = "planned" if line.late == "send" else line.late
    return Slot(
        at=line.at, post=line.post, title=line.title, account=line.account, state=state, why=line.why,
        site=part.name, local=_local(line.at, part), same_zone=part.current.zone == zone,
    )  # fmt: skip


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

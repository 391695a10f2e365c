"""A month or a week as a table, in the site's time zone: what is out and what is planned."""

import calendar as months
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from crosspost.ledger.listing import Wanted
from crosspost.model import Value
from crosspost.web.grouping import Group, grouped
from crosspost.web.rendering import render

if TYPE_CHECKING:
    from starlette.requests import Request

    from crosspost.ledger.listing import Listed
    from crosspost.schedule import Planned
    from crosspost.web.current import Current

#: deliveries of one view that are read; so many fit into no table
_MOST = 500


class Slot(Value, frozen=True, kw_only=True):
    """One line of a day. ``number`` is that of its delivery, 0 where there is none yet."""

    at: datetime
    post: str
    title: str
    account: str
    state: str
    why: str
    number: int = 0


def show(request: "Request") -> Response:
    """The month or week around a day."""
    current: Current = request.app.state.current
    asked, speech = request.query_params, request.state.speech
    today = current.now().astimezone(speech.zone).date()
    weekly = asked.get("view") == "week"
    day = _day(asked.get("day", ""), today)
    days = _week(day) if weekly else _month(day)
    account = asked.get("account", "")
    slots = _slots(current, days[0], days[-1] + timedelta(days=1), account, speech.zone)
    by_day: dict[date, list[Group[Slot]]] = {one: [] for one in days}
    for group in grouped(slots, lambda slot: (slot.at.replace(second=0, microsecond=0), slot.post, slot.state)):
        by_day.setdefault(group.first.at.astimezone(speech.zone).date(), []).append(group)
    before, after = _around(day, weekly=weekly)
    return render(
        request, "calendar.html", weeks=[days[at : at + 7] for at in range(0, len(days), 7)], by_day=by_day, day=day,
        today=today, weekly=weekly, before=before, after=after, account=account, accounts=current.app.accounts(),
        label=current.app.label, forecast=current.forecast(),
    )  # fmt: skip


def _slots(current: "Current", first: date, end: date, account: str, zone: Any) -> list[Slot]:
    """Everything from the first day until before the last: what the ledger has, and what the forecast adds."""
    since, until = (datetime.combine(day, time(), zone) for day in (first, end))
    forecast = current.forecast()
    names = (account,) if account in current.app.accounts() else tuple(current.app.accounts())
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


def _out(row: "Listed") -> Slot:
    at = row.sent_at or row.due_at
    return Slot(at=at, post=row.post, title=row.title, account=row.account, state=row.state, why="", number=row.id)


def _planned(line: "Planned") -> Slot:
    state = "planned" if line.late == "send" else line.late
    return Slot(at=line.at, post=line.post, title=line.title, account=line.account, state=state, why=line.why)


def _week(day: date) -> list[date]:
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=number) for number in range(7)]


def _month(day: date) -> list[date]:
    """The weeks of a month, whole (Monday is the first day, ISO 8601)."""
    return [one for week in months.Calendar().monthdatescalendar(day.year, day.month) for one in week]


def _around(day: date, *, weekly: bool) -> tuple[date, date]:
    """A day of the view before and of the one after."""
    if weekly:
        return day - timedelta(days=7), day + timedelta(days=7)
    first = day.replace(day=1)
    return (first - timedelta(days=1)).replace(day=1), (first + timedelta(days=32)).replace(day=1)


def _day(written: str, today: date) -> date:
    """The day of an address; today for what is none, or too far away to have weeks around it."""
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return today
    return day if 1970 <= day.year <= 9000 else today

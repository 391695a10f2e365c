"""The coming days, simulated: which post goes where, when and why."""

import heapq
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from crosspost.model import Value
from crosspost.schedule.clocks import tamed
from crosspost.schedule.due import Due, due, lateness, ready, wanted
from crosspost.schedule.values import Lateness, Schedule


class Agenda(Value, frozen=True, kw_only=True):
    """One account: its schedule, and when its posts of the last weeks really went out."""

    schedule: Schedule
    sent: tuple[datetime, ...] = ()


class Pending(Value, frozen=True, kw_only=True):
    """A delivery that has not gone out. ``post_moment`` is the post's date, ``at`` its ``crosspost: at``.

    ``due_at`` is what was planned before; None for a delivery nobody has planned yet.
    """

    post: str
    account: str
    title: str
    url: str = ""
    post_moment: datetime
    at: datetime | None = None
    due_at: datetime | None = None

    @property
    def key(self) -> str:
        """Name of the delivery, for the jitter."""
        return f"{self.post}\n{self.account}"


class Planned(Value, frozen=True, kw_only=True):
    """One line of the plan: when (UTC) which post goes where, and why then.

    ``late`` is what becomes of it by the account's late policy: ``send``, ``ask`` a person first, or ``skip``.
    """

    at: datetime
    account: str
    post: str
    title: str
    url: str
    why: str
    late: Lateness = "send"


def plan(
    pending: Iterable[Pending],
    accounts: Mapping[str, Agenda],
    *,
    now: datetime,
    horizon: timedelta = timedelta(days=14),
) -> list[Planned]:
    """Simulate runs without a pause until ``now + horizon``: the same functions, in the same order, as real ones.

    :param pending: deliveries of any account; those of accounts not in ``accounts`` are left out
    :returns: what would go out, and what would be asked or skipped, by time and account
    """
    by_account: dict[str, list[Pending]] = {name: [] for name in accounts}
    for one in pending:
        if one.account in by_account:
            by_account[one.account].append(one)
    lines = [
        line
        for name, several in by_account.items()
        for line in _account(accounts[name], several, tamed(now), tamed(tamed(now) + horizon))
    ]
    return sorted(lines, key=lambda line: (line.at, line.account, line.post))


def _account(agenda: Agenda, pending: list[Pending], now: datetime, end: datetime) -> list[Planned]:
    schedule, sent = agenda.schedule, list(agenda.sent)
    queue: list[tuple[datetime, str, Due, Pending]] = []
    lines: list[Planned] = []
    for one, first in _first_plans(agenda, pending, now):
        late = _late(schedule, one, now)
        if late == "send":
            heapq.heappush(queue, (first.at, one.post, first, one))
        else:
            lines.append(_line(one, Due(at=now, why=_late_why(schedule, late)), late))
    while queue and queue[0][0] <= end:
        moment, _, planned, one = heapq.heappop(queue)
        clock = max(moment, now)
        free = ready(schedule, moment, history=sent, now=clock, exact=one.at is not None, key=one.key)
        if free.at > clock:
            heapq.heappush(queue, (free.at, one.post, free, one))
            continue
        sent.append(free.at)
        lines.append(_line(one, Due(at=free.at, why=planned.why if moment >= now else free.why), "send"))
    return lines


def _first_plans(agenda: Agenda, pending: list[Pending], now: datetime) -> Iterable[tuple[Pending, Due]]:
    """What was planned before keeps its moment; the others find theirs after it, oldest post first."""
    others = sorted((one.due_at, one.post, one) for one in pending if one.due_at is not None)
    taken = [*agenda.sent, *(moment for moment, _, _ in others)]
    for moment, _, one in others:
        yield one, Due(at=tamed(moment), why=_why_then(agenda.schedule, one, tamed(moment)))
    for one in sorted((one for one in pending if one.due_at is None), key=lambda one: (one.post_moment, one.post)):
        found = due(agenda.schedule, one.post_moment, at=one.at, history=taken, now=now, key=one.key)
        taken.append(found.at)
        yield one, found


def _why_then(schedule: Schedule, one: Pending, moment: datetime) -> str:
    """The reason of a moment that was found earlier, when others may have been in its way."""
    alone = due(schedule, one.post_moment, at=one.at, now=moment, key=one.key)
    if alone.at == moment and alone.why != "at once":
        return alone.why
    return "planned so, after the posts before it" if moment > wanted(schedule, one.post_moment, at=one.at) else "due"


def _late(schedule: Schedule, one: Pending, now: datetime) -> Lateness:
    return lateness(schedule, one.due_at or wanted(schedule, one.post_moment, at=one.at, key=one.key), now)


def _late_why(schedule: Schedule, late: Lateness) -> str:
    hours = schedule.late.after.total_seconds() / 3600
    return f"more than {hours:g} h late: " + ("a person decides" if late == "ask" else "left out")


def _line(one: Pending, found: Due, late: Lateness) -> Planned:
    return Planned(
        at=found.at, account=one.account, post=one.post, title=one.title, url=one.url, why=found.why, late=late
    )

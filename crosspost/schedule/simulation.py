"""Simulates the coming days: which post goes where, when and why."""

import heapq
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from crosspost.model import Value
from crosspost.schedule.due import SAYS_SO, Due, due, found_at, lateness, ready, wanted
from crosspost.schedule.local_time import to_utc
from crosspost.schedule.values import Lateness, Schedule


class Agenda(Value, frozen=True, kw_only=True):
    """One account: its schedule, and when its posts of the last weeks were really sent.

    ``most`` is how many posts one run sends (0: no limit), ``every`` the time between two runs, ``paused`` the end of
    a pause, and ``paused_why`` its reason.
    """

    schedule: Schedule
    sent: tuple[datetime, ...] = ()
    most: int = 0
    every: timedelta = timedelta(minutes=10)
    paused: datetime | None = None
    paused_why: str = "the account is paused until then"


class Pending(Value, frozen=True, kw_only=True):
    """A delivery that has not gone out. ``post_moment`` is the post's date, ``at`` its ``crosspost: at``.

    ``due_at`` is the time planned before; None when it is not planned yet. When several are due at the same time, a
    run takes the lowest ``order`` first. ``what`` describes a delivery that is not simply a post, and is shown before
    the reason.
    """

    post: str
    account: str
    title: str
    url: str = ""
    post_moment: datetime
    at: datetime | None = None
    due_at: datetime | None = None
    order: int = 0
    what: str = ""

    @property
    def key(self) -> str:
        """Identifies the delivery, for the jitter."""
        return f"{self.post}\n{self.account}"


class Planned(Value, frozen=True, kw_only=True):
    """One line of the plan: when (UTC) which post goes where, and why then.

    ``late`` is the result of the account's late policy: ``send``, ``ask`` a person first, or ``skip``.
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
    """Simulate continuous runs until ``now + horizon``, with the same functions in the same order as real runs.

    :param pending: deliveries of any account; those of accounts not in ``accounts`` are left out
    :returns: what would be sent, asked about or skipped, sorted by time and account
    """
    by_account: dict[str, list[Pending]] = {name: [] for name in accounts}
    for item in pending:
        if item.account in by_account:
            by_account[item.account].append(item)
    lines = [
        line
        for name, items in by_account.items()
        for line in _account(accounts[name], items, to_utc(now), to_utc(to_utc(now) + horizon))
    ]
    return sorted(lines, key=lambda line: (line.at, line.account, line.post))


def _account(agenda: Agenda, pending: list[Pending], now: datetime, end: datetime) -> list[Planned]:
    schedule, sent, runs = agenda.schedule, list(agenda.sent), _Runs(agenda, now)
    queue: list[tuple[datetime, tuple[int, str], Due, Pending]] = []
    lines: list[Planned] = []
    for item, first in _first_plans(agenda, pending, now):
        late = _late(schedule, item, now)
        if late == "send":
            heapq.heappush(queue, (first.at, _turn(item), first, item))
        else:
            lines.append(_line(item, Due(at=now, why=_late_why(schedule, late)), late))
    while queue and queue[0][0] <= end:
        moment, _, planned, item = heapq.heappop(queue)
        clock = max(moment, now)
        free = ready(schedule, moment, history=sent, now=clock, exact=item.at is not None, key=item.key)
        if free.at > clock:
            heapq.heappush(queue, (free.at, _turn(item), free, item))
            continue
        later = runs.later(free.at)
        if later is not None:
            heapq.heappush(queue, (later.at, _turn(item), later, item))
            continue
        runs.send(free.at)
        sent.append(free.at)
        lines.append(_line(item, Due(at=free.at, why=planned.why if moment >= now else free.why), "send"))
    return lines


class _Runs:
    """The assumed coming runs: one now, then one every ``every``, each sending at most ``most`` posts."""

    def __init__(self, agenda: Agenda, now: datetime) -> None:
        self._agenda, self._now = agenda, now
        self._sends: dict[int, int] = {}

    def later(self, moment: datetime) -> Due | None:
        """The later run a post must wait for; None when it can go at this moment."""
        paused = self._agenda.paused
        if paused is not None and to_utc(paused) > moment:
            return Due(at=to_utc(paused), why=self._agenda.paused_why)
        number = self._number(moment)
        if not self._agenda.most or self._sends.get(number, 0) < self._agenda.most:
            return None
        why = f"with the next run, because one run sends at most {self._agenda.most} (max_per_run)"
        return Due(at=self._now + (number + 1) * self._agenda.every, why=why)

    def send(self, moment: datetime) -> None:
        """Count a post for the first run from this moment on."""
        number = self._number(moment)
        self._sends[number] = self._sends.get(number, 0) + 1

    def _number(self, moment: datetime) -> int:
        return max(-((self._now - moment) // self._agenda.every), 0)


def _first_plans(agenda: Agenda, pending: list[Pending], now: datetime) -> Iterable[tuple[Pending, Due]]:
    """Deliveries planned before keep their time; then the others get theirs, one after the other."""
    planned = sorted((item.due_at, _turn(item), item) for item in pending if item.due_at is not None)
    taken = [*agenda.sent, *(moment for moment, _, _ in planned)]
    for moment, _, item in planned:
        yield item, Due(at=to_utc(moment), why=_why_then(agenda.schedule, item, to_utc(moment), now))
    new = (item for item in pending if item.due_at is None)
    for item in sorted(new, key=lambda item: (item.order, item.post_moment, item.post)):
        begins = found_at(agenda.schedule, item.post_moment, now)
        found = due(agenda.schedule, begins, at=item.at, history=taken, now=now, key=item.key)
        taken.append(found.at)
        yield item, found


def _turn(item: Pending) -> tuple[int, str]:
    return item.order, item.post


def _why_then(schedule: Schedule, item: Pending, moment: datetime, now: datetime) -> str:
    """The reason for a time that was planned earlier, when other posts may have delayed it."""
    alone = due(schedule, item.post_moment, at=item.at, now=moment, key=item.key)
    if alone.at == moment and alone.why != "at once":
        return alone.why
    if moment <= wanted(schedule, item.post_moment, at=item.at):
        return SAYS_SO if item.at is not None and moment > to_utc(now) else "due"
    return f"as planned, after {'its delay or ' if schedule.delay else ''}the posts before it"


def _late(schedule: Schedule, item: Pending, now: datetime) -> Lateness:
    return lateness(schedule, item.due_at or wanted(schedule, item.post_moment, at=item.at, key=item.key), now)


def _late_why(schedule: Schedule, late: Lateness) -> str:
    hours = schedule.late.after.total_seconds() / 3600
    return f"more than {hours:g} h late: " + ("a person decides" if late == "ask" else "left out")


def _line(item: Pending, found: Due, late: Lateness) -> Planned:
    usual = ("at once", "due", "the date of the post")
    why = item.what if item.what and found.why in usual else ", ".join(filter(None, (item.what, found.why)))
    return Planned(
        at=found.at, account=item.account, post=item.post, title=item.title, url=item.url, why=why, late=late
    )

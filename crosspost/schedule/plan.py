"""The coming days, simulated: which post goes where, when and why."""

import heapq
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from crosspost.model import Value
from crosspost.schedule.clocks import to_utc
from crosspost.schedule.due import Due, due, found_at, lateness, ready, wanted
from crosspost.schedule.values import Lateness, Schedule


class Agenda(Value, frozen=True, kw_only=True):
    """One account: its schedule, and when its posts of the last weeks really went out.

    ``most`` is how many posts one run sends (0: no limit), ``every`` the time between two runs, ``paused`` until when
    the account sends nothing, and ``paused_why``.
    """

    schedule: Schedule
    sent: tuple[datetime, ...] = ()
    most: int = 0
    every: timedelta = timedelta(minutes=10)
    paused: datetime | None = None
    paused_why: str = "the account is paused until then"


class Pending(Value, frozen=True, kw_only=True):
    """A delivery that has not gone out. ``post_moment`` is the post's date, ``at`` its ``crosspost: at``.

    ``due_at`` is what was planned before; None for a delivery nobody has planned yet. Of several that are due
    at once, a run takes the one with the lowest ``order`` first. ``what`` is said before the reason, of a delivery that
    is not simply a post.
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
        for line in _account(accounts[name], several, to_utc(now), to_utc(to_utc(now) + horizon))
    ]
    return sorted(lines, key=lambda line: (line.at, line.account, line.post))


def _account(agenda: Agenda, pending: list[Pending], now: datetime, end: datetime) -> list[Planned]:
    schedule, sent, runs = agenda.schedule, list(agenda.sent), _Runs(agenda, now)
    queue: list[tuple[datetime, tuple[int, str], Due, Pending]] = []
    lines: list[Planned] = []
    for one, first in _first_plans(agenda, pending, now):
        late = _late(schedule, one, now)
        if late == "send":
            heapq.heappush(queue, (first.at, _turn(one), first, one))
        else:
            lines.append(_line(one, Due(at=now, why=_late_why(schedule, late)), late))
    while queue and queue[0][0] <= end:
        moment, _, planned, one = heapq.heappop(queue)
        clock = max(moment, now)
        free = ready(schedule, moment, history=sent, now=clock, exact=one.at is not None, key=one.key)
        if free.at > clock:
            heapq.heappush(queue, (free.at, _turn(one), free, one))
            continue
        later = runs.later(free.at)
        if later is not None:
            heapq.heappush(queue, (later.at, _turn(one), later, one))
            continue
        runs.send(free.at)
        sent.append(free.at)
        lines.append(_line(one, Due(at=free.at, why=planned.why if moment >= now else free.why), "send"))
    return lines


class _Runs:
    """The runs to come, as far as they can be known: one now, then one every so often, each for so many posts."""

    def __init__(self, agenda: Agenda, now: datetime) -> None:
        self._agenda, self._now = agenda, now
        self._sends: dict[int, int] = {}

    def later(self, moment: datetime) -> Due | None:
        """The run to which a post must wait that could go at this moment; None when it can."""
        paused = self._agenda.paused
        if paused is not None and to_utc(paused) > moment:
            return Due(at=to_utc(paused), why=self._agenda.paused_why)
        number = self._number(moment)
        if not self._agenda.most or self._sends.get(number, 0) < self._agenda.most:
            return None
        why = f"with the next run, because of at most {self._agenda.most} in one (max_per_run)"
        return Due(at=self._now + (number + 1) * self._agenda.every, why=why)

    def send(self, moment: datetime) -> None:
        """A post goes with the first run from this moment on."""
        number = self._number(moment)
        self._sends[number] = self._sends.get(number, 0) + 1

    def _number(self, moment: datetime) -> int:
        return max(-((self._now - moment) // self._agenda.every), 0)


def _first_plans(agenda: Agenda, pending: list[Pending], now: datetime) -> Iterable[tuple[Pending, Due]]:
    """What was planned before keeps its moment; the others find theirs after it, one after the other."""
    others = sorted((one.due_at, _turn(one), one) for one in pending if one.due_at is not None)
    taken = [*agenda.sent, *(moment for moment, _, _ in others)]
    for moment, _, one in others:
        yield one, Due(at=to_utc(moment), why=_why_then(agenda.schedule, one, to_utc(moment)))
    new = (one for one in pending if one.due_at is None)
    for one in sorted(new, key=lambda one: (one.order, one.post_moment, one.post)):
        begins = found_at(agenda.schedule, one.post_moment, now)
        found = due(agenda.schedule, begins, at=one.at, history=taken, now=now, key=one.key)
        taken.append(found.at)
        yield one, found


def _turn(one: Pending) -> tuple[int, str]:
    return one.order, one.post


def _why_then(schedule: Schedule, one: Pending, moment: datetime) -> str:
    """The reason of a moment that was found earlier, when others may have been in its way."""
    alone = due(schedule, one.post_moment, at=one.at, now=moment, key=one.key)
    if alone.at == moment and alone.why != "at once":
        return alone.why
    if moment <= wanted(schedule, one.post_moment, at=one.at):
        return "due"
    return f"planned so, after {'its delay or ' if schedule.delay else ''}the posts before it"


def _late(schedule: Schedule, one: Pending, now: datetime) -> Lateness:
    return lateness(schedule, one.due_at or wanted(schedule, one.post_moment, at=one.at, key=one.key), now)


def _late_why(schedule: Schedule, late: Lateness) -> str:
    hours = schedule.late.after.total_seconds() / 3600
    return f"more than {hours:g} h late: " + ("a person decides" if late == "ask" else "left out")


def _line(one: Pending, found: Due, late: Lateness) -> Planned:
    usual = ("at once", "due", "the date of the post")
    why = one.what if one.what and found.why in usual else ", ".join(filter(None, (one.what, found.why)))
    return Planned(at=found.at, account=one.account, post=one.post, title=one.title, url=one.url, why=why, late=late)

"""When a delivery is due, whether it may go out now, and whether it is too late."""

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import takewhile

from crosspost.model import Value
from crosspost.schedule.local_time import day_of, month_of, quiet_until, slots_from, slots_until, to_utc
from crosspost.schedule.values import Lateness, Schedule, in_words

#: a run this much later still counts as on time: cron, timers and hosted schedulers are never exact
GRACE = timedelta(minutes=30)
#: the reason of a time that the author named
SAYS_SO = "the post says so (at)"


class Due(Value, frozen=True, kw_only=True):
    """A time (UTC), and one clause for the user that says why then."""

    at: datetime
    why: str


def due(
    schedule: Schedule,
    post_moment: datetime,
    *,
    at: datetime | None = None,
    history: Iterable[datetime] = (),
    now: datetime,
    key: str = "",
) -> Due:
    """When a newly found delivery is due.

    The author's ``at`` replaces date, delay, slots and jitter, and holds during quiet hours too. The gap and the
    limits on number and cost still apply; when they move the delivery, quiet hours count again.

    :param post_moment: the post's date
    :param at: the post's ``crosspost: at`` for this account
    :param history: when the account's other posts went out or are due, in any order
    :param now: the current time; the result is never earlier
    :param key: name of the delivery, for the jitter
    """
    taken = sorted(to_utc(moment) for moment in history)
    earliest = max(_start(schedule, post_moment, at), to_utc(now))
    if at is None and schedule.slots:
        return _slot(schedule, earliest, taken, key)
    why = _plain_why(schedule, post_moment, at, now)
    if at is not None:
        return _free(schedule, earliest, taken, why, loud_until=to_utc(at))
    shift = _jitter(schedule, key)
    if shift:
        why += f", + {in_words(shift)} (jitter)"
    return _free(schedule, earliest + shift, taken, why)


def found_at(schedule: Schedule, post_moment: datetime, now: datetime) -> datetime:
    """When an account's delay starts for a delivery found now: at the post's date, or now if that is later.

    Many posts have a date without a time, and the delay is also the time in which a post can be cancelled.
    """
    return max(to_utc(post_moment), to_utc(now)) if schedule.delay else post_moment


def wanted(schedule: Schedule, post_moment: datetime, *, at: datetime | None = None, key: str = "") -> datetime:
    """When a delivery would have gone out if it had been found in time and nothing had delayed it.

    The :func:`lateness` of a delivery that was only found now is measured from here.
    """
    return due(schedule, post_moment, at=at, now=_start(schedule, post_moment, at), key=key).at


def ready(
    schedule: Schedule,
    due_at: datetime,
    *,
    history: Iterable[datetime],
    now: datetime,
    exact: bool = False,
    key: str = "",
) -> Due:
    """Whether a planned delivery may go out now: yes when ``.at <= now``, else it waits until ``.at``.

    Keeps a backlog from becoming a burst: the oldest goes, and each post that was really sent moves the others back.
    A delivery that missed its slot goes as soon as it can, unless a post went out since the last slot. A run up to
    :data:`GRACE` late counts as on time, even if quiet hours have begun meanwhile.

    :param due_at: the planned time
    :param history: when the account's posts were really sent, in any order
    :param exact: the author named the time (``crosspost: at``), so slots do not apply
    """
    now, due_at = to_utc(now), to_utc(due_at)
    if now < due_at:
        return Due(at=due_at, why="as planned")
    taken = sorted(to_utc(moment) for moment in history)
    late = now - due_at
    why = f"was due {in_words(late)} ago" if late > GRACE else "its time has come"
    found = _free(schedule, now, taken, why, loud_until=due_at + GRACE)
    if exact or not schedule.slots:
        return found
    if found.at <= max(now, due_at + GRACE) and _slot_is_free(schedule, taken, now):
        return found
    return _slot(schedule, now, taken, key)


def lateness(schedule: Schedule, due_at: datetime, now: datetime) -> Lateness:
    """What the account's ``late`` setting does with a delivery that should have gone out at ``due_at``."""
    late = schedule.late
    return late.action if to_utc(now) - to_utc(due_at) > late.after else "send"


def openings(
    schedule: Schedule, *, history: Iterable[datetime], begin: datetime, end: datetime, now: datetime
) -> Iterator[datetime]:
    """The times (UTC) from ``begin`` until before ``end`` at which one more post could go out.

    With slots that is each one that is free and keeps every rule; without them the first such moment of each day, from
    which on the whole day is open.

    :param history: when the account's posts went out or are due, in any order
    :param now: the current time; nothing before it is open
    """
    taken, moment = sorted(map(to_utc, history)), max(to_utc(begin), to_utc(now))
    if schedule.slots:
        for slot, _ in slots_from(schedule.slots, schedule.timezone, moment):
            if slot >= end:
                return
            quiet = quiet_until(schedule.quiet, slot, schedule.timezone)
            free = not _any(taken, slot, slot + schedule.jitter)
            if free and quiet is None and _obstacle(schedule, slot, taken) is None:
                yield slot
        return
    while moment < end:
        tomorrow = day_of(moment, schedule.timezone)[1]
        found = _free(schedule, moment, taken, "").at
        if found < min(tomorrow, end):
            yield found
        moment = max(tomorrow, found)


# ── the two ways to find a time ───────────────────────────────────────────────────────────────────────────────────


def _free(
    schedule: Schedule, moment: datetime, taken: list[datetime], why: str, *, loud_until: datetime | None = None
) -> Due:
    """The first moment from here on that keeps every rule. Quiet hours are ignored until ``loud_until``."""
    while True:
        until = quiet_until(schedule.quiet, moment, schedule.timezone)
        if until is not None and (loud_until is None or moment > loud_until):
            moment, why = until, f"after the quiet hours {schedule.quiet}"
            continue
        obstacle = _obstacle(schedule, moment, taken)
        if obstacle is None:
            return Due(at=moment, why=why)
        moment, why, _ = obstacle


def _slot(schedule: Schedule, earliest: datetime, taken: list[datetime], key: str) -> Due:
    """The first slot from here on that is free and keeps every rule."""
    shift = _jitter(schedule, key)
    passed_over: dict[str, None] = {}  # a dict keeps the order and removes duplicates
    for slot, text in slots_from(schedule.slots, schedule.timezone, earliest):
        moment = slot + shift
        if quiet_until(schedule.quiet, moment, schedule.timezone) is not None:
            moment = slot  # jitter never leads into quiet hours
        obstacle = _obstacle(schedule, moment, taken)
        if _any(taken, slot, slot + schedule.jitter):
            passed_over["is free"] = None
        elif quiet_until(schedule.quiet, moment, schedule.timezone) is not None:
            passed_over[f"is outside the quiet hours {schedule.quiet}"] = None
        elif obstacle is not None:
            passed_over[obstacle[2]] = None
        else:
            why = f"next slot {text}"
            if passed_over:
                why += " that " + " and ".join(passed_over)
            if moment > slot:
                why += f", + {in_words(shift)} (jitter)"
            return Due(at=moment, why=why)
    raise AssertionError("slots never end")  # for the type checker


def _obstacle(schedule: Schedule, moment: datetime, taken: list[datetime]) -> tuple[datetime, str, str] | None:
    """The rule that forbids a moment: when it ends, the reason to go then, and what a slot needs to keep."""
    gap = schedule.min_gap
    if gap:
        near = bisect_right(taken, moment - gap)
        if near < len(taken) and taken[near] < moment + gap:
            last = taken[bisect_left(taken, moment + gap) - 1]
            words = in_words(gap)
            return last + gap, f"{words} after the post before it (min_gap)", f"keeps {words} between posts (min_gap)"
    if schedule.max_per_day:
        begin, end = day_of(moment, schedule.timezone)
        if bisect_left(taken, end) - bisect_left(taken, begin) >= schedule.max_per_day:
            words = f"{schedule.max_per_day} a day (max_per_day)"
            return end, f"next day, because at most {words}", f"keeps to {words}"
    if schedule.max_per_month:
        begin, end = month_of(moment, schedule.timezone)
        if bisect_left(taken, end) - bisect_left(taken, begin) >= schedule.max_per_month:
            words = f"{schedule.max_cost_per_month:.2f} a month (max_cost_per_month)"
            return end, f"next month, because at most {words}", f"keeps to {words}"
    return None


# ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _start(schedule: Schedule, post_moment: datetime, at: datetime | None) -> datetime:
    return to_utc(at) if at is not None else to_utc(to_utc(post_moment) + schedule.delay)


def _plain_why(schedule: Schedule, post_moment: datetime, at: datetime | None, now: datetime) -> str:
    if _start(schedule, post_moment, at) <= to_utc(now):
        return "at once"
    if at is not None:
        return SAYS_SO
    return f"{in_words(schedule.delay)} after the post (delay)" if schedule.delay else "the date of the post"


def _slot_is_free(schedule: Schedule, taken: list[datetime], now: datetime) -> bool:
    """Whether fewer posts went out than slots passed, in the last few minutes or since the last slot."""
    recent = now - GRACE - schedule.jitter
    passed = slots_until(schedule.slots, schedule.timezone, now)
    slots = [next(passed)]
    slots += takewhile(lambda slot: slot > recent, passed)
    return bisect_right(taken, now) - bisect_left(taken, slots[-1]) < len(slots)


def _jitter(schedule: Schedule, key: str) -> timedelta:
    """Zero up to the account's jitter, in whole seconds; the same for the same key on every machine."""
    if not schedule.jitter:
        return timedelta()
    number = int.from_bytes(hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()[:8], "big")
    return timedelta(seconds=number % (int(schedule.jitter.total_seconds()) + 1))


def _any(taken: list[datetime], begin: datetime, end: datetime) -> bool:
    return bisect_left(taken, begin) < bisect_right(taken, end)

"""What the stand-ins say of the day: each delivery once, none before its time, no rule broken, none late."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from tests.benchmarks.day_plan import GAP, JITTER, MOST, QUIET, SLOTS, Account, Post, rule_of

#: a network's clock looks when a request arrives, crosspost's before it is sent; a slow machine needs long for that
_BETWEEN = timedelta(seconds=90)
#: what is later than that, with nothing that had it wait, was forgotten; what a machine is at when it dies is claimed
#: for a quarter of an hour
LATEST = timedelta(minutes=20)
Said = tuple[str, str, int]  # the post's site and name, and the account's number
_DAY = timedelta(days=1)
_ACCOUNT, _POST = re.compile(r"site(\d+)x(\d+)"), re.compile(r"\b(S(\d+))P\d+")


class Out(NamedTuple):
    """A post as a stand-in has it."""

    at: datetime
    id: str


def read(there: Iterable[Mapping[str, Any]]) -> dict[Said, list[Out]]:
    """What is out.

    :param there: what the stand-ins have, each with account, text, time and id
    """
    found: dict[Said, list[Out]] = defaultdict(list)
    for one in there:
        who, post = _ACCOUNT.fullmatch(one["account"]), _POST.search(one["text"])
        assert who, one["account"]
        assert post, one["text"]
        assert who[1] == post[2], f"{one['account']} speaks of another site's {post[0]}"
        found[post[1].lower(), post[0], int(who[2])].append(Out(datetime.fromisoformat(one["time"]), str(one["id"])))
    return found


def mistakes(
    plan: Sequence[Post], accounts: Iterable[Account], out: Mapping[Said, Sequence[Out]], look: timedelta
) -> list[str]:
    """What should not be, as sentences: lost, twice, too early, against a rule of its account, or forgotten.

    :param look: between two looks
    """
    wanted = wanted_of(plan, accounts)
    wrong = [
        f"{said} is out {len(out.get(said, ()))} times"
        for said in {*wanted, *out}
        if len(out.get(said, ())) != (said in wanted)
    ]
    wrong += [
        f"{said} is out before its time"
        for said, times in out.items()
        if said in wanted and times[0].at < wanted[said].first
    ]
    for (site, number), spoke in _by_account(out).items():
        check = (_nothing, _slots, _quiet, _gaps)[rule_of(number)]
        known = {said: at for said, at in spoke.items() if said in wanted}
        first = {said: wanted[said].first for said in known}
        wrong += [f"{site}-{number}: {one}" for one in check(known, first, look)]
    return wrong


def wanted_of(plan: Sequence[Post], accounts: Iterable[Account]) -> dict[Said, Post]:
    """Everything that is to go out."""
    by_site = defaultdict(list)
    for account in accounts:
        by_site[account.site].append(account)
    return {(post.site, post.name, one.number): post for post in plan for one in by_site[post.site]}


def held(said: Said, post: Post, due: datetime, look: timedelta) -> int:
    """Which rule had a delivery wait, 0 for none.

    :param due: when the ledger had it due
    :param look: between two looks
    """
    rule = rule_of(said[2])
    if due <= post.first + look + (JITTER if rule == 2 else timedelta(0)):
        return 0
    return rule


def _by_account(out: Mapping[Said, Sequence[Out]]) -> dict[tuple[str, int], dict[Said, datetime]]:
    found: dict[tuple[str, int], dict[Said, datetime]] = defaultdict(dict)
    for said, times in out.items():
        found[said[0], said[2]][said] = times[0].at
    return found


Times = Mapping[Said, datetime]


def _nothing(spoke: Times, first: Times, look: timedelta) -> Iterator[str]:
    """Whatever has no rule goes out at the next look."""
    for said, at in spoke.items():
        if at > first[said] + look + LATEST:
            yield f"{said[1]} could go out at {first[said]:%d. %H:%M} and went out at {at:%d. %H:%M}"


def _slots(spoke: Times, first: Times, look: timedelta) -> Iterator[str]:
    """One post a slot, and no slot is left out while a post waits for one."""
    taken = Counter(_slot_before(at) for at in spoke.values())
    yield from (f"the slot {slot:%d. %H:%M} has {many} posts" for slot, many in taken.items() if many > 1)
    for said, at in spoke.items():
        mine = _slot_before(at)
        if at - mine > LATEST:
            yield f"{said[1]} is out {at - mine} after its slot"
        for slot in _slots_from(first[said] + look + _BETWEEN):
            if slot >= mine:
                break
            if slot not in taken:
                yield f"{said[1]} waited for {mine:%d. %H:%M}, and nothing was said at {slot:%d. %H:%M}"


def _quiet(spoke: Times, first: Times, look: timedelta) -> Iterator[str]:
    """Nothing in the quiet hours but what was due before and is found by the next look, and nothing long after them."""
    for said, at in spoke.items():
        due = min(first[said] + look + JITTER, at.replace(hour=QUIET[0].hour, minute=0, second=0, microsecond=0))
        if (at.time() >= QUIET[0] or at.time() < QUIET[1]) and at > due + look + _BETWEEN:
            yield f"speaks at {at:%H:%M} in its quiet hours"
        begin = first[said]
        if begin.time() >= QUIET[0] or begin.time() < QUIET[1]:
            day = begin.date() + (_DAY if begin.time() >= QUIET[0] else timedelta(0))
            begin = datetime.combine(day, QUIET[1], begin.tzinfo)
        elif (begin + JITTER + _BETWEEN).time() >= QUIET[0]:
            begin = datetime.combine(begin.date() + _DAY, QUIET[1], begin.tzinfo)  # moved out of the quiet hours
        if at > begin + JITTER + look + LATEST:
            yield f"{said[1]} could go out at {begin:%d. %H:%M} and went out at {at:%d. %H:%M}"


def _gaps(spoke: Times, first: Times, look: timedelta) -> Iterator[str]:
    """Far enough from each other, not too many a day, and none waits without another one that has it wait."""
    moments = sorted(spoke.values())
    days = Counter(at.date() for at in moments)
    for before, after in pairwise(moments):
        if after - before < GAP - _BETWEEN:
            yield f"speaks {after - before} after the last time"
    yield from (f"speaks {many} times on {day}" for day, many in days.items() if many > MOST)
    for said, at in spoke.items():
        if at <= first[said] + look + LATEST:
            continue
        near = [one for one in moments if one != at and abs(abs(at - one) - GAP) <= LATEST]
        full = days[(at - _DAY).date()] >= MOST and at - _of_day(at)[0].replace(hour=0) <= LATEST
        if not (near or full):
            yield f"{said[1]} waited from {first[said]:%d. %H:%M} until {at:%d. %H:%M} for no reason"


def _slot_before(at: datetime) -> datetime:
    """The slot at which something was said; that of the day before, where it was said before the first."""
    return max(slot for slot in _of_day(at - _DAY) + _of_day(at) if slot <= at)


def _slots_from(moment: datetime) -> Iterator[datetime]:
    for days in range(9):
        yield from (slot for slot in _of_day(moment + days * _DAY) if slot >= moment)


def _of_day(moment: datetime) -> list[datetime]:
    return [datetime.combine(moment.date(), one, moment.tzinfo) for one in SLOTS]

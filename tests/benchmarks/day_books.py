"""What the stand-ins say of the day: each delivery once, none before its time, no rule broken."""

import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from tests.benchmarks.day_plan import GAP, MOST, NETWORKS, QUIET, RULES, SLOTS, Account, Post

#: a network's clock looks when a request arrives, crosspost's before it is sent
_BETWEEN = timedelta(seconds=30)
Said = tuple[str, str, int]  # the post's site and name, and the account's number


class Books(NamedTuple):
    """``wrong``: what should not be, as sentences; ``late`` and ``fresh`` are seconds."""

    wrong: list[str]
    out: int
    late: list[float]
    fresh: list[float]


def compare(
    plan: Sequence[Post],
    accounts: Iterable[Account],
    there: Sequence[Mapping[str, Any]],
    due: Mapping[Said, datetime],
) -> Books:
    """Compare plan, ledger and stand-ins.

    :param there: what the stand-ins have, each with network, text and time
    :param due: when the ledger had each delivery due
    """
    by_site = defaultdict(list)
    for account in accounts:
        by_site[account.site].append(account)
    wanted = {(post.site, post.name, one.number): post for post in plan for one in by_site[post.site]}
    times: dict[Said, datetime] = {}
    count: Counter[Said] = Counter()
    for one in there:
        found = re.search(r"\b(S\d+)P\d+", one["text"])
        mark = re.search(r"#k(\d+)\b", one["text"])
        assert found, one["text"]
        assert mark, one["text"]
        said = (found[1].lower(), found[0], int(mark[1]))
        count[said] += 1
        times[said] = datetime.fromisoformat(one["time"])
    wrong = [f"{said} is out {count[said]} times" for said in {*wanted, *count} if count[said] != (said in wanted)]
    wrong += [
        f"{said} is out before its time" for said, at in times.items() if said in wanted and at < wanted[said].first
    ]
    wrong += _broken_rules(times)
    known = [said for said in times if said in due]
    return Books(
        wrong=wrong,
        out=len(there),
        late=[(times[said] - due[said]).total_seconds() for said in known],
        fresh=[
            (at - wanted[said].first).total_seconds()
            for said, at in times.items()
            if said in wanted and not RULES[said[2] % len(RULES)]
        ],
    )


def _broken_rules(times: Mapping[Said, datetime]) -> Iterable[str]:
    """What was out at a moment at which its account does not speak."""
    spoke = defaultdict(list)
    for (site, _, number), at in times.items():
        spoke[site, number].append(at)
    for (site, number), moments in spoke.items():
        name, rule = f"{site}-{number} ({NETWORKS[number % len(NETWORKS)]})", number % len(RULES)
        moments.sort()
        days = Counter(at.date() for at in moments)
        if rule == 1:
            taken = Counter(
                (at.date(), max((slot for slot in SLOTS if slot <= at.time()), default=None)) for at in moments
            )
            yield from (f"{name}: {slot} has {many} posts" for slot, many in taken.items() if many > 1 or not slot[1])
        if rule == 2:
            for at in moments:
                if at.time() >= QUIET[0] or at.time() < QUIET[1]:
                    yield f"{name}: speaks at {at:%H:%M} in its quiet hours"
        if rule == 3:
            for before, after in pairwise(moments):
                if after - before < GAP - _BETWEEN:
                    yield f"{name}: speaks {after - before} after the last time"
            yield from (f"{name}: speaks {many} times on {day}" for day, many in days.items() if many > MOST)


def spread(seconds: Sequence[float]) -> str:
    """Median, 95 % and worst."""
    if not seconds:
        return "–"
    worst = sorted(seconds)
    return f"{statistics.median(worst):.1f} s · {worst[int(len(worst) * 0.95)]:.1f} s · {worst[-1]:.1f} s"

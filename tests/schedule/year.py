"""A simulated year: 500 posts, 12 accounts, a run every ten minutes, and a machine that is sometimes off."""

import heapq
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from crosspost.schedule import Schedule, due, parse, ready
from crosspost.schedule.local_time import slots_from

START = datetime(2026, 1, 1, tzinfo=UTC)
TICK = timedelta(minutes=10)
#: when the machine was off: a night, a week, and across both clock changes in Berlin
OFF = [
    (datetime(2026, 2, 3, 18, tzinfo=UTC), datetime(2026, 2, 4, 11, 3, tzinfo=UTC)),
    (datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 3, 29, 9, tzinfo=UTC)),
    (datetime(2026, 7, 10, tzinfo=UTC), datetime(2026, 7, 17, 15, 5, tzinfo=UTC)),
    (datetime(2026, 10, 24, 20, tzinfo=UTC), datetime(2026, 10, 25, 5, tzinfo=UTC)),
]
ACCOUNTS: dict[str, dict[str, Any]] = {
    "mastodon": {},
    "mastodon-zweit": {"delay": "30m", "min_gap": "1h"},
    "x": {"min_gap": "2h", "quiet": "22:00-07:00", "cost_per_post": 0.2, "max_cost_per_month": 12.0},
    "facebook": {"slots": ["Mon-Fri 09:00", "Mon-Fri 17:30", "Sat,Sun 11:30"]},
    "instagram": {"slots": ["08:00", "12:00", "20:00"], "min_gap": "3h", "jitter": "15m", "max_per_day": 2},
    "threads": {"slots": ["02:30", "14:30"], "quiet": "22:00-02:00"},
    "bluesky": {"timezone": "America/New_York", "slots": ["Mon-Fri 09:00", "Mon-Fri 01:30", "Sat 02:30", "Sun 02:30"],
                "min_gap": "90m"},
    "linkedin": {"timezone": "America/New_York", "max_per_day": 2, "quiet": "18:00-08:00", "delay": "1d"},
    "telegram": {"timezone": "Australia/Lord_Howe", "slots": ["01:45", "02:15", "18:00"], "max_per_day": 2},
    "signal": {"timezone": "Pacific/Apia", "quiet": "20:00-09:00", "min_gap": "4h"},
    "nostr": {"timezone": "Asia/Kathmandu", "min_gap": "6h", "jitter": "1h"},
    "newsletter": {"max_per_day": 2, "quiet": "12:00-13:00", "delay": "2h", "min_gap": "45m"},
}  # fmt: skip


@dataclass
class Sent:
    account: str
    post: str
    moment: datetime
    exact: bool
    at: datetime


@dataclass
class Year:
    schedules: dict[str, Schedule]
    posts: dict[str, tuple[datetime, datetime | None]]
    sent: list[Sent] = field(default_factory=list)
    runs: int = 0
    moved: int = 0
    seconds: float = 0


def simulate(seed: int = 2026) -> Year:
    """What the engine does: plan new posts, check whether they may go when due, send, remember."""
    schedules = {
        name: parse({"timezone": "Europe/Berlin"} | keys, where=lambda *names: ".".join(names))
        for name, keys in ACCOUNTS.items()
    }
    year = Year(schedules=schedules, posts=_posts(random.Random(seed)))
    began = time.perf_counter()
    coming = sorted((moment, name, at) for name, (moment, at) in year.posts.items())
    queues: dict[str, list[tuple[datetime, str]]] = {name: [] for name in schedules}
    history: dict[str, list[datetime]] = {name: [] for name in schedules}
    now = START
    while coming or any(queues.values()):
        now += TICK
        if any(begin <= now < end for begin, end in OFF):
            continue
        year.runs += 1
        while coming and coming[0][0] <= now:
            moment, name, at = coming.pop(0)
            for account, schedule in schedules.items():
                taken = history[account][-60:] + [when for when, _ in queues[account]]
                found = due(schedule, moment, at=at, history=taken, now=now, key=f"{name}\n{account}")
                heapq.heappush(queues[account], (found.at, name))
        for account, queue in queues.items():
            while queue and queue[0][0] <= now:
                due_at, name = heapq.heappop(queue)
                moment, at = year.posts[name]
                found = ready(
                    schedules[account],
                    due_at,
                    history=history[account][-60:],
                    now=now,
                    exact=at is not None,
                    key=f"{name}\n{account}",
                )
                if found.at > now:
                    heapq.heappush(queue, (found.at, name))
                    year.moved += 1
                else:
                    history[account].append(now)
                    year.sent.append(Sent(account, name, at or moment, at is not None, now))
    year.seconds = time.perf_counter() - began
    return year


def _posts(rng: random.Random) -> dict[str, tuple[datetime, datetime | None]]:
    """500 posts; every tenth day several at once, every twentieth post at a moment its author named."""
    posts: dict[str, tuple[datetime, datetime | None]] = {}
    while len(posts) < 500:
        moment = START + timedelta(minutes=rng.randrange(365 * 1440))
        for _ in range(rng.choice([1] * 9 + [5])):
            at = moment + timedelta(minutes=rng.randrange(5 * 1440)) if rng.random() < 0.05 else None
            posts[f"post-{len(posts):03}"] = (moment, at)
    return dict(list(posts.items())[:500])


def after_a_pause(moment: datetime) -> bool:
    """Whether the machine was off in the day before: what was missed is caught up then."""
    return any(begin <= moment < end + timedelta(days=1) for begin, end in OFF)


def in_slot(schedule: Schedule, moment: datetime) -> bool:
    """Whether a slot (and its jitter) came within the last run."""
    begin = moment - TICK - schedule.jitter
    slot, _ = next(slots_from(schedule.slots, schedule.timezone, begin))
    return slot <= moment


def figures(year: Year) -> str:
    """The year in numbers, one account per line."""
    lines = [
        f"{len(year.posts)} posts x {len(year.schedules)} accounts: {len(year.sent)} sent, "
        f"{len({(post.account, post.post) for post in year.sent})} different, in {year.runs} runs, "
        f"{year.moved} moved on by what was sent; {year.seconds:.1f} s",
        f"{'account':<16}{'sent':>5}{'in slot':>9}{'caught up':>11}"
        f"{'least gap':>11}{'most a day':>12}{'longest wait':>14}",
    ]
    for name, schedule in year.schedules.items():
        mine = [post for post in year.sent if post.account == name]
        moments = sorted(post.at for post in mine)
        gap = min(later - earlier for earlier, later in pairwise(moments))
        slots = sum(in_slot(schedule, post.at) for post in mine) if schedule.slots else "-"
        days = Counter(moment.astimezone(schedule.timezone).date() for moment in moments)
        wait = max(post.at - post.moment for post in mine)
        late = sum(after_a_pause(post.at) for post in mine)
        lines.append(
            f"{name:<16}{len(mine):>5}{slots:>9}{late:>11}{gap.total_seconds() / 60:>9.0f} m"
            f"{max(days.values()):>12}{wait.total_seconds() / 3600:>12.0f} h"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    print(figures(simulate()))  # noqa: T201  # the figures are what it is run for

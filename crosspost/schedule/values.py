"""An account's schedule as typed values."""

from datetime import UTC, time, timedelta, tzinfo
from typing import Literal

from crosspost.model import Value

Lateness = Literal["send", "ask", "skip"]


class Slot(Value, frozen=True, kw_only=True):
    """A weekly time such as ``Mon-Fri 09:00``: ``text`` as the user wrote it, ``cron`` for cronsim."""

    text: str
    cron: str


class Quiet(Value, frozen=True, kw_only=True):
    """Hours of the day without posts: from ``start`` until just before ``end``, across midnight when end < start."""

    start: time
    end: time

    def covers(self, clock: time) -> bool:
        """Whether a local time of day is in these hours."""
        if self.start < self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


class Late(Value, frozen=True, kw_only=True):
    """What to do with a delivery more than ``after`` late: ``send`` it anyway, ``ask`` a person, or ``skip`` it."""

    action: Lateness = "send"
    after: timedelta = timedelta(hours=24)


class Schedule(Value, frozen=True, kw_only=True):
    """When an account may post. The field names are the keys of ``[accounts.NAME]``.

    ``delay`` is the time from the post's date until it goes out; ``slots`` the only times of the week to post at, one
    post each (empty: any time); ``min_gap`` the minimum time between two posts; ``quiet`` the hours without posts;
    ``max_per_day`` the maximum number per day (0: no limit); ``jitter`` delays each post by a random time up to this,
    always the same for the same delivery. ``cost_per_post`` and ``max_cost_per_month`` are in the same currency,
    whichever it is (0: no limit). Days, months, slots and quiet hours are in ``timezone``.
    """

    timezone: tzinfo = UTC
    delay: timedelta = timedelta()
    slots: tuple[Slot, ...] = ()
    min_gap: timedelta = timedelta()
    quiet: Quiet | None = None
    max_per_day: int = 0
    jitter: timedelta = timedelta()
    cost_per_post: float = 0
    max_cost_per_month: float = 0
    late: Late = Late()

    @property
    def looks_back(self) -> bool:
        """Whether what went out before matters; without such a rule nobody has to read it."""
        return bool(self.slots or self.min_gap or self.max_per_day or self.max_per_month)

    @property
    def max_per_month(self) -> int:
        """How many posts a month the budget allows; 0: no limit."""
        if not (self.cost_per_post and self.max_cost_per_month):
            return 0
        # 5.00 / 0.20 must be 25 posts despite binary rounding
        return int(self.max_cost_per_month / self.cost_per_post + 1e-9)


def in_words(span: timedelta) -> str:
    """A duration as a person writes it.

    >>> in_words(timedelta(days=1, hours=2, minutes=30))
    '1 d 2 h 30 min'
    """
    seconds = int(span.total_seconds())
    parts = [(seconds // 86400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 min"

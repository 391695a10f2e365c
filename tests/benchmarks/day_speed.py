"""How fast the deliveries of a simulated day were, beside the bare requests: what waiting for the networks takes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from tests.benchmarks.day_books import Out, Said
from tests.benchmarks.day_ledgers import Row


class Bare(NamedTuple):
    """The day without crosspost: when a network got each request, and who can wait for so many at a time.

    :ivar latency: seconds until a network answers
    """

    moments: Sequence[datetime]
    latency: float
    at_a_time: int

    def seconds(self, begin: datetime, end: datetime) -> float:
        """What the requests take alone that came in that time, if everybody sends one after the other."""
        return sum(begin <= at <= end for at in self.moments) * self.latency / self.at_a_time


def taken(ledger: Iterable[Row]) -> list[float]:
    """Seconds from the first attempt of each delivery until its receipt was there."""
    return [
        (row.sent - row.tried).total_seconds()
        for row in ledger
        if row.state == "sent" and row.sent is not None and row.tried is not None
    ]


def fullest(ledger: Mapping[Said, Row], out: Mapping[Said, Sequence[Out]], bare: Bare, least: int) -> dict[str, Any]:
    """The minute in which most deliveries were due, how long they took, and the bare requests of that time.

    :param least: fewer deliveries say nothing
    :returns: when, how many, seconds from the first until the last was out, and those of the bare requests; or nothing
    """
    by_minute = defaultdict[datetime, list[datetime]](list)
    for said, row in ledger.items():
        if out.get(said):
            by_minute[row.due.replace(second=0, microsecond=0)].append(out[said][0].at)
    if not by_minute:
        return {}
    minute, moments = max(by_minute.items(), key=lambda one: len(one[1]))
    if len(moments) < least:
        return {}
    begin, end = min(moments), max(moments)
    return {
        "at": minute,
        "deliveries": len(moments),
        "seconds": (end - begin).total_seconds(),
        "bare": bare.seconds(begin, end),
    }

"""How the simulated day goes by: posts appear, machines look and send, what is idle is jumped over, a machine dies."""

import argparse
import contextlib
import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.benchmarks import day_plan
from tests.benchmarks.day_clock import Board, Clock
from tests.benchmarks.day_ledgers import Ledgers
from tests.benchmarks.day_machines import Machine
from tests.benchmarks.day_plan import BEGIN
from tests.benchmarks.day_sites import Agency
from tests.benchmarks.day_telling import Telling, moment
from tests.benchmarks.day_work import Work
from tests.benchmarks.sandbox import Far

#: when the machines are switched on: what is there at the first look counts as old
FIRST = BEGIN - timedelta(hours=1)
#: what waits longer than that is lost
_END = timedelta(days=4)
#: when a machine dies, at the earliest, and for how long it is away
_DIES, _AWAY = BEGIN + timedelta(hours=12, minutes=30), timedelta(hours=1)
#: seconds between two looks of whoever leads the day, and between two counts of connections
_STEP, _COUNT = 0.02, 0.5
#: looks at all sites after which it is clear what one takes of which nothing is new
_IDLE_ROUNDS = 4


class EndedError(Exception):
    """The day was ended before it was over; the message says by whom."""


class Day:
    """The day itself.

    :param database: gives the seconds of computing of the database
    :param say: takes a line
    :ivar complaints: what machines printed of errors
    :ivar died: what a machine was at when it died → when that was due
    :ivar death: when it died
    :ivar before: seconds of computing before midnight, of all machines and the database
    :ivar after: the same when everything was out; 0 before
    :ivar megabytes: of the database before midnight
    """

    def __init__(
        self,
        wanted: argparse.Namespace,
        agency: Agency,
        board: Board,
        machines: Sequence[Machine],
        sandbox: Far,
        ledgers: Ledgers,
        database: Callable[[], float],
        say: Callable[[str], object],
    ) -> None:
        self._agency, self.machines, self.sandbox = agency, machines, sandbox
        self.ledgers, self._database, self._clock, self.telling = ledgers, database, Clock(board), Telling(say)
        self._every, self._kill = timedelta(seconds=wanted.every), wanted.kill
        self._begun = time.monotonic()
        self._until = self._begun + wanted.limit * 60
        self._chance = random.Random(wanted.seed)
        self.accounts = day_plan.accounts(wanted.sites, wanted.accounts)
        self.plan = day_plan.posts(wanted.sites, wanted.posts, wanted.seed)
        self.sites = [f"s{number}" for number in range(wanted.sites)]
        self._each = wanted.accounts
        self._left = list(self.plan)
        self._work = Work(board, ledgers)
        self._since, self._counted = FIRST, 0.0
        self._back: datetime | None = None
        self.died: dict[tuple[str, str, int], datetime] = {}
        self.death: datetime | None = None
        self.connections, self.before, self.after, self.megabytes = 0, 0.0, 0.0, 0.0
        self._idle: list[tuple[float, int]] = []
        self.complaints: list[str] = []

    @contextlib.contextmanager
    def machines_up(self) -> Iterator[None]:
        """Switch the machines on, and off at the end."""
        self.ledgers.prepare(self.sites)
        try:
            for one in self.machines:
                one.begin()
            yield
        finally:
            self.complaints = [line for one in self.machines for line in one.complaints()]
            for one in self.machines:
                one.end()

    def live(self) -> None:
        """From midnight until nothing is planned any more.

        :raises EndedError: when it takes too long
        """
        for site in self.sites:
            self._work.begin(site, FIRST)
        while not self._quiet():
            self._watch()
            self._work.ease(self._clock())
            self.telling.ledgers(self._looked(), len(self.sites))
        self._work.settle(self._clock())
        self.before, self.megabytes = self._computed(), self.ledgers.megabytes()
        cost = f"{self.before:.0f} s of processor, {self.megabytes:.0f} MB"
        self.telling.event(f"{len(self.sites):,} ledgers are made: {cost}")
        self._jump(max(BEGIN, self._after_look()))
        while self._step():
            pass
        self.after = self._computed()

    def look_idly(self) -> None:
        """Have all machines look at all sites with nothing to do, until their stamps say so of each, or never do.

        What that takes is noted: seconds of computing, and at how many sites somebody really looked.
        """
        for _ in range(_IDLE_ROUNDS):
            for site in self.sites:
                self._work.begin(site, self._clock())
            cpu, looked = self._computed(), self._looked()
            self._jump(self._after_look())
            while not self._quiet():
                self._watch()
                if all(one.chosen >= self._since for one in self.machines):
                    self._work.end(self.sites)  # else a look that takes long would be followed by another one
            self._idle.append((round(self._computed() - cpu, 2), self._looked() - looked))
            if not self._idle[-1][1]:
                return

    def looks(self) -> dict[str, Any]:
        """How many looks at a site were done, how many were left out, and the rounds over all sites with nothing new.

        What those looks would have taken that were left out is reckoned by the last of these rounds, in seconds.
        """
        sites, done = len(self.sites), self._looked() - sum(number for _, number in self._idle)
        left_out = max(0, round(sites * ((self._clock() - BEGIN) / self._every)) - done)
        taken = left_out / sites * self._idle[-1][0] if self._idle else 0
        return {"done": done, "left_out": left_out, "taken": taken, "idle": self._idle, "sites": sites}

    def _looked(self) -> int:
        return sum(one.looked for one in self.machines)

    def seconds(self) -> float:
        """How long it has taken here."""
        return time.monotonic() - self._begun

    def _step(self) -> bool:
        """Let some time go by; whether there is more to come."""
        self._watch()
        self._appear(self._clock())
        self._live_and_die()
        if not self._quiet():
            self._work.ease(self._clock())
            return True
        now = self._clock()
        self._work.settle(now)
        coming = [now] if self._work.open else [*self._work.later.values(), *(post.appears for post in self._left[:1])]
        if self._back is not None:
            coming.append(self._back)
        if not coming:
            return False
        if now - BEGIN > _END:
            raise EndedError("something never goes out")
        to = min(coming)
        # looks go on all the time, so nothing is found at the very moment
        looked = self._after_look()
        self._jump(looked if to <= looked else to + self._chance.random() * self._every)
        return True

    def _watch(self) -> None:
        """Wait a moment, say what is new, and end in time."""
        time.sleep(_STEP)
        if time.monotonic() > self._until:
            raise EndedError("ended by its limit of time")
        if time.monotonic() - self._counted > _COUNT:
            self._counted = time.monotonic()
            self.connections = max(self.connections, self.ledgers.connections())
        now = self._clock()
        self.telling.hour(now, lambda: self._so_far(now))

    def _so_far(self, now: datetime) -> str:
        out, appeared = len(self.sandbox.store.posts), len(self.plan) - len(self._left)
        late = self.ledgers.due(self._work.open, now - self._every - timedelta(seconds=30))
        cpu = sum(one.usage().cpu for one in self.machines)
        return (
            f"{appeared:,} of {len(self.plan):,} posts are there, {out:,} deliveries out, {late:,} late, "
            f"{appeared * self._each - out:,} waiting; machines {cpu:.0f} s of processor"
        )

    def _appear(self, until: datetime) -> None:
        """Put the posts there that appear until then, and note what is due."""
        while self._left and self._left[0].appears <= until:
            self._agency.appear(self._left[0])
            self._work.begin(self._left[0].site, self._clock())
            del self._left[0]
        self._work.due(until)

    def _computed(self) -> float:
        """Seconds of computing, of all machines and the database."""
        return self._database() + sum(one.usage().cpu for one in self.machines)

    def _quiet(self) -> bool:
        """Whether every machine has looked and sent all that there was."""
        up = [one for one in self.machines if one.up]
        if any(one.looks() or one.begun < self._since for one in up) or self.ledgers.waiting():
            return False
        return not any(one.busy for one in up)  # asked last: what was taken out of the queue is counted by then

    def _after_look(self) -> datetime:
        """When the machines look next."""
        return max(one.begun for one in self.machines if one.up) + self._every

    def _jump(self, to: datetime) -> None:
        self._appear(to)
        self._since = to
        self._clock.jump(to)

    def _live_and_die(self) -> None:
        now, one = self._clock(), self.machines[0]
        if self._kill and now >= _DIES and one.busy and self.ledgers.claimed(self._work.open, one.process):
            self._kill, process = False, one.process
            one.kill()
            self.death, self._back = now, now + _AWAY
            self.died = self.ledgers.claimed(self._work.open, process)
            for site in list(self._work.open):  # it may have died in the middle of a look
                self._work.begin(site, now)
            self.telling.event(f"{moment(now)}  machine 0 dies, at work on {len(self.died)} deliveries")
        elif self._back is not None and now >= self._back:
            self._back = None
            one.begin()
            self.telling.event(f"{moment(now)}  machine 0 is there again")

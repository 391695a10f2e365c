"""The sites of a simulated day at which there is something to do: what the machines look at."""

import time
from collections.abc import Iterable, Sequence
from datetime import datetime

from tests.benchmarks.day_clock import Board
from tests.benchmarks.day_ledgers import Ledgers, Next
from tests.benchmarks.day_plan import BEGIN

#: seconds between two looks into work that goes on
_PAUSE = 5.0


class Work:
    """Tells the machines which sites to look at.

    :ivar open: sites at which there is something to do → since when
    :ivar later: the others at which something is due later → when
    """

    def __init__(self, board: Board, ledgers: Ledgers) -> None:
        self._board, self._ledgers = board, ledgers
        self.open: dict[str, datetime] = {}
        self.later: dict[str, datetime] = {}
        self._eased = time.monotonic()

    def begin(self, site: str, since: datetime) -> None:
        """There is something to do at a site."""
        self.open[site] = since
        self._want(site, 1)

    def due(self, until: datetime) -> None:
        """What is due by then is to be done."""
        for site in [site for site, moment in self.later.items() if moment <= until]:
            self.begin(site, self.open.get(site, self.later.pop(site)))

    def end(self, sites: Iterable[str]) -> None:
        """There is nothing to do at these sites."""
        for site in sites:
            self.open.pop(site, None)
            self._want(site, 0)

    def ease(self, now: datetime) -> None:
        """Leave out of further looks what a machine has looked at, be it that it is at it still.

        Where a look takes longer than the time between two of them, the next one would go through all of it again.
        """
        if time.monotonic() - self._eased < _PAUSE:
            return
        for site, found in self._found([site for site in self.open if self._board.wanted[_place(site)]], now):
            if found.looked >= self.open[site] and (found.moment is None or found.moment > now):
                self._want(site, 0)
        self._eased = time.monotonic()

    def settle(self, now: datetime) -> None:
        """Note where nothing is to be done now, while nobody is at work."""
        for site, found in self._found(list(self.open), now):
            if found.looked < self.open[site] or (found.moment is not None and found.moment <= now):
                self._want(site, 1)
                continue
            self.end([site])
            if found.moment is not None:
                self.later[site] = found.moment

    def _found(self, sites: Sequence[str], now: datetime) -> list[tuple[str, Next]]:
        """What the ledgers of these sites say, of those that are made."""
        made = self._ledgers.made() if now < BEGIN else sites
        return list(self._ledgers.next_of([site for site in sites if site in made], now).items())

    def _want(self, site: str, wanted: int) -> None:
        self._board.wanted[_place(site)] = wanted


def _place(site: str) -> int:
    """Where it is on the board."""
    return int(site[1:])

"""When a worker looks at a site: when no worker did so lately, so that they share the looks at many sites."""

import contextlib
import time
from collections.abc import Callable, Container
from datetime import timedelta

from crosspost.app.ledger_access import no_ledger_yet, open_ledger
from crosspost.app.running import last_run
from crosspost.errors import CrosspostError
from crosspost.ledger import Ledger
from crosspost.workers.site_contexts import SiteContexts
from crosspost.workers.worker_sites import Sites

#: how much of the pause between two looks must be over before another worker looks
_ENOUGH = 0.9


class Looks:
    """Decides what is looked at.

    :param every: seconds between two looks of any worker at a site
    :param clock: seconds that pass steadily
    """

    def __init__(
        self, sites: Sites, contexts: SiteContexts, every: float, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._sites, self._contexts, self._enough, self._clock = sites, contexts, every * _ENOUGH, clock
        self._round = float("-inf")
        self._not_before: dict[str, float] = {}  # site → while another look counts that was seen; by the steady clock

    def due(self) -> bool:
        """Whether it is time: the only site was not looked at lately, or this worker went through its sites before."""
        if (only := self._sites.only()) is not None:
            return self.wanted(only)
        if self._clock() - self._round < self._enough:
            return False
        self._round = self._clock()
        return True

    def wanted(self, name: str, failed: Container[str] = (), ago: float | None = None) -> bool:
        """Whether nobody looked at a site lately; a ledger that cannot be read is a look's to complain about.

        :param failed: sites on which this worker's last look failed: it looks again, because only it knows of that
        :param ago: seconds since the last look of any worker, where that was asked already
        """
        if name in failed:
            return True
        if self._clock() < self._not_before.get(name, 0):
            return False
        try:
            rest = self._rest(name) if ago is None else self._enough - ago
        except CrosspostError:
            return True
        self._not_before[name] = self._clock() + rest
        return rest <= 0

    def _rest(self, name: str) -> float:
        """Seconds for which the last look of any worker counts."""
        if (known := self._contexts.asked(name, self._left)) is not None:
            return known
        app = self._sites.app(name)
        if no_ledger_yet(app):
            return 0
        with contextlib.closing(open_ledger(app, read_only=True)) as ledger:
            return self._left(ledger)

    def _left(self, ledger: Ledger) -> float:
        at = last_run.noted(ledger)
        return 0 if at is None else self._enough - abs(ledger.clock() - at) / timedelta(seconds=1)

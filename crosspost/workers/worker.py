"""A worker: delivers what is handed out, and hands out what is due when no other worker did so lately."""

import contextlib
import threading
import time
from collections.abc import Callable, Container, Sequence
from contextlib import AbstractContextManager

from crosspost import tracing
from crosspost.app.application import App
from crosspost.app.progress import Progress
from crosspost.app.runner import RunControl
from crosspost.errors import CrosspostError
from crosspost.ledger import Delivery
from crosspost.workers.delivery_queue import Queue
from crosspost.workers.site_contexts import SiteContexts
from crosspost.workers.site_polling import Looks
from crosspost.workers.worker_sites import Sites

#: how many contexts stay open besides those that are delivered from
_BESIDES = 4
#: seconds without a step after which a look or a delivery hangs: one round of a newsletter may take eight minutes
HANGS = 900.0


class Told(Progress):
    """Says what was delivered.

    :param report: takes each delivery that is settled
    """

    def __init__(self, report: Callable[[Delivery], None]) -> None:
        self._told = report

    def report(self, delivery: Delivery) -> None:
        """This delivery is settled, as it stands now."""
        self._told(delivery)


class Worker:
    """One process's work.

    :param sites: what it works for
    :param look: a run over the only site, or over each of several sites that is :meth:`wanted`, under :meth:`control`
    :param concurrency: deliveries at the same time
    :param every: seconds between two looks of any worker
    :param owner: who claims deliveries
    :param progress: gives what is told of a site's deliveries
    :param say: takes a site's name, as in the queue, and what a person should know
    :param step: called whenever the work has gone on, be it that another worker looked
    """

    def __init__(
        self,
        sites: Sites,
        queue: Queue,
        look: Callable[[], object],
        *,
        concurrency: int,
        every: float,
        owner: str,
        progress: Callable[[App], Progress],
        say: Callable[[str, str], None],
        step: Callable[[], None] = lambda: None,
    ) -> None:
        self._sites, self._queue, self._look = sites, queue, look
        self._concurrency, self._every = concurrency, every
        self.stop = threading.Event()
        self._told, self._turned = step, time.monotonic()
        self._looking = False
        self._begun: dict[int, float] = {}  # thread → when it began the delivery that it is at
        control, most = RunControl(stop=self.stop), concurrency + _BESIDES
        self._contexts = SiteContexts(sites, owner, progress, control, say, most=most)
        self._looks = Looks(sites, self._contexts, every)

    def run(self, grace: float) -> bool:
        """Work until :attr:`stop` is set.

        :param grace: seconds a look in flight has for its end
        :returns: whether everything that was begun came to its end
        """
        looking = threading.Thread(target=self._go_round, name="look", daemon=True)
        looking.start()
        try:
            self._queue.work(self._deliver, self._concurrency, self.stop, self._able)
        finally:
            self.stop.set()
            looking.join(grace)
            self._contexts.close()
            self._queue.close()
        return not looking.is_alive()

    def alive(self) -> bool:
        """Whether looks and deliveries go on; safe from any thread."""
        now = time.monotonic()
        return all(now - since < HANGS for since in (self._turned, *list(self._begun.values())))

    def busy(self) -> bool:
        """Whether anything is looked at or delivered just now; safe from any thread."""
        return self._looking or bool(self._begun)

    def control(self, site: str) -> RunControl:
        """How a look at a site is held: it hands out what is due."""

        def offer(due: Sequence[Delivery]) -> None:
            if due:
                self._queue.offer(site, due)

        return RunControl(stop=self.stop, offer=offer, progress=self._step)

    def wanted(self, site: str, failed: Container[str], ago: float | None = None) -> bool:
        """Whether one of several sites is looked at now, see :meth:`crosspost.workers.site_polling.Looks.wanted`."""
        self._step()
        if self.stop.is_set():
            return False
        self._left_behind(site)
        return self._looks.wanted(site, failed, ago)

    def _able(self, site: str) -> bool:
        with self._about(site):
            return self._contexts.able(site)

    def _about(self, site: str) -> AbstractContextManager[None]:
        """What is told meanwhile is about this site, where there are several."""
        return tracing.about(site=site if self._sites.several else "")

    def _deliver(self, site: str, number: int) -> None:
        self._begun[threading.get_ident()] = time.monotonic()
        try:
            with self._about(site):
                self._contexts.deliver(site, number)
        finally:
            self._begun.pop(threading.get_ident(), None)

    def _step(self) -> None:
        self._turned = time.monotonic()
        self._told()

    def _go_round(self) -> None:
        while not self.stop.is_set():
            self._step()
            if (only := self._sites.only()) is not None:
                self._left_behind(only)
            if self._looks.due():
                self._looking = True
                try:
                    self._look()
                finally:
                    self._looking = False
            self.stop.wait(self._every / 10)

    def _left_behind(self, site: str) -> None:
        with contextlib.suppress(CrosspostError):  # the look says why
            self._contexts.begin(site)

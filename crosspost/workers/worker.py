"""A worker: delivers what is handed out, and hands out what is due when no other worker did so lately."""

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from crosspost.app.application import App
from crosspost.app.ledger_access import no_ledger_yet, open_ledger
from crosspost.app.progress import Progress
from crosspost.app.runner import RunControl
from crosspost.app.running import last_run
from crosspost.errors import CrosspostError
from crosspost.ledger import Delivery, Ledger
from crosspost.workers.desk import Desks
from crosspost.workers.queue import Queue

#: how much of the pause between two looks must be over before another worker looks
_ENOUGH = 0.9
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

    :param app: gives the config as it is now
    :param look: one run over the site that hands out what is due with :attr:`RunControl.offer`
    :param every: seconds between two looks of any worker
    :param owner: who claims deliveries
    :param say: takes what a person should know
    :param step: called whenever the work has gone on, be it that another worker looked
    """

    def __init__(
        self,
        app: Callable[[], App],
        queue: Queue,
        look: Callable[[RunControl], object],
        *,
        every: float,
        owner: str,
        progress: Progress,
        say: Callable[[str], None],
        step: Callable[[], None] = lambda: None,
    ) -> None:
        self._app, self._queue, self._look, self._every = app, queue, look, every
        self.stop = threading.Event()
        self._told, self._turned = step, time.monotonic()
        self._begun: dict[int, float] = {}  # thread → when it began the delivery that it is at
        self._control = RunControl(stop=self.stop, offer=self._offer, progress=self._step)
        self._desks = Desks(app, owner, progress, RunControl(stop=self.stop), say)

    def run(self, concurrency: int, grace: float) -> bool:
        """Work until :attr:`stop` is set.

        :param concurrency: deliveries at the same time
        :param grace: seconds a look in flight has for its end
        :returns: whether everything that was begun came to its end
        """
        looking = threading.Thread(target=self._looks, name="look", daemon=True)
        looking.start()
        try:
            self._queue.work(self._deliver, concurrency, self.stop, self._desks.able)
        finally:
            self.stop.set()
            looking.join(grace)
            self._desks.close()
            self._queue.close()
        return not looking.is_alive()

    def alive(self) -> bool:
        """Whether looks and deliveries go on; safe from any thread."""
        now = time.monotonic()
        return all(now - since < HANGS for since in (self._turned, *list(self._begun.values())))

    def _deliver(self, number: int) -> None:
        self._begun[threading.get_ident()] = time.monotonic()
        try:
            self._desks.deliver(number)
        finally:
            self._begun.pop(threading.get_ident(), None)

    def _step(self) -> None:
        self._turned = time.monotonic()
        self._told()

    def _looks(self) -> None:
        begun = False
        while not self.stop.is_set():
            self._step()
            if not begun:
                begun = self._left_behind()
            if self._wanted():
                self._look(self._control)
            self.stop.wait(self._every / 10)

    def _left_behind(self) -> bool:
        try:
            if not no_ledger_yet(self._app()):
                self._desks.begin()
        except CrosspostError:
            return False  # the look says why
        return True

    def _wanted(self) -> bool:
        """Whether nobody looked lately; a ledger that cannot be read is a look's to complain about."""
        try:
            if (wanted := self._desks.asked(self._long_ago)) is not None:
                return wanted
            app = self._app()
            if no_ledger_yet(app):
                return True
            with contextlib.closing(open_ledger(app, read_only=True)) as ledger:
                return self._long_ago(ledger)
        except CrosspostError:
            return True

    def _long_ago(self, ledger: Ledger) -> bool:
        at = last_run.noted(ledger)
        return at is None or abs(ledger.clock() - at) >= timedelta(seconds=self._every * _ENOUGH)

    def _offer(self, due: Sequence[Delivery]) -> None:
        if due:
            self._queue.offer(due)

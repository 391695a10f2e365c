"""A worker: delivers what is handed out, and hands out what is due when no other worker did so lately."""

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

from crosspost.app.application import App
from crosspost.app.ledger_access import no_ledger_yet, open_ledger
from crosspost.app.progress import Progress
from crosspost.app.runner import RunControl
from crosspost.app.running import last_run
from crosspost.errors import CrosspostError
from crosspost.ledger import Delivery
from crosspost.workers.desk import Desks
from crosspost.workers.queue import Queue

#: how much of the pause between two looks must be over before another worker looks
_ENOUGH = 0.9


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
    ) -> None:
        self._app, self._queue, self._look, self._every = app, queue, look, every
        self.stop = threading.Event()
        self._control = RunControl(stop=self.stop, offer=self._offer)
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
            self._queue.work(self._desks.deliver, concurrency, self.stop)
        finally:
            self.stop.set()
            looking.join(grace)
            self._desks.close()
            self._queue.close()
        return not looking.is_alive()

    def _looks(self) -> None:
        begun = False
        while not self.stop.is_set():
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
            app = self._app()
            if no_ledger_yet(app):
                return True
            ledger = open_ledger(app, read_only=True)
            try:
                at = last_run.noted(ledger)
                return at is None or abs(ledger.clock() - at) >= timedelta(seconds=self._every * _ENOUGH)
            finally:
                ledger.close()
        except CrosspostError:
            return True

    def _offer(self, due: Sequence[Delivery]) -> None:
        if due:
            self._queue.offer(due)

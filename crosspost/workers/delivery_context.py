"""What a worker delivers with: the ledger, the site's posts and the accounts, as they are just now."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from crosspost.app.application import App
from crosspost.app.ledger_access import no_ledger_yet, open_ledger
from crosspost.app.progress import Progress
from crosspost.app.runner import RunControl, check, make_engine
from crosspost.delivery.inventory import take
from crosspost.errors import CrosspostError, LedgerError
from crosspost.ledger import Ledger

log = logging.getLogger("crosspost.workers")
T = TypeVar("T")

#: seconds after which config, tokens and posts are read anew; sooner when a post is not known, but not at once again
_AGE, _PAUSE = 60.0, 5.0
#: seconds for which a context is waited for that another thread is opening, where there are other sites
_MOMENT = 0.5
_NEVER = float("-inf")


class DeliveryContext:
    """Everything for deliveries under one reading of config and posts.

    :param app: as the config is now
    :param owner: who claims deliveries, see :func:`crosspost.app.ledger_access.worker_slot`
    :raises CrosspostError: when nothing can be delivered with it
    """

    def __init__(self, app: App, owner: str, progress: Progress, control: RunControl) -> None:
        self._accounts = list(app.accounts())
        check(app, self._accounts)
        self.ledger = open_ledger(app, leased=True)
        try:
            source = app.source(remember=True)
            listed = take(source.scan(), self.ledger, whole=source.whole)
            self._entries = {entry.id: entry for entry in listed.entries if entry.state != "refused"}
            self._engine, _ = make_engine(
                app,
                self.ledger,
                source,
                self._entries,
                self._accounts,
                owner=owner,
                progress=progress,
                control=control,
            )
        except BaseException:
            self.ledger.close()
            raise
        self.made = time.monotonic()
        self.users = 0

    def deliver(self, number: int) -> bool:
        """Deliver what was handed out, if it still is to go.

        :returns: False when its post is not known here
        :raises LedgerError: when nothing can be written down
        """
        handed = self.ledger.handed.of(number)
        row = handed.delivery
        if row.state != "planned" or row.account not in self._accounts:
            return True
        entry = self._entries.get(row.post)
        if entry is None:
            return False
        self._engine.one(handed, entry, self._accounts)
        return True

    def close(self) -> None:
        """Nothing is delivered with it any more."""
        self.ledger.close()


class CurrentContext:
    """The newest context; the one before is closed when its last delivery has ended.

    :param app: gives the config as it is now
    :param progress: gives what is told of its deliveries
    :param say: takes what a person should know
    """

    def __init__(
        self,
        app: Callable[[], App],
        owner: str,
        progress: Callable[[App], Progress],
        control: RunControl,
        say: Callable[[str], None],
    ) -> None:
        self._app, self._owner, self._progress, self._control, self._say = app, owner, progress, control, say
        self._lock = threading.Lock()
        self._newest: DeliveryContext | None = None
        self._wrong, self._begun = "", False

    def deliver(self, number: int) -> None:
        """Deliver what was handed out. What goes wrong is said, and the next look hands it out again."""
        try:
            with self._taken(_AGE) as context:
                known = context.deliver(number)
            if not known:
                with self._taken(_PAUSE) as context:
                    context.deliver(number)
            self._wrong = ""
        except IndexError:
            log.debug("delivery %s is not in the ledger any more", number)
        except CrosspostError as error:
            self._failed(error)
        except Exception as error:  # a mistake of ours must not end the worker
            log.exception("a mistake in crosspost itself, please report it")
            self._failed(error)

    def able(self, *, alone: bool = True) -> bool:
        """Whether anything can be delivered from here just now; what is wrong is said once.

        :param alone: whether there is nothing else to do: then a context that another thread is opening is waited for
        """
        if not self._lock.acquire(timeout=-1 if alone else _MOMENT):
            return False
        self._lock.release()
        try:
            with self._taken(_AGE):
                return True
        except CrosspostError as error:
            self._tell(error)
            return False

    def asked(self, question: Callable[[Ledger], T]) -> T | None:
        """Ask the newest context's ledger something; None when there is none that works."""
        with self._lock:
            if self._newest is None or self._newest.made == _NEVER:
                return None
        with self._taken(-_NEVER) as context:  # however old: the ledger is the same
            return question(context.ledger)

    def begin(self) -> None:
        """Look for what this worker left behind when it ended last; done once, and before anything is delivered.

        :raises CrosspostError: when it cannot work
        """
        with self._lock:
            self._begin(self._app())

    @property
    def open(self) -> bool:
        """Whether there is a context."""
        return self._newest is not None

    def rest(self) -> None:
        """Close the context unless somebody uses it or opens one; the next delivery opens another."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            if self._newest is not None and not self._newest.users:
                self._newest.close()
                self._newest = None
        finally:
            self._lock.release()

    def close(self) -> None:
        """Nothing more is delivered."""
        with self._lock:
            if self._newest is not None:
                self._newest.close()

    def _begin(self, app: App) -> None:
        """All leases of this owner are dead: until now this process has claimed nothing."""
        if self._begun or no_ledger_yet(app):
            return
        with contextlib.closing(open_ledger(app, leased=True)) as ledger:
            ledger.orphaned(self._owner.partition(":")[0])
        self._begun = True

    def _failed(self, error: Exception) -> None:
        """Begin anew with the next one: the connection may be gone, or the database another one."""
        with self._lock:
            if self._newest is not None:
                self._newest.made = _NEVER
        self._tell(error)
        if isinstance(error, LedgerError):
            self._control.stop.wait(_PAUSE)

    def _tell(self, error: Exception) -> None:
        if str(error) != self._wrong:
            self._wrong = str(error)
            self._say(str(error))

    @contextlib.contextmanager
    def _taken(self, age: float) -> Iterator[DeliveryContext]:
        with self._lock:
            context = self._newest
            if context is None or time.monotonic() - context.made > age:
                app = self._app()
                self._begin(app)
                context, old = DeliveryContext(app, self._owner, self._progress(app), self._control), context
                self._newest = context
                if old is not None and not old.users:
                    old.close()
            context.users += 1
        try:
            yield context
        finally:
            with self._lock:
                context.users -= 1
                if context is not self._newest and not context.users:
                    context.close()

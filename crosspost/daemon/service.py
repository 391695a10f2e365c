"""The ticks: APScheduler drives the time, with its memory store and one coalesced job, so that a machine that slept
through an hour of ticks catches up with one. What is due is in the ledger, never in the scheduler.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from crosspost.errors import ConfigError

log = logging.getLogger("crosspost.daemon")

#: seconds between two looks at what is watched
_LOOK = 2.0
#: a tick that made no step for so long hangs: one round of a newsletter may take eight minutes without one
HANGS = 900.0


def scheduler_library() -> Any:
    """APScheduler's scheduler for a thread.

    :raises ConfigError: with what to install, when it is not there
    """
    try:
        from apscheduler.schedulers.background import BackgroundScheduler  # an extra
    except ImportError:
        from crosspost.config.installer import adding

        raise ConfigError(f"the daemon needs one more package: {adding('daemon')}") from None
    return BackgroundScheduler


class Daemon:
    """Calls ``tick`` at once, then every so often and whenever something changed; never twice at a time.

    :param tick: the work; whatever it raises is logged, and the next one comes
    :param every: seconds between the beginnings of two ticks
    :param notify: tells the service manager how we are, see :func:`crosspost.daemon.systemd.notify`
    :param changed: whether a tick is wanted at once; asked every few seconds
    :param watchdog: seconds within which the service manager wants a sign of life; None: it does not watch
    :param grace: seconds a tick in flight has for its end once :meth:`stop` was called
    :param hangs: seconds without a step after which a tick counts as hung, and no sign of life is given
    """

    def __init__(
        self,
        tick: Callable[[], object],
        every: float,
        notify: Callable[[str], None],
        *,
        changed: Callable[[], bool] = lambda: False,
        watchdog: float | None = None,
        grace: float = 150,
        hangs: float = HANGS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tick, self._every, self._notify = tick, every, notify
        self._changed, self._watchdog, self._grace = changed, watchdog, grace
        self._hangs, self._clock = hangs, clock
        self._stopped, self._idle = threading.Event(), threading.Event()
        self._awake = threading.Event()  # wakes the main thread early
        self._wanted = False
        self._step = clock()
        self._idle.set()

    def run(self) -> bool:
        """Work until :meth:`stop`.

        :returns: whether the tick in flight came to its end
        :raises ConfigError: when the library for it is not installed
        """
        scheduler = scheduler_library()(timezone=UTC)
        job = scheduler.add_job(
            self._once,
            "interval",
            seconds=self._every,
            next_run_time=datetime.now(UTC),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,  # however late: a tick that slept is still wanted, once
        )
        self._notify("READY=1")
        scheduler.start()
        try:
            self._watch(job)
            return self._idle.wait(self._grace)
        finally:
            scheduler.shutdown(wait=False)

    def stop(self) -> None:
        """End after the tick in flight; safe from a signal handler."""
        self._stopped.set()
        self._awake.set()

    def wake(self) -> None:
        """A tick is wanted at once; safe from a signal handler."""
        self._wanted = True
        self._awake.set()

    def progress(self) -> None:
        """The tick in flight made a step."""
        self._step = self._clock()

    def busy(self) -> bool:
        """Whether a tick is in flight; safe from any thread."""
        return not self._idle.is_set()

    def alive(self) -> bool:
        """Whether the tick in flight goes on; safe from any thread."""
        return self._idle.is_set() or self._clock() - self._step < self._hangs

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _watch(self, job: Any) -> None:
        pause = min(_LOOK, self._watchdog / 3) if self._watchdog else _LOOK
        pause = min(pause, self._every)
        while not self._stopped.is_set():
            self._alive()
            # changed() is asked during a tick too: what changes then is not in it
            self._wanted = self._wanted or self._look()
            if self._wanted and self._idle.is_set():
                self._wanted = False
                job.modify(next_run_time=datetime.now(UTC))
            self._awake.wait(pause)
            self._awake.clear()
        self._notify("STOPPING=1")

    def _look(self) -> bool:
        try:
            return self._changed()
        except Exception:  # the look is a courtesy; ticks come without it
            log.debug("cannot look at what is watched", exc_info=True)
            return False

    def _alive(self) -> None:
        if self.alive():
            self._notify("WATCHDOG=1")

    def _once(self) -> None:
        if self._stopped.is_set():
            return
        self.progress()
        self._idle.clear()
        try:
            self._tick()
        except Exception:  # whatever it was, the next tick comes
            log.exception("this tick failed")
        finally:
            self.progress()
            self._idle.set()
            self._notify(f"STATUS=The last run ended at {datetime.now().astimezone():%H:%M:%S}.")

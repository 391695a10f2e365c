"""The tick of a long-running process: the same work a cron run does, again and again, until told to stop.

APScheduler drives the time, with its memory store and one coalesced job: a machine that slept through an hour of ticks
catches up with one. What is due is in the ledger, never in the scheduler.
"""

import logging
import os
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime

log = logging.getLogger("crosspost.daemon")


class Daemon:
    """Calls ``tick`` at once and then every so often; a tick that fails is logged and the next one comes.

    :param tick: the work; runs in one thread, never twice at a time
    :param every: seconds between the beginnings of two ticks
    :param notify: tells the service manager how we are, see :func:`systemd`
    """

    def __init__(self, tick: Callable[[], object], every: float, notify: Callable[[str], None]) -> None:
        self._tick, self._every, self._notify = tick, every, notify
        self._stopped = threading.Event()

    def run(self) -> None:
        """Work until :meth:`stop`; a tick in flight is finished first."""
        from apscheduler.schedulers.background import BackgroundScheduler

        scheduler = BackgroundScheduler(timezone=UTC)
        scheduler.add_job(
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
            self._stopped.wait()
        finally:
            self._notify("STOPPING=1")
            scheduler.shutdown(wait=True)

    def stop(self) -> None:
        """End after the tick in flight; safe from a signal handler."""
        self._stopped.set()

    def _once(self) -> None:
        try:
            self._tick()
        except Exception:  # whatever it was, the next tick comes
            log.exception("this tick failed")
        self._notify("WATCHDOG=1")


def systemd(state: str) -> None:
    """Tell systemd how we are, when it wants to know (sd_notify(3)); else nothing."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.connect("\0" + address[1:] if address.startswith("@") else address)
        out.sendall(state.encode())

"""Alarms that share one thread: a :class:`threading.Timer` starts a thread of its own, which each request would pay."""

import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger("crosspost.transport")


class Alarm:
    """Calls ``ring`` once after some seconds, in another thread, unless it is cancelled before.

    :param seconds: from :meth:`set` on
    """

    def __init__(self, seconds: float, ring: Callable[[], None]) -> None:
        self._seconds, self._ring = seconds, ring
        self.at = 0.0

    def set(self) -> None:
        self.at = time.monotonic() + self._seconds
        _bell.add(self)

    def cancel(self) -> None:
        _bell.remove(self)

    def ring(self) -> None:
        self._ring()


class _Bell:
    """The alarms that are set, and the thread that waits for the next; it ends when there is none left to wait for."""

    def __init__(self) -> None:
        self._set: set[Alarm] = set()
        self._changed = threading.Condition()
        self._wakes = 0.0
        self._thread: threading.Thread | None = None

    def add(self, alarm: Alarm) -> None:
        with self._changed:
            self._set.add(alarm)
            if self._thread is None or not self._thread.is_alive():  # it is not alive in a process that was forked
                self._wakes = alarm.at
                self._thread = threading.Thread(target=self._wait, name="alarms", daemon=True)
                self._thread.start()
            elif alarm.at < self._wakes:
                self._changed.notify()

    def remove(self, alarm: Alarm) -> None:
        with self._changed:
            self._set.discard(alarm)

    def _wait(self) -> None:
        while due := self._due():
            for alarm in due:
                try:
                    alarm.ring()
                except Exception:  # the others must ring all the same: whoever set them may wait without an end
                    log.exception("a mistake in crosspost itself, please report it")

    def _due(self) -> list[Alarm]:
        """Wait until some alarms are due, and take them off; empty when none is set any more."""
        with self._changed:
            while self._set:
                now = time.monotonic()
                if due := [alarm for alarm in self._set if alarm.at <= now]:
                    self._set.difference_update(due)
                    return due
                self._wakes = min(alarm.at for alarm in self._set)
                self._changed.wait(self._wakes - now)
            self._thread = None
            return []


_bell = _Bell()

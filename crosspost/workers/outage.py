"""Something that is away is told once by all threads together, and once when it is back."""

import logging
import threading

log = logging.getLogger("crosspost.workers")


class Outage:
    """Told from any thread.

    :param what: what may be away, as the beginning of a sentence
    """

    def __init__(self, what: str) -> None:
        self._what, self._lock, self._lasts = what, threading.Lock(), False

    def begins(self, why: Exception) -> None:
        """Tell why, unless that was told before."""
        with self._lock:
            told, self._lasts = self._lasts, True
        if not told:
            log.warning("%s", why)

    def ends(self) -> None:
        """Tell that it is over; nothing when there was none."""
        if not self._lasts:
            return
        with self._lock:
            told, self._lasts = self._lasts, False
        if told:
            log.warning("%s is there again", self._what)

"""How long this process has held a delivery without saying so: a lease that may be over sends nothing any more.

The ledger lets nobody write who lost a lease. A process that stands still between its last word to the ledger and its
request would send all the same when it wakes; so the age of the lease is looked at once more, directly before it.
"""

import time
from datetime import timedelta

from crosspost.ledger import deliveries
from crosspost.transport.send_permission import TooLateError


class Hold:
    """One lease, by clocks that nobody has to set right."""

    def __init__(self) -> None:
        self._armed = False
        self.renewed()

    def renewed(self) -> None:
        """The lease begins anew; called before the ledger is told so."""
        self._since = time.monotonic(), time.time()

    def arm(self) -> None:
        """From now on each request counts, because it may be irreversible."""
        self._armed = True

    def ask(self) -> None:
        """:raises TooLateError: when another process may have taken the delivery on"""
        if self._armed and self.age >= deliveries.SURE:
            raise TooLateError("this process stood still for so long that another one may be sending it")

    @property
    def age(self) -> timedelta:
        """One of the two clocks stands still while a machine sleeps, and the other may be set."""
        steady, wall = self._since
        return timedelta(seconds=max(time.monotonic() - steady, time.time() - wall))

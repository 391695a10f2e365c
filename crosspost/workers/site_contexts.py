"""The contexts of all sites a worker delivers for; a few of them are kept open."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from crosspost.app.application import App
from crosspost.app.progress import Progress
from crosspost.app.runner import RunControl
from crosspost.errors import CrosspostError
from crosspost.ledger import Ledger
from crosspost.workers.delivery_context import CurrentContext
from crosspost.workers.worker_sites import Sites

T = TypeVar("T")

#: seconds for which a site is left to other workers whose context could not be opened here
_AWAY = 5.0


class SiteContexts:
    """The contexts by site. Each is an open ledger and a site's list of posts, so only those used last stay open.

    :param owner: who claims deliveries
    :param progress: gives what is told of a site's deliveries
    :param say: takes a site's name and what a person should know of it
    :param most: how many stay open without being used
    :param clock: seconds that pass steadily
    """

    def __init__(
        self,
        sites: Sites,
        owner: str,
        progress: Callable[[App], Progress],
        control: RunControl,
        say: Callable[[str, str], None],
        *,
        most: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sites, self._owner, self._progress, self._control = sites, owner, progress, control
        self._say, self._most, self._clock = say, most, clock
        self._lock = threading.Lock()
        self._contexts: dict[str, CurrentContext] = {}  # the one used last is the last one
        self._away: dict[str, float] = {}  # site → until when it is left alone

    def deliver(self, site: str, number: int) -> None:
        """Deliver what was handed out. What goes wrong is said, and the next look hands it out again."""
        self._of(site).deliver(number)
        self._tidy()

    def able(self, site: str) -> bool:
        """Whether anything can be delivered for a site from here just now; what is wrong is said once."""
        known = self._names()
        if self._clock() < self._away.get(site, 0) or (known and site not in known):
            return False
        alone = len(known) < 2  # the only site, or a config that says nothing of any
        if self._of(site).able(alone=alone):
            self._tidy()  # it is open now, and perhaps other workers have the turns on all its accounts
            return True
        self._away[site] = self._clock() + _AWAY
        return False

    def asked(self, site: str, question: Callable[[Ledger], T]) -> T | None:
        """Ask a site's ledger something; None when it has no open context."""
        return self._of(site, used=False).asked(question)

    def begin(self, site: str) -> None:
        """Look for what this worker left behind on a site when it ended last; done once.

        :raises CrosspostError: when it cannot work
        """
        self._of(site, used=False).begin()

    def close(self) -> None:
        """Nothing more is delivered."""
        for contexts in self._contexts.values():
            contexts.close()

    def _names(self) -> list[str]:
        try:
            return self._sites.names()
        except CrosspostError:  # said by who opens a context
            return []

    def _of(self, site: str, *, used: bool = True) -> CurrentContext:
        with self._lock:
            found = self._contexts.pop(site, None) if used else self._contexts.get(site)
            if found is None:
                found = CurrentContext(
                    lambda: self._sites.app(site),
                    self._owner,
                    self._progress,
                    self._control,
                    lambda sentence: self._say(site, sentence),
                )
            self._contexts[site] = found
            return found

    def _tidy(self) -> None:
        """Close what was not used for the longest time."""
        with self._lock:
            opened = [one for one in self._contexts.values() if one.open]
        for one in opened[: -self._most]:
            one.rest()

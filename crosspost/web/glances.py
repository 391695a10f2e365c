"""What needs a person at each of many sites: a page shows what was seen last, and looks only at what changed."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from crosspost.app.glance import Glance, glance
from crosspost.app.ledger_access import in_database
from crosspost.app.sites.arrivals import not_there
from crosspost.errors import ConfigError, CrosspostError
from crosspost.web.current_site import OLDEST, ledger_state

if TYPE_CHECKING:
    from crosspost.app.application import App

    Site = tuple[str, App | ConfigError]

#: seconds for which what was found counts for every page
_FRESH = 2.0
#: seconds after which a page looks at no more sites; the next one goes on
_ENOUGH = 1.5
#: for so long a ledger in a database counts as unchanged, since no file tells (seconds)
_UNSEEN = 60


class _Seen(NamedTuple):
    """One site: when it was looked at, how it stood then, and what was seen."""

    at: float
    basis: object
    glance: Glance


class Glances:
    """Looks at the sites of a config, at each only when something may have changed there.

    :param apps: gives every site as it is now: its name, and its app or what is wrong
    :param clock: seconds that pass steadily
    """

    def __init__(self, apps: "Callable[[], Sequence[Site]]", clock: Callable[[], float] = time.monotonic) -> None:
        self._apps, self._clock = apps, clock
        self._looking = threading.Lock()
        self._found: dict[str, _Seen] = {}
        self._at, self._whole = float("-inf"), False

    def now(self) -> Mapping[str, Glance]:
        """Site → what was seen there; one at which nobody could look yet is not among them.

        :raises CrosspostError: when the config cannot be read
        """
        with self._looking:
            if not self._whole or self._clock() - self._at > _FRESH:
                self._look()
                self._at = self._clock()
            return {name: seen.glance for name, seen in self._found.items()}

    def _look(self) -> None:
        """Look at what is new, changed, or was not looked at for long: first at what waits for that the longest."""
        begun, sites = self._clock(), self._apps()
        unfetched = not_there(sites)
        bases = {name: _basis(app, unfetched.get(name, ""), begun) for name, app in sites}
        self._found = {name: seen for name, seen in self._found.items() if name in bases}
        wanting = [(name, app) for name, app in sites if self._is_old(name, bases[name], begun)]
        for number, (name, app) in enumerate(sorted(wanting, key=self._turn)):
            if number and self._clock() - begun > _ENOUGH:
                break
            self._found[name] = _Seen(self._clock(), bases[name], glance(app, unfetched.get(name, "")))
        self._whole = len(self._found) == len(bases)

    def _is_old(self, name: str, basis: object, now: float) -> bool:
        seen = self._found.get(name)
        return seen is None or seen.basis != basis or now - seen.at > OLDEST

    def _turn(self, site: "Site") -> float:
        seen = self._found.get(site[0])
        return seen.at if seen is not None else float("-inf")


def _basis(app: "App | ConfigError", unfetched: str, now: float) -> object:
    """Changes whenever a look at this site may see something else."""
    if isinstance(app, ConfigError):
        return str(app)
    try:
        state = ledger_state(app)
    except CrosspostError as error:
        return str(error)
    text = app.settings.text if app.settings is not None else ""
    return hash(text), unfetched, app.site.is_dir(), state, now // _UNSEEN if in_database(app) else 0

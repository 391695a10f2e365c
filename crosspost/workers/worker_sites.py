"""The sites that a worker works for, as the config has them now."""

import threading
import time
from collections.abc import Callable, Iterable

from crosspost.app.application import App
from crosspost.config.sites import MAIN
from crosspost.errors import ConfigError
from crosspost.workers.background_fetches import BackgroundFetches

#: a site's name, "" for the only one, and its app or what is wrong with its config
Read = tuple[str, App | ConfigError]

#: seconds for which a reading of the config serves all threads, where it may be one of a thousand sites
_AGE = 60.0


class Sites:
    """Reads the config for all threads together.

    :param read: gives every site of the config as it is now, or the one the worker is for
    :param newest: gives the same app with the newest posts, where they are fetched
    """

    def __init__(self, read: Callable[[], Iterable[Read]], newest: Callable[[App], App]) -> None:
        self._read, self._newest = read, newest
        self._fetches = BackgroundFetches(newest)
        self._lock, self._reading = threading.Lock(), threading.Lock()
        self._known: dict[str, App | ConfigError] = {}
        self._at = float("-inf")

    def note(self, found: Iterable[Read]) -> None:
        """Take over what was read just now."""
        known = {name or MAIN: app for name, app in found}
        with self._lock:
            self._known, self._at = known, time.monotonic()

    def names(self) -> list[str]:
        """What the sites are called in the queue; the only one is called as ``[site]`` is beside others.

        :raises ConfigError: when there is no usable config
        """
        return list(self._all(_AGE))

    def only(self) -> str | None:
        """The name of the only site; None where there are several, or no usable config."""
        try:
            names = self.names()
        except ConfigError:
            return None
        return names[0] if len(names) == 1 else None

    @property
    def several(self) -> bool:
        """Whether there were several when they were last read."""
        return len(self._known) > 1

    def app(self, name: str) -> App:
        """A site's app, with its newest posts; of several sites with those fetched before, while a server takes long.

        :raises ConfigError: when something is wrong with its config, or it is not in there
        """
        several = self.several
        found = self._all(_AGE if several else 0).get(name)
        if found is None:
            raise ConfigError(f"the config has no site {name} any more")
        if isinstance(found, ConfigError):
            raise found
        return self._fetches.app(name, found) if several else self._newest(found)

    def _all(self, age: float) -> dict[str, App | ConfigError]:
        with self._reading:
            if time.monotonic() - self._at >= age:
                self.note(self._read())
            return self._known

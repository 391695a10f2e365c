"""Looks at as many sites as there is time for: of a thousand the next answer looks at others."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from crosspost.app.application import App

Found = TypeVar("Found")


class Turns(Generic[Found]):
    """What was seen last of each site.

    :param look: looks at one: its name, and its app
    :param known: what is true now of one of which this was seen, where that is known without a look; else None
    :param urgent: whether a site of which this was seen is looked at before the others
    :param enough: seconds after which one answer looks at no more sites, because whoever asks waits
    :param clock: seconds that pass steadily
    """

    def __init__(
        self,
        look: "Callable[[str, App], Found]",
        *,
        enough: float,
        known: "Callable[[str, App, Found], Found | None]" = lambda *_: None,
        urgent: Callable[[Found], bool] = lambda _: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._look, self._known, self._urgent = look, known, urgent
        self._enough, self._clock = enough, clock
        self._seen: dict[str, tuple[float, Found]] = {}
        self._seeing = threading.Lock()

    def see(self, apps: "Mapping[str, App]") -> dict[str, Found]:
        """Look at what is urgent, then at what nobody has looked at for the longest time; at one site in any case.

        :param apps: the sites as they are now
        :returns: what was seen now or before, in the order of the sites; one that has had no turn yet is not there
        """
        with self._seeing:
            begun = self._clock()
            self._seen = {name: seen for name, seen in self._seen.items() if name in apps}
            wanting = [name for name in apps if not self._goes_on(name, apps[name])]
            for name in sorted(wanting, key=self._turn):
                self._seen[name] = self._clock(), self._look(name, apps[name])
                if self._clock() - begun > self._enough:
                    break
            return {name: self._seen[name][1] for name in apps if name in self._seen}

    def forget(self) -> None:
        """Nothing that was seen counts any more."""
        self._seen.clear()

    def _goes_on(self, name: str, app: "App") -> bool:
        """Whether a look at a site would find nothing that is not known."""
        seen = self._seen.get(name)
        found = self._known(name, app, seen[1]) if seen is not None else None
        if found is not None:
            self._seen[name] = self._clock(), found
        return found is not None

    def _turn(self, name: str) -> tuple[bool, float]:
        seen = self._seen.get(name)
        return (not self._urgent(seen[1]), seen[0]) if seen is not None else (True, float("-inf"))

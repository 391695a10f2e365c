"""Whether a process lives, and whether it may be given work: what Kubernetes, compose and balancers ask.

Neither answer says more than which check failed: a dashboard gives it to everybody. The sentence goes to the log.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from crosspost.errors import ConfigError, CrosspostError

if TYPE_CHECKING:
    from crosspost.app.application import App

log = logging.getLogger("crosspost.monitoring")

#: seconds for which a look at the ledger counts: whoever asks all the time costs no more than that
_FRESH = 2.0


class Probes:
    """The two answers.

    :param apps: gives every site of the config as it is now: its name, and its app or what is wrong
    :param draining: whether the process was told to end, and only ends what it began
    :param alive: whether its loop turns
    """

    def __init__(
        self,
        apps: "Callable[[], Sequence[tuple[str, App | ConfigError]]]",
        *,
        draining: Callable[[], bool] = lambda: False,
        alive: Callable[[], bool] = lambda: True,
    ) -> None:
        self._apps, self._draining, self._alive = apps, draining, alive
        self._looking = threading.Lock()
        self._seen: tuple[float, dict[str, str]] = (float("-inf"), {})
        self._told: set[str] = set()

    def live(self) -> tuple[bool, dict[str, Any]]:
        """Whether the loop turns: a process of which that is not true has to be ended and begun anew."""
        well = self._alive()
        return well, {"ok": well}

    def ready(self) -> tuple[bool, dict[str, Any]]:
        """Whether it may be given work: config and ledger can be used, the clock goes right, and it is not to end."""
        checks = self._checks()
        draining = self._draining()
        well = not draining and all(said == "ok" for said in checks.values())
        return well, {"ok": well, "draining": draining, **checks}

    def _checks(self) -> dict[str, str]:
        with self._looking:
            at, found = self._seen
            if time.monotonic() - at > _FRESH:
                found = self._looked()
                self._seen = time.monotonic(), found
            return found

    def _looked(self) -> dict[str, str]:
        from crosspost.app.ledger_access import outside
        from crosspost.ledger.readiness import CHECKS, unfit

        found, said = dict.fromkeys(("config", *CHECKS), "ok"), set[str]()
        try:
            apps = self._apps()
        except CrosspostError as error:
            said.add(str(error))
            found["config"], apps = "failed", ()
        for _, app in apps:
            if isinstance(app, ConfigError):  # one site's mistake stops no other, and is told by the runs
                continue
            try:
                if failed := unfit(app.ledger_place(), outside(app), said.add):
                    found[failed] = "failed"
            except CrosspostError as error:  # its address, or its password
                said.add(str(error))
                found["config"] = "failed"
        for sentence in sorted(said - self._told):
            log.warning("not ready: %s", sentence)
        self._told = said
        return found

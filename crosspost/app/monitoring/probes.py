"""Whether a process lives, and whether it may be given work: what Kubernetes, compose and balancers ask.

Neither answer says more than which check failed: a dashboard gives it to everybody. The sentence goes to the log.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from crosspost import tracing
from crosspost.app.monitoring.turns import Turns
from crosspost.errors import ConfigError, CrosspostError

if TYPE_CHECKING:
    from crosspost.app.application import App

log = logging.getLogger("crosspost.monitoring")

#: a check that failed, and the sentences that say why
Unfit = tuple[str, set[str]]
#: seconds for which a look at the ledger counts: whoever asks all the time costs no more than that
_FRESH = 2.0
#: seconds after which one answer looks at no more ledgers, because whoever asks waits for a second or so
_ENOUGH = 0.5


class Probes:
    """The two answers.

    :param apps: gives every site of the config as it is now: its name, and its app or what is wrong
    :param draining: whether the process was told to end, and only ends what it began
    :param alive: whether its loop turns
    :param clock: seconds that pass steadily
    """

    def __init__(
        self,
        apps: "Callable[[], Sequence[tuple[str, App | ConfigError]]]",
        *,
        draining: Callable[[], bool] = lambda: False,
        alive: Callable[[], bool] = lambda: True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._apps, self._draining, self._alive, self._clock = apps, draining, alive, clock
        self._looking = threading.Lock()
        self._seen: tuple[float, dict[str, str]] = (float("-inf"), {})
        self._turns = Turns(_unfit, urgent=lambda unfit: unfit is not None, enough=_ENOUGH, clock=clock)
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
            if self._clock() - at > _FRESH:
                found = self._looked()
                self._seen = self._clock(), found
            return found

    def _looked(self) -> dict[str, str]:
        from crosspost.ledger.readiness import CHECKS

        found, said = dict.fromkeys(("config", *CHECKS), "ok"), dict[str, set[str]]()
        try:
            # one site's mistake stops no other, and is told by the runs
            usable = {name: app for name, app in self._apps() if not isinstance(app, ConfigError)}
            unfit = {name: one for name, one in self._turns.see(usable).items() if one is not None}
        except CrosspostError as error:
            said[str(error)] = set()
            found["config"], unfit = "failed", {}
            self._turns.forget()
        for name, (check, sentences) in unfit.items():
            found[check] = "failed"
            for sentence in sentences:
                said.setdefault(sentence, set()).add(name)
        for sentence in sorted(said.keys() - self._told):
            sites = said[sentence]
            # a sentence that several sites have is about what they share
            with tracing.about(site=next(iter(sites)) if len(sites) == 1 else ""):
                log.warning("not ready: %s", sentence)
        self._told = set(said)
        return found


def _unfit(_name: str, app: "App") -> "Unfit | None":
    """Which check fails for a site, and the sentences about it; None when all is well."""
    from crosspost.app.ledger_access import outside
    from crosspost.ledger.readiness import unfit

    said = set[str]()
    try:
        failed = unfit(app.ledger_place(), outside(app), said.add)
    except CrosspostError as error:  # its address, or its password
        return "config", {str(error)}
    return (failed, said) if failed else None

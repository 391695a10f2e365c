"""What the runs of several sites share: their order, one heartbeat, and a word about sites that cannot be used."""

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crosspost.app.running.run_notifications import RunHeartbeat
from crosspost.app.sites.shared_accounts import read_only
from crosspost.errors import ConfigError, CrosspostError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.runner import Warn
    from crosspost.ledger import Delivery

#: a site's name, and its app or what is wrong with its config
Site = tuple[str, "App | ConfigError"]


def in_turn(sites: Sequence[Site]) -> list[Site]:
    """The order in which sites run: of those that share an account, first the one that spoke there longest ago.

    So each gets its turn on an account with few moments (``max_per_day``, ``slots``), however many posts one of them
    has. Sites that share no account stay where they are.
    """
    uses = Counter(name for _, app in sites if not isinstance(app, ConfigError) for name in app.accounts())
    shared = {name for name, number in uses.items() if number > 1}
    places = [
        number
        for number, (_, app) in enumerate(sites)
        if not isinstance(app, ConfigError) and shared.intersection(app.accounts())
    ]
    turns = sorted((_last_spoke(sites[number][1], shared), number) for number in places)
    found = list(sites)
    for place, (_, number) in zip(places, turns, strict=True):
        found[place] = sites[number]
    return found


def _last_spoke(app: "App | ConfigError", shared: Set[str]) -> datetime:
    """When a site last spoke on one of these accounts; before everything when it never did, or nobody can tell."""
    never = datetime.min.replace(tzinfo=UTC)
    if isinstance(app, ConfigError):
        return never
    with read_only(app) as ledger, suppress(CrosspostError):
        if ledger is not None:
            mine = shared & app.accounts().keys()
            return max((at for name in mine for at in ledger.moments(name, planned=False)), default=never)
    return never


class OneHeartbeat(RunHeartbeat):
    """The heartbeat of the runs of several sites together: it begins with the first, and ends as badly as the worst."""

    def __init__(self, app: "App", warn: "Warn") -> None:
        super().__init__(app, warn)
        self._begun, self._bad = False, list[tuple[str, str]]()
        self._settled, self._errors, self._name = list["Delivery"](), 0, ""

    def of(self, name: str) -> "OneHeartbeat":
        """The same, while the site with this name runs."""
        self._name = name
        return self

    def begin(self) -> None:
        if not self._begun:
            super().begin()
        self._begun = True

    def end(self, code: int, settled: Iterable["Delivery"], errors: int) -> None:
        self._settled += settled
        self._errors += errors
        if code not in (0, 3):
            self._bad.append((self._name, "something failed"))

    def failed(self, error: CrosspostError) -> None:
        self._bad.append((self._name, " ".join(str(error).split())))

    def close(self) -> None:
        """All of them are done."""
        if not self._begun and not self._bad:  # nothing ran
            return
        if not self._bad:
            super().end(0, self._settled, self._errors)
            return
        super().failed(CrosspostError("; ".join(f"{name}: {why}" for name, why in self._bad)))

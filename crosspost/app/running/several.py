"""What the runs of several sites share: their order, one heartbeat, and a word about sites that cannot be used."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crosspost.app.ledger_access import no_ledger_yet, open_ledger
from crosspost.app.running.notify import RunHeartbeat
from crosspost.errors import ConfigError, CrosspostError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.runner import Warn
    from crosspost.ledger import Delivery

#: a site's name, and its app or what is wrong with its config
Site = tuple[str, "App | ConfigError"]


def in_turn(sites: Sequence[Site]) -> list[Site]:
    """The order in which sites run: of those that share an account, first the one that sent something longest ago.

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
    turns = sorted((_last_sent(sites[number][1]), number) for number in places)
    found = list(sites)
    for place, (_, number) in zip(places, turns, strict=True):
        found[place] = sites[number]
    return found


def _last_sent(app: "App | ConfigError") -> datetime:
    """When a site last sent something; before everything when it never did, or its ledger cannot be read."""
    never = datetime.min.replace(tzinfo=UTC)
    try:
        if isinstance(app, ConfigError) or no_ledger_yet(app):
            return never
        ledger = open_ledger(app, read_only=True)
    except CrosspostError:
        return never
    try:
        return ledger.notices.last_sent() or never
    except CrosspostError:
        return never
    finally:
        ledger.close()


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

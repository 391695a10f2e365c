"""Runs of the engine against real adapters and the sandbox."""

from collections.abc import Callable
from typing import Any

from crosspost.app.progress import Progress
from crosspost.delivery import Engine, Rules, make_plan
from crosspost.ledger import Delivery, Ledger
from crosspost.testing.harness import NETWORKS, Place


class Runs:
    """A place with an engine: each call of :meth:`run` is what one `crosspost run` does."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.ledger = Ledger(place.root / "ledger.sqlite3", place.clock)
        self.backfill = True

    def run(
        self, *, by_hand: bool = False, begin: Callable[[Delivery], object] | None = None, **rule: Any
    ) -> dict[str, Delivery]:
        app = self.place.app
        source = app.source()
        names = {name: account.network for name, account in app.accounts().items()}
        plan = make_plan(source.scan(), names, self.ledger, backfill=self.backfill)
        networks = {name: self.place.network(name) for name in names}
        rules, listener = Rules(max_per_run=dict.fromkeys(names, 3), **rule), Progress()
        if begin is not None:
            listener.begin = begin  # type: ignore[method-assign]
        made = Engine(self.ledger, networks, source.load, rules, owner="machine:1", listener=listener)
        return {delivery.account: delivery for delivery in made.run(plan.entries, list(names), by_hand=by_hand)}

    def states(self) -> dict[str, str]:
        return {delivery.account: delivery.state for delivery in self.ledger.deliveries()}


def count(runs: Runs) -> dict[str, int]:
    return {name: len(runs.place.sandbox.posts(name)) for name in NETWORKS}


ONCE = dict.fromkeys(NETWORKS, 1)
SENT = dict.fromkeys(NETWORKS, "sent")

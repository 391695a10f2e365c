"""What ``publish``, ``run`` and ``demo`` share: from entries to settled deliveries."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from crosspost.cli.common import begun, machine

if TYPE_CHECKING:
    from crosspost.assemble import House
    from crosspost.ledger import Delivery, Ledger
    from crosspost.model import Entry


def lock(house: "House", wait: float = 0) -> AbstractContextManager[None]:
    """The run lock beside the ledger.

    :raises crosspost.ledger.Busy: when another run holds it for longer than ``wait`` seconds
    """
    from crosspost.ledger import run_lock

    path = house.ledger_path()
    return run_lock(path.with_name(path.name + ".lock"), wait)


def deliver(  # one call that carries everything a run has
    house: "House",
    ledger: "Ledger",
    source: Any,
    entries: Mapping[str, "Entry"],
    accounts: Sequence[str],
    *,
    by_hand: bool = False,
    report: Callable[["Delivery"], None] = lambda _: None,
) -> list["Delivery"]:
    """Deliver what is due; adapters are made only for accounts that have something to do."""
    from crosspost.delivery import Engine

    engine = Engine(
        ledger=ledger,
        networks=_Networks(house),
        load=source.load,
        owner=machine(),
        max_per_run={name: house.max_per_run(name) for name in accounts},
        give_up_after=timedelta(hours=house.settings.run.give_up_after if house.settings else 72),
        begin=begun,
        report=report,
    )
    return engine.run(entries, accounts, by_hand=by_hand)


class _Networks(dict[str, Any]):
    """Account name → adapter, made on first use."""

    def __init__(self, house: "House") -> None:
        super().__init__()
        self._house = house

    def __missing__(self, name: str) -> Any:
        self[name] = self._house.network(name)
        return self[name]


def check(house: "House", accounts: Sequence[str]) -> None:
    """Check every account, so that a mistake in the config stops the command before anything is sent.

    :raises ConfigError: naming file, line, account and key
    """
    for name in accounts:
        house.checked(name)

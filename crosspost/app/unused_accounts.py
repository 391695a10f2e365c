"""Accounts on which nothing ever went out, and what their first posts cost."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from crosspost.errors import CrosspostError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Ledger
    from crosspost.model import Entry
    from crosspost.sources.base import Source


def never_spoke(app: "App", ledger: "Ledger | None", accounts: Iterable[str]) -> list[str]:
    """The accounts that are real and on which nothing was ever begun.

    :param ledger: None before the first run
    """
    real = [name for name in accounts if not app.in_sandbox(name)]
    return [name for name in real if ledger is None or not ledger.began(name)]


def costs(app: "App", source: "Source", pairs: Sequence[tuple["Entry", str]]) -> list[str]:
    """What all of it costs, in each currency; what cannot be composed costs nothing."""
    sums: dict[str, float] = {}
    for entry, account in pairs:
        try:
            network = app.network(account)
            price = network.price(network.draft(source.load(entry)))
        except CrosspostError:  # its delivery tells
            continue
        if price is not None:
            sums[price.currency] = sums.get(price.currency, 0) + price.amount
    return [f"{'$' if currency == 'USD' else f'{currency} '}{amount:.2f}" for currency, amount in sums.items()]

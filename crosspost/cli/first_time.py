"""Before the very first real post of an account a person at a terminal is asked once; cron and scripts never are."""

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from crosspost.errors import CrosspostError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Ledger
    from crosspost.model import Entry

yes_option = click.option("--yes", is_flag=True, help="Do not ask before the first real post of an account.")


def at_a_terminal() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout is not None and sys.stdout.isatty()


def never_spoke(app: "App", ledger: "Ledger | None", accounts: Iterable[str]) -> list[str]:
    """The accounts that are real and on which nothing was ever begun.

    :param ledger: None before the first run
    """
    real = [name for name in accounts if not app.in_sandbox(name)]
    return [name for name in real if ledger is None or not ledger.began(name)]


def agreed(app: "App", source: Any, pairs: Sequence[tuple["Entry", str]]) -> bool:
    """Ask whether these posts shall go out on these accounts, for the first time there.

    :param pairs: post and account of each delivery
    """
    accounts = [name for name in app.accounts() if any(name == account for _, account in pairs)]
    number = len({entry.id for entry, _ in pairs})
    what = "This is the first real post" if number == 1 else f"These {number} are the first real posts"
    where = f"on {len(accounts)} account{'s' if len(accounts) != 1 else ''} ({', '.join(accounts)})"
    cost = "".join(f", about {price}" for price in _costs(app, source, pairs))
    return click.confirm(f"{what} {where}{cost}. Send?", default=False)


def _costs(app: "App", source: Any, pairs: Sequence[tuple["Entry", str]]) -> list[str]:
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

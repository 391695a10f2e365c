"""Before the very first real post of an account a person at a terminal is asked once; cron and scripts never are."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from crosspost.app.unused_accounts import costs
from crosspost.cli.common import confirmed

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.model import Entry
    from crosspost.sources.base import Source


def at_a_terminal() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout is not None and sys.stdout.isatty()


def agreed(app: "App", source: "Source", pairs: Sequence[tuple["Entry", str]]) -> bool:
    """Ask whether these posts shall go out on these accounts, for the first time there.

    :param pairs: post and account of each delivery
    """
    accounts = [name for name in app.accounts() if any(name == account for _, account in pairs)]
    number = len({entry.id for entry, _ in pairs})
    what = "This is the first real post" if number == 1 else f"These {number} are the first real posts"
    where = f"on {len(accounts)} account{'s' if len(accounts) != 1 else ''} ({', '.join(accounts)})"
    cost = "".join(f", about {price}" for price in costs(app, source, pairs))
    click.echo(
        "`crosspost preview FILE` shows what will be said; `crosspost help accounts` has more about new accounts."
    )
    return confirmed(f"{what} {where}{cost}. Send?")

"""``crosspost settle`` and ``crosspost retry``: a person decides."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from crosspost.cli.common import open_house, open_ledger, places, say
from crosspost.cli.work import lock
from crosspost.errors import ConfigError, CrosspostError

if TYPE_CHECKING:
    from crosspost.ledger import Delivery, Ledger

_WAIT = ("held", "unknown", "failed")


@click.command()
@click.argument("delivery")
@click.option("--sent", metavar="URL", help="It is out, there.")
@click.option("--not-sent", is_flag=True, help="It is not out: send it.")
@click.option("--skip", is_flag=True, help="Leave it, for good.")
@places
def settle(delivery: str, sent: str | None, not_sent: bool, skip: bool, config: Path | None, site: Path | None) -> int:
    """Say what became of a delivery that waits for you: DELIVERY is its number in `crosspost status`, or POST@ACCOUNT.

    Look at the account first: `--not-sent` sends it (again).
    """
    if [bool(sent), not_sent, skip].count(True) != 1:
        raise click.UsageError("say one of --sent URL, --not-sent, --skip")
    if sent and not sent.startswith(("https://", "http://")):
        raise click.UsageError(f"“{sent}” is no address; --sent takes the address of the post")
    from crosspost import registry

    state: Literal["sent", "planned", "skipped"] = "sent" if sent else "planned" if not_sent else "skipped"
    house = open_house(config, site, required=True)
    with lock(house, wait=30):
        ledger = open_ledger(house)
        try:
            row = _find(ledger, delivery)
            if row.state not in _WAIT:
                raise CrosspostError(f"the delivery of {row.post} to {row.account} is {row.state}; nothing waits there")
            say(ledger.decide(row, state, sent or "", registry.load(row.network).id_in(sent) if sent else ""), house)
        finally:
            ledger.close()
    return 0


@click.command()
@click.argument("deliveries", nargs=-1, metavar="[DELIVERY]...")
@click.option("--all", "every", is_flag=True, help="Everything that failed.")
@places
def retry(deliveries: tuple[str, ...], every: bool, config: Path | None, site: Path | None) -> int:
    """Plan failed deliveries again; the next run sends them. Never touches what may be out.

    It also ends the rest of an account whose server was in trouble.
    """
    if every == bool(deliveries):
        raise click.UsageError("name deliveries, or --all")
    house = open_house(config, site, required=True)
    with lock(house, wait=30):
        ledger = open_ledger(house)
        try:
            rows = ledger.deliveries(states=["failed"]) if every else [_find(ledger, name) for name in deliveries]
            for row in rows:
                if row.state != "failed":
                    raise CrosspostError(f"the delivery of {row.post} to {row.account} is {row.state}, not failed")
                ledger.revive(row)
                say(ledger.get(row.id), house)
            woken = _wake(ledger, house.accounts() if every else {row.account for row in rows})
        finally:
            ledger.close()
    for name in woken:
        click.echo(f"{name}: tried again in the next run.")
    if not rows and not woken:
        click.echo("Nothing has failed.")
    return 0


def _wake(ledger: "Ledger", accounts: Iterable[str]) -> list[str]:
    """End the rest of accounts whose server was in trouble, and make due what waits there: their names."""
    from crosspost.delivery import breaker

    woken = [name for name in accounts if breaker.wake(name, ledger)]
    for name in woken:
        for row in ledger.deliveries(states=["planned"], account=name):
            if row.attempts:
                ledger.revive(row)
    return woken


def _find(ledger: "Ledger", name: str) -> "Delivery":
    post, at, account = name.rpartition("@")
    number = name.lstrip("#")
    rows = ledger.deliveries(post=post, account=account) if at else ledger.deliveries()
    found = [row for row in rows if at or (number.isdecimal() and row.id == int(number))]
    if not found:
        raise ConfigError(f"there is no delivery {name}; `crosspost status` shows those that wait")
    return next((row for row in found if row.state in _WAIT), found[0])  # of a thread, the part that waits

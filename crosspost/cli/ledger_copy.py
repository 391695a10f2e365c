"""``crosspost ledger copy``: the ledger moves to another place, of several sites each one's."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosspost.app.ledger_access import alone
from crosspost.cli import common
from crosspost.cli.each_site import one_by_one
from crosspost.cli.layout import complain, speak_of
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.app.application import App


@click.command()
@click.option("--to", "target", required=True, metavar="URL|FILE", help="The address of a database, or a file.")
@common.places
def copy(target: str, config: Path | None, site: Path | None) -> int:
    """Move the ledger into a PostgreSQL database, or back into a file.

    Every row is compared with its original. From then on the new place is the ledger, and the old one counts as a copy,
    from which nothing is sent; change [state] in the config before the next run. Of several sites all are moved, each
    to its own place there. A move that was cut off is ended by giving it again.
    """
    from crosspost.app import ledger_moving, loading

    found = loading.load_each(config=config, site=site, environ=os.environ, clock=common.now, required=True)

    def move(app: "App") -> int:
        with alone(app):
            click.echo(ledger_moving.moved(app, target))
        return 0

    if len(found) == 1 and not isinstance(app := found[0][1], ConfigError):
        speak_of(common.site_name(app))
        move(app)
        _tell_of_others(app)
        click.echo(f"Before the next run, {ledger_moving.next_step(app, target)}")
        return 0
    if code := one_by_one(found, move):
        complain("not every ledger was moved. Leave [state] in the config as it is, mend that, and give it again")
        return code
    usable = next(app for _, app in found if not isinstance(app, ConfigError))
    click.echo(f"\nBefore the next run, {ledger_moving.next_step(usable, target)}")
    return 0


def _tell_of_others(app: "App") -> None:
    """Where only one of several sites was moved: the config has one [state] for all of them."""
    names = app.settings.site_names if app.settings is not None else ()
    if others := ", ".join(name for name in names if name != common.site_name(app)):
        click.echo(f"[state] is the same for every site, so move the others before you change it: {others}.")

"""``crosspost settle`` and ``crosspost retry``: a person decides."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from crosspost.app.deciding import decisions
from crosspost.app.ledger_access import alone, open_ledger
from crosspost.cli import completing
from crosspost.cli.common import open_app, places
from crosspost.cli.person import as_option, noted, person
from crosspost.cli.reports import view
from crosspost.errors import ConfigError
from crosspost.text.numbers import counted
from crosspost.text.printable import printable

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Delivery, Ledger


@click.command()
@click.argument("delivery", shell_complete=completing.waiting)
@click.option("--sent", is_flag=False, flag_value="", metavar="[URL]", help="It is out, there.")
@click.option("--not-sent", is_flag=True, help="It is not out: send it.")
@click.option("--skip", is_flag=True, help="Leave it, for good.")
@click.option(
    "--recipient",
    "people",
    multiple=True,
    metavar="ADDRESS",
    help="Only this person, who may or may not have the mail (repeatable).",
)
@as_option
@places
def settle(  # one per option
    delivery: str,
    sent: str | None,
    not_sent: bool,
    skip: bool,
    people: tuple[str, ...],
    who: str,
    config: Path | None,
    site: Path | None,
) -> int:
    """Decide about a delivery that waits for you. DELIVERY is its number in `crosspost status`, or POST@ACCOUNT.

    Look at the account first: `--not-sent` sends it (again). What is to be posted by hand is shown when nothing else
    is said. With --recipient it is about that person only: `--sent`
    means that they have the mail, `--not-sent` sends it to them and to nobody else.
    """
    said = [sent is not None, not_sent, skip].count(True)
    if said == 0 and not people and _shown(open_app(config, site, required=True), delivery):
        return 0
    if said != 1:
        raise click.UsageError("say what you found: --sent URL (it is out), --not-sent (send it) or --skip (leave it)")
    _check_address(sent, skip=skip, people=people)
    app = open_app(config, site, required=True)
    with alone(app):
        ledger = open_ledger(app)
        try:
            row = _find(ledger, delivery)
            if people:
                row = decisions.settle_people(app, ledger, row, people, has_it=not not_sent)
            else:
                if sent == "" and row.state in decisions.WAIT and (name := decisions.needs_address(row.network)):
                    raise click.UsageError(f"--sent needs the address of the post on {name} after it")
                state: Literal["sent", "planned", "skipped"] = "skipped" if skip else "planned" if not_sent else "sent"
                row = decisions.settle(ledger, row, state, sent or "")
            decided = "skip" if skip else "not sent" if not_sent else "sent"
            what = f"{decided}, about {counted(len(people), 'person', 'people')}" if people else decided
            noted(ledger, person(who), "settle", [row], what)
            seen = view(app, ledger)
            seen.show([seen.line(row)])
        finally:
            ledger.close()
    return 0


def _check_address(sent: str | None, *, skip: bool, people: tuple[str, ...]) -> None:
    """:raises click.UsageError: when what follows ``--sent`` does not fit the other options, or is not an address"""
    if people and (skip or sent):
        raise click.UsageError("with --recipient say --sent (without an address after it) or --not-sent")
    if sent and not sent.startswith(("https://", "http://")):
        raise click.UsageError(f"“{sent}” is not an address; --sent takes the address of the post")


@click.command()
@click.argument("deliveries", nargs=-1, metavar="[DELIVERY]...", shell_complete=completing.failed)
@click.option("--all", "every", is_flag=True, help="Everything that failed.")
@as_option
@places
def retry(deliveries: tuple[str, ...], every: bool, who: str, config: Path | None, site: Path | None) -> int:
    """Plan failed deliveries again; the next run sends them. Never touches what may be out.

    It also ends the rest of an account whose server was in trouble.
    """
    if every == bool(deliveries):
        raise click.UsageError("say which deliveries (their numbers are in `crosspost status`), or --all")
    app = open_app(config, site, required=True)
    with alone(app):
        ledger = open_ledger(app)
        try:
            rows = ledger.deliveries(states=["failed"]) if every else [_find(ledger, name) for name in deliveries]
            decisions.retry(ledger, rows)
            noted(ledger, person(who), "retry", rows)
            seen = view(app, ledger)
            seen.show(seen.line(ledger.get(row.id)) for row in rows)
            woken = decisions.wake(ledger, app.accounts() if every else {row.account for row in rows})
        finally:
            ledger.close()
    for name in woken:
        click.echo(f"{name}: tried again in the next run.")
    if not rows and not woken:
        click.echo("Nothing has failed.")
    return 0


def _shown(app: "App", name: str) -> bool:
    """Show what a person is to post by hand.

    :returns: whether it is such a delivery
    """
    from crosspost.app.deciding.ready_to_paste import Handed

    ledger = open_ledger(app, read_only=True)
    try:
        handed = Handed.of(app, _find(ledger, name))
    finally:
        ledger.close()
    if handed is None:
        return False
    click.echo(f"To be posted by hand on {handed.account}{f', {handed.where}' if handed.where else ''}:\n")
    click.echo("\n".join(map(printable, handed.text.split("\n"))) + "\n")
    if handed.picture:
        click.echo(f"Its picture: {printable(handed.picture)}")
    click.echo(f"Then: crosspost settle {handed.number} --sent (or --skip, to leave it).")
    return True


def _find(ledger: "Ledger", name: str) -> "Delivery":
    post, at, account = name.rpartition("@")
    number = name.lstrip("#")
    rows = ledger.deliveries(post=post, account=account) if at else ledger.deliveries()
    found = [row for row in rows if at or (number.isdecimal() and row.id == int(number))]
    if not found:
        raise ConfigError(f"there is no delivery {name}; `crosspost status` shows those that wait")
    return next((row for row in found if row.state in decisions.WAIT), found[0])  # of a thread, the part that waits

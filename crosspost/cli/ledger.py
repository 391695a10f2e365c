"""``crosspost ledger``: care of what is remembered."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosspost.app.ledger_access import alone, doubted, no_ledger_yet, open_ledger, outside, refuse_in_database
from crosspost.cli import completing, ledger_branch, ledger_copy
from crosspost.cli.common import open_app, places
from crosspost.cli.each_site import each_site
from crosspost.errors import ConfigError
from crosspost.text.numbers import counted

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Delivery, Ledger
    from crosspost.model import Entry


@click.group()
def ledger() -> None:
    """Copy, check, export, rebuild, move or carry the ledger. The ledger remembers what is out."""


ledger.add_command(ledger_branch.pull)
ledger.add_command(ledger_branch.push)
ledger.add_command(ledger_copy.copy)


@ledger.command()
@click.argument("target", type=click.Path(path_type=Path))
@places
def backup(target: Path, config: Path | None, site: Path | None) -> int:
    """Copy the ledger to TARGET, also while crosspost is at work."""
    from crosspost.ledger import maintenance

    app = open_app(config, site, required=True)
    refuse_in_database(app, "which its own tools copy: `pg_dump`. See `crosspost help database`")
    maintenance.backup(app.ledger_path(), target)
    click.echo(f"Wrote {target}.")
    return 0


@ledger.command()
@places
@each_site()
def verify(app: "App") -> int:
    """Check that the ledger is whole."""
    from crosspost.ledger import maintenance

    path = app.ledger_place()
    if no_ledger_yet(app):
        raise ConfigError(f"{path} does not exist yet; the first `crosspost run` makes it")
    wrong = maintenance.verify(path)
    for line in wrong:
        click.echo(f"{path}: {line}", err=True)
    click.echo(f"{path} is {'damaged' if wrong else 'whole'}.")
    if not wrong and (doubt := doubted(app)):
        click.echo(f"But {doubt}", err=True)
        return 3
    return 1 if wrong else 0


@ledger.command()
@places
def export(config: Path | None, site: Path | None) -> int:
    """Print every row as one JSON object a line. There are no secrets in it."""
    import msgspec

    from crosspost.ledger import maintenance

    for row in maintenance.export(open_app(config, site, required=True).ledger_place()):
        sys.stdout.buffer.write(msgspec.json.encode(row) + b"\n")
    sys.stdout.buffer.flush()
    return 0


@ledger.command()
@places
def rebuild(config: Path | None, site: Path | None) -> int:
    """Make a lost ledger anew by reading the accounts: posts found there count as sent, all others as old.

    Nothing is sent. Networks show only their latest posts, so what is not found is left alone rather than repeated.
    """
    from crosspost.ledger import facts, opening

    app = open_app(config, site, required=True)
    with alone(app):
        remembered = open_ledger(app, anew=True)
        try:
            if opening.is_empty(remembered):
                remembered.keep_fact(facts.REBUILT, app.clock().isoformat())
            found, failed = _rebuild(app, remembered)
            # of an image of a disk that was put back only the person who says this knows
            doubted = not remembered.fact(facts.REBUILT) or remembered.open_doubt is not None
            waiting = _leave_the_rest(app, remembered, doubted=doubted)
            remembered.keep_fact(facts.REBUILT, "")
            if not failed or not doubted:
                opening.adopt(remembered, outside(app))
        finally:
            remembered.close()
    posts = counted(found, "post was", "posts were")
    click.echo(f"{posts} found on the accounts; everything else counts as old and is not sent.")
    if waiting:
        many = counted(waiting, "delivery was", "deliveries were")
        click.echo(f"{many} planned and may be out: look with `crosspost status`.")
    return 1 if failed else 3 if waiting else 0


@ledger.command()
@places
def adopt(config: Path | None, site: Path | None) -> int:
    """Say that this ledger is the right one and this machine may go on at once.

    After another machine's run that did not end (what it was sending stays in doubt and is looked for); after a copy
    was put in the ledger's place, or brought to this machine, although no other copy sent anything since; or to begin
    anew after it was lost, with every post of today counted as old.
    """
    from crosspost.ledger import Ledger, backups, machine_guard, opening

    app = open_app(config, site, required=True)
    with alone(app):
        place = app.ledger_place()
        gone = opening.lost(place, outside(app))
        remembered = Ledger(place, app.clock)
        try:
            other, made = machine_guard.adopt(remembered), remembered.fact(backups.COPY)
            anew = opening.is_empty(remembered)
            doubt = opening.adopt(remembered, outside(app))
            if anew:
                _leave_the_rest(app, remembered, doubted=False)
        finally:
            remembered.close()
    if other:
        click.echo(f"{other.host} no longer counts as at work.")
    if made:
        click.echo(f"The copy made at {made:.16} is the ledger now.")
    elif doubt is not None:
        click.echo("This is the ledger now, and this is its machine; it is no longer doubted.")
    if anew:
        click.echo(f"{'A new ledger' if gone else 'The ledger'} is begun; every post of today counts as old.")
    if not other and not made and not anew and doubt is None:
        click.echo("No other machine is at work, and this is not a copy.")
    return 0


@ledger.command()
@click.argument("name", metavar="ACCOUNT", shell_complete=completing.accounts)
@click.option("--accept", is_flag=True, help="Accept who answers now, although it was somebody else before.")
@click.option("--was", metavar="OLD", help="It was called OLD in the config before, and is the same.")
@places
def account(name: str, accept: bool, was: str | None, config: Path | None, site: Path | None) -> int:
    """Show which user ACCOUNT is, or say what is meant when that changed.

    With --accept nothing that was sent is repeated: what is out stays noted, and for a new name every post of today
    counts as old. With --was everything noted for OLD belongs to ACCOUNT.
    """
    from crosspost.app.deciding import account_users

    if accept and was:
        raise click.UsageError(
            "say --accept (another account is meant from now on) or --was OLD (it has a new name only)"
        )
    app = open_app(config, site, required=True)
    if name not in app.accounts():
        raise ConfigError(f"there is no account {name}; known: {', '.join(app.accounts()) or 'none'}")
    with alone(app):
        remembered = open_ledger(app)
        try:
            if was:
                said = account_users.renamed(app, remembered, name, was)
            elif accept:
                said = account_users.accepted(app, remembered, name)
            else:
                said = account_users.shown(app, remembered, name)
        finally:
            remembered.close()
    click.echo(said)
    return 0


def _rebuild(app: "App", remembered: "Ledger") -> tuple[int, int]:
    """How many posts were found, and how many accounts could not be asked."""
    from crosspost.app.runner import site_of
    from crosspost.delivery.rebuild import Rebuild

    source, found = app.source(), 0

    def show(row: "Delivery") -> None:
        nonlocal found
        found += row.part == 1
        part = "" if row.part == 1 else f" (part {row.part})"
        click.echo(f"found         {app.label(row.account):<16} {row.post}{part}  {row.url}")

    made = Rebuild(
        ledger=remembered,
        site=site_of(app, source, remembered),
        entries={entry.id: entry for entry in _entries(app, remembered) if entry.state == "ready"},
        load=source.load,
        found=show,
        told=lambda said: click.echo(said, err=True),
    )
    failed = 0
    for name in app.accounts():
        failed += not made.account(app.network(name))
    return found, failed


def _leave_the_rest(app: "App", remembered: "Ledger", *, doubted: bool) -> int:
    from crosspost.delivery.rebuild import leave_the_rest

    networks = {name: account.network for name, account in app.accounts().items()}
    return leave_the_rest(remembered, _entries(app, remembered), networks, doubted=doubted)


def _entries(app: "App", remembered: "Ledger") -> list["Entry"]:
    """The site's posts, under the ids the ledger knows them by."""
    from crosspost.delivery.inventory import take

    return list(take(app.source().scan(), remembered).entries)

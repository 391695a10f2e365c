"""``crosspost ledger``: care of what is remembered."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.cli.common import open_house, open_ledger, places
from crosspost.cli.work import lock
from crosspost.errors import CrosspostError, DeliveryError

if TYPE_CHECKING:
    from crosspost.assemble import House
    from crosspost.ledger import Ledger
    from crosspost.model import Entry


@click.group()
def ledger() -> None:
    """Copy, check, export or rebuild the ledger, which remembers what is out."""


@ledger.command()
@click.argument("target", type=click.Path(path_type=Path))
@places
def backup(target: Path, config: Path | None, site: Path | None) -> int:
    """Copy the ledger to TARGET, also while crosspost is at work."""
    from crosspost.ledger import care

    care.backup(open_house(config, site, required=True).ledger_path(), target)
    click.echo(f"Wrote {target}.")
    return 0


@ledger.command()
@places
def verify(config: Path | None, site: Path | None) -> int:
    """Check that the ledger is whole."""
    from crosspost.ledger import care

    path = open_house(config, site, required=True).ledger_path()
    wrong = care.verify(path)
    for line in wrong:
        click.echo(f"{path}: {line}", err=True)
    click.echo(f"{path} is {'damaged' if wrong else 'whole'}.")
    return 1 if wrong else 0


@ledger.command()
@places
def export(config: Path | None, site: Path | None) -> int:
    """Print every row as one JSON object a line. There are no secrets in it."""
    import msgspec

    from crosspost.ledger import care

    for row in care.export(open_house(config, site, required=True).ledger_path()):
        sys.stdout.buffer.write(msgspec.json.encode(row) + b"\n")
    sys.stdout.buffer.flush()
    return 0


@ledger.command()
@places
def rebuild(config: Path | None, site: Path | None) -> int:
    """Make a lost ledger anew by reading the accounts: posts found there count as sent, all others as old.

    Nothing is sent. Networks show only their latest posts, so what is not found is left alone rather than repeated.
    """
    from crosspost.ledger import copies

    house = open_house(config, site, required=True)
    with lock(house, wait=30):
        remembered = open_ledger(house, rebuild=True)
        try:
            found, failed = _rebuild(house, remembered)
            waiting = _leave_the_rest(house, remembered)
            if not failed:
                remembered.keep_fact(copies.COPY, "")
        finally:
            remembered.close()
    click.echo(f"{found} posts were found on the accounts; everything else counts as old and is not sent.")
    if waiting:
        click.echo(f"{waiting} deliveries were planned and may be out: look at them with `crosspost status`.")
    return 1 if failed else 3 if waiting else 0


@ledger.command()
@places
def adopt(config: Path | None, site: Path | None) -> int:
    """Say that this ledger is the right one and this machine may go on at once.

    After another machine's run that did not end (what it was sending stays in doubt and is looked for), or after a
    copy was put in the ledger's place although nothing went out since it was made.
    """
    from crosspost.ledger import Ledger, copies, presence

    house = open_house(config, site, required=True)
    with lock(house, wait=30):
        remembered = Ledger(house.ledger_path(), house.clock)
        try:
            other, made = presence.adopt(remembered), remembered.fact(copies.COPY)
            remembered.keep_fact(copies.COPY, "")
        finally:
            remembered.close()
    if other:
        click.echo(f"{other.host} no longer counts as at work.")
    if made:
        click.echo(f"The copy made at {made:.16} is the ledger now.")
    if not other and not made:
        click.echo("No other machine is at work, and this is no copy.")
    return 0


def _rebuild(house: "House", remembered: "Ledger") -> tuple[int, int]:
    source, found, failed = house.source(), 0, 0
    entries: list[Entry] = [entry for entry in source.scan() if entry.state == "ready"]
    for name in house.accounts():
        network = house.network(name)
        try:
            network.me()
        except CrosspostError as error:
            click.echo(f"Error: {error}; this account is left out", err=True)
            failed += 1
            continue
        for entry in entries:
            receipt = _look(network, source, entry)
            if receipt is not None:
                remembered.found(entry, name, network.key, receipt)
                click.echo(f"found         {network.label:<16} {entry.id}  {receipt.url}")
                found += 1
    return found, failed


def _leave_the_rest(house: "House", remembered: "Ledger") -> int:
    """What was not found counts as old; what a copy of the ledger still had before it waits for a person: how many."""
    from crosspost.ledger import copies

    now, entries = house.clock(), [entry for entry in house.source().scan() if entry.state != "skipped"]
    remembered.add(
        (entry, name, account.network, "before", now, "")
        for entry in entries
        for name, account in house.accounts().items()
    )
    for name in house.accounts():
        if remembered.account(name).started_at is None:
            remembered.note(name, started_at=now)
    if not remembered.fact(copies.COPY):
        return 0
    open_ = remembered.deliveries(states=["planned", "sending", "unknown"], due=now)
    for row in open_:
        how = f"`crosspost settle {row.id} --sent URL` or `--not-sent`"
        remembered.hold(
            row, f"the ledger was restored from a copy, so this may be out: look at the account, then {how}"
        )
    return len(open_)


def _look(network: Any, source: Any, entry: "Entry") -> Any:
    from crosspost.delivery.engine import handle
    from crosspost.model import Prepared

    try:
        post = source.load(entry)
        return network.find(Prepared(draft=network.draft(post), handle=handle(entry.id, network.account)), post.date)
    except DeliveryError as error:
        click.echo(f"cannot look: {error}", err=True)
    except CrosspostError as error:
        click.echo(f"left out: {error}", err=True)
    return None

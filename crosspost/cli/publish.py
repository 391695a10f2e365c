"""``crosspost publish FILE…``: exactly these posts, now."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.cli.common import as_row, exit_code, json_option, open_app, open_ledger, places, print_json
from crosspost.cli.first_time import agreed, at_a_terminal, never_spoke, yes_option
from crosspost.cli.layout import complain
from crosspost.cli.people import of_delivery
from crosspost.cli.progress import Progress
from crosspost.cli.remarks import say_remarks
from crosspost.cli.reports import view
from crosspost.cli.work import admitted, check, deliver, lock, say_doubt
from crosspost.errors import ConfigError, CrosspostError, SourceError
from crosspost.text.printable import printable

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Delivery, Ledger
    from crosspost.model import Entry


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--to", "to", multiple=True, metavar="ACCOUNT", help="Only this account or network (repeatable).")
@click.option("--dry-run", is_flag=True, help="Show what would be said; change nothing, ask nobody.")
@click.option("--again", is_flag=True, help="Also where it was taken back (crosspost unpublish).")
@yes_option
@json_option
@places
def publish(  # one per option
    files: tuple[Path, ...],
    to: tuple[str, ...],
    dry_run: bool,
    again: bool,
    yes: bool,
    as_json: bool,
    config: Path | None,
    site: Path | None,
) -> int:
    """Publish these posts now, once on each account.

    `crosspost FILE` is short for it. A post that is out already is not sent again; a delivery in doubt is looked for
    on the network, never repeated on hope.
    """
    app = open_app(config, site, near=files[0], required=not dry_run)
    accounts = app.chosen(to)
    if not accounts:
        raise ConfigError("no account is switched on in the config; add an [accounts.NAME] table")
    if dry_run:
        from crosspost.cli.preview import show

        return show(app, files, accounts, as_json=as_json)
    check(app, accounts)
    if not (yes or as_json) and at_a_terminal() and not _first_time(app, files, accounts):
        click.echo("Nothing was sent.")
        return 1
    settled, errors = _publish(app, files, accounts, quiet=as_json, again=again)
    if as_json:
        print_json({"deliveries": [as_row(d, of_delivery(app, d)) for d in settled], "errors": errors})
    return exit_code(settled, errors=len(errors), people=any(of_delivery(app, row) for row in settled))


def _first_time(app: "App", files: tuple[Path, ...], accounts: list[str]) -> bool:
    """Whether a person wants it to go out where nothing ever did; True where there is no such account."""
    from crosspost.cli.shown import ledger_to_read
    from crosspost.delivery.plan import skipped

    ledger = ledger_to_read(app)
    try:
        new = never_spoke(app, ledger, accounts)
    finally:
        if ledger is not None:
            ledger.close()
    if not new:
        return True
    source, every = app.source(), app.accounts()
    entries, _ = _entries(source, files)
    pairs = [(one, name) for one in entries for name in new if not skipped(one, name, every[name].network)]
    return not pairs or agreed(app, source, pairs)


def _publish(
    app: "App", files: tuple[Path, ...], accounts: list[str], *, quiet: bool, again: bool
) -> tuple[list["Delivery"], list[dict[str, str]]]:
    from crosspost.ledger import Busy

    source, begun = app.source(), app.clock()
    entries, errors = _entries(source, files)
    try:
        with lock(app, wait=120):
            ledger = open_ledger(app)
            try:
                say_doubt(ledger)
                accounts = admitted(app, ledger, accounts)
                wanted = _ask_for(app, ledger, source, entries, accounts, again=again)
                settled = _send(app, ledger, source, {entry.id: entry for entry in wanted}, accounts, quiet=quiet)
            finally:
                ledger.close()
    except Busy as busy:
        raise CrosspostError(f"another run is still at work ({busy}); nothing was sent, try again later") from None
    say_remarks([] if quiet else [row for row in settled if row.sent_at is not None and row.sent_at >= begun])
    for error in [] if quiet else errors:
        complain(error["error"])
    return settled, errors


def _send(  # what a person asks for, with all that can be told of it
    app: "App", ledger: "Ledger", source: Any, wanted: dict[str, "Entry"], accounts: list[str], *, quiet: bool
) -> list["Delivery"]:
    """Deliver these posts, and tell of each of their deliveries, also of those that are out already."""
    begun = app.clock()

    def rows(*names: str) -> list["Delivery"]:
        return [row for post in wanted for row in ledger.deliveries(post=post) if row.account in names]

    if quiet:
        deliver(app, ledger, source, wanted, accounts, by_hand=True)
        return rows(*accounts)
    seen = view(app, ledger, wanted)
    progress = Progress(seen, lambda row: seen.line(row, already=row.sent_at is not None and row.sent_at < begun))
    before = rows(*accounts)
    progress.expect(before)
    for row in before:
        if row.state == "sent":
            progress.report(row)

    def done(account: str) -> None:
        for row in rows(account):
            progress.report(row)

    deliver(app, ledger, source, wanted, accounts, by_hand=True, progress=progress, done=done)
    return rows(*accounts)


def _entries(source: object, files: tuple[Path, ...]) -> tuple[list["Entry"], list[dict[str, str]]]:
    """The posts behind the files; a file that is none stops itself, not the others."""
    entries: list[Entry] = []
    errors: list[dict[str, str]] = []
    for file in files:
        try:
            entry = source.entry(file)  # type: ignore[attr-defined]  # a Source; its import would be eager
        except SourceError as error:
            errors.append({"path": printable(str(file)), "error": str(error)})
            continue
        if entry.state == "ready":
            entries.append(entry)
        else:
            named = printable(str(file))
            reason = entry.reason if entry.reason.startswith(entry.path) else f"{named}: {entry.reason}"
            errors.append({"path": named, "error": reason})
    return entries, errors


def _ask_for(  # what a person asks for
    app: "App", ledger: "Ledger", source: Any, entries: list["Entry"], accounts: list[str], *, again: bool
) -> list["Entry"]:
    """Have a delivery of each post on each account that is due now, unless it is out, in doubt, or the post says no.

    :param again: also where it was taken back
    """
    from crosspost.delivery.digest import is_digest
    from crosspost.delivery.inventory import note_some
    from crosspost.delivery.plan import known_as, skipped
    from crosspost.delivery.renames import renamed
    from crosspost.ledger import TAKEN_BACK

    networks = {name: account.network for name, account in app.accounts().items()}
    names = known_as(ledger, entries, source.scan)
    wanted = [renamed(entry, names[entry.id]) for entry in entries]
    now = app.clock()
    ledger.add(
        (entry, name, networks[name], "planned", now, "by hand")
        for entry in wanted
        for name in accounts
        if not skipped(entry, name, networks[name])
    )
    note_some(entries, names, ledger)
    for entry in wanted:
        for delivery in ledger.deliveries(post=entry.id):
            open_now = delivery.state in ("before", "failed", "planned", "skipped")
            if delivery.account not in accounts or not open_now or is_digest(delivery.why):  # a digest has said it
                continue
            if delivery.why == TAKEN_BACK and delivery.state == "skipped":
                if not again or delivery.part > 1:  # the parts of a thread follow its first
                    continue
                ledger.changes.drop(delivery.id)
            ledger.revive(delivery)
    return wanted

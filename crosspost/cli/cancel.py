"""``crosspost cancel FILE…``: what waits to go out does not go out."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosspost.app.deciding.update_unpublish import ledger_of, post_of
from crosspost.cli.common import as_row, files_argument, json_option, places, print_json, to_option
from crosspost.cli.person import as_option, noted, person
from crosspost.cli.reports import Line, View, view
from crosspost.cli.update_unpublish import prepared
from crosspost.errors import SourceError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Delivery, Ledger

#: nothing of a delivery in these states is out, as long as no request for it was begun
_WAITING = ("planned", "held", "failed")


@click.command()
@files_argument
@to_option
@as_option
@json_option
@places
def cancel(
    files: tuple[Path, ...], to: tuple[str, ...], who: str, as_json: bool, config: Path | None, site: Path | None
) -> int:
    """Do not send these posts, as long as they wait. They may wait for the delay of an account, a slot, or their page.

    Also before a run has seen them, and where the network keeps one until its time. `crosspost FILE` sends one after
    all. What is out already stays; `crosspost unpublish FILE` takes it back.
    """
    app, accounts = prepared(config, site, to, files, fresh=True)
    with ledger_of(app) as ledger:
        rows = _cancelled(ledger, [row for file in files for row in _of(app, ledger, file, accounts)])
        rows = _back_from_networks(app, ledger, rows)
        noted(ledger, person(who), "cancel", [row for row in rows if row.state == "skipped"])
        seen = view(app, ledger)
        if not as_json:
            seen.show(_line(row, seen) for row in rows)
    if as_json:
        print_json({"deliveries": [as_row(row) for row in rows]})
    elif not rows:
        click.echo("Nothing of it waits to be sent.")
    return 3 if any(_may_be_out(row) for row in rows) else 0


def _of(app: "App", ledger: "Ledger", file: Path, accounts: Sequence[str]) -> list["Delivery"]:
    """Every delivery of a post on these accounts."""
    post = post_of(app, ledger, file)
    _note(app, ledger, file, post, accounts)
    return [row for row in ledger.deliveries(post=post) if row.account in accounts and row.part == 1]


def _cancelled(ledger: "Ledger", rows: Sequence["Delivery"]) -> list["Delivery"]:
    """The same deliveries, as they are now that none of them waits any more."""
    from crosspost.delivery.digest import WAITING
    from crosspost.ledger import CANCELLED

    waiting = {
        row.id: row
        for row in rows
        if row.publishing_at is None and (row.state in _WAITING or (row.state == "skipped" and row.why == WAITING))
    }
    now = {row.id: row for row in ledger.by_hand.decide((row, "skipped", CANCELLED) for row in waiting.values())}
    return [now.get(row.id, row) for row in rows]


def _back_from_networks(app: "App", ledger: "Ledger", rows: Sequence["Delivery"]) -> list["Delivery"]:
    """The same, without what networks keep until its time: they are asked to delete it."""
    kept = [row for row in rows if row.kept_until is not None]
    if kept:
        from crosspost.app.deciding.update_unpublish import taken_back

        taken_back(app, ledger, list(app.accounts()), kept)
    return [ledger.get(row.id) if row in kept else row for row in rows]


def _note(app: "App", ledger: "Ledger", file: Path, post: str, accounts: Sequence[str]) -> None:
    """Write down the deliveries that no run has planned yet, so that none will."""
    from crosspost.delivery.inventory import note_some
    from crosspost.delivery.planner import skipped
    from crosspost.delivery.renames import renamed
    from crosspost.ledger import CANCELLED

    try:
        listed = app.source().entry(file)
    except SourceError:  # it is gone, or an id
        return
    if listed.state == "skipped":
        return
    entry, every = renamed(listed, post), app.accounts()
    ledger.add(
        (entry, name, every[name].network, "skipped", app.clock(), CANCELLED)
        for name in accounts
        if not skipped(entry, name, every[name].network)
    )
    note_some([listed], {listed.id: post}, ledger)


def _may_be_out(row: "Delivery") -> bool:
    return row.state in ("sent", "sending", "unknown") or row.publishing_at is not None


def _line(row: "Delivery", seen: View) -> Line:
    from crosspost.delivery.digest import is_digest
    from crosspost.ledger import CANCELLED, TAKEN_BACK

    usual = seen.line(row)
    if row.kept_until is not None:  # the network did not delete it
        return replace(usual, word="still there", said="it could not be deleted there; the next run tries again")
    if row.state == "skipped" and row.why == TAKEN_BACK:
        return replace(usual, word="cancelled", said="it is deleted there; `crosspost FILE --again` sends it after all")
    if row.state == "skipped" and row.why == CANCELLED:
        return replace(usual, word="cancelled", said="`crosspost FILE` sends it after all")
    if row.state == "skipped" and is_digest(row.why):
        return replace(usual, word="in a digest", said=f"`crosspost cancel {row.why}` stops that one")
    if _may_be_out(row):
        what = "is out" if row.state == "sent" else "may be out"
        return replace(usual, word=what, said="`crosspost unpublish FILE` takes it back")
    return usual

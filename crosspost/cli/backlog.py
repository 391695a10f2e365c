"""``crosspost backlog``: posts that are held back, and what a person decides about them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosspost.app.deciding.update_unpublish import ledger_of, post_of
from crosspost.app.running import backlog as held
from crosspost.cli import completing
from crosspost.cli.common import as_row, json_option, places, print_json, to_option
from crosspost.cli.layout import paragraph
from crosspost.cli.person import as_option, noted, person
from crosspost.cli.reports import Line, View, view
from crosspost.cli.update_unpublish import prepared
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Delivery, Ledger


@click.command()
@click.argument(
    "files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...", shell_complete=completing.posts
)
@to_option
@click.option("--send", "send", is_flag=True, help="Send them, as the accounts' schedules have it.")
@click.option("--leave", "leave", is_flag=True, help="Never send them.")
@as_option
@json_option
@places
def backlog(
    files: tuple[Path, ...],
    to: tuple[str, ...],
    send: bool,
    leave: bool,
    who: str,
    as_json: bool,
    config: Path | None,
    site: Path | None,
) -> int:
    """Show the posts that are held back, and send or leave them.

    They appeared at once and are older than posts that are known: see `crosspost help sites`. Without FILE it is about
    all of them.
    """
    if send and leave:
        raise click.UsageError("say --send or --leave, not both")
    app, accounts = prepared(config, site, to, files)
    with ledger_of(app) as ledger:
        rows = _chosen(app, ledger, files, accounts)
        if send:
            rows = held.send(app, ledger, rows)
        if leave:
            rows = held.leave(ledger, rows)
        if send or leave:
            noted(ledger, person(who), "backlog", rows, "sent" if send else "left")
        if as_json:
            print_json({"deliveries": [as_row(row) for row in rows]})
        else:
            seen = view(app, ledger)
            seen.show(_line(row, seen) for row in rows)
            _say_more(app, rows, decided=send or leave)
    return 3 if rows and not (send or leave) else 0


def _chosen(app: "App", ledger: "Ledger", files: Sequence[Path], accounts: Sequence[str]) -> "list[Delivery]":
    """The deliveries that are held back, of these files or all of them.

    :raises ConfigError: for a file of which nothing is held back
    """
    rows = [row for row in held.held_back(app, ledger) if row.account in accounts]
    if not files:
        return sorted(rows, key=lambda row: row.id)
    chosen: list[Delivery] = []
    for file in files:
        post = post_of(app, ledger, file)
        mine = [row for row in rows if row.post == post]
        if not mine:
            raise ConfigError(f"{file}: nothing of it is held back; `crosspost backlog` shows what is")
        chosen += [row for row in mine if row not in chosen]
    return chosen


def _line(row: "Delivery", seen: View) -> Line:
    from crosspost.delivery.digest import WAITING
    from crosspost.delivery.planner import OLDER
    from crosspost.ledger import CANCELLED

    usual = seen.line(row)
    words = {OLDER: "held back", CANCELLED: "left", WAITING: "in the next digest"}
    return replace(usual, word=words[row.why], said="") if row.state == "skipped" else usual


def _say_more(app: "App", rows: "Sequence[Delivery]", *, decided: bool) -> None:
    """What can be done next, or what happens now."""
    if not rows:
        click.echo("Nothing is held back.")
        return
    most = {app.max_per_run(row.account) for row in rows if row.state == "planned"}
    if not decided:
        click.echo()
        paragraph("`crosspost backlog --send` sends them, `--leave` leaves them; with FILE only that post.")
    elif most:
        click.echo()
        paragraph(
            f"The next runs send them, in the order they were found, at most {max(most)} on an account in one run."
        )

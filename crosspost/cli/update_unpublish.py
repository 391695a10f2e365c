"""``crosspost update`` and ``crosspost unpublish``: a person changes what is out, or takes it back."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosspost.app.deciding import update_unpublish
from crosspost.app.ledger_access import no_ledger_yet
from crosspost.app.outcome import exit_code, exit_code_of_changes
from crosspost.app.post_states import shell_names
from crosspost.app.runner import check
from crosspost.cli.common import confirmed, files_argument, json_option, open_app, places, print_json, to_option
from crosspost.cli.format_changes import change_line, change_row
from crosspost.cli.person import as_option, noted, person
from crosspost.cli.reports import Line, view, web
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Delivery, Ledger


@click.command()
@files_argument
@to_option
@click.option("--leave", is_flag=True, help="Leave them as they are, and do not ask again.")
@as_option
@json_option
@places
def update(  # one per option
    files: tuple[Path, ...],
    to: tuple[str, ...],
    leave: bool,
    who: str,
    as_json: bool,
    config: Path | None,
    site: Path | None,
) -> int:
    """Change posts that are out to what their files say now.

    Where a network cannot change a post it says so, with the link. Nothing is ever posted a second time.
    """
    app, accounts = prepared(config, site, to, files)
    with update_unpublish.ledger_of(app) as ledger:
        rows = [row for file in files for row in _rows(app, ledger, file, accounts) if row.state == "sent"]
        if leave:
            changes = update_unpublish.left_alone(ledger, rows, "edit")
        else:
            changes = update_unpublish.updated(app, ledger, files, rows, accounts)
        touched = {change.delivery for change in changes}
        left = "left as it is" if leave else ""
        noted(ledger, person(who), "update", [row for row in rows if row.id in touched], left)
        if as_json:
            print_json({"changes": [change_row(change) for change in changes]})
        else:
            paths, seen = shell_names(ledger), view(app, ledger)
            same = [row for row in rows if row.id not in touched and row.part == 1]
            seen.show(
                [*(change_line(change, paths) for change in changes), *(_line(row, "nothing to do") for row in same)]
            )
            if not rows:
                click.echo("It is not out anywhere; `crosspost FILE` publishes it.")
    return exit_code_of_changes(changes, left=True)


@click.command()
@files_argument
@to_option
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.option("--leave", is_flag=True, help="Leave them out, and do not ask again.")
@as_option
@json_option
@places
def unpublish(  # one per option
    files: tuple[Path, ...],
    to: tuple[str, ...],
    yes: bool,
    leave: bool,
    who: str,
    as_json: bool,
    config: Path | None,
    site: Path | None,
) -> int:
    """Take posts back where they are out, and send them no further.

    FILE may be gone already; the post's id will do too. `crosspost publish --again FILE` sends a post again.
    """
    if as_json and not (yes or leave):
        raise click.UsageError("--json cannot ask for confirmation; say --yes")
    app, accounts = prepared(config, site, to, files)
    with update_unpublish.ledger_of(app) as ledger:
        rows = [row for file in files for row in _rows(app, ledger, file, accounts)]
        if leave:
            changes = update_unpublish.left_alone(ledger, [row for row in rows if row.state == "sent"], "delete")
            others: list[Delivery] = []
        else:
            asked = (lambda *_: None) if yes else _asking(app, ledger)
            changes, others = update_unpublish.taken_back(app, ledger, accounts, rows, asked)
        touched = {*(change.delivery for change in changes), *(row.id for row in others)}
        left = "left out" if leave else ""
        noted(ledger, person(who), "unpublish", [row for row in rows if row.id in touched], left)
        if as_json:
            print_json({"changes": [change_row(change) for change in changes]})
        else:
            paths, seen = shell_names(ledger), view(app, ledger)
            seen.show([*(change_line(change, paths) for change in changes), *(seen.line(row) for row in others)])
            if not changes and not others:
                click.echo("Nothing of it is out.")
    return exit_code_of_changes(changes, left=True) or exit_code(others)


# ── what both do ──────────────────────────────────────────────────────────────────────────────────────────────────


def prepared(
    config: Path | None, site: Path | None, to: tuple[str, ...], files: Sequence[Path] = (), *, fresh: bool = False
) -> tuple["App", list[str]]:
    """The app and the accounts meant, all of them checked.

    :param files: the posts meant
    :param fresh: whether it may be that nothing was ever sent
    """
    app = open_app(config, site, required=True, near=next(iter(files), None))
    accounts = app.chosen(to)
    check(app, accounts)
    if not fresh and no_ledger_yet(app):
        update_unpublish.need_known(app, files)
        raise ConfigError("nothing has been sent yet: the first `crosspost run` makes the ledger")
    return app, accounts


def _rows(app: "App", ledger: "Ledger", file: Path, accounts: Sequence[str]) -> list["Delivery"]:
    post = update_unpublish.post_of(app, ledger, file)
    return [row for row in ledger.deliveries(post=post) if row.account in accounts]


def _asking(app: "App", ledger: "Ledger") -> Callable[[list["Delivery"], list["Delivery"]], None]:
    """Shows what is taken back, and asks."""

    def ask(out: list["Delivery"], waiting: list["Delivery"]) -> None:
        seen = view(app, ledger)
        seen.show([*(_line(row, "out") for row in out), *(_line(row, "not out yet") for row in waiting)])
        if not confirmed("Take this back?"):
            raise click.Abort

    return ask


def _line(row: "Delivery", word: str) -> Line:
    return Line(post=row.post, account=row.account, word=word, link=web(row.url))

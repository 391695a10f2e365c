"""``crosspost publish FILE…``: exactly these posts, now."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from crosspost.app.outcome import exit_code
from crosspost.app.recipients_in_doubt import of_delivery
from crosspost.app.runner import check
from crosspost.app.running.publish import PublishView, entries_of
from crosspost.app.running.publish import publish as publish_files
from crosspost.app.unused_accounts import never_spoke
from crosspost.cli.common import (
    as_row,
    begin_traces,
    files_argument,
    json_option,
    places,
    print_json,
    to_option,
    yes_option,
)
from crosspost.cli.each_site import of_files
from crosspost.cli.first_post_question import agreed, at_a_terminal
from crosspost.cli.layout import complain, paragraph
from crosspost.cli.logged_warnings import say_doubt, say_remarks
from crosspost.cli.progress_printer import ProgressPrinter
from crosspost.cli.reports import Line, View, view
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Delivery, Ledger
    from crosspost.model import Entry


@click.command()
@files_argument
@to_option
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
    options = _Options(to=to, dry_run=dry_run, again=again, yes=yes, as_json=as_json)

    def work(app: "App", some: tuple[Path, ...]) -> int:
        return _publish(app, some, options)

    return of_files(files, work, config=config, site=site, required=not dry_run, as_json=as_json)


class _Options(NamedTuple):
    to: tuple[str, ...]
    dry_run: bool
    again: bool
    yes: bool
    as_json: bool


def _publish(app: "App", files: tuple[Path, ...], options: _Options) -> int:
    """Publish the files of one site."""
    begin_traces(app)
    to, dry_run, again, yes, as_json = options
    accounts = app.chosen(to)
    if not accounts:
        raise ConfigError("no account is switched on in the config; `crosspost accounts add NETWORK` connects one")
    if dry_run:
        from crosspost.cli.preview import show

        return show(app, files, accounts, as_json=as_json)
    check(app, accounts)
    if not (yes or as_json) and at_a_terminal() and not _first_time(app, files, accounts):
        click.echo("Nothing was sent.")
        return 1
    begun = app.clock()
    shown = _Warnings() if as_json else _Printer(app, begun)
    settled, errors = publish_files(app, files, accounts, shown, again=again, named=bool(to))
    if as_json:
        wrong = [{"path": error.path, "error": error.error} for error in errors]
        print_json({"deliveries": [as_row(d, of_delivery(app, d)) for d in settled], "errors": wrong})
    else:
        say_remarks(row for row in settled if row.sent_at is not None and row.sent_at >= begun)
        say_doubt(settled)
        for error in errors:
            complain(error.error)
    return exit_code(settled, errors=len(errors), people=any(of_delivery(app, row) for row in settled))


def _first_time(app: "App", files: tuple[Path, ...], accounts: list[str]) -> bool:
    """Whether a person wants it to go out where nothing ever did; True where there is no such account."""
    from crosspost.app.preview_model import ledger_to_read
    from crosspost.delivery.planner import skipped

    ledger = ledger_to_read(app)
    try:
        new = never_spoke(app, ledger, accounts)
    finally:
        if ledger is not None:
            ledger.close()
    if not new:
        return True
    source, every = app.source(), app.accounts()
    entries, _ = entries_of(source, files)
    pairs = [(one, name) for one in entries for name in new if not skipped(one, name, every[name].network)]
    return not pairs or agreed(app, source, pairs)


class _Warnings(PublishView):
    """Prints warnings only; what else is printed is one JSON document at the end."""

    def warn(self, sentence: str) -> None:
        complain(sentence, "Warning")


class _Printer(_Warnings):
    """Shows all that can be told of these posts, also of deliveries that are out already."""

    def __init__(self, app: "App", begun: datetime) -> None:
        self._app, self._begun = app, begun

    def left_out(self, sentence: str) -> None:
        paragraph(sentence, rest="  ")

    def wanted(self, ledger: "Ledger", posts: "dict[str, Entry]", accounts: list[str]) -> ProgressPrinter:
        def rows(*names: str) -> list["Delivery"]:
            return [row for post in posts for row in ledger.deliveries(post=post) if row.account in names]

        seen = view(self._app, ledger, posts)

        def line(row: "Delivery") -> Line:
            return seen.line(row, already=row.sent_at is not None and row.sent_at < self._begun)

        progress = _EveryRow(seen, line, rows)
        before = rows(*accounts)
        progress.expect(before)
        for row in before:
            if row.state == "sent":
                progress.report(row)
        return progress


class _EveryRow(ProgressPrinter):
    """Once an account is done, each of its deliveries is told, also those nothing had to be done for."""

    def __init__(self, seen: View, line: Callable[["Delivery"], Line], rows: Callable[..., list["Delivery"]]) -> None:
        super().__init__(seen, line)
        self._rows = rows

    def done(self, account: str) -> None:
        for row in self._rows(account):
            self.report(row)
        super().done(account)

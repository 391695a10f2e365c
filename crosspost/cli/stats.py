"""``crosspost stats``: what came back, in figures."""

import csv
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from crosspost.app.ledger_access import no_ledger_yet, open_ledger
from crosspost.app.responses import statistics
from crosspost.app.times import zone_of
from crosspost.cli.common import json_option, open_app, places, print_json, to_option, write_file
from crosspost.cli.history import cell, day
from crosspost.cli.layout import table
from crosspost.text.numbers import counted
from crosspost.text.printable import printable

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.responses.statistics import Row
    from crosspost.ledger.responses import Told

_COLUMNS = ("sent_at", "account", "network", "post", "title", "url", *statistics.NAMES, "asked_at")


@click.command()
@to_option
@click.option("--since", default="", metavar="DAY", help="Only what went out since this day, like 2026-11-01.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a table (CSV) for a spreadsheet, a line per delivery.")
@click.option("--svg", type=click.Path(path_type=Path), metavar="FILE", help="Write the figures as a plot (SVG).")
@click.option(
    "--html", "page", type=click.Path(path_type=Path), metavar="FILE", help="Write a page with plot and tables."
)
@json_option
@places
def stats(
    to: tuple[str, ...],
    since: str,
    as_csv: bool,
    svg: Path | None,
    page: Path | None,
    as_json: bool,
    config: Path | None,
    site: Path | None,
) -> int:
    """Show the numbers of what came back, per post and per account. They are the likes, reposts, replies and
    views that were fetched last. Asks no network.
    """
    if as_csv and as_json:
        raise click.UsageError("say one of --csv and --json")
    app = open_app(config, site, required=True)
    told = _told(app, to, since)
    if as_csv:
        _print_csv([_line(one) for one in told])
    elif as_json:
        posts, accounts = statistics.per_post(told), statistics.per_account(told)
        print_json({"posts": [_row(one) for one in posts], "accounts": [_row(one) for one in accounts]})
    elif not told:
        click.echo("No figures are known; `crosspost responses fetch` asks the networks for them.")
    elif svg is None and page is None:
        _show(app, told)
    if told:
        _write(app, told, svg, page, quiet=as_csv or as_json)
    return 0


def _told(app: "App", to: tuple[str, ...], since: str) -> "list[Told]":
    """The figures that are asked for."""
    accounts = app.chosen(to)
    begin = day(since, zone_of(app)) if since else None
    if no_ledger_yet(app):
        return []
    from crosspost.ledger.response_rows import WEBMENTION

    ledger = open_ledger(app, read_only=True)
    try:
        return statistics.wanted(ledger.responses.told(), accounts if to else [*accounts, WEBMENTION], begin)
    finally:
        ledger.close()


def _show(app: "App", told: "list[Told]") -> None:
    posts, accounts = statistics.per_post(told), statistics.per_account(told)
    table([(*statistics.NAMES, "post"), *(_cells(one, printable(one.title or one.name)) for one in posts)])
    click.echo()
    labels = [(one, f"{app.label(one.name)}, {counted(one.deliveries, 'post')}") for one in accounts]
    table([(*statistics.NAMES, "account"), *(_cells(one, label) for one, label in labels)])


def _write(app: "App", told: "list[Told]", svg: Path | None, page: Path | None, *, quiet: bool) -> None:
    """Write the files that are asked for."""
    from crosspost.app.pages import stats_page as drawn

    for file, written in ((svg, drawn.svg), (page, drawn.document)):
        if file is None:
            continue
        write_file(file, written(told, zone_of(app), app.label))
        if not quiet:
            click.echo(f"Wrote {printable(str(file))}.")


def _cells(row: "Row", last: str) -> tuple[str, ...]:
    return (*(_figure(getattr(row.figures, name)) for name in statistics.NAMES), last)


def _figure(value: int | None) -> str:
    return "–" if value is None else str(value)


def _row(row: "Row") -> dict[str, object]:
    known = {"name": row.name, "title": row.title, "deliveries": row.deliveries}
    return {**known, **msgspec.to_builtins(row.figures)}


def _line(one: "Told") -> list[object]:
    known = msgspec.to_builtins(one) | msgspec.to_builtins(one.figures)
    return ["" if known[name] is None else known[name] for name in _COLUMNS]


def _print_csv(rows: Sequence[Sequence[object]]) -> None:
    """UTF-8 whatever the terminal's locale says."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows([cell(value) for value in row] for row in rows)
    sys.stdout.flush()
    sys.stdout.buffer.write(out.getvalue().encode())
    sys.stdout.buffer.flush()

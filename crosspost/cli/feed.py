"""``crosspost feed``: what was said and where, for feed readers."""

from pathlib import Path

import click

from crosspost.app.ledger_access import no_ledger_yet, open_ledger
from crosspost.cli.common import open_app, places, to_option, write_file
from crosspost.errors import ConfigError
from crosspost.text.numbers import counted
from crosspost.text.printable import printable


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@to_option
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most this many posts.")
@places
def feed(files: tuple[Path, ...], to: tuple[str, ...], limit: int, config: Path | None, site: Path | None) -> int:
    """Write a feed of what was said, and where (Atom or JSON Feed). It is a JSON Feed where FILE ends in .json, and
    the calendar of the events that posts announced where it ends in .ics. Asks no network.
    """
    from crosspost.app.syndication import published_calendar, published_feed

    for file in files:
        if file.suffix not in published_feed.ENDINGS:
            raise ConfigError(
                f"{printable(str(file))} must end in .xml, .atom, .json or .ics, which says what is written"
            )
    app = open_app(config, site, required=True)
    accounts = app.chosen(to)
    if no_ledger_yet(app):
        click.echo("Nothing went out yet, so no feed is written.")
        return 0
    ledger = open_ledger(app, read_only=True)
    try:
        found = published_feed.feed(app, ledger, accounts, limit)
        dates = (
            published_calendar.events(app, ledger, accounts, limit) if any(f.suffix == ".ics" for f in files) else []
        )
    finally:
        ledger.close()
    for file in files:
        if file.suffix == ".ics":
            write_file(file, published_calendar.calendar(dates))
            many = counted(len(dates), "event")
        else:
            is_json = file.suffix == ".json"
            write_file(file, published_feed.json_feed(found) if is_json else published_feed.atom(found, app.clock()))
            many = counted(len(found.items), "post")
        click.echo(f"Wrote {printable(str(file))}, with {many}.")
    return 0

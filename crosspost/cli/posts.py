"""``crosspost posts``: what the source sees, what of it is out where, and why some of it is not published."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.cli.common import json_option, open_house, places, print_json
from crosspost.cli.layout import beside, columns, complain, padded
from crosspost.cli.reports import View, web
from crosspost.cli.standing import deliveries_of, state_of
from crosspost.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crosspost.cli.standing import Deliveries
    from crosspost.model import Entry


@click.command()
@json_option
@places
def posts(as_json: bool, config: Path | None, site: Path | None) -> int:
    """List the site's posts with id, date, address, state, and where they are out; says why a post is not published."""
    house = open_house(config, site)
    entries = list(house.source().scan())
    known: Mapping[str, Deliveries] = {}
    try:
        known = deliveries_of(house, entries)
    except LedgerError as error:  # the posts can be listed without it
        complain(str(error), "Warning")
    if as_json:
        print_json([_row(entry, known.get(entry.id, ())) for entry in entries])
        return 0
    seen = View(house.accounts(), clock=house.clock)
    width = max((len(state_of(entry, known.get(entry.id, ()))) for entry in entries), default=0)
    for entry in entries:
        _print(entry, known.get(entry.id, ()), seen, width)
    if not entries:
        click.echo("There are no posts: no files like 2024-01-31-name.md were found.")
    return 0


def _print(entry: "Entry", deliveries: "Deliveries", seen: View, width: int) -> None:
    """A line for the post, and one below it for each account it is out on."""
    lead = f"{padded(state_of(entry, deliveries), width)}  {_day(entry):<10}  "
    for text in beside(lead, [entry.id, entry.reason or entry.url], columns()):
        click.echo(text)
    for account, state, url in sorted(deliveries, key=lambda one: seen.rank(one[0])):
        if state == "sent":
            for text in beside(f"{'':<{width}}  {'out on':<10}  ", [account, web(url)], columns()):
                click.echo(text)


def _row(entry: "Entry", deliveries: "Deliveries") -> dict[str, Any]:
    return {
        "id": entry.id,
        "path": entry.path,
        "url": entry.url,
        "date": entry.date.isoformat() if entry.date else None,
        "title": entry.title,
        "tags": list(entry.tags),
        "state": state_of(entry, deliveries),
        "reason": entry.reason,
        "out": [{"account": account, "url": url} for account, state, url in deliveries if state == "sent"],
    }


def _day(entry: "Entry") -> str:
    return entry.date.strftime("%Y-%m-%d") if entry.date else ""

"""``crosspost posts``: what the source sees, what of it is out where, and why some of it is not published."""

from typing import TYPE_CHECKING, Any

import click

from crosspost.app.origin_report import origins_of, slip_sentences
from crosspost.app.post_states import deliveries_of, state_of
from crosspost.cli.common import json_option, places, print_json
from crosspost.cli.each_site import each_site
from crosspost.cli.layout import beside, columns, complain, of_this_site, padded
from crosspost.cli.reports import View, web
from crosspost.errors import LedgerError, SourceError
from crosspost.text.mistakes import in_short

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crosspost.app.application import App
    from crosspost.app.post_states import Deliveries
    from crosspost.model import Entry
    from crosspost.sources.field_origins import Origin


@click.command()
@json_option
@places
@each_site(required=False)
def posts(app: "App", as_json: bool) -> int:
    """List the site's posts, and where they are out. Shows their id, date, address and state, and says why a post
    is not published.

    Below each post that may go out stands where its picture and its description come from.
    """
    source = app.source()
    entries = _listed(source)
    known: Mapping[str, Deliveries] = {}
    try:
        known = deliveries_of(app, entries)
    except LedgerError as error:  # the posts can be listed without it
        complain(str(error), "Warning")
    origins = origins_of(source, entries)
    if as_json:
        print_json([_row(entry, known.get(entry.id, ()), origins.get(entry.id)) for entry in entries])
        return 0
    seen = View(app.accounts(), clock=app.clock, label=app.label)
    width = max((len(state_of(entry, known.get(entry.id, ()))) for entry in entries), default=0)
    for entry in entries:
        _print(entry, known.get(entry.id, ()), origins.get(entry.id), seen, width)
    if not entries:
        click.echo(f"There are no posts: {source.nothing}.")
    for slip in slip_sentences(source, origins.values()):
        complain(slip, "Warning")
    return 0


def _listed(source: Any) -> list["Entry"]:
    """The listing; when the address of the site is not known, with the addresses below it, and a warning."""
    try:
        source.need_url()
    except SourceError as error:
        entries = list(source.paths())  # a site that cannot be read at all is an error, said once
        complain(str(error), "Warning")
        return entries
    return list(source.scan())


def _print(entry: "Entry", deliveries: "Deliveries", origin: "Origin | None", seen: View, width: int) -> None:
    """A line for the post, below it what it says from where, and a line for each account it is out on."""
    below = " " * (width + 2)
    lines = beside(f"{padded(state_of(entry, deliveries), width)}  {_day(entry):<10}  ", _what(entry), columns())
    if origin is not None:
        lines += beside(below, [_said(origin)], columns())
    for account, state, url in sorted(deliveries, key=lambda one: seen.rank(one[0])):
        if state == "sent":
            lines += beside(f"{below}out on      ", [seen.label(account), web(url)], columns())
    for line in lines:
        click.echo(line)


def _what(entry: "Entry") -> list[str]:
    return [entry.id, in_short(of_this_site(entry.reason)) or entry.url]


def _said(origin: "Origin") -> str:
    picture = f"picture from {origin.picture}" if origin.picture else "no picture"
    return f"{picture}, " + (f"description from {origin.description}" if origin.description else "no description")


def _row(entry: "Entry", deliveries: "Deliveries", origin: "Origin | None") -> dict[str, Any]:
    return {
        "id": entry.id,
        "path": entry.path,
        "url": entry.url,
        "date": entry.date.isoformat() if entry.date else None,
        "title": entry.title,
        "tags": list(entry.tags),
        "state": state_of(entry, deliveries),
        "reason": of_this_site(entry.reason),
        "out": [{"account": account, "url": url} for account, state, url in deliveries if state == "sent"],
        "picture_from": origin.picture if origin else "",
        "description_from": origin.description if origin else "",
    }


def _day(entry: "Entry") -> str:
    return entry.date.strftime("%Y-%m-%d") if entry.date else ""

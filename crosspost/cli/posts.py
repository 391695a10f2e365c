"""``crosspost posts``: what the source sees, and why some of it is not published."""

import contextlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.cli.common import json_option, open_house, places, print_json
from crosspost.errors import CrosspostError, SourceError

if TYPE_CHECKING:
    from crosspost.model import Entry
    from crosspost.sources.origins import Origin


@click.command()
@json_option
@places
def posts(as_json: bool, config: Path | None, site: Path | None) -> int:
    """List the site's posts with id, date, address and state; says why a post is skipped or refused.

    Below each post that is ready stands where its picture and its description come from.
    """
    source = open_house(config, site).source()
    entries = _listed(source)
    origins = origins_of(source, entries)
    if as_json:
        print_json([_row(entry, origins.get(entry.id)) for entry in entries])
        return 0
    width = max((len(entry.id) for entry in entries), default=0)
    for entry in entries:
        click.echo(f"{entry.state:<7}  {_day(entry):<10}  {entry.id:<{width}}  {entry.reason or entry.url}")
        if entry.id in origins:
            click.echo(f"         {_said(origins[entry.id])}")
    if not entries:
        click.echo("There are no posts: no files like 2024-01-31-name.md were found.")
    for slip in slip_sentences(source, origins.values()):
        click.echo(f"Warning: {slip}", err=True)
    return 0


def _listed(source: Any) -> list["Entry"]:
    """The listing; when the address of the site is not known, with the addresses below it, and a warning."""
    try:
        source.need_url()
    except SourceError as error:
        click.echo(f"Warning: {error}", err=True)
        return list(source.paths())
    return list(source.scan())


def origins_of(source: Any, entries: list["Entry"]) -> dict[str, "Origin"]:
    """Where the posts that are ready have their pictures and descriptions; one that cannot be read is left out."""
    found = {}
    for entry in entries:
        if entry.state == "ready":
            with contextlib.suppress(CrosspostError):
                found[entry.id] = source.origin(entry)
    return found


def slip_sentences(source: Any, origins: Iterable["Origin"]) -> list[str]:
    """Sentences about keys that look misspelt."""
    from crosspost.sources.origins import slips

    found = []
    for slip in slips(origins, source.keys):
        more = f" and {len(slip.paths) - 1} more" if len(slip.paths) > 1 else ""
        found.append(f"{slip.paths[0]}{more}: nothing reads the key “{slip.key}”; did you mean `{slip.meant}`?")
    return found


def _said(origin: "Origin") -> str:
    picture = f"picture from {origin.picture}" if origin.picture else "no picture"
    return f"{picture}, " + (f"description from {origin.description}" if origin.description else "no description")


def _row(entry: "Entry", origin: "Origin | None") -> dict[str, Any]:
    return {
        "id": entry.id,
        "path": entry.path,
        "url": entry.url,
        "date": entry.date.isoformat() if entry.date else None,
        "title": entry.title,
        "tags": list(entry.tags),
        "state": entry.state,
        "reason": entry.reason,
        "picture_from": origin.picture if origin else "",
        "description_from": origin.description if origin else "",
    }


def _day(entry: "Entry") -> str:
    return entry.date.strftime("%Y-%m-%d") if entry.date else ""

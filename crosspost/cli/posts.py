"""``crosspost posts``: what the source sees, and why some of it is not published."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.cli.common import json_option, open_house, places, print_json, table

if TYPE_CHECKING:
    from crosspost.model import Entry


@click.command()
@json_option
@places
def posts(as_json: bool, config: Path | None, site: Path | None) -> int:
    """List the site's posts with id, date, address and state; says why a post is skipped or refused."""
    entries = list(open_house(config, site).source().scan())
    if as_json:
        print_json([_row(entry) for entry in entries])
        return 0
    table([(entry.state, _day(entry), entry.id, entry.reason or entry.url) for entry in entries])
    if not entries:
        click.echo("There are no posts: no files like 2024-01-31-name.md were found.")
    return 0


def _row(entry: "Entry") -> dict[str, Any]:
    return {
        "id": entry.id,
        "path": entry.path,
        "url": entry.url,
        "date": entry.date.isoformat() if entry.date else None,
        "title": entry.title,
        "tags": list(entry.tags),
        "state": entry.state,
        "reason": entry.reason,
    }


def _day(entry: "Entry") -> str:
    return entry.date.strftime("%Y-%m-%d") if entry.date else ""

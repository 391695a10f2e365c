"""``crosspost plan``: the coming days, as a table or a calendar."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.cli.common import json_option, open_house, places, print_json, table
from crosspost.cli.outlook import outlook
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.schedule import Agenda, Planned


@click.command()
@click.option("--days", type=click.IntRange(1, 366), default=14, show_default=True, help="How far to look.")
@click.option("--ics", type=click.Path(path_type=Path), metavar="FILE", help="Write a calendar file instead.")
@json_option
@places
def plan(days: int, ics: Path | None, as_json: bool, config: Path | None, site: Path | None) -> int:
    """Show what will go out when, and why then. Changes nothing."""
    from crosspost import schedule

    house = open_house(config, site, required=True)
    lines, agendas = outlook(house, timedelta(days=days))
    if ics is not None:
        try:
            ics.write_text(schedule.ics(lines, now=house.clock()), "utf-8", newline="")
        except OSError as error:
            raise ConfigError(f"{ics} cannot be written: {error.strerror}") from None
        click.echo(f"Wrote {ics}: {len(lines)} posts.")
    elif as_json:
        print_json([_row(line) for line in lines])
    elif lines:
        table([(_moment(line, agendas), house.label(line.account), line.post, _why(line)) for line in lines])
    else:
        click.echo(f"Nothing is planned for the next {days} days.")
    return 0


def _row(line: "Planned") -> dict[str, Any]:
    return {
        "at": line.at.isoformat(),
        "account": line.account,
        "post": line.post,
        "title": line.title,
        "url": line.url,
        "why": line.why,
        "late": line.late,
    }


def _moment(line: "Planned", agendas: dict[str, "Agenda"]) -> str:
    return f"{line.at.astimezone(agendas[line.account].schedule.timezone):%a %Y-%m-%d %H:%M}"


def _why(line: "Planned") -> str:
    return line.why if line.late == "send" else f"{line.late}: {line.why}"

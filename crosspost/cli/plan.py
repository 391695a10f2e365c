"""``crosspost plan``: the coming days, as a table or a calendar."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.cli.common import json_option, open_house, open_ledger, places, print_json, table
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.assemble import House
    from crosspost.schedule import Agenda, Pending, Planned


@click.command()
@click.option("--days", type=click.IntRange(1, 366), default=14, show_default=True, help="How far to look.")
@click.option("--ics", type=click.Path(path_type=Path), metavar="FILE", help="Write a calendar file instead.")
@json_option
@places
def plan(days: int, ics: Path | None, as_json: bool, config: Path | None, site: Path | None) -> int:
    """Show what will go out when, and why then. Changes nothing."""
    from crosspost import schedule

    house = open_house(config, site, required=True)
    pending, agendas = _situation(house)
    lines = schedule.plan(pending, agendas, now=house.clock(), horizon=timedelta(days=days))
    if ics is not None:
        try:
            ics.write_text(schedule.ics(lines, now=house.clock()), "utf-8", newline="")
        except OSError as error:
            raise ConfigError(f"{ics} cannot be written: {error.strerror}") from None
        click.echo(f"Wrote {ics}: {len(lines)} posts.")
    elif as_json:
        print_json([_row(line) for line in lines])
    elif lines:
        table([(_moment(line, agendas), line.account, line.post, _why(line)) for line in lines])
    else:
        click.echo(f"Nothing is planned for the next {days} days.")
    return 0


def _situation(house: "House") -> tuple[list["Pending"], dict[str, "Agenda"]]:
    """Every delivery that has not gone out, and what each account has said lately."""
    from crosspost.delivery.inventory import take
    from crosspost.delivery.plan import skipped
    from crosspost.schedule import Agenda, Pending

    schedules, networks = house.schedules(), house.accounts()
    if not house.ledger_path().exists():
        return [], {name: Agenda(schedule=schedule) for name, schedule in schedules.items()}
    ledger = open_ledger(house, read_only=True)
    try:
        rows = {(row.post, row.account): row for row in ledger.deliveries()}
        started = {name for name in networks if ledger.account(name).started_at is not None}
        agendas = {
            name: Agenda(schedule=schedule, sent=tuple(ledger.moments(name, planned=False)))
            for name, schedule in schedules.items()
        }
        entries = take(house.source().scan(), ledger).entries
    finally:
        ledger.close()
    pending = []
    for entry in entries:
        for name in networks:
            row = rows.get((entry.id, name))
            open_row = row is not None and row.state == "planned"
            if entry.state != "ready" or not (open_row or (row is None and name in started)):
                continue
            if skipped(entry, name, networks[name].network):
                continue
            at = entry.overrides.for_account(name, networks[name].network).at
            due_at = row.due_at if row is not None else None
            moment = entry.date or house.clock()
            pending.append(
                Pending(
                    post=entry.id,
                    account=name,
                    title=entry.title,
                    url=entry.url,
                    post_moment=moment,
                    at=at,
                    due_at=due_at,
                )
            )
    return pending, agendas


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

"""``crosspost plan``: the coming days, as a list or a calendar."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.app.forecast import forecast
from crosspost.app.times import in_words, zone_of
from crosspost.cli.common import json_option, places, print_json, write_file
from crosspost.cli.each_site import each_site
from crosspost.cli.reports import Line, View
from crosspost.text.numbers import counted

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.schedule import Planned


@click.command()
@click.option("--days", type=click.IntRange(1, 366), default=14, show_default=True, help="How far to look.")
@click.option("--ics", type=click.Path(path_type=Path), metavar="FILE", help="Write a calendar file instead.")
@json_option
@places
@each_site(alone=("ics",))
def plan(app: "App", days: int, ics: Path | None, as_json: bool) -> int:
    """Show what will go out when, and why then. Changes nothing."""

    lines = forecast(app, timedelta(days=days)).lines
    if ics is not None:
        from crosspost.schedule.ics import ics as as_calendar  # few plans are written into a file

        write_file(ics, as_calendar(lines, now=app.clock()))
        click.echo(f"Wrote {ics}: {counted(len(lines), 'post')}.")
    elif as_json:
        print_json([_row(line) for line in lines])
    elif lines:
        _print(app, lines)
    else:
        click.echo(f"Nothing is planned for the next {counted(days, 'day')}.")
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


def _print(app: "App", lines: list["Planned"]) -> None:
    """Moment after moment, in the site's time zone as everywhere; below it what goes out then."""
    now, zone = app.clock(), zone_of(app)
    titles = {line.post: _title(line) for line in lines}
    seen = View(app.accounts(), titles.__getitem__, clock=app.clock, zone=lambda: zone, label=app.label)
    by_moment: dict[str, list[Line]] = {}
    for one in lines:
        when = in_words(one.at, now, zone)
        line = Line(post=one.post, account=one.account, word=_WORDS[one.late], said=one.why)
        by_moment.setdefault(when, []).append(line)
    for number, (when, several) in enumerate(by_moment.items()):
        click.echo(f"{chr(10) if number else ''}── {when}")
        seen.show(several)


def _title(line: "Planned") -> str:
    """A digest is named by its period; its reason lists what is in it."""
    return "" if line.title in line.why else line.title


_WORDS = {"send": "goes out", "ask": "waits for you", "skip": "left out"}

"""``crosspost history``: what went where, newest first."""

import csv
import io
import sys
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from crosspost.app.ledger_access import no_ledger_yet, open_ledger
from crosspost.app.outcome import bare
from crosspost.app.recipients_in_doubt import doubt_about, people_in_doubt
from crosspost.app.times import zone_of
from crosspost.cli.common import gathers_json, json_option, places, print_json, to_option
from crosspost.cli.each_site import each_site
from crosspost.cli.history_changes import show_changes
from crosspost.cli.reports import Line, View, web
from crosspost.cli.terminal import harmless
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from datetime import tzinfo

    from crosspost.app.application import App
    from crosspost.ledger.history import Went

#: so many deliveries are put in order together; the others come after them
_TOGETHER = 500
_COLUMNS = ("sent_at", "account", "network", "post", "part", "title", "url", "notes", "people_in_doubt")


@click.command()
@to_option
@click.option("--post", default="", metavar="POST", help="Only this post: its id, or its file.")
@click.option("--since", default="", metavar="DAY", help="Only what went out since this day, like 2026-11-01.")
@click.option(
    "--limit", type=click.IntRange(0), default=50, show_default=True, help="At most this many deliveries; 0: all."
)
@click.option("--changes", is_flag=True, help="What people changed instead: who, when, what, and from where.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a table (CSV) for a spreadsheet.")
@json_option
@places
@each_site(alone=("as_csv", "post"))
def history(  # one per option
    app: "App",
    to: tuple[str, ...],
    post: str,
    since: str,
    limit: int,
    changes: bool,
    as_csv: bool,
    as_json: bool,
) -> int:
    """Show what went where, newest first, with the links. Changes nothing."""
    if as_csv and as_json:
        raise click.UsageError("--csv and --json do not go together; say one of them")
    if changes:
        if as_csv or to or since:
            raise click.UsageError("--changes goes with --post, --limit and --json only")
        return show_changes(app, post, limit, as_json=as_json)
    accounts, zone = app.chosen(to) if to else [], zone_of(app)
    begin = day(since, zone) if since else None
    if no_ledger_yet(app):
        _write(app, [], {}, zone, as_csv=as_csv, as_json=as_json)
        return 0
    ledger = open_ledger(app, read_only=True)
    try:
        wanted = _post(post, ledger.posts.known) if post else ""
        people = people_in_doubt(app, ledger)
        rows = ledger.history.out(accounts=accounts, post=wanted, since=begin, limit=limit)
        _write(app, rows, people, zone, as_csv=as_csv, as_json=as_json)
    finally:
        ledger.close()
    return 0


def day(said: str, zone: "tzinfo") -> datetime:
    """The beginning of a day that ``--since`` names.

    :raises click.UsageError: when it is none
    """
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        raise click.UsageError(f"--since: “{said}” is not a day; write it like 2026-11-01") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)


def _post(said: str, known: Any) -> str:
    """The post's id: as it was said, or that of the file."""
    name, posts = Path(said).name, known()
    if said in posts:
        return said
    found = [post.id for post in posts.values() if name in (Path(post.path).name, post.name)]
    if len(found) != 1:
        problem = (
            f"several posts have that name: {', '.join(found)}"
            if found
            else "crosspost does not know this post; `crosspost posts` lists them"
        )
        raise ConfigError(f"--post {said}: {problem}")
    return str(found[0])


def _write(
    app: "App",
    rows: Iterable["Went"],
    people: dict[int, tuple[str, ...]],
    zone: "tzinfo",
    *,
    as_csv: bool,
    as_json: bool,
) -> None:
    if as_json and gathers_json():
        print_json([_row(row, people.get(row.id, ()), zone) for row in rows])
    elif as_json:
        _print_json(_row(row, people.get(row.id, ()), zone) for row in rows)
    elif as_csv:
        _print_csv(_row(row, people.get(row.id, ()), zone) for row in rows)
    else:
        _print(app, rows, people, zone)


def _row(row: "Went", people: tuple[str, ...], zone: "tzinfo") -> dict[str, Any]:
    known = {name: getattr(row, name) for name in _COLUMNS if name not in ("sent_at", "people_in_doubt")}
    return {
        "sent_at": row.sent_at.astimezone(zone).isoformat(timespec="seconds"),
        **known,
        "people_in_doubt": list(people),
    }


def _print_json(rows: Iterable[dict[str, Any]]) -> None:
    """A list, written row by row: a million of them take no memory."""
    sys.stdout.flush()
    out, any_row = sys.stdout.buffer, False
    for number, row in enumerate(rows):
        out.write((b",\n  " if number else b"[\n  ") + msgspec.json.encode(row))
        any_row = True
    out.write(b"\n]\n" if any_row else b"[]\n")
    out.flush()


def _print_csv(rows: Iterable[dict[str, Any]]) -> None:
    """UTF-8 whatever the terminal's locale says, one line each."""
    sys.stdout.flush()
    sys.stdout.buffer.write(_csv_line(_COLUMNS))
    for row in rows:
        sys.stdout.buffer.write(_csv_line([cell(row[name]) for name in _COLUMNS]))
    sys.stdout.buffer.flush()


def _csv_line(cells: Iterable[object]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue().encode()


def cell(value: object) -> object:
    """A value for a spreadsheet, which would take what begins like a formula for one: it is then marked as text."""
    text = ", ".join(value) if isinstance(value, list) else value
    if not isinstance(text, str):
        return text
    text = " ".join(harmless(text).split())
    return f"'{text}" if text.startswith(_FORMULA) else text


#: what spreadsheets begin a formula with, also in full-width letters (owasp.org/www-community/attacks/CSV_Injection)
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def _print(app: "App", rows: Iterable["Went"], people: dict[int, tuple[str, ...]], zone: "tzinfo") -> None:
    """A paragraph for each post, the one that went out last first."""
    titles: dict[str, str] = {}
    seen = View(app.accounts(), lambda post: titles[post], clock=app.clock, zone=lambda: zone, label=app.label)
    coming, shown = iter(rows), False
    while several := list(islice(coming, _TOGETHER)):
        titles = {row.post: row.title for row in several}
        if shown:
            click.echo()
        seen.show(_line(row, people.get(row.id, ()), seen) for row in several)
        shown = True
    if not shown:
        click.echo("Nothing went out yet." if no_ledger_yet(app) else "Nothing of that went out.")


def _line(row: "Went", people: tuple[str, ...], seen: View) -> Line:
    doubt = doubt_about(people, row.network, row.id) if people else ""
    return Line(
        post=row.post,
        account=row.account,
        part=row.part,
        word=seen.when(row.sent_at),
        link=web(row.url),
        said=". ".join(filter(None, (bare(row.notes, row.account), doubt))),
    )

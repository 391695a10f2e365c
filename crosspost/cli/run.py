"""``crosspost run``: what cron calls."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.cli.common import as_row, exit_code, json_option, open_app, open_ledger, places, print_json
from crosspost.cli.first_time import agreed, at_a_terminal, never_spoke, yes_option
from crosspost.cli.layout import complain, paragraph
from crosspost.cli.outlook import backfills, first_run, outlook
from crosspost.cli.people import of_delivery
from crosspost.cli.progress import Progress
from crosspost.cli.remarks import say_remarks
from crosspost.cli.reports import Line, View, view
from crosspost.cli.telling import Pulse, after_failure, after_run
from crosspost.cli.told import change_row, exit_code_of_changes, say_changes
from crosspost.cli.work import admitted, check, deliver, follow, is_watched, lock, say_doubt, tend, watch
from crosspost.errors import ConfigError, CrosspostError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.delivery import Plan
    from crosspost.ledger import Change, Delivery, Ledger
    from crosspost.schedule import Planned


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would be sent; change nothing, ask nobody.")
@click.option("--backfill", is_flag=True, help="On a first run, send existing posts too.")
@click.option("--quiet", is_flag=True, help="Say nothing unless something was due.")
@click.option(
    "--accept-branch", is_flag=True, help="What git has checked out is the site, also where posts are missing."
)
@yes_option
@json_option
@places
def run(  # one per option
    dry_run: bool,
    backfill: bool,
    quiet: bool,
    accept_branch: bool,
    yes: bool,
    as_json: bool,
    config: Path | None,
    site: Path | None,
) -> int:
    """Publish every new post once on each account. Safe to call as often as you like.

    On the first run existing posts are noted as old and not sent. When another run is at work this one leaves it alone.
    """
    from crosspost.ledger import Busy

    app = open_app(config, site, required=True)
    accounts = list(app.accounts())
    if dry_run:
        return _dry_run(app, backfill=backfill, as_json=as_json)
    pulse = Pulse(app)
    try:
        check(app, accounts)
        with lock(app):
            pulse.begin()
            ledger = open_ledger(app)
            try:
                ask = not (yes or as_json) and at_a_terminal() and not is_watched()
                if accept_branch:
                    _accept_branch(app, ledger)
                plan, settled, changes = _run(app, ledger, backfill=backfill, loud=not as_json, ask=ask)
                _afterwards(app, ledger, plan)
            finally:
                ledger.close()
    except CrosspostError as error:
        pulse.failed(error)
        after_failure(app, error)
        raise
    except Busy as busy:
        if as_json:
            print_json({"deliveries": [], "changes": [], "errors": [], "busy": str(busy)})
        elif not quiet:
            click.echo(f"Another run is at work ({busy}); this one leaves it alone.")
        return 0
    errors = [{"path": entry.path, "error": entry.reason} for entry in plan.refused]
    if as_json:
        rows = [change_row(change) for change in changes]
        print_json({"deliveries": [as_row(d, of_delivery(app, d)) for d in settled], "changes": rows, "errors": errors})
    elif not quiet or settled or changes:
        _conclude(plan, settled, changes, errors, backfill=backfills(app, backfill))
    people = any(of_delivery(app, row) for row in settled)
    code = exit_code(settled, errors=0 if quiet and not settled else len(errors), people=people)
    code = code or exit_code_of_changes(changes)
    pulse.end(code, settled, len(errors))
    return code


def _afterwards(app: "App", ledger: "Ledger", plan: "Plan") -> None:
    """What is not about posts: tokens that must not end, and people who must know. A run that is to stop leaves it."""
    if not watch().stop.is_set():
        tend(app, ledger)
        after_run(app, ledger, plan.refused, plan.inventory.elsewhere)


def _run(
    app: "App", ledger: "Ledger", *, backfill: bool, loud: bool, ask: bool
) -> tuple["Plan", list["Delivery"], list["Change"]]:
    from crosspost.delivery import make_plan

    say_doubt(ledger)
    source, begun = app.source(remember=True), app.clock()
    networks = {name: app.accounts()[name].network for name in admitted(app, ledger, list(app.accounts()))}
    wanted = backfills(app, backfill)
    plan = make_plan(
        source.scan(),
        networks,
        ledger,
        schedules=app.schedules(),
        digests=app.digests(),
        backfill=wanted,
        checkout=app.checkout(),
    )
    seen = view(app, ledger, plan.entries)
    if loud and plan.new:
        _say_later(seen, ledger, begun)
    accounts = _wanted(app, ledger, source, plan, list(networks)) if ask else list(networks)
    progress = Progress(seen) if loud else None
    settled = deliver(app, ledger, source, plan.entries, accounts, digests=True, progress=progress)
    if plan.inventory.trouble:
        complain(plan.inventory.trouble, "Warning")
    changes = [*plan.back, *(follow(app, ledger, source, plan) if not watch().stop.is_set() else [])]
    if loud:
        say_changes(changes, seen, ledger)
    return plan, settled, changes


def _accept_branch(app: "App", ledger: "Ledger") -> None:
    """A person says that what git has checked out is the site.

    :raises ConfigError: where there is no git
    """
    from crosspost.delivery import branches

    checkout = app.checkout()
    if checkout is None:
        raise ConfigError(f"{app.site} is in no git repository, so there is no branch to accept")
    branches.accept(checkout, ledger)


def _say_later(seen: View, ledger: "Ledger", begun: datetime) -> None:
    """What this run has planned for later: until then it can be cancelled."""
    later = [
        row
        for row in ledger.deliveries(states=["planned"])
        if row.updated_at >= begun and not row.attempts and row.due_at > ledger.clock()
    ]
    seen.show(map(seen.line, later))
    if later:
        paragraph("`crosspost cancel FILE` stops a post as long as it waits; `crosspost plan` says when each goes.")


def _wanted(app: "App", ledger: "Ledger", source: Any, plan: "Plan", accounts: list[str]) -> list[str]:
    """These accounts, less those on which nothing ever went out and a person does not want that now."""
    new = never_spoke(app, ledger, accounts)
    due = [
        (plan.entries[row.post], name)
        for name in new
        for row in ledger.deliveries(states=["planned"], account=name, due=ledger.clock())[: app.max_per_run(name)]
        if row.post in plan.entries
    ]
    if not due or agreed(app, source, due):
        return accounts
    silent = ", ".join(dict.fromkeys(name for _, name in due))
    paragraph(f"Nothing is sent to {silent} now. The posts stay planned: `crosspost cancel FILE` leaves one out.")
    return [name for name in accounts if name not in new]


def _conclude(
    plan: "Plan", settled: list["Delivery"], changes: list["Change"], errors: list[dict[str, str]], *, backfill: bool
) -> None:
    say_remarks(settled)
    for error in errors:
        complain(error["error"], "Refused")
    if settled and plan.first:
        click.echo()
    if plan.first:
        paragraph(first_run(plan.first, backfill=backfill))
    if not settled and not changes:
        click.echo("Nothing is due.")


def _dry_run(app: "App", *, backfill: bool, as_json: bool) -> int:
    """What a run would do, from the listing and a ledger that is only read."""
    found = outlook(app, timedelta(), backfill=backfill)
    errors = [{"path": entry.path, "error": entry.reason} for entry in found.refused]
    lines = [line for line in found.lines if line.late == "send" and line.at <= app.clock()]
    if as_json:
        same = {"state": "would-send", "url": "", "error": ""}
        print_json({"deliveries": [{"post": x.post, "account": x.account, **same} for x in lines], "errors": errors})
        return 0
    titles = {line.post: line.title for line in lines}
    View(app.accounts(), titles.__getitem__, clock=app.clock, label=app.label).show(
        Line(post=line.post, account=line.account, word="would send") for line in lines
    )
    for error in errors:
        complain(error["error"], "Refused")
    if (lines and found.first) or _more(app, lines):
        click.echo()
    if found.first:
        paragraph(first_run(found.first, backfill=backfills(app, backfill)))
    if most := _more(app, lines):
        paragraph(f"One run sends at most {most} posts to an account (max_per_run); `crosspost plan` shows the rest.")
    if not lines:
        click.echo("Nothing is due.")
    return 0


def _more(app: "App", lines: list["Planned"]) -> int:
    """The limit of a run that an account has reached in these lines; 0: none has."""
    counts = Counter(line.account for line in lines)
    return max((most for name, number in counts.items() if number == (most := app.max_per_run(name))), default=0)

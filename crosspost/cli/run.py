"""``crosspost run``: what cron calls."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.cli.common import as_row, exit_code, json_option, open_house, open_ledger, places, print_json
from crosspost.cli.first_time import agreed, at_a_terminal, never_spoke, yes_option
from crosspost.cli.layout import complain, paragraph
from crosspost.cli.outlook import backfills, first_run, outlook
from crosspost.cli.people import of_delivery
from crosspost.cli.progress import Progress
from crosspost.cli.remarks import say_remarks
from crosspost.cli.reports import Line, View, view
from crosspost.cli.telling import Pulse, after_failure, after_run
from crosspost.cli.told import change_row, exit_code_of_changes, say_changes
from crosspost.cli.work import check, deliver, follow, is_watched, lock, tend, watch
from crosspost.errors import ConfigError, CrosspostError

if TYPE_CHECKING:
    from crosspost.assemble import House
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

    house = open_house(config, site, required=True)
    accounts = list(house.accounts())
    if dry_run:
        return _dry_run(house, backfill=backfill, as_json=as_json)
    pulse = Pulse(house)
    try:
        check(house, accounts)
        with lock(house):
            pulse.begin()
            ledger = open_ledger(house)
            try:
                ask = not (yes or as_json) and at_a_terminal() and not is_watched()
                if accept_branch:
                    _accept_branch(house, ledger)
                plan, settled, changes = _run(house, ledger, backfill=backfill, loud=not as_json, ask=ask)
                _afterwards(house, ledger, plan)
            finally:
                ledger.close()
    except CrosspostError as error:
        pulse.failed(error)
        after_failure(house, error)
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
        print_json(
            {"deliveries": [as_row(d, of_delivery(house, d)) for d in settled], "changes": rows, "errors": errors}
        )
    elif not quiet or settled or changes:
        _conclude(plan, settled, changes, errors, backfill=backfills(house, backfill))
    people = any(of_delivery(house, row) for row in settled)
    code = exit_code(settled, errors=0 if quiet and not settled else len(errors), people=people)
    code = code or exit_code_of_changes(changes)
    pulse.end(code, settled, len(errors))
    return code


def _afterwards(house: "House", ledger: "Ledger", plan: "Plan") -> None:
    """What is not about posts: tokens that must not end, and people who must know. A run that is to stop leaves it."""
    if not watch().stop.is_set():
        tend(house, ledger)
        after_run(house, ledger, plan.refused, plan.inventory.elsewhere)


def _run(
    house: "House", ledger: "Ledger", *, backfill: bool, loud: bool, ask: bool
) -> tuple["Plan", list["Delivery"], list["Change"]]:
    from crosspost.delivery import make_plan

    source, begun = house.source(remember=True), house.clock()
    networks = {name: account.network for name, account in house.accounts().items()}
    wanted = backfills(house, backfill)
    plan = make_plan(
        source.scan(),
        networks,
        ledger,
        schedules=house.schedules(),
        digests=house.digests(),
        backfill=wanted,
        checkout=house.checkout(),
    )
    seen = view(house, ledger, plan.entries)
    if loud and plan.new:
        _say_later(seen, ledger, begun)
    accounts = _wanted(house, ledger, source, plan) if ask else list(networks)
    progress = Progress(seen) if loud else None
    settled = deliver(house, ledger, source, plan.entries, accounts, digests=True, progress=progress)
    if plan.inventory.trouble:
        complain(plan.inventory.trouble, "Warning")
    changes = [*plan.back, *(follow(house, ledger, source, plan) if not watch().stop.is_set() else [])]
    if loud:
        say_changes(changes, seen, ledger)
    return plan, settled, changes


def _accept_branch(house: "House", ledger: "Ledger") -> None:
    """A person says that what git has checked out is the site.

    :raises ConfigError: where there is no git
    """
    from crosspost.delivery import branches

    checkout = house.checkout()
    if checkout is None:
        raise ConfigError(f"{house.site} is in no git repository, so there is no branch to accept")
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


def _wanted(house: "House", ledger: "Ledger", source: Any, plan: "Plan") -> list[str]:
    """The accounts of a run, less those on which nothing ever went out and a person does not want that now."""
    accounts = list(house.accounts())
    new = never_spoke(house, ledger, accounts)
    due = [
        (plan.entries[row.post], name)
        for name in new
        for row in ledger.deliveries(states=["planned"], account=name, due=ledger.clock())[: house.max_per_run(name)]
        if row.post in plan.entries
    ]
    if not due or agreed(house, source, due):
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


def _dry_run(house: "House", *, backfill: bool, as_json: bool) -> int:
    """What a run would do, from the listing and a ledger that is only read."""
    found = outlook(house, timedelta(), backfill=backfill)
    errors = [{"path": entry.path, "error": entry.reason} for entry in found.refused]
    lines = [line for line in found.lines if line.late == "send" and line.at <= house.clock()]
    if as_json:
        same = {"state": "would-send", "url": "", "error": ""}
        print_json({"deliveries": [{"post": x.post, "account": x.account, **same} for x in lines], "errors": errors})
        return 0
    titles = {line.post: line.title for line in lines}
    View(house.accounts(), titles.__getitem__, clock=house.clock, label=house.label).show(
        Line(post=line.post, account=line.account, word="would send") for line in lines
    )
    for error in errors:
        complain(error["error"], "Refused")
    if (lines and found.first) or _more(house, lines):
        click.echo()
    if found.first:
        paragraph(first_run(found.first, backfill=backfills(house, backfill)))
    if most := _more(house, lines):
        paragraph(f"One run sends at most {most} posts to an account (max_per_run); `crosspost plan` shows the rest.")
    if not lines:
        click.echo("Nothing is due.")
    return 0


def _more(house: "House", lines: list["Planned"]) -> int:
    """The limit of a run that an account has reached in these lines; 0: none has."""
    counts = Counter(line.account for line in lines)
    return max((most for name, number in counts.items() if number == (most := house.max_per_run(name))), default=0)

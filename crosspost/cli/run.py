"""``crosspost run``: what cron calls."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.cli.common import (
    as_row,
    exit_code,
    json_option,
    no_ledger_yet,
    open_house,
    open_ledger,
    places,
    print_json,
    say,
)
from crosspost.cli.telling import Pulse, after_failure, after_run
from crosspost.cli.told import change_row, exit_code_of_changes, say_changes
from crosspost.cli.work import admitted, check, deliver, follow, lock, say_doubt, tend, watch
from crosspost.errors import CrosspostError

if TYPE_CHECKING:
    from crosspost.assemble import House
    from crosspost.delivery import Plan
    from crosspost.ledger import Change, Delivery, Ledger
    from crosspost.model import Entry


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would be sent; change nothing, ask nobody.")
@click.option("--backfill", is_flag=True, help="On a first run, send existing posts too.")
@click.option("--quiet", is_flag=True, help="Say nothing unless something was due.")
@json_option
@places
def run(  # one per option
    dry_run: bool, backfill: bool, quiet: bool, as_json: bool, config: Path | None, site: Path | None
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
                plan, settled, changes = _run(house, ledger, backfill=backfill, loud=not as_json)
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
        print_json({"deliveries": [as_row(d) for d in settled], "changes": rows, "errors": errors})
    elif not quiet or settled or changes:
        _conclude(plan, settled, changes, errors)
    code = exit_code(settled, errors=0 if quiet and not settled else len(errors)) or exit_code_of_changes(changes)
    pulse.end(code, settled, len(errors))
    return code


def _afterwards(house: "House", ledger: "Ledger", plan: "Plan") -> None:
    """What is not about posts: tokens that must not end, and people who must know. A run that is to stop leaves it."""
    if not watch().stop.is_set():
        tend(house, ledger)
        after_run(house, ledger, plan.refused)


def _run(
    house: "House", ledger: "Ledger", *, backfill: bool, loud: bool
) -> tuple["Plan", list["Delivery"], list["Change"]]:
    from crosspost.delivery import make_plan

    say_doubt(ledger)
    source = house.source(remember=True)
    networks = {name: house.accounts()[name].network for name in admitted(house, ledger, list(house.accounts()))}
    wanted = backfill or (house.settings is not None and house.settings.run.backfill)
    plan = make_plan(
        source.scan(), networks, ledger, schedules=house.schedules(), digests=house.digests(), backfill=wanted
    )
    settled = deliver(
        house, ledger, source, plan.entries, list(networks), digests=True, report=say if loud else lambda _: None
    )
    if plan.inventory.trouble:
        click.echo(f"Warning: {plan.inventory.trouble}", err=True)
    changes = follow(house, ledger, source, plan) if not watch().stop.is_set() else []
    if loud:
        say_changes(changes, ledger)
    return plan, settled, changes


def _conclude(plan: "Plan", settled: list["Delivery"], changes: list["Change"], errors: list[dict[str, str]]) -> None:
    for error in errors:
        click.echo(f"refused       {error['error']}", err=True)
    if plan.first:
        click.echo(f"First run for {', '.join(plan.first)}: existing posts are noted and not sent.")
    if not settled and not changes:
        click.echo("Nothing is due.")


def _dry_run(house: "House", *, backfill: bool, as_json: bool) -> int:
    """What a run would do, from the listing and a ledger that is only read."""
    from crosspost.delivery.plan import skipped

    rows: list[dict[str, Any]] = []
    entries, states = _states(house)
    for entry in entries:
        if entry.state != "ready":
            continue
        for name, account in house.accounts().items():
            state = states.get((entry.id, name), "planned" if name in states or backfill else "before")
            at = entry.overrides.for_account(name, account.network).at
            due = at is None or at <= house.clock()
            if state == "planned" and due and not skipped(entry, name, account.network):
                rows.append({"post": entry.id, "account": name, "state": "would-send", "url": "", "error": ""})
    if as_json:
        print_json({"deliveries": rows, "errors": []})
        return 0
    for row in rows:
        click.echo(f"would send    {row['account']:<16} {row['post']}")
    if not rows:
        click.echo("Nothing is due.")
    return 0


def _states(house: "House") -> tuple[Iterable["Entry"], dict[Any, str]]:
    """The posts, and (post, account) → state, account → "started", as the ledger has it; {} when there is none yet."""
    from crosspost.delivery.inventory import take

    listed = house.source().scan()
    if no_ledger_yet(house):
        return listed, {}
    ledger = open_ledger(house, read_only=True)
    try:
        entries = take(listed, ledger).entries
        known: dict[Any, str] = {(d.post, d.account): d.state for d in ledger.deliveries()}
        for name in house.accounts():
            if ledger.account(name).started_at is not None:
                known[name] = "started"
        return entries, known
    finally:
        ledger.close()

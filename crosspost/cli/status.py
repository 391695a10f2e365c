"""``crosspost status``: what went out, what did not, and what waits for a person."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.cli.common import (
    as_row,
    bare,
    doubted,
    json_option,
    no_ledger_yet,
    open_house,
    open_ledger,
    places,
    print_json,
    say,
    table,
)
from crosspost.cli.told import change_row, say_change, where

if TYPE_CHECKING:
    from crosspost.assemble import House
    from crosspost.ledger import AccountState, Delivery, Ledger
    from crosspost.ledger.notices import Notice

_STATES = ("sent", "planned", "unknown", "held", "failed", "before")


@click.command()
@json_option
@places
def status(as_json: bool, config: Path | None, site: Path | None) -> int:
    """Show each account's deliveries and everything that is not simply done."""

    house = open_house(config, site, required=True)
    if no_ledger_yet(house):
        if as_json:
            print_json({"accounts": [], "open": [], "changes": [], "told": []})
        else:
            click.echo("Nothing has been sent yet: the first `crosspost run` makes the ledger.")
        return 0
    ledger = open_ledger(house, read_only=True)
    try:
        accounts = [_account(house, ledger, name) for name in house.accounts()]
        unsettled = ledger.deliveries(states=["planned", "sending", "unknown", "held", "failed"])
        changes = ledger.changes.all(states=["planned", "asked", "failed"])
        paths = where(ledger) if changes else {}
        notices = ledger.notices.standing()
    finally:
        ledger.close()
    doubt = doubted(house)
    if doubt:
        click.echo(f"Warning: {doubt}", err=True)
    if as_json:
        told = [{"matter": n.matter, "said": n.said, "since": n.since, "told_at": n.told_at} for n in notices]
        waiting = [change_row(change) for change in changes]
        print_json({"accounts": accounts, "open": [as_row(d) for d in unsettled], "changes": waiting, "told": told})
    else:
        _print(accounts, unsettled)
        if changes:
            click.echo()
        for change in changes:
            say_change(change, paths)
        _print_told(notices)
    waits = any(d.state == "held" for d in unsettled) or any(c.state == "asked" for c in changes)
    return 3 if waits else 0


def _account(house: "House", ledger: "Ledger", name: str) -> dict[str, Any]:
    state: AccountState = ledger.account(name)
    paused = state.paused_until is not None and state.paused_until > house.clock()
    ends = state.identity.expires_at if state.identity else None
    counts = {kind: number for (account, kind), number in ledger.counts().items() if account == name}
    return {
        "account": name,
        "network": house.accounts()[name].network,
        "handle": state.identity.handle if state.identity else "",
        "token_until": ends.isoformat() if ends is not None else None,
        "paused_until": state.paused_until.isoformat() if paused and state.paused_until else None,
        "paused_why": state.paused_why if paused else "",
        **{kind: counts.get(kind, 0) for kind in _STATES},  # type: ignore[call-overload]  # a plain str is no Literal
    }


def _print(accounts: list[dict[str, Any]], unsettled: list["Delivery"]) -> None:
    head = ("account", "who", *("old" if kind == "before" else kind for kind in _STATES))
    table([head, *((row["account"], row["handle"], *(str(row[kind]) for kind in _STATES)) for row in accounts)])
    if any(row["token_until"] or row["paused_until"] for row in accounts):
        click.echo()
    for row in accounts:
        if row["token_until"]:
            click.echo(f"{row['account']}: token until {row['token_until'][:10]}")
        if row["paused_until"]:
            why = bare(row["paused_why"], row["account"])
            click.secho(f"{row['account']} is paused until {row['paused_until']}: {why}", fg="yellow")
    if unsettled:
        click.echo()
    for delivery in unsettled:
        say(delivery)


def _print_told(notices: list["Notice"]) -> None:
    """What somebody was told, or will be, and since when it is so."""
    if notices:
        click.echo()
    for notice in notices:
        told = f"told {notice.told_at:%Y-%m-%d}" if notice.told_at else "not told yet"
        click.secho(f"since {notice.since:%Y-%m-%d} ({told}): {notice.said}", fg="yellow")

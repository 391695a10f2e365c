"""What the commands share: options, the house, and how results are shown."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from crosspost.errors import LedgerError
from crosspost.printable import printable

if TYPE_CHECKING:
    from crosspost.assemble import House
    from crosspost.ledger import Delivery, Ledger

F = TypeVar("F", bound=Callable[..., Any])

config_option = click.option(
    "--config", type=click.Path(path_type=Path), metavar="FILE", help="The config file  [config/crosspost.toml]"
)
site_option = click.option(
    "--site", type=click.Path(path_type=Path), metavar="DIR", help="The site's folder, instead of the config's"
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def places(command: F) -> F:
    """``--config`` and ``--site``, which every command takes."""
    return config_option(site_option(command))


def now() -> datetime:
    """The clock of the commands."""
    return datetime.now(UTC)


def open_house(config: Path | None, site: Path | None, *, near: Path | None = None, required: bool = False) -> "House":
    """Config, site and credentials for a command.

    :raises ConfigError: see :func:`crosspost.assemble.house`
    """
    from crosspost import assemble

    return assemble.house(config=config, site=site, environ=os.environ, clock=now, near=near, required=required)


def open_ledger(house: "House", *, read_only: bool = False, rebuild: bool = False) -> "Ledger":
    """The ledger of the config. Opened to write, it is copied once a day.

    :param rebuild: whether it may be a copy, or be missing although there was one
    :raises LedgerError: when it cannot be used, or another machine is at work on it
    """
    from crosspost.ledger import Ledger, copies, presence

    path = house.ledger_path()
    fresh = not path.exists()
    if fresh and not (read_only or rebuild) and (left := copies.traces(path)):
        raise LedgerError(
            f"{path} is gone, though there was one ({left[-1]}). Nothing was sent. Put a copy of it in its place, or "
            f"have `crosspost ledger rebuild` look at the accounts for what is out; to start anew delete {left[-1]}"
        )
    ledger = Ledger(house.ledger_path(), house.clock, read_only=read_only)
    if not read_only:
        try:
            made = ledger.fact(copies.COPY)
            if made and not rebuild:
                raise LedgerError(
                    f"{path} is a copy made at {made:.16}; what went out since is not in it. Nothing was sent. "
                    "`crosspost ledger rebuild` looks for that on the accounts; if nothing went out since: "
                    "`crosspost ledger adopt`"
                )
            if not made and not fresh:
                copies.daily(path, house.clock())
            presence.arrive(ledger, presence.machine())
        except BaseException:
            ledger.close()
            raise
    return ledger


def print_json(value: Any) -> None:
    """One JSON document on standard output, UTF-8 whatever the terminal's locale says."""
    import msgspec

    try:
        data = msgspec.json.encode(value)
    except UnicodeEncodeError:  # the name of a file that is no UTF-8
        data = msgspec.json.encode(_plain(msgspec.to_builtins(value)))
    text = msgspec.json.format(data, indent=2)
    sys.stdout.flush()
    sys.stdout.buffer.write(text + b"\n")
    sys.stdout.buffer.flush()


def _plain(value: Any) -> Any:
    """The same with every text printable."""
    if isinstance(value, dict):
        return {_plain(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return printable(value) if isinstance(value, str) else value


def as_row(delivery: "Delivery") -> dict[str, Any]:
    """A delivery as ``--json`` shows it."""
    return {
        "post": delivery.post,
        "account": delivery.account,
        "part": delivery.part,
        "state": delivery.state,
        "url": delivery.url,
        "error": delivery.error,
        "warnings": list(delivery.draft.warnings) if delivery.draft is not None else [],
    }


_COLOURS = {"sent": "green", "failed": "red", "held": "yellow", "unknown": "yellow", "planned": "yellow"}
_WORDS = {
    "sent": "sent",
    "failed": "failed",
    "held": "waits for you",
    "unknown": "in doubt",
    "planned": "later",
    "before": "old",
    "skipped": "skipped",
}


def begun(delivery: "Delivery") -> None:
    """On a terminal, a passing line about what is being sent; elsewhere nothing."""
    if sys.stdout.isatty():
        click.echo(f"\r… {delivery.account}: {delivery.post}\x1b[K\r", nl=False)


def say(delivery: "Delivery", house: "House", *, already: bool = False) -> None:
    """One line about a delivery."""
    account = house.label(delivery.account)
    if sys.stdout.isatty():
        click.echo("\r\x1b[K", nl=False)  # over the passing line
    if already:
        click.echo(f"{'already sent':<13} {account:<16} {_named(delivery)}  {delivery.url}")
        return
    word = click.style(f"{_WORDS.get(delivery.state, delivery.state):<13}", fg=_COLOURS.get(delivery.state))
    rest = delivery.url if delivery.state == "sent" else bare(delivery.error or delivery.why, delivery.account)
    number = f"#{delivery.id} " if delivery.state in ("held", "failed", "unknown") else ""
    click.echo(f"{word} {account:<16} {number}{_named(delivery)}  {rest}".rstrip())


def bare(said: str, account: str) -> str:
    """What was said of an account, where its name stands in the line already."""
    return said.removeprefix(f"{account}: ")


def _named(delivery: "Delivery") -> str:
    return delivery.post if delivery.part == 1 else f"{delivery.post} (part {delivery.part})"


def exit_code(deliveries: Iterable["Delivery"], *, errors: int = 0) -> int:
    """0 done · 1 something failed or could not be sent yet · 3 something waits for a person."""
    states = [(d.state, bool(d.error)) for d in deliveries]
    if errors or any(state in ("failed", "unknown") or (state == "planned" and wrong) for state, wrong in states):
        return 1
    return 3 if any(state == "held" for state, _ in states) else 0


def machine() -> str:
    """This machine and process, as the owner of leases."""
    from crosspost.ledger import presence

    return f"{presence.machine()}:{os.getpid()}"


def table(rows: Sequence[Sequence[str]]) -> None:
    """Columns, aligned, cut nowhere."""
    if not rows:
        return
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())

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


def as_row(delivery: "Delivery", people: Sequence[str] = ()) -> dict[str, Any]:
    """A delivery as ``--json`` shows it.

    :param people: who may or may not have it, of those it writes to one by one
    """
    return {
        "post": delivery.post,
        "account": delivery.account,
        "part": delivery.part,
        "state": delivery.state,
        "url": delivery.url,
        "error": delivery.error,
        "warnings": list(delivery.draft.warnings) if delivery.draft is not None else [],
        "people_in_doubt": list(people),
    }


def exit_code(deliveries: Iterable["Delivery"], *, errors: int = 0, people: bool = False) -> int:
    """0 done · 1 something failed or could not be sent yet · 3 something waits for a person.

    :param people: whether somebody may or may not have a mail
    """
    states = [(d.state, bool(d.error)) for d in deliveries]
    if errors or any(state in ("failed", "unknown") or (state == "planned" and wrong) for state, wrong in states):
        return 1
    return 3 if people or any(state == "held" for state, _ in states) else 0


def machine() -> str:
    """This machine and process, as the owner of leases."""
    from crosspost.ledger import presence

    return f"{presence.machine()}:{os.getpid()}"

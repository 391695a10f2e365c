"""What the commands share: options, the app, and how results are shown."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from crosspost.errors import LedgerError
from crosspost.text.printable import printable

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Delivery, Ledger
    from crosspost.ledger.opening import Outside

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


def open_app(config: Path | None, site: Path | None, *, near: Path | None = None, required: bool = False) -> "App":
    """Config, site and credentials for a command.

    :raises ConfigError: see :func:`crosspost.app.application.load`
    """
    from crosspost.app import application

    return application.load(config=config, site=site, environ=os.environ, clock=now, near=near, required=required)


def open_ledger(app: "App", *, read_only: bool = False, anew: bool = False) -> "Ledger":
    """The ledger of the config. Opened to write, it is copied once a day.

    :param anew: whether it may be a copy, or be missing although there was one
    :raises LedgerError: when it cannot be used, or another machine is at work on it
    """
    from crosspost.ledger import Ledger, opening

    path = app.ledger_path()
    if read_only:
        return Ledger(path, app.clock, read_only=True)
    ledger = opening.open_to_write(path, app.clock, outside(app), anew=anew)
    ledger.configured = frozenset(app.settings.accounts if app.settings is not None else ())
    return ledger


def outside(app: "App") -> "Outside":
    """What counts for the ledger besides its file."""
    from crosspost.ledger import marks
    from crosspost.ledger.opening import Outside

    home = marks.folder(os.environ) if not app.on_trial() else None
    return Outside(home=home, moves=app.moves(os.environ))


def doubted(app: "App") -> str:
    """Why the next run looks at the accounts before it sends anything, in sentences; "" when it need not."""
    from crosspost.ledger import opening

    ledger = open_ledger(app, read_only=True)
    try:
        doubt = opening.doubt(ledger, outside(app))
    finally:
        ledger.close()
    return doubt.why if doubt is not None else ""


def no_ledger_yet(app: "App") -> bool:
    """Whether nothing was ever sent here: the first run makes the ledger.

    :raises LedgerError: when there was a ledger and it is gone, or empty
    """
    from crosspost.ledger import opening

    if said := opening.lost(app.ledger_path(), outside(app)):
        raise LedgerError(said)
    return not app.ledger_path().exists()


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

"""The ledger moves into a database, or back into a file."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.app.ledger_access import no_ledger_yet, open_ledger
from crosspost.app.ledger_database import address_of
from crosspost.errors import ConfigError
from crosspost.ledger.moving import move
from crosspost.ledger.postgresql.address import is_address
from crosspost.text.numbers import counted

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger.connection import Where


def moved(app: "App", to: str) -> str:
    """Move the ledger, while this process has the run lock.

    :param to: the address of a database, or a file
    :returns: what was done, and what the config must say now
    :raises ConfigError: when there is none yet, or the target cannot be one
    :raises LedgerError: when a run would not work with it either, or it cannot be copied
    """
    source = app.ledger_place()
    if no_ledger_yet(app):
        raise ConfigError(f"there is no ledger yet in {source}; the first `crosspost run` makes it")
    if is_address(to):
        target: Where = address_of(app.credentials, to, app.ledger_path(), "--to")
        todo = f'write `database = "{to}"` under [state]'
    elif scheme := re.match(r"[a-z][a-z0-9+.-]+(?=://)", to, re.IGNORECASE):
        # a misspelt address must not become the name of a file, into which the ledger would disappear
        raise ConfigError(
            f"--to: an address that begins with {scheme[0]}:// is none of a database that crosspost knows. Write "
            "postgresql://USER@HOST/DATABASE, or the name of a file"
        )
    else:
        target = Path(to).absolute()
        same = target == app.ledger_path().absolute()
        todo = "take `database` out of [state]" + ("" if same else f' and name this file there: `ledger = "{target}"`')
    if str(target) == str(source if is_address(to) else Path(str(source)).absolute()):
        raise ConfigError(f"{to} is the ledger already; name another place")
    open_ledger(app).close()  # refuses what must not be sent from, such as a copy or one that another machine is using
    rows = counted(move(source, target, app.clock()), "row")
    return (
        f"{rows} copied to {target}, and each compared with its original. {source} counts as a copy from now on, from "
        f"which nothing is sent. Before the next run, {todo} in the config."
    )

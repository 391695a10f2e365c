"""The ledger moves into a database, or back into a file."""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from crosspost.app.installation import SITES
from crosspost.app.ledger_access import no_ledger_yet, open_ledger
from crosspost.app.ledger_database import address_of, of_site
from crosspost.errors import ConfigError, LedgerError
from crosspost.ledger import location
from crosspost.ledger.moving import move, was_moved
from crosspost.ledger.postgresql.address import is_address
from crosspost.text.lazy_pattern import lazy
from crosspost.text.numbers import counted
from crosspost.text.printable import printable

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger.connection import Where

#: DATABASE at a host with a dot in its name, or a file in a folder with one
_HOST = lazy(r"[\w-]+(?:\.[\w-]+)+/")
#: what every file of SQLite begins with (sqlite.org/fileformat.html, 1.3.1)
_SQLITE = b"SQLite format 3\0"
#: what a person writes who means a database: a user at a host, a host with its port, libpq's words, or a scheme
_LIKE_AN_ADDRESS = lazy(
    r"""^[^/\\]*@|^[\s"'<]*\w+(?:://|//\S*@)|^[\s"'<]*postgres\w*:|^[\w.-]+:\d+(?:/|$)|\b(?:host|hostaddr|dbname|service)\s*="""
)


def moved(app: "App", to: str) -> str:
    """Move the ledger, while this process has the run lock.

    :param to: what [state] will name: the address of a database, or a file. A site of several has its place there
    :returns: what was done
    :raises ConfigError: when there is none yet, or the target cannot be one
    :raises LedgerError: when a run would not work with it either, or it cannot be copied
    """
    source, target = app.ledger_place(), _target(app, to)
    if no_ledger_yet(app):
        if app.settings is not None and app.settings.site_names:
            return "There is no ledger yet; its first run makes one."
        raise ConfigError(f"there is no ledger yet in {source}; the first `crosspost run` makes it")
    if str(target) == str(source if is_address(to) else Path(str(source)).absolute()):
        raise ConfigError(f"{to} is the ledger already; name another place")
    if isinstance(target, Path):
        _refuse_unfit(target)
    try:  # refuses what must not be sent from, such as a copy or one that another machine is using
        open_ledger(app).close()
    except LedgerError:
        if not was_moved(source, target):
            raise
    if rows := move(source, target, app.clock()):
        return (
            f"{counted(rows, 'row')} copied to {target}, and each compared with its original. {source} counts as a "
            "copy from now on, from which nothing is sent."
        )
    return f"The ledger is in {target} already; nothing had to be copied."


def next_step(app: "App", to: str) -> str:
    """What the config must say once everything has moved there."""
    said = app.settings
    if is_address(to):
        return f'write `database = "{to}"` under [state] in the config.'
    target = Path(to).absolute()
    steps = ["take `database` out of [state]"] if said is not None and said.state.database else []
    if target != app.main_ledger_file().absolute():
        steps.append(f'name this file {"there" if steps else "under [state]"}: `ledger = "{target}"`')
    return f"{' and '.join(steps)} in the config."


def _target(app: "App", to: str) -> "Where":
    """The place of this site's ledger there.

    :raises ConfigError: when there can be none
    """
    name = app.settings.name if app.settings is not None else ""
    if is_address(to):
        if app.settings is not None and name:  # refuses names that no schema can have
            there = msgspec.structs.replace(app.settings.state, database=to)
            of_site(msgspec.structs.replace(app.settings, state=there), app.credentials, app.ledger_path())
        return address_of(app.credentials, to, app.ledger_path(), "--to", schema=name)
    if scheme := re.match(r"[a-z][a-z0-9+.-]+(?=://)", to, re.IGNORECASE):
        # a misspelt address must not become the name of a file, into which the ledger would disappear
        raise ConfigError(
            f"--to: an address that begins with {scheme[0]}:// is none of a database that crosspost knows. Write "
            "postgresql://USER@HOST/DATABASE, or the name of a file"
        )
    if not to.strip():
        raise ConfigError(
            "--to: it is empty; name the address of a database, postgresql://USER@HOST/DATABASE, or a file"
        )
    host = to.partition("/")[0] if _HOST.match(to) else ""
    if _LIKE_AN_ADDRESS.search(to) or (host and not os.path.isdir(host)):  # noqa: PTH112 - never raises
        # it may have a password in it, so it is not repeated
        raise ConfigError(
            "--to: this looks like a database, and its address does not begin with postgresql://. Write "
            "postgresql://USER@HOST/DATABASE; before a file of such a name write its folder, such as ./NAME"
        )
    file = Path(to).absolute()
    if os.path.isdir(to):  # noqa: PTH112 - never raises
        raise ConfigError(f"--to: {printable(to)} is a folder; name a file in it, such as ledger.sqlite3")
    return file.parent / SITES / name / file.name if name else file


def _refuse_unfit(file: Path) -> None:
    """:raises ConfigError: when there is something else in the place of the new ledger"""
    try:
        with file.open("rb") as opened:
            begin = opened.read(len(_SQLITE))
    except OSError:
        return  # there is none, or making it says why that cannot be
    if (begin and begin != _SQLITE) or location.inside(file) == "foreign":
        raise ConfigError(f"--to: {printable(str(file))} is a file of something else; name one that is not there yet")

"""Where the ledger's file is. What the sandbox got never stands beside what real networks got."""

import os
from collections.abc import Callable
from pathlib import Path

from crosspost.config.settings import Settings
from crosspost.errors import ConfigError

#: where it is when the config does not say, and where that of a trial is
LEDGER, SANDBOX_LEDGER = "state/ledger.sqlite3", "state/sandbox.sqlite3"

#: the folder beside it with a folder for each site of several
SITES = "sites"


def of(settings: Settings, site: str, *, on_trial: bool) -> Path:
    """Where the ledger is to be, whatever is there. Each site of several has its own.

    :param site: the name of one of several; "" for ``[site]``
    :raises ConfigError: when its path is not valid
    """
    file = settings.beside(settings.state.ledger or (SANDBOX_LEDGER if on_trial else LEDGER))
    return file.parent / SITES / site / file.name if site else file


def usable(file: Path, where: Callable[[], str]) -> Path:
    """The file again, unless no ledger can be there.

    :param where: gives ``file:line`` of what names it, for messages; the whole config is searched for it
    :raises ConfigError: when it is a folder or cannot be looked at
    """
    try:
        if file.name and (file.is_file() or not os.path.lexists(file)):
            return file
        what = "a folder" if file.is_dir() else "not a file"
    except OSError as error:  # a folder that nobody may look into, or a name that is too long
        raise ConfigError(f"{where()}: `ledger`: {file} cannot be used: {error.strerror}") from None
    raise ConfigError(f"{where()}: `ledger`: {file} is {what}; name a file, such as {LEDGER}")

"""The ledger of an app: opening it, and the lock that keeps two runs apart."""

import os
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from crosspost.errors import ConfigError, LedgerError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Ledger
    from crosspost.ledger.opening import Outside


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


def ledger_to_look_at(app: "App") -> "Ledger | None":
    """The ledger for a command that only says more with it, opened without changing a byte; None when there is none.

    :raises LedgerError: when it cannot be read, or no ledger can be where the config has it
    """
    try:
        # its marks are not asked for: that loads the ledger
        if app.settings is None or not os.path.exists(app.ledger_path()):  # noqa: PTH110 - never raises
            return None
    except ConfigError as error:
        raise LedgerError(str(error)) from None
    return open_ledger(app, read_only=True)


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


def lock(app: "App", wait: float = 0) -> AbstractContextManager[None]:
    """The run lock beside the ledger.

    :raises crosspost.ledger.Busy: when another run holds it for longer than ``wait`` seconds
    :raises LedgerError: when the ledger's folder cannot keep two runs apart
    """
    from crosspost.ledger import filesystem, run_lock

    path = app.ledger_path()
    shared = app.settings is not None and app.settings.state.shared
    if not shared:
        filesystem.refuse_shared(path.parent)
    return run_lock(path.with_name(path.name + ".lock"), wait, needed=not shared)


def machine() -> str:
    """This machine and process, as the owner of leases."""
    from crosspost.ledger import presence

    return f"{presence.machine()}:{os.getpid()}"

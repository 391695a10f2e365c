"""The ledger of an app: opening it, and the lock that keeps two runs apart."""

import contextlib
import itertools
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.errors import ConfigError, CrosspostError, LedgerError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Ledger
    from crosspost.ledger.opening import Outside


def open_ledger(app: "App", *, read_only: bool = False, anew: bool = False, leased: bool = False) -> "Ledger":
    """The ledger of the config. Opened to write, it is copied once a day.

    :param anew: whether it may be a copy, or be missing although there was one
    :param leased: whether the caller works without the run lock, by the leases of single deliveries alone
    :raises LedgerError: when it cannot be used, or another machine is at work on it
    """
    from crosspost.ledger import Ledger, opening

    path = app.ledger_place()
    if read_only:
        ledger = Ledger(path, app.clock, read_only=True)
    else:
        ledger = opening.open_to_write(path, app.clock, outside(app), anew=anew, leased=leased)
    if app.settings is not None and app.settings.site_names:
        from crosspost.app.sites.shared_accounts import know_each_other  # few configs have several sites

        know_each_other(app, ledger, writes=not read_only)
    if read_only:
        return ledger
    ledger.configured = frozenset(app.settings.accounts if app.settings is not None else ())
    return ledger


def ledger_to_look_at(app: "App") -> "Ledger | None":
    """The ledger for a command that only says more with it, opened without changing a byte; None when there is none.

    :raises LedgerError: when it cannot be read, or no ledger can be where the config has it
    """
    try:
        if app.settings is None:
            return None
        # its marks are not asked for: that loads the ledger
        if not app.settings.state.database and not os.path.exists(app.ledger_path()):  # noqa: PTH110 - never raises
            return None
        if app.settings.state.database and no_ledger_yet(app):
            return None
    except ConfigError as error:
        raise LedgerError(str(error)) from None
    return open_ledger(app, read_only=True)


def outside(app: "App") -> "Outside":
    """What counts for the ledger besides its file."""
    from crosspost.ledger import counter_marks
    from crosspost.ledger.opening import Outside

    home = counter_marks.folder(os.environ) if not app.on_trial() else None
    return Outside(home=home, moves=in_database(app) or carried(app))


def carried(app: "App") -> bool:
    """Whether the ledger is on another machine each time, and that is meant: as the config says, else whether a build
    service is at work (all of them set ``CI``); on a network drive it is the same file everywhere."""
    from crosspost.config.installation_settings import State

    state = app.settings.state if app.settings is not None else State()
    return state.shared or (state.moves if state.moves is not None else os.environ.get("CI", "") in ("true", "1"))


def doubted(app: "App") -> str:
    """Why the next run sends nothing, or looks at the accounts before, in sentences; "" when it sends."""
    from crosspost.ledger import opening
    from crosspost.ledger.put_aside import put_aside

    ledger = open_ledger(app, read_only=True)
    try:
        aside = put_aside(ledger.path, ledger.facts())
        doubt = opening.doubt(ledger, outside(app)) if not aside else None
    finally:
        ledger.close()
    return doubt.why if doubt is not None else aside


def no_ledger_yet(app: "App") -> bool:
    """Whether nothing was ever sent here: the first run makes the ledger.

    :raises LedgerError: when there was a ledger and it is gone, or empty
    """
    from crosspost.ledger import opening

    place = app.ledger_place()
    if not isinstance(place, Path) and opening.inside(place) == "ledger":  # each question is a connection of its own
        return False
    if said := opening.lost(place, outside(app)):
        raise LedgerError(said)
    return not (isinstance(place, Path) and place.exists())


def lock(app: "App", wait: float = 0) -> AbstractContextManager[None]:
    """The run lock beside the ledger; with a ledger in a database, also its lock for all machines.

    :raises crosspost.ledger.Busy: when another run holds it for longer than ``wait`` seconds
    :raises LedgerError: when the ledger's folder cannot keep two runs apart
    """
    from crosspost.ledger import filesystem, run_lock

    path, place = app.ledger_path(), app.ledger_place()
    shared = app.settings is not None and app.settings.state.shared
    if not shared:
        filesystem.refuse_shared(path.parent)
    here = run_lock(path.with_name(path.name + ".lock"), wait, needed=not shared)
    if isinstance(place, Path):
        return here
    from crosspost.ledger.postgresql.lock import everywhere

    return everywhere(place, here, wait)


@contextlib.contextmanager
def alone(app: "App", wait: float = 30) -> Iterator[None]:
    """The run lock for a command that a person gives, who would rather wait than begin again.

    :param wait: seconds to wait for another run to end
    :raises CrosspostError: when it still is at work then
    """
    from crosspost.ledger import Busy

    try:
        with lock(app, wait):
            yield
    except Busy as busy:
        raise CrosspostError(f"another run is still at work ({busy}); nothing was changed, try again later") from None


def in_database(app: "App") -> bool:
    """Whether the ledger is in a database rather than in a file of this machine."""
    return app.settings is not None and bool(app.settings.state.database)


def refuse_in_database(app: "App", why: str) -> None:
    """Refuse what only a file needs.

    :param why: what goes on after "the ledger is in a database": the reason, and what to do instead
    :raises ConfigError: when the ledger is in a database
    """
    if in_database(app):
        raise ConfigError(f"the ledger is in a database ({app.ledger_place()}), {why}")


def machine() -> str:
    """This machine and process."""
    from crosspost.ledger import machine_guard

    return f"{machine_guard.machine()}:{os.getpid()}"


def owner(app: "App") -> str:
    """This machine and process, as the owner of leases.

    Whoever has the run lock of a machine knows that all its leases are dead. With a ledger in a database that lock is
    the folder's, because that of the database ends with a connection while its process lives on: so is the owner.
    """
    return _owner_in(app.ledger_path().parent) if in_database(app) else machine()


def _owner_in(folder: Path) -> str:
    import hashlib

    number = hashlib.sha256(os.fsencode(os.path.realpath(folder))).hexdigest()[:8]
    name, _, process = machine().rpartition(":")
    return f"{name}-{number}:{process}"


@contextlib.contextmanager
def worker_slot(place: Path) -> Iterator[str]:
    """The owner of a worker's leases: the first number in the folder of ``place`` that no other worker has.

    Whoever has a number knows that all leases of it are dead, as with :func:`owner` and the run lock; but no run ever
    takes those of a worker for dead before their time.

    :param place: where the ledger would be, were it in a file; of several sites that of ``[site]``
    """
    from crosspost.ledger import Busy, run_lock

    with contextlib.ExitStack() as held:
        for number in itertools.count(1):
            try:
                held.enter_context(run_lock(place.with_name(f"{place.name}.worker-{number}.lock")))
            except Busy:
                continue
            name, _, process = _owner_in(place.parent).rpartition(":")
            yield f"{name}-worker-{number}:{process}"
            return

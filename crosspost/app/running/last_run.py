"""When `crosspost run` was last at work here, whoever called it: cron, a timer, the daemon or a person."""

import contextlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crosspost.app.running.idle_stamp import pulse_of
from crosspost.errors import ConfigError, CrosspostError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Ledger

_FACT = "last_run"


def note(ledger: "Ledger") -> None:
    """Write down that a run is at work now."""
    ledger.keep_fact(_FACT, ledger.clock().isoformat())


def noted(ledger: "Ledger") -> datetime | None:
    """When a run began that worked on this ledger; None when there was none."""
    with contextlib.suppress(ValueError):
        return datetime.fromisoformat(ledger.fact(_FACT))
    return None


def last_run(app: "App") -> datetime | None:
    """When the last run was; None when there was none."""
    from crosspost.app.ledger_access import no_ledger_yet, open_ledger

    try:
        if no_ledger_yet(app):
            return None
        ledger = open_ledger(app, read_only=True)
    except CrosspostError:
        return _lock_taken(app)
    try:
        with contextlib.suppress(CrosspostError):
            if (at := looked(app, ledger)) is not None:
                return at
    finally:
        ledger.close()
    return _lock_taken(app)


def looked(app: "App", ledger: "Ledger") -> datetime | None:
    """The same of a ledger that is open already; None when no run noted it."""
    at = noted(ledger)
    return max(at, ledger.idle.last_look() or at, idle(app)) if at is not None else None


def idle(app: "App") -> datetime:
    """When a run last found by its stamp that nothing had changed, and did not open the ledger."""
    try:
        return datetime.fromtimestamp(pulse_of(app.ledger_path()).stat().st_mtime, UTC)
    except OSError:
        return datetime.fromtimestamp(0, UTC)


def _lock_taken(app: "App") -> datetime | None:
    """The same of a ledger that cannot be read, or that an older crosspost wrote: when its lock was last taken."""
    try:
        lock = app.ledger_path().with_name(f"{app.ledger_path().name}.lock")
        return datetime.fromtimestamp(lock.stat().st_mtime, UTC)
    except (OSError, ConfigError):
        return None

"""Somebody says that there is something new: a file beside the ledger that changes then, and that the daemon watches.

The daemon may be another process than the dashboard, which takes such hints.
"""

from datetime import datetime
from pathlib import Path

from crosspost.config import atomic_file
from crosspost.config.small_file import read_small


def folder(ledger: Path) -> Path:
    """Where everything about hints is kept, for its owner only.

    :param ledger: the one of the installation, not that of one of its sites
    """
    return ledger.parent / f"{ledger.stem}.hook"


def file(ledger: Path) -> Path:
    """The file that changes."""
    return folder(ledger) / "woken"


def wake(ledger: Path, now: datetime) -> None:
    """Have the daemon look, now or after the run that is at work.

    :raises OSError: when that cannot be written down
    """
    write(file(ledger), now.isoformat().encode(), durable=False)


def woken(ledger: Path) -> datetime | None:
    """When that was last; None: never."""
    try:
        found = datetime.fromisoformat(read_small(file(ledger)).decode("ascii"))
    except (OSError, ValueError):
        return None
    return found if found.tzinfo is not None else None


def write(target: Path, data: bytes, *, durable: bool = True) -> None:
    """Write a file of the folder.

    :raises OSError: when it cannot be written
    """
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    atomic_file.write(target, data, durable=durable)

"""Backups of the ledger: one a day, kept for a week, and one before its schema changes.

A backup is marked as one: it does not know what went out after it was made, so after restoring it the accounts must be
checked (`crosspost ledger rebuild`) before anything is sent.
"""

import contextlib
import logging
import os
import sqlite3
from datetime import datetime
from pathlib import Path

log = logging.getLogger("crosspost.ledger")

#: how many daily copies are kept
KEPT = 7
#: the fact that marks a backup: when it was made
COPY = "copy"


def copy(path: Path, target: Path, made: datetime | None = None) -> None:
    """Copy the ledger while it may be in use; the copy appears complete, readable by its owner only.

    :param made: stored in the copy to mark it as a backup; None for a plain copy
    :raises sqlite3.Error: when it cannot be read or written
    :raises OSError: when it cannot be read or written
    """
    from crosspost.config import atomic_file

    unfinished = target.with_name(target.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with contextlib.closing(sqlite3.connect(path)) as source, contextlib.closing(sqlite3.connect(unfinished)) as to:
            source.backup(to)
            to.execute("PRAGMA journal_mode=DELETE")  # one file, not three
            if made is not None:
                to.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (COPY, made.isoformat()))
                to.execute("DELETE FROM facts WHERE name = 'machine'")
                to.commit()
        atomic_file.rename(unfinished, target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def daily(path: Path, now: datetime) -> None:
    """Back up the ledger unless that was done today. A failure is only logged."""
    folder = _folder(path)
    target = folder / f"{path.stem}-{now:%Y-%m-%d}{path.suffix}"
    if target.exists():
        return
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        copy(path, target, now)
        for old in of(path)[:-KEPT]:
            old.unlink(missing_ok=True)
    except (OSError, sqlite3.Error) as error:
        log.warning("%s could not be copied to %s: %s", path, target, getattr(error, "strerror", None) or error)


def of(path: Path) -> list[Path]:
    """The daily copies of a ledger, the oldest first."""
    return sorted(_folder(path).glob(f"{path.stem}-????-??-??{path.suffix}"))


def newest(path: Path) -> Path | None:
    """The newest daily copy."""
    return next(reversed(of(path)), None)


def before_migration(path: Path, schema: str) -> None:
    """Copy the ledger, beside it, before its schema changes; an existing copy is kept."""
    target = path.with_name(f"{path.name}.schema-{schema}")
    if not target.exists():
        copy(path, target)


def traces(path: Path) -> list[Path]:
    """Files that show that there was a ledger at ``path``: its backups, or the listing cache beside it."""
    cache = listing(path)
    return [*of(path), *([cache] if cache.exists() else [])]


def listing(path: Path) -> Path:
    """The listing cache of the site's posts, beside its ledger; each ledger has its own."""
    return path.with_name("posts.cache" if path.stem == "ledger" else f"{path.stem}.cache")


def _folder(path: Path) -> Path:
    return path.with_name("backups")

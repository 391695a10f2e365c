"""When the ledger's file is checked for damage: once a day, and after every end that was not clean.

A clean end leaves a stamp beside the ledger: what its file was then, and when it was last checked. Whoever finds the
file as the stamp says, and no write-ahead log, need not read all of it again. The stamp may be deleted at any time.
"""

import contextlib
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from crosspost.model.value import ready

_AT_LEAST = timedelta(days=1)


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """``file`` is what tells this state of the file from others, ``checked`` when it was last read as a whole."""

    file: str
    checked: datetime


def vouched(path: Path, now: datetime) -> datetime | None:
    """When the file was checked, if that is less than a day ago and nothing has touched it since a clean end."""
    try:
        stamp = msgspec.json.decode(_beside(path).read_bytes(), type=ready(Stamp))
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    # a clock that was set back proves nothing
    fresh = timedelta() <= now - stamp.checked < _AT_LEAST
    return stamp.checked if fresh and stamp.file and stamp.file == _state(path) else None


def vouch(path: Path, checked: datetime) -> None:
    """Leave the stamp, when the ledger is closed; without one, the next opening checks."""
    _leave(path, Stamp(file=_state(path), checked=checked))


def _leave(path: Path, stamp: Stamp) -> None:
    with contextlib.suppress(OSError):
        handle = os.open(_beside(path), os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.encode(stamp))


@contextlib.contextmanager
def dated_anew(path: Path) -> Iterator[None]:
    """The body only gives the file another time, while nobody else can write: what was checked of it stays checked."""
    before = _told(path)
    try:
        stamp = msgspec.json.decode(_beside(path).read_bytes(), type=ready(Stamp))
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        stamp = None
    yield
    if stamp is not None and stamp.file and stamp.file == before:
        _leave(path, Stamp(file=_told(path), checked=stamp.checked))


def _state(path: Path) -> str:
    """Size, time of the last change and number of the file; "" while there is a log beside it, or no file."""
    return "" if path.with_name(f"{path.name}-wal").exists() else _told(path)


def _told(path: Path) -> str:
    try:
        stat = path.stat()
    except OSError:
        return ""
    return f"{stat.st_size}.{stat.st_mtime_ns}.{stat.st_ino}"


def _beside(path: Path) -> Path:
    return path.with_suffix(".stamp")

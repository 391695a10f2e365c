"""Allows one run at a time on a machine. The lock ends with its process, so a killed run never blocks the next."""

import contextlib
import errno
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from crosspost.errors import LedgerError
from crosspost.ledger.filesystem import unlockable

if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[str]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(file: IO[str]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


#: the errors when another process holds the lock; any other error means that locks do not work there
_HELD = (errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK)


class Busy(Exception):  # not an error: another run is at work
    """Another run holds the lock; ``str()`` describes it."""


@contextlib.contextmanager
def run_lock(
    path: Path, wait: float = 0, sleep: Callable[[float], None] = time.sleep, *, needed: bool = True
) -> Iterator[None]:
    """Hold the lock file ``path`` while the body runs.

    :param wait: seconds to wait for another run to end
    :param sleep: waits between attempts; replaced in tests
    :param needed: whether to raise an error where locks do not work
    :raises Busy: when another run still holds it
    :raises LedgerError: when the lock file cannot be created, or locks do not work there
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = open(path, "a+", encoding="utf-8", opener=_private)  # noqa: SIM115  # closed by "with" below
    except OSError as error:
        raise LedgerError(f"{path}: the lock file of the ledger cannot be created: {error.strerror}") from None
    with file:
        deadline = time.monotonic() + wait
        while True:
            try:
                _take(file)
                break
            except OSError as error:
                if error.errno not in _HELD:
                    if needed:
                        raise unlockable(path, error.strerror or "no locks") from None
                    break
                if time.monotonic() >= deadline:
                    raise Busy(_holder(file)) from None
                sleep(0.1)
        file.seek(0)
        file.truncate()
        file.write(f"process {os.getpid()}, since {time.strftime('%Y-%m-%d %H:%M:%S')}")
        file.flush()
        yield


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _holder(file: IO[str]) -> str:
    file.seek(0)
    return file.read().strip() or "another process"

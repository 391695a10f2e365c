"""One run at a time on a machine. The lock dies with its process, so a killed run never blocks the next."""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from crosspost.errors import LedgerError

if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[str]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(file: IO[str]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


class Busy(Exception):  # not an error: another run is at work
    """Another run holds the lock; ``str()`` says which."""


@contextlib.contextmanager
def run_lock(path: Path, wait: float = 0, sleep: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """Hold the lock file ``path`` while the body runs.

    :param wait: seconds to wait for another run to end
    :raises Busy: when another run still holds it
    :raises LedgerError: when the lock file cannot be made
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise LedgerError(f"{path}: the lock of the ledger cannot be made: {error.strerror}") from None
    with file:
        patience = time.monotonic() + wait
        while True:
            try:
                _take(file)
                break
            except OSError:
                if time.monotonic() >= patience:
                    raise Busy(_holder(file)) from None
                sleep(0.1)
        file.seek(0)
        file.truncate()
        file.write(f"process {os.getpid()}, since {time.strftime('%Y-%m-%d %H:%M:%S')}")
        file.flush()
        yield


def _holder(file: IO[str]) -> str:
    file.seek(0)
    return file.read().strip() or "another process"

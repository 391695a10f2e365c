"""Allows one run at a time on a machine. The lock ends with its process, so a killed run never blocks the next."""

import contextlib
import logging
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from crosspost.config import file_lock
from crosspost.errors import LedgerError
from crosspost.ledger.filesystem import unlockable

log = logging.getLogger("crosspost.ledger")
#: seconds after which whoever waits is told for what
_NOTICE = 2.0


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
        file = file_lock.opened(path)
    except OSError as error:
        from crosspost.text.disk_space import remedy

        todo = remedy(error, "make its folder writable")
        raise LedgerError(f"{path}: the lock file of the ledger cannot be created: {error.strerror}; {todo}") from None
    with file:
        notice, deadline = waiting(wait), time.monotonic() + wait
        while True:
            try:
                file_lock.take(file)
                break
            except OSError as error:
                if error.errno not in file_lock.HELD:
                    if needed:
                        raise unlockable(path, error.strerror or "no locks") from None
                    break
                if time.monotonic() >= deadline:
                    raise Busy(_holder(file)) from None
                notice(_holder(file))
                sleep(0.1)
        file.seek(0)
        file.truncate()
        file.write(f"process {os.getpid()}, since {time.strftime('%Y-%m-%d %H:%M:%S')}")
        file.flush()
        yield


def waiting(wait: float) -> Callable[[str], None]:
    """What tells, once, that a person's command waits for another run: called while it waits, with who that is.

    :param wait: for how many seconds it may wait
    """
    begun, told = time.monotonic(), False

    def notice(holder: str) -> None:
        nonlocal told
        if not told and time.monotonic() - begun >= _NOTICE:
            told = True
            log.warning("Another run is at work (%s); waiting for it, up to %.0f seconds.", holder, wait)

    return notice


def _holder(file: IO[str]) -> str:
    file.seek(0)
    return file.read().strip() or "another process"

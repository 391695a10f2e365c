"""Whose turn it is on an account: one process at a time works on it, so that order, gaps and limits are kept.

No promise depends on it. What is sent twice, or not, is decided by the lease of each delivery.
"""

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

from crosspost.config import file_lock
from crosspost.errors import LedgerError

if TYPE_CHECKING:
    from crosspost.ledger.connection import Where

#: seconds between two attempts of whoever waits
_PAUSE = 0.1


class Turns(Protocol):
    """The accounts that this process works on."""

    def take(self, account: str) -> bool:
        """Whether it is this process's turn now; False while another one, or another thread, works on the account."""

    def give_back(self, account: str) -> None:
        """The account is free for others."""

    def close(self) -> None:
        """Give back all, for good."""


class Alone:
    """The turns of a ledger in a file: the run lock lets only one process work on it anyway."""

    def take(self, account: str) -> bool:  # noqa: ARG002  # whoever asks has it
        return True

    def give_back(self, account: str) -> None:
        """Nobody waits for it."""

    def close(self) -> None:
        """There is nothing to close."""


class FileTurns:
    """The turns of ledgers in files that have accounts in common: each account has a lock file for all of them.

    :param folder: where the lock files are
    :raises LedgerError: when there can be none
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mine: dict[str, IO[str]] = {}
        self._lock = threading.Lock()

    def take(self, account: str) -> bool:
        with self._lock:
            file = self._folder / f"{account}.lock"
            try:
                opened = file_lock.opened(file)
                try:
                    file_lock.take(opened)
                except BaseException:
                    opened.close()
                    raise
            except OSError as error:
                if error.errno in file_lock.HELD:
                    return False
                raise LedgerError(
                    f"{file} cannot be locked: {error.strerror}. Nothing was sent on {account}; make its folder "
                    "writable"
                ) from None
            self._mine[account] = opened
            return True

    def give_back(self, account: str) -> None:
        with self._lock:
            self._mine.pop(account).close()

    def close(self) -> None:
        with self._lock:
            while self._mine:
                self._mine.popitem()[1].close()


@contextlib.contextmanager
def turn(turns: Turns, account: str, wait: float = 0) -> Iterator[bool]:
    """Have the turn on an account while the body runs.

    :param wait: seconds to wait for whoever has it
    :returns: whether it was to be had
    """
    deadline = time.monotonic() + wait
    while not (mine := turns.take(account)) and time.monotonic() < deadline:
        time.sleep(_PAUSE)
    try:
        yield mine
    finally:
        if mine:
            turns.give_back(account)


def turns_of(path: "Where", shared: Path | None = None) -> Turns:
    """The turns of a ledger, not yet connected.

    :param shared: where the turns are of accounts that other ledgers have, too; None where none has
    """
    if isinstance(path, Path):
        return FileTurns(shared) if shared is not None else Alone()
    from crosspost.ledger.postgresql.account_locks import SharedTurns

    return SharedTurns(path)

"""Where a vault keeps what it is given: in files of this machine, or in memory only."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Protocol

from crosspost.config import file_lock
from crosspost.config.small_file import read_small
from crosspost.errors import NotSent


class Store(Protocol):
    """Keeps some bytes for each account, replaced as a whole.

    :raises NotSent: from each method, when it cannot be done
    """

    def read(self, account: str) -> bytes | None:
        """What is kept for an account; None when there is nothing."""

    def write(self, account: str, data: bytes) -> None:
        """Replace what is kept for an account; nothing that happens to the machine afterwards takes it back."""

    def remove(self, account: str) -> None:
        """Forget what is kept for an account."""

    def lock(
        self, account: str, wait: float, lasts: float, sleep: Callable[[float], None]
    ) -> contextlib.AbstractContextManager[None]:
        """Keep others that ask for this lock away from an account; :meth:`Vault.lock` says what the values mean."""


class Memory:
    """Lasts as long as the process."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}
        self._alone = threading.Lock()

    def read(self, account: str) -> bytes | None:
        return self._kept.get(account)

    def write(self, account: str, data: bytes) -> None:
        self._kept[account] = data

    def remove(self, account: str) -> None:
        self._kept.pop(account, None)

    @contextlib.contextmanager
    def lock(self, account: str, wait: float, lasts: float, sleep: Callable[[float], None]) -> Iterator[None]:  # noqa: ARG002  # the shape of all stores
        with self._alone:
            yield


class Folder:
    """One file per account, readable by its owner only. Accounts that work at the same time never conflict."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def file(self, account: str) -> Path:
        return self._folder / f"{account}.json"

    def read(self, account: str) -> bytes | None:
        file = self.file(account)
        try:
            return read_small(file)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise NotSent(
                f"{account}: {file} cannot be read: {error.strerror}; make it readable or delete it"
            ) from None

    def write(self, account: str, data: bytes) -> None:
        from crosspost.config import atomic_file

        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            atomic_file.write(self.file(account), data)
        except OSError as error:
            from crosspost.text.disk_space import remedy

            todo = remedy(error, "make that folder writable")
            raise NotSent(f"{account}: its login cannot be kept in {self._folder}: {error.strerror}; {todo}") from None

    def remove(self, account: str) -> None:
        with contextlib.suppress(OSError):
            self.file(account).unlink()

    @contextlib.contextmanager
    def lock(
        self,
        account: str,
        wait: float,
        lasts: float,  # noqa: ARG002  # it ends with its process
        sleep: Callable[[float], None],
    ) -> Iterator[None]:
        file = self._folder / f".{account}.lock"
        deadline = time.monotonic() + wait
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = file_lock.opened(file)
        except OSError as error:
            from crosspost.text.disk_space import remedy

            todo = remedy(error, "make that folder writable")
            raise NotSent(f"{account}: {file} cannot be made: {error.strerror}; {todo}") from None
        with handle:
            while not _taken(handle, f"{account}: {file}"):
                if time.monotonic() >= deadline:
                    raise held(account, wait)
                sleep(0.05)
            yield


def held(account: str, wait: float) -> NotSent:
    """Why a lock is not to be had."""
    return NotSent(f"{account}: another crosspost has been renewing this login for {wait:g} seconds; it is tried again")


def _taken(handle: IO[str], what: str) -> bool:
    """Whether the lock is ours now."""
    try:
        file_lock.take(handle)
    except OSError as error:
        if error.errno in file_lock.HELD:
            return False
        raise NotSent(f"{what} cannot be locked: {error.strerror}; keep it on a local disk") from None
    return True

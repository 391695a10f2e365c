"""Secrets an account needs between runs: login sessions, renewed tokens.

The ledger never holds a secret, and the files in which a person writes tokens are not ours to change. So the tokens a
network issues at run time go into one file per account, beside the ledger, readable by its owner only.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import msgspec

from crosspost.config import file_lock
from crosspost.config.small_file import read_small
from crosspost.errors import NotSent


class Vault:
    """Keeps one small JSON object per account. Creating a vault does no I/O.

    Each account has its own file, replaced as a whole, so accounts that work at the same time never conflict.

    :param folder: where the files are; None keeps everything in memory only
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._memory: dict[str, dict[str, Any]] = {}
        self._alone = threading.Lock()

    def get(self, account: str) -> dict[str, Any]:
        """The object kept for an account; {} when there is none or the file is damaged: all of it can be fetched again.

        :raises NotSent: when the file exists but cannot be read
        """
        if self._folder is None:
            return dict(self._memory.get(account, {}))
        file = self._folder / f"{account}.json"
        try:
            return msgspec.json.decode(read_small(file), type=dict[str, Any])
        except (FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return {}
        except OSError as error:
            raise NotSent(
                f"{account}: {file} cannot be read: {error.strerror}; make it readable or delete it"
            ) from None

    def put(self, account: str, values: dict[str, Any]) -> None:
        """Replace what is kept for an account; it is on the disk when this returns.

        :raises NotSent: when it cannot be written
        """
        if self._folder is None:
            self._memory[account] = dict(values)
            return
        try:
            self._write(self._folder, account, msgspec.json.encode(values))
        except OSError as error:
            from crosspost.text.disk_space import remedy

            todo = remedy(error, "make that folder writable")
            raise NotSent(f"{account}: its login cannot be kept in {self._folder}: {error.strerror}; {todo}") from None

    @contextlib.contextmanager
    def lock(self, account: str, *, wait: float = 90, sleep: Callable[[float], None] = time.sleep) -> Iterator[None]:
        """Keep other processes and threads that ask for this lock away from an account's object.

        Reading and writing need no lock; what must happen between the two once only does.

        :param wait: seconds to wait for whoever holds it
        :raises NotSent: when they still do, or a file cannot be locked there
        """
        if self._folder is None:
            with self._alone:
                yield
            return
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
                    why = f"another crosspost has been renewing this login for {wait:g} seconds; it is tried again"
                    raise NotSent(f"{account}: {why}")
                sleep(0.05)
            yield

    def remove(self, account: str) -> None:
        """Forget what is kept for an account."""
        self._memory.pop(account, None)
        if self._folder is not None:
            with contextlib.suppress(OSError):
                (self._folder / f"{account}.json").unlink()

    def _write(self, folder: Path, account: str, data: bytes) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        from crosspost.config import atomic_file

        atomic_file.write(folder / f"{account}.json", data)


def _taken(handle: IO[str], what: str) -> bool:
    """Whether the lock is ours now."""
    try:
        file_lock.take(handle)
    except OSError as error:
        if error.errno in file_lock.HELD:
            return False
        raise NotSent(f"{what} cannot be locked: {error.strerror}; keep it on a local disk") from None
    return True

"""Secrets an account needs between runs: login sessions, renewed tokens.

The ledger never holds a secret, and the files in which a person writes tokens are not ours to change. So the tokens a
network issues at run time go into one file per account, beside the ledger, readable by its owner only.
"""

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Any

import msgspec

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
            raise NotSent(
                f"{account}: its login cannot be kept in {self._folder}: {error.strerror}; make that folder writable"
            ) from None

    def remove(self, account: str) -> None:
        """Forget what is kept for an account."""
        self._memory.pop(account, None)
        if self._folder is not None:
            with contextlib.suppress(OSError):
                (self._folder / f"{account}.json").unlink()

    def _write(self, folder: Path, account: str, data: bytes) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(prefix=f".{account}.", dir=folder)  # mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(folder / f"{account}.json")
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise

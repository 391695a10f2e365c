"""What an account must remember between runs and nobody else may read: login sessions, renewed tokens.

The ledger never holds a secret, and the files a person writes tokens into are not ours to change. So what a network
hands out at run time goes into a file of its own per account, beside the ledger, readable by its owner only.
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
    """Keeps one small JSON object per account. Making one does no I/O.

    One file per account, replaced as a whole: accounts at work at the same time never get in each other's way.

    :param folder: where the files are; None keeps everything in memory only
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._memory: dict[str, dict[str, Any]] = {}

    def get(self, account: str) -> dict[str, Any]:
        """What is kept for an account; {} when nothing is, or when the file is damaged: it can all be had anew.

        :raises NotSent: when there is a file that cannot be read
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
        """Keep ``values`` for an account instead of what was there; it is on the disk when this returns.

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

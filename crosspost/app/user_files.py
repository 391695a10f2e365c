"""Files that commands write where a person may have written before: nothing of theirs is ever lost."""

import os
from datetime import datetime
from pathlib import Path

from crosspost.config import atomic_file
from crosspost.config.small_file import read_small
from crosspost.errors import ConfigError


class Kept:
    """Writes files and keeps what they were.

    :param today: the day in the names of copies
    """

    def __init__(self, today: datetime) -> None:
        self._day = f"{today:%Y-%m-%d}"

    def write(self, file: Path, text: str, *, private: bool = False, keep: bool = True) -> Path | None:
        """Write a file as a whole; what was there is kept beside it.

        :param private: nobody else may read it
        :param keep: False where nobody but crosspost wrote what was there
        :returns: the copy of what was there; None when nothing was, or the same
        :raises OSError: when it cannot be written; then the old file is as it was
        :raises ConfigError: when what is there is not a readable file
        """
        old = _there(file)
        if old == text.encode():
            return None
        copy = self._copy(file, old) if keep and old is not None else None
        mode = 0o600
        if not private:
            mode = file.stat().st_mode & 0o777 if old is not None else atomic_file.usual_mode()
        atomic_file.write(file.resolve(), text.encode(), mode=mode)
        return copy

    def _copy(self, file: Path, content: bytes) -> Path:
        """A copy with the day in its name, which overwrites nothing and which only the owner can read."""
        number = 1
        while True:
            copy = file.with_name(f"{file.name}.{self._day}" + (f"-{number}" if number > 1 else ""))
            try:
                handle = os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            except FileExistsError:
                number += 1
                continue
            with os.fdopen(handle, "wb") as out:
                out.write(content)
            return copy


def _there(file: Path) -> bytes | None:
    """What a file says; None when there is none."""
    if not os.path.lexists(file):
        return None
    try:
        return read_small(file)
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}; nothing was changed") from None

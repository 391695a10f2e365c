"""Files that ``crosspost init`` writes where a person may have written before: nothing of theirs is ever lost."""

import contextlib
import os
import re
import tempfile
from datetime import datetime
from pathlib import Path

from crosspost.config.small_file import read_small
from crosspost.errors import ConfigError

_NAME = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=")


class Kept:
    """Writes files and keeps what they were.

    :param today: the day in the names of copies
    """

    def __init__(self, today: datetime) -> None:
        self._day = f"{today:%Y-%m-%d}"

    def write(self, file: Path, text: str, *, private: bool = False) -> Path | None:
        """Write a file as a whole; what was there is kept beside it.

        :param private: nobody else may read it
        :returns: the copy of what was there; None when nothing was, or the same
        :raises OSError: when it cannot be written; then the old file is as it was
        :raises ConfigError: when what is there is not a readable file
        """
        old = _there(file)
        if old == text.encode():
            return None
        copy = self._copy(file, old) if old is not None else None
        target = file.resolve()
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(text.encode())
            if not private:
                Path(name).chmod(target.stat().st_mode & 0o777 if old is not None else 0o666 & ~_umask())
            Path(name).replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
        return copy

    def add(self, file: Path, text: str) -> list[str] | None:
        """Have a secrets file with every variable of ``text``: what it has already is not touched.

        :returns: the names that were added; None when there was no such file
        :raises ConfigError: when the file there is cannot be read
        """
        old = _there(file)
        if old is None:
            self.write(file, text, private=True)
            return None
        try:
            there = old.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ConfigError(f"{file} is not UTF-8 text; nothing was changed in it") from None
        known = {match[1] for match in map(_NAME.match, there.splitlines()) if match}
        lines = _without(text, known)
        names = [match[1] for match in map(_NAME.match, lines) if match]
        if names:
            with file.open("a", encoding="utf-8") as out:
                out.write(("" if there.endswith("\n") or not there else "\n") + "\n".join(["", *lines]) + "\n")
        return names

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


def _without(text: str, known: set[str]) -> list[str]:
    """The variables of a secrets file, each with the comment above it, but those that are known."""
    found: list[str] = []
    comment = ""
    for line in text.splitlines():
        name = _NAME.match(line)
        if name and name[1] not in known:
            found += [comment, line] if comment else [line]
        comment = line if line.startswith("#") else ""
    return found


def _umask() -> int:
    """The rights a new file does not get; there is no way to ask but to set it."""
    before = os.umask(0o077)
    os.umask(before)
    return before

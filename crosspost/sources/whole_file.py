"""Replaces a file at once and as a whole: there is the old one or the new one, whoever is killed in between."""

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path


class FileChanged(Exception):
    """Somebody else changed the file meanwhile; nothing was written."""


def replace(path: Path, before: bytes | None, after: bytes, *, begin: Callable[[], None] = lambda: None) -> None:
    """Write a file; its mode stays, and a link stays a link.

    :param before: what is in it; None when there is no such file
    :param begin: called when everything is ready and only the file's name has to be given to what was written
    :raises FileChanged: when that is not so
    :raises OSError: when it cannot be written; nothing was changed then
    """
    target = path.resolve()
    mode = target.stat().st_mode & 0o7777 if before is not None else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(after)
            file.flush()
            Path(name).chmod(mode)
            os.fsync(file.fileno())
        if _content(target) != before:
            raise FileChanged
        begin()
        Path(name).replace(target)
    finally:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
    _settle(target.parent)


def _content(file: Path) -> bytes | None:
    return file.read_bytes() if file.exists() else None


def _umask() -> int:
    """The modes that new files do not get; it can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _settle(folder: Path) -> None:
    """Have the folder on disk know the new file, where the system can do that."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

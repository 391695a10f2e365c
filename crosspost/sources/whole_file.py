"""Replaces a file at once and as a whole, unless somebody changed it meanwhile."""

from collections.abc import Callable
from pathlib import Path

from crosspost.config import atomic_file


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

    def ready() -> None:
        if _content(target) != before:
            raise FileChanged
        begin()

    mode = target.stat().st_mode & 0o7777 if before is not None else atomic_file.usual_mode()
    atomic_file.write(target, after, mode=mode, ready=ready)
    atomic_file.sync_folder(target.parent)


def _content(file: Path) -> bytes | None:
    return file.read_bytes() if file.exists() else None

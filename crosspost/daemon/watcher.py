"""Notices that files and folders changed, by looking at them: it works on every file system, also over a network."""

import os
from collections.abc import Iterable
from pathlib import Path


class Watcher:
    """Some files and folders. Making one does no I/O.

    A folder has changed when a file was added, removed or renamed in it or below it, which is also what an editor that
    saves safely does. A file that is written in place is found by the next run all the same.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        self._paths = tuple(paths)
        self._seen: object = None
        self._unsettled: object = None

    def changed(self) -> bool:
        """Whether anything changed since the last time this said so, and rests since the last look.

        What is being copied or written changes from look to look: it is waited for.
        """
        now = self._look()
        if self._seen is None or now == self._seen:
            self._seen, self._unsettled = now, None
            return False
        if now != self._unsettled:
            self._unsettled = now
            return False
        self._seen, self._unsettled = now, None
        return True

    def _look(self) -> dict[str, tuple[int, int, int]]:
        found: dict[str, tuple[int, int, int]] = {}
        for path in self._paths:
            found |= _marks(path)
        return found


def _marks(path: Path) -> dict[str, tuple[int, int, int]]:
    """Path → what changes with its content: of a file, or of each folder from here on down."""
    if not path.is_dir():
        return _mark(str(path))
    found: dict[str, tuple[int, int, int]] = {}
    for folder, below, _ in os.walk(path):
        below[:] = [name for name in below if not name.startswith(".")]
        found |= _mark(folder)
    return found


def _mark(path: str) -> dict[str, tuple[int, int, int]]:
    try:
        seen = os.stat(path)  # noqa: PTH116  # os.walk gives strings
    except OSError:
        return {}  # not there, for now
    return {path: (seen.st_mtime_ns, seen.st_ino, seen.st_size)}

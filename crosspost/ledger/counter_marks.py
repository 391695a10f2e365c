"""Marks outside the ledger: its counter at the time something was last sent.

A ledger alone cannot detect that it is a copy, or that an older version was restored. So before each irreversible
request a counter in it is increased and then written to two small files: one beside the ledger, to detect that the
ledger was replaced or emptied, and one in the user's own folder, to detect the same for the whole folder. After a crash
between the writes the ledger is ahead of the marks, which is harmless. A mark ahead of the ledger means that something
went out that this ledger does not know.

A mark is written for nearly every post, and waiting for the disk is most of what that costs. So a mark that is there is
overwritten in its place, where the system can do that: its size stays, so nothing but its one block has to reach the
disk. A new file under another name would take the disk's journal twice. Its check tells a mark of which only a part was
written, or was there when it was read.
"""

import contextlib
import functools
import logging
import os
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

import msgspec

from crosspost.config import file_lock
from crosspost.ledger.location import Here, same_place
from crosspost.model import Value

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

log = logging.getLogger("crosspost.ledger")

#: marks are as long as so many bytes, or twice as many …, so that one is as long as the one before
_BLOCK = 512
#: what stands before the check of a mark, which is its last field
_CHECK = b',"check":'
#: a mark is read once more while somebody writes it
_TRIES = 3
#: seconds that are waited for another process that writes the same mark, and between two looks: one that was frozen
#: while it did must not hold up the others
_PATIENCE, _PAUSE = 0.05, 0.0002


class Mark(Value, frozen=True, kw_only=True):
    """``ledger`` is the ledger's id, ``count`` its counter, ``at`` when that was written, ``here`` where."""

    ledger: str
    count: int
    at: datetime
    here: Here


def folder(environ: Mapping[str, str]) -> Path | None:
    """The user's folder for marks (XDG Base Directory Specification: ``$XDG_STATE_HOME``); None without a home."""
    configured = environ.get("XDG_STATE_HOME", "")
    home = environ.get("HOME") or environ.get("USERPROFILE")
    base = Path(configured) if Path(configured).is_absolute() else Path(home) / ".local/state" if home else None
    return base / "crosspost/marks" if base is not None else None


def beside(path: Path) -> Path:
    """The mark beside a ledger."""
    return path.with_suffix(".mark")


class Marks:
    """The marks of one ledger.

    :param path: the ledger's file; of a ledger in a database the name of what stands beside it here
    :param home: the folder from :func:`folder`; None: only the mark beside the ledger is used
    :ivar name: what messages call the ledger
    """

    def __init__(self, path: Path, home: Path | None, name: str = "") -> None:
        self.path, self.home, self.name = path, home, name or str(path)
        self._newest: Mark | None = None  # of those that any thread wants written
        self._written: Mark | None = None
        self._writing = False
        self._news = threading.Condition()

    def read(self, ledger: str) -> tuple[Mark | None, Mark | None]:
        """The mark beside the ledger and the one in the user's folder; None if missing, or of another ledger."""
        near, far = _read(beside(self.path)), _read(self._far(ledger))
        return (near if near and near.ledger == ledger else None), (far if far and far.ledger == ledger else None)

    def of_this_place(self) -> Iterator[Path]:
        """The marks that show that there was a ledger at this path, whatever is there now."""
        if beside(self.path).exists():
            yield beside(self.path)
        place = os.path.realpath(self.path)
        with contextlib.suppress(OSError):
            for file in sorted(self.home.glob("*.json")) if self.home is not None else ():
                mark = _read(file)
                if mark is not None and same_place(mark.here.path, place):
                    yield file

    def write(self, mark: Mark) -> None:
        """Write both marks. Accounts work concurrently, so a lower number never replaces a higher one, and whoever
        writes does so for all that wait: the highest number stands for theirs.

        A mark that cannot be written is only logged: the ledger itself has the number.
        """
        with self._news:
            if self._newest is None or self._newest.count <= mark.count:
                self._newest = mark
            while self._writing and not self._covers(mark):
                self._news.wait()
            if self._covers(mark):
                return
            self._writing, newest = True, max(mark, self._newest, key=lambda one: one.count)
        try:
            _set_each([file for file in (beside(self.path), self._far(newest.ledger)) if file is not None], newest)
            self._written = newest
        finally:
            with self._news:
                self._writing = False
                self._news.notify_all()

    def _covers(self, mark: Mark) -> bool:
        """Whether what was written stands for this one too."""
        last = self._written
        return last is not None and (last is mark or last.count > mark.count)

    def forget_others(self, ledger: str) -> None:
        """Remove the marks of other ledgers at this path, because a person confirmed this one."""
        for file in self.of_this_place():
            mark = _read(file)
            if mark is None or mark.ledger != ledger:
                file.unlink(missing_ok=True)

    def _far(self, ledger: str) -> Path | None:
        return self.home / f"{ledger}.json" if self.home is not None and ledger else None


def _read(file: Path | None) -> Mark | None:
    """Read a mark; None when there is none, or it cannot be read."""
    for _ in range(_TRIES if file is not None else 0):
        try:
            if (mark := _decoded(file.read_bytes())) is not None:  # type: ignore[union-attr]  # there are no tries
                return mark
        except OSError:
            return None
    return None


def _decoded(data: bytes) -> Mark | None:
    """The mark that a file has; None when it is not whole. Those of older versions have no check."""
    head, check, tail = data.rstrip().rpartition(_CHECK)
    try:
        mark = _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return mark if not check or tail == b"%d}" % crc32(head) else None


def _encoded(mark: Mark) -> bytes:
    head = msgspec.json.encode(mark)[:-1]
    data = head + _CHECK + b"%d}" % crc32(head)
    return data.ljust(-len(data) // _BLOCK * -_BLOCK)


def _set_each(files: Sequence[Path], mark: Mark) -> None:
    """Write a mark into each file, all at the same time: the disk takes hardly longer for two than for one."""
    from crosspost import tracing  # a run with nothing due has no use for it

    first, *others = files
    waiting = []
    for file in others:
        try:
            waiting.append(_beside_this_thread().submit(tracing.carried(_try_to_set), file, mark))
        except RuntimeError:  # the process is about to end
            _try_to_set(file, mark)
    _try_to_set(first, mark)
    for one in waiting:
        one.result()


@functools.cache
def _beside_this_thread() -> "ThreadPoolExecutor":
    from concurrent.futures import ThreadPoolExecutor  # a run with nothing due has no use for it

    return ThreadPoolExecutor(max_workers=4, thread_name_prefix="mark")  # as many ledgers at a time


def _try_to_set(file: Path, mark: Mark) -> None:
    try:
        _set(file, mark)
    except OSError as error:
        log.warning("the mark %s cannot be written: %s", file, error.strerror)


def _set(file: Path, mark: Mark) -> None:
    """Write a mark, unless another process has written a higher one of this ledger.

    :raises OSError: when it cannot be written
    """
    data = _encoded(mark)
    if not _overwritten(file, mark, data):
        _replace(file, data)


if sys.platform == "win32" or sys.platform == "darwin":  # as type checkers know it

    def _overwritten(_file: Path, _mark: Mark, _data: bytes) -> bool:
        return False  # only the content of a file cannot be waited for there

else:

    def _overwritten(file: Path, mark: Mark, data: bytes) -> bool:
        """Whether the mark is on the disk now in the file that was there: this one, or a higher one of another process.

        :raises OSError: when it cannot be written
        """
        try:  # with as few calls as it can be done: after each, this thread waits for those that compute
            opened = os.open(file, os.O_RDWR | os.O_DSYNC)
        except FileNotFoundError:
            return False
        try:
            _lock(opened)
            there = os.pread(opened, 2 * len(data), 0)
            known = _decoded(there)
            if known is not None and known.ledger == mark.ledger and known.count >= mark.count:
                os.fdatasync(opened)  # whoever wrote the higher one may not have come so far yet
                return True
            return len(there) == len(data) and os.pwrite(opened, data, 0) == len(data)
        finally:
            os.close(opened)


def _lock(file: int) -> None:
    """Keep other processes from writing a mark until it is closed, if they let one."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            file_lock.take(file)
        except OSError as error:
            if error.errno not in file_lock.HELD:  # network drives may have no locks
                return
            time.sleep(_PAUSE)
        else:
            return


def _replace(file: Path, data: bytes) -> None:
    """Replace a file completely or not at all, even when the power fails."""
    from crosspost.config import atomic_file

    try:
        atomic_file.write(file, data)
    except FileNotFoundError:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        atomic_file.write(file, data)


_DECODER = msgspec.json.Decoder(Mark)

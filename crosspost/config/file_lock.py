"""Locks on files, between processes and threads. A lock ends with whoever holds it: a killed process never blocks."""

import errno
import os
import sys
from pathlib import Path
from typing import IO, Any

if sys.platform == "win32":
    import msvcrt

    #: Windows locks bytes, not files, and nobody else can read them: so it is one that no lock file is long enough for,
    #: and the same for everybody, however much is written in the file
    _BYTE = 1 << 30

    def take(file: IO[Any] | int) -> None:
        """Lock an open file, or the one with this number.

        :raises OSError: at once, when it is locked (:data:`HELD`), or locks do not work there
        """
        handle = file if isinstance(file, int) else file.fileno()
        here = os.lseek(handle, 0, os.SEEK_CUR)
        os.lseek(handle, _BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(handle, here, os.SEEK_SET)
else:
    import fcntl

    def take(file: IO[Any] | int) -> None:
        """Lock an open file, or the one with this number.

        :raises OSError: at once, when it is locked (:data:`HELD`), or locks do not work there
        """
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


#: the errors when somebody else holds the lock; any other error means that locks do not work there
HELD = (errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK)


def opened(path: Path) -> IO[str]:
    """The lock file, made when it does not exist, readable by its owner only.

    :raises OSError: when it cannot be made
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    return open(path, "a+", encoding="utf-8", opener=_private)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)

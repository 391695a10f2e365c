"""Read a file that is small by its nature: settings, tokens. A wrong path may name a device, a pipe or a disk image."""

import errno
import os
import stat
from pathlib import Path

#: bytes
MOST = 1_000_000
#: opening a named pipe without a writer would wait for ever
FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
NO_FILE = "it is not a file but a pipe, socket or device"


def read_small(path: Path, most: int = MOST) -> bytes:
    """The content of a file of at most 1 MB, or ``most`` bytes.

    :raises OSError: when it cannot be read, is larger, or is no ordinary file
    """
    handle = os.open(path, FLAGS)
    with open(handle, "rb") as file:  # noqa: PTH123  # of a file that is open already
        kind = os.fstat(handle).st_mode
        if stat.S_ISDIR(kind):
            raise OSError(errno.EISDIR, "it is a folder, not a file")
        if not stat.S_ISREG(kind):
            raise OSError(errno.EINVAL, NO_FILE)
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"it is larger than {most // 1_000_000} MB")
    return data

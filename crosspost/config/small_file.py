"""Read ordinary, small files only: a wrong path may name a pipe, which blocks for ever, a device, or a disk image."""

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path

#: bytes
MOST = 1_000_000
#: the same of files that say something of each account: there may be ten thousand of them
MOST_OF_ALL_ACCOUNTS = 20_000_000
#: without O_NONBLOCK, opening a named pipe that nobody writes to would wait for ever
FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
NO_FILE = "it is a pipe, a socket or a device, not a file"


def read_small(path: Path, most: int = MOST) -> bytes:
    """The content of a file of at most 1 MB, or ``most`` bytes.

    :raises OSError: when it cannot be read, is larger, or is not an ordinary file
    """
    with open_file(path) as file:
        size = os.fstat(file.fileno()).st_size
        data = file.read(min(size, most) + 1)  # room for ``most`` bytes would be taken, however few there are
        if len(data) > size:  # it grew meanwhile, or its system does not say its size
            data += file.read(most + 1 - len(data))
    if len(data) > most:
        raise OSError(errno.EFBIG, f"it is larger than {most // 1_000_000} MB")
    return data


def open_file(path: Path) -> BufferedReader:
    """Open an ordinary file to read it.

    :raises OSError: when it cannot be opened, or is a folder, pipe, socket or device
    """
    handle = os.open(path, FLAGS)
    try:
        refuse_others(os.fstat(handle))
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def refuse_others(found: os.stat_result) -> None:
    """Refuse everything but ordinary files.

    :raises OSError: for a folder, pipe, socket or device
    """
    if stat.S_ISDIR(found.st_mode):
        raise OSError(errno.EISDIR, "it is a folder, not a file")
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, NO_FILE)

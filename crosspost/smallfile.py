"""Read a file that is small by its nature: settings, tokens. A wrong path may name a device or a disk image."""

import errno
from pathlib import Path

#: bytes
MOST = 1_000_000


def read_small(path: Path) -> bytes:
    """The content of a file of at most 1 MB.

    :raises OSError: when it cannot be read, or is larger
    """
    with path.open("rb") as file:
        data = file.read(MOST + 1)
    if len(data) > MOST:
        raise OSError(errno.EFBIG, "it is larger than 1 MB")
    return data

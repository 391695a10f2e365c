"""Read a file that is small by its nature: settings, tokens. A wrong path may name a device or a disk image."""

import errno
from pathlib import Path

#: bytes
MOST = 1_000_000


def read_small(path: Path, most: int = MOST) -> bytes:
    """The content of a file of at most 1 MB, or ``most`` bytes.

    :raises OSError: when it cannot be read, or is larger
    """
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"it is larger than {most // 1_000_000} MB")
    return data

"""Gives a file its content at once: whoever reads it, or is killed, meets the old content or the new, on every system.

Windows refuses to rename over a file that somebody reads at this moment, such as a search index or a virus scanner; it
is asked again for a while. On macOS ``fsync`` leaves the data in the disk's own memory; there is another call that does
not (fcntl(2), F_FULLFSYNC).
"""

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

try:
    from fcntl import F_FULLFSYNC, fcntl  # type: ignore[attr-defined,unused-ignore]  # on macOS only
except ImportError:  # Linux has no F_FULLFSYNC, Windows no fcntl
    F_FULLFSYNC = 0

_ANEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
#: Windows: access denied, and in use by another process
_IN_USE = (5, 32)
#: seconds before each further try
_PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)


def write(
    target: Path, data: bytes, *, mode: int = 0o600, durable: bool = True, ready: Callable[[], None] = lambda: None
) -> None:
    """Write a file as a whole, or leave it as it was.

    :param mode: who may read and write it
    :param durable: whether it must outlive the power failing right afterwards
    :param ready: called when only the name has to be given to what was written; an error there changes nothing
    :raises OSError: when it cannot be written
    """
    # a name nobody else has, as tempfile would make it, which takes long to import
    name = str(target.with_name(f".{target.name}.{os.urandom(8).hex()}"))
    handle = os.open(name, _ANEW, 0o600)  # readable by its owner only
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            if mode != 0o600:
                Path(name).chmod(mode)
            if durable:
                sync(file.fileno())
        ready()
        rename(Path(name), target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def rename(source: Path, target: Path, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Give a file another name, in place of what has it.

    :raises OSError: when that is not possible, on Windows also after a second of trying
    """
    for pause in _PAUSES:
        try:
            source.replace(target)
        except PermissionError as error:
            if getattr(error, "winerror", None) not in _IN_USE:
                raise
            sleep(pause)
        else:
            return
    source.replace(target)


def sync(handle: int) -> None:
    """Have an open file on the disk, not only in the system's or the disk's memory.

    :raises OSError: when the system cannot do that
    """
    if F_FULLFSYNC:
        with contextlib.suppress(OSError):  # some disks do not know it
            fcntl(handle, F_FULLFSYNC)
            return
    os.fsync(handle)


def usual_mode() -> int:
    """Who may read and write a file that is made anew; the mask can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, where the system can do that; Windows does it by itself."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            sync(handle)
        finally:
            os.close(handle)

"""Acts Windows: what its Python lacks is gone, and its locks on bytes are there."""

import importlib.util
import os
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import crosspost

#: of the standard library
MODULES = ("fcntl", "grp", "pwd", "resource", "syslog", "termios", "tty", "pty", "readline")
#: names that these modules do not have there
LACKING = {
    "os": (
        "O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "chown", "fchmod", "fchown", "fork", "getegid",
        "geteuid", "getgid", "getloadavg", "getpgid", "getuid", "killpg", "mkfifo", "nice", "sched_getaffinity",
        "setsid", "statvfs", "sysconf", "uname", "wait", "waitid",
    ),
    "signal": ("SIGALRM", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGUSR1", "SIGUSR2", "pause", "setitimer"),
    "socket": ("AF_UNIX",),
    "time": ("tzset",),
}  # fmt: skip
PACKAGE = Path(crosspost.__file__).parent


def locks() -> ModuleType:
    """Python's module ``msvcrt``: locks bytes from where the file is read or written, for one opening of the file."""
    import errno
    import fcntl

    def locking(handle: int, mode: int, count: int) -> None:
        wanted = struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_CUR, 0, count, 0)
        try:
            fcntl.fcntl(handle, fcntl.F_OFD_SETLK, wanted)
        except BlockingIOError:
            raise PermissionError(errno.EACCES, "Permission denied") from None

    made: Any = ModuleType("msvcrt")
    made.locking, made.LK_NBLCK = locking, 2
    return made  # type: ignore[no-any-return]  # a module whose names are set here


@contextmanager
def acted() -> Iterator[None]:
    """Meanwhile, imports see Windows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "platform", "win32")
        patch.setitem(sys.modules, "msvcrt", locks())
        for name in MODULES:
            patch.setitem(sys.modules, name, None)
        yield


def module(name: str) -> Any:
    """A module of crosspost's as Windows imports it, beside the real one; ``config/file_lock``, for example."""
    spec = importlib.util.spec_from_file_location(f"windows_{Path(name).name}", PACKAGE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    with acted():
        spec.loader.exec_module(found)
    return found

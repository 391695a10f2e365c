"""Where a ledger is: the machine, the file and the machine's boot. A copy has another location."""

import contextlib
import hashlib
import os
import socket
import sqlite3
import sys
import uuid
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from crosspost.model import Value

_MACHINE = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
#: systems to whose usual disks capitals and small letters in names are the same
_ANY_CASE = ("darwin", "win32")
_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Here(Value, frozen=True, kw_only=True):
    """A location.

    ``machine`` does not change with the host name; ``path`` has no symbolic links; ``file`` distinguishes this file
    from a copy of it, even when a container counts as a new machine each time ("" when unknown); ``boot`` changes with
    each boot of the machine ("" when unknown); ``host`` is for display.
    """

    machine: str
    host: str = ""
    path: str
    file: str = ""
    boot: str = ""

    @property
    def inode(self) -> str:
        """The inode number alone; some systems number their disks differently at each boot."""
        return self.file.rpartition(":")[2]


def here(path: Path) -> Here:
    """Where the ledger at ``path`` is now; the file need not exist."""
    machine, host, boot = machine_id(), socket.gethostname(), _text(_BOOT)
    return Here(machine=machine, host=host, path=os.path.realpath(path), file=_file(path), boot=boot)


def inside(path: Path) -> Literal["none", "empty", "foreign", "ledger"]:
    """What the file is; one that cannot be read counts as a ledger, so that opening it reports the error."""
    try:
        if not path.is_file() or not path.stat().st_size:  # to SQLite a log beside an empty file says nothing
            return "empty" if path.exists() else "none"
        mode = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "immutable=1"
        uri = f"file:{quote(str(path.absolute()))}?{mode}"
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=30)) as opened:
            tables = {name for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except (OSError, sqlite3.Error):
        return "ledger"
    if not tables:
        return "empty"
    return "ledger" if "alembic_version" in tables else "foreign"


def machine_id() -> str:
    """Eight hex digits that identify this machine, whatever its host name is.

    Derived from the system's machine id, else from the network card, else from the host name.
    """
    source = system_id()
    if not source:
        node = uuid.getnode()
        source = (
            socket.gethostname() if node >> 40 & 1 else str(node)
        )  # that bit: a random number, different in each process
    return hashlib.sha256(source.encode()).hexdigest()[:8]


def system_id() -> str:
    """What the system itself calls this machine (machine-id(5), or D-Bus); "" when it does not say."""
    return next((text for file in _MACHINE if (text := _text(file))), "")


def same_place(one: str, other: str) -> bool:
    """Whether two paths name the same place; on macOS and Windows also when they are written differently."""
    return one == other or (sys.platform in _ANY_CASE and _folded(one) == _folded(other))


def _folded(path: str) -> str:
    import unicodedata  # only where it is needed

    return os.path.normpath(unicodedata.normalize("NFC", path)).casefold()


def _file(path: Path) -> str:
    """Disk and inode number; a copy has another inode, and another machine another disk."""
    try:
        number = path.stat().st_ino
        disk = os.statvfs(path).f_fsid if hasattr(os, "statvfs") else 0
    except OSError:
        return ""
    return f"{disk:x}:{number}" if number else ""


def _text(file: Path) -> str:
    try:
        return file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""

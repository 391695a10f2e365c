"""Where a ledger is: the machine, the file, the start of the machine. Copies of it are somewhere else."""

import hashlib
import os
import socket
import uuid
from pathlib import Path

from crosspost.model import Value

_MACHINE = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Here(Value, frozen=True, kw_only=True):
    """A place.

    ``machine`` stays when the machine's name in the network changes; ``path`` is without symbolic links; ``file`` tells
    this file from a copy of it, also where a container is another machine each time ("" when nobody knows); ``boot``
    changes with each start of the machine ("" the same); ``host`` is for people.
    """

    machine: str
    host: str = ""
    path: str
    file: str = ""
    boot: str = ""

    @property
    def inode(self) -> str:
        """The file's number; some systems number their disks anew at each start."""
        return self.file.rpartition(":")[2]


def here(path: Path) -> Here:
    """Where the ledger at ``path`` is now; the file need not exist."""
    machine, host, boot = machine_id(), socket.gethostname(), _text(_BOOT)
    return Here(machine=machine, host=host, path=os.path.realpath(path), file=_file(path), boot=boot)


def machine_id() -> str:
    """Eight digits that are the same for this machine whatever it is called today.

    Where the system has no id it is the network card's; where there is neither, the name.
    """
    said = next((text for file in _MACHINE if (text := _text(file))), "")
    if not said:
        node = uuid.getnode()
        said = socket.gethostname() if node >> 40 & 1 else str(node)  # that bit: made up anew in each process
    return hashlib.sha256(said.encode()).hexdigest()[:8]


def _file(path: Path) -> str:
    """Disk and number of the file; a copy has another number, on another machine there is another disk."""
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

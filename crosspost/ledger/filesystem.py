"""Checks that the ledger's folder supports file locks, which often do not work on network drives."""

import os
import re
from pathlib import Path

from crosspost.errors import LedgerError
from crosspost.text.lazy_pattern import lazy

_MOUNTS = Path("/proc/mounts")
_SHARED = lazy(
    r"(nfs\d?|cifs|smb\d?|smbfs|afs|ceph|ncpfs|davfs|glusterfs|fuse\.(sshfs|rclone|s3fs|davfs2?|glusterfs|ceph.*|smb.*))$"
)


def refuse_shared(folder: Path, mounts: Path = _MOUNTS) -> None:
    """Refuse a folder on a network drive.

    :param mounts: the kernel's list of mounts; systems without one are not checked
    :raises LedgerError: for a network drive, with what to do
    """
    found = kind(folder, mounts)
    if _SHARED.match(found):
        raise LedgerError(_advice(folder, f"is on a network drive ({found})"))


def is_local(folder: Path, mounts: Path = _MOUNTS) -> bool:
    """Whether a folder is known to be on a drive of this machine."""
    found = kind(folder, mounts)
    return bool(found) and not _SHARED.match(found)


def unlockable(file: Path, why: str) -> LedgerError:
    """The error when the system cannot lock files here."""
    return LedgerError(_advice(file.parent, f"cannot be locked ({why})"))


def kind(folder: Path, mounts: Path = _MOUNTS) -> str:
    """The type of the file system a folder is on, such as ``ext4``; "" when unknown."""
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    here = os.path.realpath(folder)
    best, found = "", ""
    for fields in (line.split(" ") for line in lines):
        if len(fields) < 3:
            continue
        at = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[1])
        inside = here == at or here.startswith(at.rstrip("/") + "/")
        if inside and len(at) >= len(best):  # a later mount hides an earlier one
            best, found = at, fields[2]
    return found


def _advice(folder: Path, what: str) -> str:
    return (
        f"{folder} {what}, where two runs may not notice each other. Nothing was sent. Name a file on this machine in "
        "[state] ledger; or, if only one machine at a time ever works there, set [state] shared = true. See `crosspost "
        "help ledger`"
    )

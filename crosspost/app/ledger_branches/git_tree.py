"""The ledger's folder as a tree of git, and back, byte for byte: no filter, no line ending, no ignore file counts."""

import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from crosspost.app.ledger_branches.git import Git
from crosspost.errors import LedgerError

#: what the branch has besides the folder's files
RUNNING, LATEST = "RUNNING", "LATEST"
_OURS = (RUNNING, LATEST)
#: what is of no use on another machine; in sessions are logins
_LEFT_OUT = (".lock", ".cache")
_SESSIONS = "sessions"
#: where \ and : in a name lead elsewhere
_WINDOWS = ("win32",)


def read(git: Git, commit: str) -> dict[str, str]:
    """The files of a commit: path → blob."""
    found = {}
    for row in git.data("ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0"):
        if row:
            kind, name = os.fsdecode(row).split("\t", 1)
            mode, _, blob = kind.split(" ")
            if mode.startswith("100"):  # a plain file
                found[name] = blob
    return found


def text(git: Git, blob: str) -> str:
    """What a small file says."""
    return git.data("cat-file", "blob", blob).decode("utf-8", "replace").strip()


def tree(git: Git, folder: Path, more: Mapping[str, str]) -> str:
    """A tree of the folder's files.

    :param more: further files, name → what they say
    """
    rows = [(name, git.text("hash-object", "-w", "--no-filters", "--", str(file))) for name, file in _carried(folder)]
    rows += [
        (name, git.text("hash-object", "-w", "--stdin", given=f"{said}\n".encode())) for name, said in more.items()
    ]
    listed = b"".join(f"100644 {blob}\t".encode() + os.fsencode(name) + b"\0" for name, blob in rows)
    with tempfile.TemporaryDirectory() as place:
        index = Path(place, "index")
        git.text("update-index", "-z", "--index-info", given=listed, index=index)
        return git.text("write-tree", index=index)


def write(git: Git, commit: str, folder: Path) -> None:
    """Make the folder what the commit says.

    :raises LedgerError: when it cannot be written
    """
    files = {name: blob for name, blob in read(git, commit).items() if name not in _OURS}
    try:
        for name, file in _carried(folder):
            if name not in files:
                file.unlink()
        folder.mkdir(parents=True, exist_ok=True)
        for name, blob in files.items():
            if ".." in PurePosixPath(name).parts or (sys.platform in _WINDOWS and re.search(r"[\\:]", name)):
                raise LedgerError(f"the ledger's branch has a file {name}, which is not a place in {folder}")
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(git.data("cat-file", "blob", blob))
            file.chmod(0o600)
    except OSError as error:
        raise LedgerError(f"{error.filename or folder} cannot be written: {error.strerror}") from None


def some(folder: Path) -> bool:
    """Whether there is anything in the folder that would be carried."""
    return next(_carried(folder), None) is not None


def _carried(folder: Path) -> Iterator[tuple[str, Path]]:
    """The folder's files that go along, by their names in git."""
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder)
        if file.is_file() and not file.is_symlink() and file.suffix not in _LEFT_OUT and name.parts[0] != _SESSIONS:
            yield name.as_posix(), file

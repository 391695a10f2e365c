"""Writes what a commit has into a folder, without git's own checkout.

The repository may be somebody else's. Nothing in it is carried out: no hook, no filter that its attributes name, no
submodule; and nothing leads out of the folder: symbolic links are left out, and paths are looked at.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from crosspost.errors import SourceError
from crosspost.model import Value

#: bytes of all files of a site, and how many there may be
MOST_BYTES, MOST_FILES = 4_000_000_000, 200_000
#: bytes of files that are fetched from git at a time
_AT_ONCE = 32_000_000
_FILES = (b"100644", b"100755")

#: runs a git command in the repository: its words, and what it reads; gives what it says
Git = Callable[..., bytes]


class Blob(Value, frozen=True, kw_only=True):
    """One file of a commit: its path from the root, the name of its content, and its bytes."""

    path: str
    content: str
    size: int


def files(git: Git, commit: str) -> list[Blob]:
    """The files of a commit that may be written; links, submodules and paths that lead elsewhere are left out.

    :raises SourceError: when there are too many, or they are too large
    """
    found = []
    for line in git("ls-tree", "-r", "-z", "-l", "--full-tree", commit).split(b"\0"):
        head, _, name = line.partition(b"\t")
        mode, kind, content, size = (*head.split(), b"", b"", b"", b"")[:4]
        if mode in _FILES and kind == b"blob" and _may_be(path := os.fsdecode(name)):
            found.append(Blob(path=path, content=content.decode(), size=int(size)))
    if len(found) > MOST_FILES or sum(one.size for one in found) > MOST_BYTES:
        raise SourceError(
            f"it has more than {MOST_FILES:,} files or {MOST_BYTES // 1_000_000_000} GB; a repository of the posts "
            "alone is fetched more quickly, too"
        )
    return found


def write(git: Git, wanted: list[Blob], folder: Path, before: dict[str, str], old: Path | None) -> None:
    """Write files into a new folder.

    :param before: path → content of the files in ``old``; what is the same is shared with it, times included
    :raises OSError: when they cannot be written
    """
    made: set[Path] = set()
    new = []
    for one in wanted:
        target = folder / one.path
        if target.parent not in made:
            target.parent.mkdir(parents=True, exist_ok=True)
            made.add(target.parent)
        if old is None or before.get(one.path) != one.content or not _shared(old / one.path, target):
            new.append(one)
    for some in _batches(new):
        said = memoryview(git("cat-file", "--batch", given="".join(f"{one.content}\n" for one in some).encode()))
        at = 0
        for one in some:
            at += len(f"{one.content} blob {one.size}\n")
            (folder / one.path).write_bytes(said[at : at + one.size])
            at += one.size + 1


def _batches(blobs: list[Blob]) -> Iterator[list[Blob]]:
    some: list[Blob] = []
    for one in blobs:
        if some and sum(each.size for each in some) + one.size > _AT_ONCE:
            yield some
            some = []
        some.append(one)
    if some:
        yield some


def _may_be(path: str) -> bool:
    """Whether a path stays inside of the folder on every system, and is not git's own."""
    parts = path.split("/")
    if any(part in ("", ".", "..") or part.rstrip(". ").casefold() == ".git" for part in parts):
        return False
    return os.name != "nt" or not any(char in path for char in '\\:*?"<>|')


def _shared(old: Path, new: Path) -> bool:
    """Whether the old file could be given a second name, or copied with its times."""
    try:
        os.link(old, new)
    except OSError:
        try:
            shutil.copy2(old, new)
        except OSError:
            return False
    return True

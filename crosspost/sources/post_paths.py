"""The files of posts by their paths: those a person names and those that are read, inside the site and nowhere else."""

import os
from pathlib import Path

from crosspost.errors import PostRefused, SourceError
from crosspost.sources.frontmatter import read_bytes
from crosspost.text.near_names import nearest
from crosspost.text.printable import printable


def missing(path: Path) -> str:
    """The message for a file that does not exist, with the nearest name in its folder."""
    try:
        near = nearest(path.name, [other.name for other in path.parent.iterdir()])
    except (OSError, ValueError):  # no such folder
        near = ""
    return f"{path}: does not exist{f'; did you mean {path.parent / near}?' if near else ''}"


def below(path: Path, folder: Path) -> str:
    """The path of a file below a folder, with ``/``.

    Only the folder it is in is resolved: a post that is itself a link keeps its name.

    :raises SourceError: when there is no such file, or it is not in the folder
    """
    if not os.path.lexists(path):
        raise SourceError(printable(missing(path)))
    try:
        return (path.parent.resolve() / path.name).relative_to(folder.resolve()).as_posix()
    except (ValueError, OSError, RuntimeError):  # RuntimeError: a link to itself
        raise SourceError(f"{printable(str(path))}: is not in {folder}") from None


def need_plain_name(folder: Path) -> None:
    """Check that the folder's name can be shown and kept.

    :raises SourceError: when it cannot
    """
    whole = os.path.abspath(folder)  # noqa: PTH100 - resolves no link
    if printable(whole) != whole:
        raise SourceError(
            f"{printable(str(folder))}: the folder's name has control characters or is not UTF-8; rename it"
        )


def read_inside(path: str, folder: Path) -> bytes:
    """The bytes of a file of the site.

    :raises PostRefused: when it cannot be read, is too large, or is a symbolic link to outside ``folder``
    """
    try:
        if not Path(path).resolve().is_relative_to(folder.resolve()):
            raise PostRefused(path, "is a link to a file outside the site; put the file itself there")
        return read_bytes(path)
    except OSError as error:
        raise PostRefused(path, f"cannot be read: {error.strerror}") from None

"""The files of posts by their paths: those a person names and those that are read, inside the site and nowhere else."""

import os
from pathlib import Path

from crosspost.errors import PostRefused, SourceError
from crosspost.sources.front_matter import read_bytes
from crosspost.text.near_names import nearest
from crosspost.text.printable import printable


def missing(path: Path) -> str:
    """The message for a file that does not exist, with the nearest name in its folder."""
    if path.parts[:1] in (("https:",), ("http:",)):
        address = "/".join(path.parts).replace(":/", "://", 1)
        return f"{address}: is an address, but this site is read from its files; name the file of the post"
    try:
        near = nearest(path.name, [other.name for other in path.parent.iterdir()])
    except (OSError, ValueError):  # no such folder
        near = ""
    return f"{path}: does not exist{f'; did you mean {path.parent / near}?' if near else ''}"


def below(path: Path, folder: Path) -> str:
    """The path of a file below a folder, with ``/``.

    Only the folder it is in is resolved: a post that is itself a link keeps its name. Where capitals and small letters
    are the same to the disk, the names are those of the disk, however they were typed: a post has one name.

    :raises SourceError: when there is no such file, or it is not in the folder
    """
    if not os.path.lexists(path):
        raise SourceError(printable(missing(path)))
    try:
        return _inside(path.parent.resolve() / path.name, folder.resolve()).as_posix()
    except (ValueError, OSError, RuntimeError):  # RuntimeError: a link to itself
        raise SourceError(f"{printable(str(path))}: is not in {folder}") from None


def _inside(path: Path, top: Path) -> Path:
    """:raises ValueError: when it is not below ``top``"""
    above = len(top.parts)
    if not path.is_relative_to(top) and not (len(path.parts) > above and _one(Path(*path.parts[:above]), top)):
        raise ValueError(path)
    found = top
    for name in path.parts[above:]:
        found /= _listed(found, name)
    return found.relative_to(top)


def _one(one: Path, other: Path) -> bool:
    return _folded(str(one)) == _folded(str(other)) and one.samefile(other)


def _listed(folder: Path, name: str) -> str:
    """A name as the disk has it."""
    if not os.path.lexists(folder / name.swapcase()):
        return name
    names = [other.name for other in folder.iterdir()]
    return name if name in names else next((one for one in names if _folded(one) == _folded(name)), name)


def _folded(name: str) -> str:
    import unicodedata  # only where it is needed

    return unicodedata.normalize("NFC", name).casefold()


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

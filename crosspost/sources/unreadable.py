"""Explains why an entry of a posts folder cannot be read: its type, or a name that cannot be stored."""

import os

from crosspost.config.small_file import NO_FILE
from crosspost.text.printable import printable


def is_file(entry: "os.DirEntry[str]") -> bool:
    """Whether it is an ordinary file, or a link to one."""
    try:
        return entry.is_file()
    except OSError:  # a link to itself
        return False


def no_file(entry: "os.DirEntry[str]") -> str | None:
    """Why an entry that is not a file cannot be read; None for one that cannot be meant as a post."""
    try:
        if entry.is_dir():  # a link to a folder, which Jekyll does not follow
            return None
        if not entry.is_symlink():
            return NO_FILE
        os.stat(entry.path)  # noqa: PTH116 - beside the calls of DirEntry
    except OSError as error:
        return f"is a broken link: {error.strerror}" if entry.is_symlink() else str(error.strerror)
    return NO_FILE


def no_name(path: str) -> str:
    """What is wrong with a name; "" when it can be stored."""
    if printable(path) == path:
        return ""
    try:
        path.encode()
    except UnicodeEncodeError:
        return "its name is not UTF-8 (shown as <…>); rename it"
    return "its name has a control character; rename it"

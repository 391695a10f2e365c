"""Why an entry of a posts folder cannot be read as a file: its kind, or a name that cannot be written down."""

import os

from crosspost.config.small_file import NO_FILE
from crosspost.text.printable import printable


def is_file(entry: "os.DirEntry[str]") -> bool:
    """Whether it is an ordinary file, or a link to one."""
    try:
        return entry.is_file()
    except OSError:  # a link that leads to itself
        return False


def no_file(entry: "os.DirEntry[str]") -> str | None:
    """Why what is no file cannot be read; None for what nobody would take for a post."""
    try:
        if entry.is_dir():  # a link to a folder, which Jekyll does not follow
            return None
        if not entry.is_symlink():
            return NO_FILE
        os.stat(entry.path)  # noqa: PTH116 - beside the calls of DirEntry
    except OSError as error:
        return f"is a link that leads nowhere: {error.strerror}" if entry.is_symlink() else str(error.strerror)
    return NO_FILE


def no_name(path: str) -> str:
    """What is wrong with a name; "" when it is one that can be written down."""
    if printable(path) == path:
        return ""
    try:
        path.encode()
    except UnicodeEncodeError:
        return "its name is not UTF-8 (shown as <…>); rename it"
    return "its name has a control character; rename it"

"""The address of a git repository that a site's posts come from, as it may be written under ``git``."""

import re
from collections.abc import Callable
from pathlib import PurePosixPath, PureWindowsPath
from typing import Protocol
from urllib.parse import urlsplit

from crosspost.errors import ConfigError
from crosspost.text.lazy_pattern import lazy
from crosspost.text.printable import printable

#: as git itself and every host of repositories show it: user@host:path
_SHORT = lazy(r"([A-Za-z0-9][\w.+-]*)@([A-Za-z0-9][A-Za-z0-9.-]*):(?!/)([^\s:]+)")
_BRANCH = lazy(r"(?!.*(?:\.\.|//|@\{|\.lock$|[./]$))[A-Za-z0-9_][A-Za-z0-9_./+#-]*")
#: without encryption anybody on the way could change what is posted; on this machine nobody is on the way
_OPEN, _SAFE = ("http", "git"), ("https", "ssh")
_HERE = ("127.0.0.1", "localhost", "::1")


def checked(written: str) -> str:
    """The address as git takes it.

    :raises ValueError: when it is none that is fetched from, in one clause without what may be a password
    """
    if not written.isprintable() or " " in written:
        raise ValueError("has a space, a line break or the like in it")
    if short := _SHORT.fullmatch(written):
        return f"ssh://{short[1]}@{short[2]}/{short[3]}"
    try:
        parts = urlsplit(written)
        _ = parts.port
    except ValueError:
        raise ValueError("cannot be read; look at its host and port") from None
    if parts.password is not None:
        raise ValueError(
            "has a password or token in it, which whoever sees the address would know; see `crosspost help sites` for "
            "where it goes"
        )
    if not parts.scheme or parts.scheme not in (*_SAFE, *_OPEN):
        raise ValueError("does not begin with https:// or ssh://. A folder on this machine is named by `path`")
    if not parts.hostname or parts.netloc.startswith("-") or parts.hostname.startswith("-"):
        raise ValueError("names no host")
    if parts.scheme in _OPEN and parts.hostname not in _HERE:
        raise ValueError(
            f"begins with {parts.scheme}://, with which anybody on the way could change the posts; write https:// or "
            "ssh://"
        )
    if parts.query or parts.fragment or len(parts.path) < 2:
        raise ValueError("is not that of a repository: it ends in the path of one, without ? and #")
    return written


def branch(written: str) -> str:
    """A branch's name.

    :raises ValueError: when it cannot be one
    """
    if not re.fullmatch(_BRANCH.pattern, written):
        raise ValueError(f"“{printable(written)}” cannot be the name of a branch")
    return written


def inside(written: str) -> str:
    """A folder of the repository, from its root.

    :raises ValueError: when it leads out of it
    """
    path, windows = PurePosixPath(written), PureWindowsPath(written)
    if not written.isprintable() or path.is_absolute() or windows.drive or windows.root or ".." in windows.parts:
        raise ValueError(f"“{printable(written)}” is not a folder inside the repository that `git` names")
    return written


class Said(Protocol):
    """What a site says of its posts."""

    @property
    def git(self) -> str: ...
    @property
    def branch(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def built(self) -> str: ...
    @property
    def feed(self) -> str: ...
    @property
    def write_back(self) -> str: ...


def check(said: Said, where: Callable[..., str]) -> None:
    """Look at what a site says of its repository.

    :param where: file and line of a key
    :raises ConfigError: when it cannot be meant
    """
    if not said.git:
        raise ConfigError(f"{where('branch')}: `branch` is that of a repository; name its address as `git`")
    if said.feed:
        raise ConfigError(f"{where('git')}: `git` and `feed` are two places of posts; remove one of them")
    if said.write_back != "none":
        raise ConfigError(
            f"{where('write_back')}: nothing can be written back into a repository that is only fetched (`git`). For "
            "that clone it yourself, and name the folder as `path`; see `crosspost help write-back`"
        )
    try:
        checked(said.git)
    except ValueError as error:
        raise ConfigError(f"{where('git')}: the address of the repository {error}") from None
    try:
        _ = said.branch and branch(said.branch)
        _ = inside(said.path), inside(said.built)
    except ValueError as error:
        raise ConfigError(f"{where('branch' if 'branch' in str(error) else 'path')}: {error}") from None

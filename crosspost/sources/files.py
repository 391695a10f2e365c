"""Pictures a post names, found as files inside the site and nowhere else."""

import difflib
import os
import posixpath
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from crosspost.sources.permalink import absolute_url
from crosspost.sources.site import Site

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")


class OutsideError(ValueError):
    """A path that leads out of the site, by ``..`` or by a symbolic link."""


def missing(path: Path) -> str:
    """The sentence for a file that does not exist, with the nearest name in its folder."""
    try:
        near = difflib.get_close_matches(path.name, [other.name for other in path.parent.iterdir()], 1)
    except (OSError, ValueError):  # no such folder
        near = []
    return f"{path}: does not exist{f'; did you mean {path.parent / near[0]}?' if near else ''}"


class SiteFiles:
    """Turns what authors write for a picture into a file inside the site and its public address.

    :param root: the folder of the site; resolved, it is the attribute ``root``
    :param folder: the folder of the post's file, for addresses without a leading slash
    :ivar hints: what was understood and should be written in another way
    """

    def __init__(self, root: Path, folder: Path, site: Site) -> None:
        self.root = root.resolve()
        self._folder = folder.resolve()
        self._site = site
        self.hints: dict[str, None] = {}

    def locate(self, written: str) -> tuple[str, str]:
        """Give (absolute path of the file, public address) of a picture; "" for each that there is not.

        :param written: a path with or without leading slash, under the base path or not, or a full address
        :raises OutsideError: when the path leads out of the site
        """
        written = written.strip()
        scheme = _SCHEME.match(written)
        if scheme and scheme[1].lower() not in ("http", "https"):
            return "", ""
        path = self._below_site(written)
        if path is None:
            return "", written
        file = self._file(path)
        if file is None:
            return "", self._address(path)
        return str(file), self._address(file.relative_to(self.root).as_posix())

    def _below_site(self, written: str) -> str | None:
        """Give the path below the site; None when the address is somewhere else on the web."""
        try:
            parts = urlsplit(written)
            home = urlsplit(self._site.url)
        except ValueError:
            return None
        if parts.netloc and parts.netloc.lower() != home.netloc.lower():
            return None
        path = unquote(parts.path)
        base = self._site.baseurl.strip("/")
        if base and path.lstrip("/").startswith(base + "/") and (parts.netloc or path.startswith("/")):
            path = "/" + path.lstrip("/")[len(base) + 1 :]
        return path

    def _file(self, path: str) -> Path | None:
        if "\0" in path:
            return None
        if "\\" in path:  # as Windows writes it; browsers understand that too
            found = self._file(path.replace("\\", "/"))
            if found is not None:
                self.hints[f"{path} is written with \\; write it with / as in an address"] = None
            return found
        starts = [self.root] if path.startswith("/") else [self.root, self._folder]
        outside = False
        for start in starts:
            # normpath first: "a/../../x" must be judged even where no folder "a" exists
            wanted = posixpath.normpath(posixpath.join(start.as_posix(), path.lstrip("/")))
            if not Path(wanted).is_relative_to(self.root):
                outside = True
                continue
            try:
                real = Path(os.path.realpath(wanted))
                if not real.is_relative_to(self.root):
                    outside = True
                elif real.is_file():
                    return Path(wanted) if not Path(wanted).is_symlink() else real
            except (OSError, ValueError):  # a name the file system does not take
                continue
        if outside:
            raise OutsideError(path)
        return None

    def _address(self, path: str) -> str:
        if not self._site.url:
            return ""
        return absolute_url(self._site.url, self._site.baseurl, "/" + path.lstrip("/").replace("%", "%25"))

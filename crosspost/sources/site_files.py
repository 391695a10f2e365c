"""Finds the pictures of a post as files inside the site and nowhere else."""

import os
import posixpath
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from crosspost.sources.jekyll_site import Site
from crosspost.sources.permalink import absolute_url
from crosspost.text.lazy_pattern import lazy

_SCHEME = lazy(r"([A-Za-z][A-Za-z0-9+.-]+):")
_WEB = lazy(r"https?://", re.IGNORECASE)


class OutsideError(ValueError):
    """A path that leads outside the site, through ``..`` or a symbolic link."""


#: where themes look for pictures given without a folder
STANDARD_FOLDERS = ("images", "img", "assets", "assets/images", "assets/img")
#: keys of front matter and ``_config.yml`` for a post's media folder, and for a separate media server
#: (Chirpy, https://chirpy.cotes.page/posts/write-a-new-post/#media)
_SUBPATHS, _CDNS = ("media_subpath", "img_path"), ("cdn", "img_cdn")


class Located(NamedTuple):
    """A picture: its absolute path and its public address, each "" if there is none.

    ``elsewhere`` means that it is only on the web, and was not checked.
    """

    path: str
    url: str
    elsewhere: bool = False


class SiteFiles:
    """Turns a picture's address as written into a file inside the site and its public address.

    :param root: the folder of the site; resolved, it is the attribute ``root``
    :param folder: the folder of the post's file, for addresses without a leading slash
    :param data: the post's front matter, which may name a media folder
    :param page: the post's relative address, for addresses relative to its page
    :ivar hints: advice about addresses that work but should be written differently
    """

    def __init__(self, root: Path, folder: Path, site: Site, *, data: Mapping[str, Any], page: str = "") -> None:
        self.root = root.resolve()
        self._folder = folder.resolve()
        self._site = site
        self.hints: dict[str, None] = {}
        self._subpath = next(
            (setting for key in _SUBPATHS if isinstance(setting := data.get(key), str) and setting), ""
        )
        cdn = next((setting for key in _CDNS if isinstance(setting := site.config.get(key), str) and setting), "")
        on_the_web = bool(_WEB.match(cdn))
        self._cdn, self._prefix = (cdn.rstrip("/"), "") if on_the_web else ("", cdn)
        self._page = page.rpartition("/")[0]

    def locate(self, written: str, *, guess: bool = False) -> Located:
        """Find a picture.

        :param written: a path with or without leading slash, under the base path or not, or a full address
        :param guess: also look for a bare file name in the folders where themes keep pictures
        :raises OutsideError: when the path leads outside the site
        """
        written = written.strip()
        scheme = _SCHEME.match(written)
        if scheme and scheme[1].lower() not in ("http", "https"):
            return Located("", "")
        path = self._below_site(written)
        if path is None:
            return Located("", "https:" + written if written.startswith("//") else written, elsewhere=True)
        file = self._file(path, STANDARD_FOLDERS if guess and "/" not in path else ())
        if file is not None:
            return Located(str(file), self._address(file.relative_to(self.root).as_posix()))
        if scheme:  # a full address may exist anyway, for example because a plug-in generates the file
            return Located("", written, elsewhere=True)
        if self._cdn:
            return Located("", absolute_url(self._cdn, "", "/" + self._media(path).replace("%", "%25")), elsewhere=True)
        return Located("", self._address(path))

    def missing(self, written: str, *, guess: bool = False) -> str:
        """A clause that says why :meth:`locate` has no file.

        :param guess: as there
        """
        from crosspost.sources.missing_files import reason  # most files are there

        path = self._below_site(written.strip()) or ""
        starts = self._starts(path, STANDARD_FOLDERS if guess and "/" not in path else ())
        wanted = [posixpath.normpath(posixpath.join(start, path.lstrip("/"))) for start in starts]
        return reason(written, [one for one in wanted if Path(one).is_relative_to(self.root) and one != str(self.root)])

    def _media(self, path: str) -> str:
        """The path below the post's media folder, joined as Chirpy does."""
        return f"{self._subpath}/{path}".lstrip("/").replace("//", "/")

    def _below_site(self, written: str) -> str | None:
        """The path relative to the site; None when the address is elsewhere on the web."""
        for server in filter(None, (self._subpath, self._cdn)):
            if _WEB.match(server) and written.startswith(server):
                written = "/" + written[len(server) :].lstrip("/")
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

    def _file(self, path: str, guesses: Sequence[str] = ()) -> Path | None:
        if "\0" in path:
            return None
        if "\\" in path:  # as on Windows; browsers accept it, too
            found = self._file(path.replace("\\", "/"), guesses)
            if found is not None:
                self.hints[f"{path} is written with \\; write it with / as in an address"] = None
            return found
        outside = False
        for start in self._starts(path, guesses):
            # normpath first: "a/../../x" must be checked even if there is no folder "a"
            wanted = posixpath.normpath(posixpath.join(start, path.lstrip("/")))
            if not Path(wanted).is_relative_to(self.root):
                outside = True
                continue
            try:
                real = Path(os.path.realpath(wanted))
                if not real.is_relative_to(self.root):
                    outside = True
                elif real.is_file():
                    return Path(wanted) if not Path(wanted).is_symlink() else real
            except (OSError, ValueError):  # a name the file system does not allow
                continue
        if outside:
            raise OutsideError(path)
        return None

    def _starts(self, path: str, guesses: Sequence[str]) -> list[str]:
        """The folders a path may be relative to, most specific first."""
        root, prefix = self.root.as_posix(), self._prefix.strip("/")
        media = [] if _WEB.match(self._subpath) else [self._subpath.strip("/")] if self._subpath else []
        below = [posixpath.join(prefix, media[0])] if prefix and media else [prefix] if prefix else []
        found = [posixpath.join(root, folder) for folder in (*below, *media)] + [root]
        if not path.startswith("/"):
            found += [self._folder.as_posix(), posixpath.join(root, self._page.lstrip("/"))]
        return found + [posixpath.join(root, folder) for folder in guesses]

    def _address(self, path: str) -> str:
        if not self._site.url:
            return ""
        return absolute_url(self._site.url, self._site.baseurl, "/" + path.lstrip("/").replace("%", "%25"))

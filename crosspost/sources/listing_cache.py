"""Caches a listing between runs, so that thousands of unchanged posts are not parsed every time.

If the cache is missing, damaged, or from another config or version, everything is simply read again.
"""

import contextlib
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from crosspost import __version__
from crosspost.config.small_file import read_small
from crosspost.model import Entry
from crosspost.sources.filenames import Name

#: increased when an entry gets a new field, or is computed differently
_SHAPE = 5
#: nanoseconds: a file changed this shortly before the listing could change again without a new time stamp
_FRESH = 2_000_000_000
#: maximum size in bytes, enough for a hundred thousand posts
_MOST = 100_000_000


class _Seen(msgspec.Struct, frozen=True, array_like=True, gc=False):
    changed: int
    size: int
    entry: Entry


class _Listing(msgspec.Struct, frozen=True, array_like=True):
    key: str
    written: int
    files: tuple[_Seen, ...]  # a mapping by path would hold each path a second time


#: made by one thread: msgspec crashes where two decode a type for the first time, such as those of a worker
_DECODER = msgspec.msgpack.Decoder(_Listing)


class ListingCache:
    """Entries by the path in them, valid as long as the file's size and time are the same.

    :param file: the cache file; need not exist
    :param about: everything else an entry depends on: the site's config and the settings
    """

    def __init__(self, file: Path, about: str) -> None:
        self._file = file
        self._key = hashlib.sha256(f"{__version__}\n{_SHAPE}\n{about}".encode()).hexdigest()
        old = self._read()
        self._old = {seen.entry.path: seen for seen in old.files}
        self._now: list[_Seen] = []
        self._new = False
        self._trusted = old.written - _FRESH

    def entry(self, path: str, make: Callable[[Name], Entry], name: Name) -> Entry:
        """The entry of one file: from the cache if the file is unchanged, else made from its name.

        Only ready posts are cached: whether a post is skipped may depend on the date, and a refusal should be
        rechecked.
        """
        try:
            stat = os.stat(path)  # noqa: PTH116  # pathlib doubles the cost of thousands of unchanged files
        except OSError:
            return make(name)
        seen = self._old.get(path)
        if (
            seen is None
            or seen.changed != stat.st_mtime_ns
            or seen.size != stat.st_size
            or seen.changed > self._trusted
        ):
            seen, self._new = _Seen(stat.st_mtime_ns, stat.st_size, make(name)), True
        if seen.entry.state == "ready":
            self._now.append(seen)
        return seen.entry

    def save(self, now: int) -> None:
        """Store the listing if it changed. A failure does not matter.

        :param now: nanoseconds since 1970, before the listing began
        """
        if not self._new and len(self._now) == len(self._old):
            return
        data = msgspec.msgpack.encode(_Listing(self._key, now, tuple(self._now)))
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            from crosspost.config import atomic_file

            atomic_file.write(self._file, data, durable=False)

    def _read(self) -> _Listing:
        with contextlib.suppress(OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            found = _DECODER.decode(read_small(self._file, _MOST))
            if found.key == self._key:
                return found
        return _Listing("", 0, ())

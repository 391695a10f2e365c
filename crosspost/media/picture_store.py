"""Fitted pictures that several machines share. What lies there saves time only: each of them can make it again.

A fitted picture is kept under a checksum of the file it was made from and of everything that decides how, and begins
with a checksum of itself. What is half there, or is something else, counts as not there, and is written again.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Callable

import msgspec

from crosspost import __version__
from crosspost.media.fitted import MAX_SOURCE_BYTES, Fitted
from crosspost.media.storage import Storage, StorageAway
from crosspost.model.value import ready

#: folders in the storage
FITTED, FETCHED, PUBLIC = "fitted", "fetched", "public"
#: seconds for which nobody asks a storage that was away
_PAUSE = 300
_CHECKSUM = 32  # bytes
log = logging.getLogger("crosspost.media")


class PictureStore:
    """Pictures in a storage. A storage that is away is told once, and not asked for a while.

    :param public: the address under which everybody can read the folder ``public`` of the storage; "": nobody can
    :param clock: seconds of a clock that nobody puts back
    """

    def __init__(self, storage: Storage, *, public: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        self.storage, self.public = storage, public.rstrip("/")
        self._clock, self._lock = clock, threading.Lock()
        self._away_until: float | None = None

    def fitted(self, source: bytes, recipe: object, make: Callable[[], Fitted]) -> Fitted:
        """A fitted picture: the one that is there, or one that is made now, and kept.

        :param source: the bytes of the file it is made from
        :param recipe: what decides how, as values that JSON has
        :raises MediaError: what ``make`` raises
        """
        from PIL import __version__ as pillow  # another version may encode otherwise

        what = msgspec.json.encode([__version__, pillow, recipe])
        name = hashlib.blake2b(hashlib.sha256(what).digest() + source, digest_size=20).hexdigest()
        place = f"{FITTED}/{name[:2]}/{name}"
        if (found := self._read(place)) is not None:
            try:
                return msgspec.msgpack.decode(found, type=ready(Fitted))
            except msgspec.DecodeError:  # nobody but crosspost writes a right checksum, so this is a bug of ours
                log.warning("%s in %s cannot be read; it is made again", place, self.storage.where)
        made = make()
        self._write(place, msgspec.msgpack.encode(made))
        return made

    def fetched(self, url: str) -> bytes | None:
        """The bytes of a picture that some machine fetched from the web before; None when there is none."""
        return self._read(_fetched(url))

    def keep_fetched(self, url: str, data: bytes) -> None:
        """Keep what was fetched from the web, so that every machine has the same picture of a post."""
        self._write(_fetched(url), data)

    def publish(self, name: str, data: bytes, mime: str) -> None:
        """Write a picture where everybody can read it, at :meth:`address`.

        :raises StorageAway: when it cannot be written now
        """
        self.storage.write(f"{PUBLIC}/{name}", data, mime)

    def address(self, name: str) -> str:
        """The public address of what :meth:`publish` wrote."""
        return f"{self.public}/{name}"

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _read(self, place: str) -> bytes | None:
        """What lies there, if it is whole and what was written under this very name."""
        if self._paused():
            return None
        try:
            found = self.storage.read(place, MAX_SOURCE_BYTES * 2)
        except StorageAway as why:
            self._is_away(why)
            return None
        self._away_until = None
        if found is None or found[:_CHECKSUM] != _checksum(place, found[_CHECKSUM:]):
            return None
        return found[_CHECKSUM:]

    def _write(self, place: str, data: bytes) -> None:
        if self._paused():
            return
        try:
            self.storage.write(place, _checksum(place, data) + data, "application/octet-stream")
        except StorageAway as why:
            self._is_away(why)

    def _paused(self) -> bool:
        return self._away_until is not None and self._clock() < self._away_until

    def _is_away(self, why: StorageAway) -> None:
        with self._lock:
            told, self._away_until = self._away_until is not None, self._clock() + _PAUSE
        if not told:
            log.warning(
                "the pictures in %s cannot be used: %s. They are made again meanwhile; `crosspost doctor` looks at it",
                self.storage.where,
                why,
            )


def _fetched(url: str) -> str:
    return f"{FETCHED}/{hashlib.sha256(url.encode()).hexdigest()[:40]}"


def _checksum(place: str, data: bytes) -> bytes:
    """Of the name, too: a right picture under a wrong name is a wrong picture."""
    return hashlib.blake2b(data, digest_size=_CHECKSUM, key=hashlib.sha256(place.encode()).digest()).digest()

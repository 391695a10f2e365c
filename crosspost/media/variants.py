"""Pictures a network fetches from the site: the post's own file where it fits, else a fitted copy beside it.

The copy's name follows from the file's bytes and from what the network accepts, not from what an encoder made of them:
the machine that writes it before the site is built and the one that publishes later agree without talking.
"""

import contextlib
import hashlib
import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

from crosspost.errors import MediaError
from crosspost.media.fitting import fit
from crosspost.media.source import read_bytes
from crosspost.media.values import MAX_SOURCE_BYTES, Fitted, Shape
from crosspost.model import ImageLimits, Picture, Value

FOLDER = "crosspost"
"""Where copies are written: a folder of this name beside the picture. What serves the picture serves its neighbours."""


class Variant(Value, frozen=True, kw_only=True):
    """A picture at a public address.

    ``path`` is the file in the site, ``url`` where it is on the web once the site is deployed, ``fitted`` what is there
    (its ``data`` is what :meth:`write` writes), ``own`` whether it is the post's own file and nothing is written.
    """

    path: str
    url: str
    fitted: Fitted
    own: bool

    @property
    def missing(self) -> bool:
        """Whether the file must still be written."""
        return not self.own and not Path(self.path).exists()

    def write(self) -> None:
        """Write the copy, whole or not at all.

        :raises MediaError: when the folder cannot be written
        """
        path = Path(self.path)
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(self.fitted.data)
            part.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):
                part.unlink()
            raise MediaError(f"{path} cannot be written: {error.strerror or error}") from None


def public(
    picture: Picture,
    limits: ImageLimits,
    *,
    network: str,
    folder: str = FOLDER,
    shape: Shape = "pad",
    background: str = "#ffffff",
) -> Variant:
    """Which file of the site a network may fetch as this picture. Reads the picture; writes nothing.

    :param network: the network's key, for the copy's name
    :param folder: name of the folder beside the picture in which copies are
    :raises MediaError: when the picture cannot be used, or the site does not show the file under its own name
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", folder):
        raise MediaError(f"`folder` must be a plain name; site generators leave out others, such as “{folder}”")
    if not picture.path or not picture.url:
        raise MediaError(f"{picture.url or picture.path} is not a file of the site that has an address on the web")
    address, path = urlsplit(picture.url), Path(picture.path)
    base, _, name = address.path.rpartition("/")
    if unquote(name) != path.name:
        raise MediaError(f"{path} is on the web as {picture.url}: its copies would have no address that can be told")
    fitted = fit(path, limits, shape=shape, background=background)
    if _serves(fitted, path, limits):
        return Variant(path=str(path), url=picture.url, fitted=fitted, own=True)
    only_jpeg = msgspec.structs.replace(limits, formats=("JPEG",))
    copy = f"{_mark(path, limits, shape, background)}-{network}.jpg"
    return Variant(
        path=str(path.parent / folder / copy),
        url=address._replace(path=f"{base}/{folder}/{copy}", query="", fragment="").geturl(),
        fitted=fit(path, only_jpeg, shape=shape, background=background),
        own=False,
    )


def _serves(fitted: Fitted, path: Path, limits: ImageLimits) -> bool:
    """Whether the file as it lies in the site is within all limits, with all that is personal still in it."""
    if not fitted.untouched or (limits.bytes and fitted.source_bytes > limits.bytes):
        return False
    # a phone's second picture behind the first (Multi-Picture Format) makes the file another format
    return fitted.format != "JPEG" or b"MPF\0" not in read_bytes(path, MAX_SOURCE_BYTES)[:65_536]


def _mark(path: Path, limits: ImageLimits, shape: Shape, background: str) -> str:
    """16 hex digits: the file's bytes and everything that decides what becomes of them."""
    recipe = msgspec.structs.replace(limits, count=0, alt=0, alt_unit="", formats=())
    said = msgspec.json.encode([recipe, shape, background])
    return hashlib.blake2s(said + read_bytes(path, MAX_SOURCE_BYTES), digest_size=8).hexdigest()

"""Pictures that a network fetches from the site: the post's own file if it fits, else a fitted copy beside it.

The copy's name is derived from the file's bytes and the network's limits, not from the encoder's output, so that the
machine that writes it before the site is built and the machine that publishes later use the same name.
"""

import contextlib
import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

from crosspost.errors import MediaError
from crosspost.media.fitted import MAX_SOURCE_BYTES, Fitted
from crosspost.media.fitting import fit, fit_card
from crosspost.media.picture_file import read_bytes
from crosspost.model import Framing, ImageLimits, Picture, TitleCard, Value

FOLDER = "crosspost"
"""The folder for copies, beside the picture, so that the web server that serves the picture serves them too."""


class Variant(Value, frozen=True, kw_only=True):
    """A picture at a public address.

    ``path`` is the file in the site, ``url`` its address once the site is deployed, ``fitted`` its content (``data`` is
    what :meth:`write` writes), ``own`` whether it is the post's own file, so that nothing is written.
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
        """Write the copy, completely or not at all.

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


def public(picture: Picture, limits: ImageLimits, *, network: str, folder: str = FOLDER, drawn: bool = True) -> Variant:
    """The file of the site that a network may fetch as this picture, in its framing. Reads the picture; writes nothing.

    :param network: the network's key, for the copy's name
    :param folder: name of the folder for copies: beside the picture, for a title card in the site's root
    :param drawn: False: a title card is not drawn, see :func:`crosspost.media.sketch.sketch_card`
    :raises MediaError: when the picture cannot be used, or the site does not serve it under its own file name
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", folder):
        raise MediaError(f"`folder` must be a plain name; site generators skip others, such as “{folder}”")
    if picture.drawn is not None:
        from crosspost.media.sketch import sketch_card

        return _card(picture, limits, network, folder, fit_card if drawn else sketch_card)
    if not picture.path or not picture.url:
        raise MediaError(
            f"{picture.url or picture.path} is not a file of the site that readers can open. Put the picture into a "
            "folder that the site publishes"
        )
    address, path = urlsplit(picture.url), Path(picture.path)
    base, _, name = address.path.rpartition("/")
    if unquote(name) != path.name:
        raise MediaError(
            f"{path} is on the web as {picture.url}, so the address of a copy beside it cannot be known. Give the"
            " picture's path in the site in the post"
        )
    framing = picture.framing
    fitted = _fitted(path, limits, framing)
    if _serves(fitted, path, limits):
        return Variant(path=str(path), url=picture.url, fitted=fitted, own=True)
    copy = f"{_mark(read_bytes(path, MAX_SOURCE_BYTES), limits, framing)}-{network}.jpg"
    return Variant(
        path=str(path.parent / folder / copy),
        url=address._replace(path=f"{base}/{folder}/{copy}", query="", fragment="").geturl(),
        fitted=_fitted(path, _only_jpeg(limits), framing),
        own=False,
    )


def _card(
    picture: Picture,
    limits: ImageLimits,
    network: str,
    folder: str,
    made: Callable[[TitleCard, ImageLimits, Framing], Fitted],
) -> Variant:
    """The file of a title card: its name depends on what is drawn, not on the machine's fonts."""
    card, framing = picture.drawn, picture.framing
    if card is None or not card.root or not card.root_url:
        raise MediaError("a title card has no address on the web, because the site's is not known: give a thumbnail")
    what = msgspec.json.encode(msgspec.structs.replace(card, root="", root_url=""))
    name = f"{_mark(what, limits, framing)}-{network}.jpg"
    return Variant(
        path=str(Path(card.root, folder, name)),
        url=f"{card.root_url}/{folder}/{name}",
        fitted=made(card, _only_jpeg(limits), framing),
        own=False,
    )


def _fitted(path: Path, limits: ImageLimits, framing: Framing) -> Fitted:
    return fit(path, limits, shape=framing.shape, background=framing.background, focus=framing.focus)


def _only_jpeg(limits: ImageLimits) -> ImageLimits:
    return msgspec.structs.replace(limits, formats=("JPEG",))


def _serves(fitted: Fitted, path: Path, limits: ImageLimits) -> bool:
    """Whether the file in the site keeps all limits with its metadata still in it."""
    if not fitted.untouched or (limits.bytes and fitted.source_bytes > limits.bytes):
        return False
    # a phone's second picture after the first (Multi-Picture Format) makes it a different file format
    return fitted.format != "JPEG" or b"MPF\0" not in read_bytes(path, MAX_SOURCE_BYTES)[:65_536]


def _mark(what: bytes, limits: ImageLimits, framing: Framing) -> str:
    """A checksum of the file's bytes and everything that decides how they are changed, as 16 hex digits."""
    recipe = msgspec.structs.replace(limits, count=0, alt=0, alt_unit="", formats=())
    return hashlib.blake2s(msgspec.json.encode([recipe, framing]) + what, digest_size=8).hexdigest()

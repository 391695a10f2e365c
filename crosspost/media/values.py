"""What the media room hands out, and its two safety limits. No Pillow here: importing the room costs nothing."""

from typing import Literal

from crosspost.model import Value

Size = tuple[int, int]
Shape = Literal["pad", "crop"]

MAX_SOURCE_BYTES = 50_000_000
MAX_SOURCE_PIXELS = 100_000_000


class Fitted(Value, frozen=True, kw_only=True):
    """A picture as it can be uploaded.

    ``data`` are the bytes to send, ``mime`` and ``format`` (Pillow's name) say what they are, ``width`` and ``height``
    are in pixels as a person sees the picture. ``source_bytes``, ``source_width``, ``source_height`` describe the file
    it was made from (0 when there was none). ``changed`` says in words what was done; empty: the file as it was.
    ``left_out`` says in words what of a drawn title is not on it.
    ``untouched``: the pixels are those of the file, bit by bit; only what is personal was removed.
    """

    data: bytes
    mime: str
    format: str
    width: int
    height: int
    source_bytes: int = 0
    source_width: int = 0
    source_height: int = 0
    changed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    untouched: bool = False

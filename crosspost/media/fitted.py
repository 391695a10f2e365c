"""The results of this package and its two safety limits. Does not import Pillow, so importing it costs nothing."""

from typing import Literal

from crosspost.model import Value

Size = tuple[int, int]
Shape = Literal["pad", "crop"]

MAX_SOURCE_BYTES = 50_000_000
MAX_SOURCE_PIXELS = 100_000_000


class Fitted(Value, frozen=True, kw_only=True):
    """A picture ready for upload.

    ``data`` are the bytes to send, ``mime`` and ``format`` (Pillow's name) their format, ``width`` and ``height`` are
    in pixels as displayed. ``source_bytes``, ``source_width``, ``source_height``, ``source_format`` describe the file
    it was made from (0 and "" when there was none). ``changed`` lists in words what was done (empty: the file is
    unchanged), ``left_out`` which characters of a drawn title are missing. ``frames`` is how many pictures an animation
    had of which this is the first (1: it never moved); ``blank`` that all of it has one colour since its transparent
    parts were filled. ``untouched``: the pixels are identical to the file's; only personal metadata was removed.
    """

    data: bytes
    mime: str
    format: str
    width: int
    height: int
    source_bytes: int = 0
    source_width: int = 0
    source_height: int = 0
    source_format: str = ""
    changed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    frames: int = 1
    blank: bool = False
    untouched: bool = False

"""Saves a drawn picture within the byte limit, in few attempts: each one is measured and guides the next.

Quality is reduced first, down to where artefacts become visible; then the size; quality below that floor is the last
resort, for pictures that may not get smaller.
"""

from collections.abc import Callable
from io import BytesIO
from math import log
from typing import TYPE_CHECKING

from crosspost.errors import MediaError
from crosspost.model import Value

if TYPE_CHECKING:
    from PIL.Image import Image

BEST, FLOOR, WORST = 90, 72, 10
MIME = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
# File size falls with the quantisation step to about this power (measured on photos between quality 30 and 95).
_POWER = 0.6
_NEAR_ENOUGH = 0.88  # of the limit: another attempt would gain no visible quality
_ROOM_LEFT = 0.6  # of the limit: below this, drawing again with more pixels is worth it
_ROUGH = 3  # full compression shrinks a quickly saved PNG by less than this factor
_ROUNDS = 12

Draw = Callable[[int], "Image"]
Attempt = Callable[[int], bytes]


class Saved(Value, frozen=True, kw_only=True):
    """The bytes of a saved picture, its size in pixels, and its quality (0: lossless)."""

    data: bytes
    size: tuple[int, int]
    quality: int = 0


def save(image: "Image", format_: str, *, quality: int = 0, sharp_colours: bool = False) -> bytes:
    """Save the pixels only: no profile, comment or other data from the source.

    :param quality: 1 to 95; not used for PNG
    :param sharp_colours: full colour resolution (4:4:4), for coloured text and lines in JPEG
    """
    image.info.clear()
    buffer = BytesIO()
    if format_ == "PNG":
        _exact_palette(image).save(buffer, "PNG", optimize=True)
    elif format_ == "WEBP":
        image.save(buffer, "WEBP", quality=quality, method=4)
    else:
        image.save(buffer, "JPEG", quality=quality, optimize=True, subsampling=0 if sharp_colours else 2)
    return buffer.getvalue()


def lossless(draw: Draw, limit: int, *, may_shrink: bool) -> Saved | None:
    """Save as PNG within ``limit`` bytes (0: none), with fewer pixels if allowed; None when it stays too large.

    :param draw: draws the picture with at most that many pixels (0: as large as the network allows)
    """
    image = draw(0)
    for _ in range(_ROUNDS):
        size = image.size
        data = _rough(image) if limit else b""
        if len(data) <= _ROUGH * limit:
            data = save(image, "PNG")
            if not limit or len(data) <= limit:
                return Saved(data=data, size=size)
        if not may_shrink:
            return None
        image = draw(max(1, int(size[0] * size[1] * min(0.9, 0.9 * limit / len(data)))))
        if image.size == size:
            return None
    return None


def lossy(
    draw: Draw, format_: str, limit: int, *, start: int = BEST, pixels: int = 0, sharp_colours: bool = False
) -> Saved:
    """Save as JPEG or WebP within ``limit`` bytes (0: none).

    :param draw: draws the picture with at most that many pixels (0: as large as the network allows)
    :param start: the quality to begin with, the highest useful one
    :param pixels: a first guess of how many pixels the limit can hold
    :raises MediaError: when even the smallest picture allowed is too large
    """
    image = draw(pixels)
    found, tried, length = _search(_saver(image, format_, sharp_colours), limit, start, min(FLOOR, start))
    if found is None:
        return _smaller(draw, image, (tried, length), lambda image: _saver(image, format_, sharp_colours), limit, start)
    saved = Saved(data=found, size=image.size, quality=tried)
    if not limit or not pixels or length >= _ROOM_LEFT * limit:
        return saved
    # The guess was too low: draw again with as many pixels as the limit allows, unless it already has all of them.
    image = draw(int(image.width * image.height * 0.9 * limit / length))
    if image.size == saved.size:
        return saved
    found, tried, _ = _search(_saver(image, format_, sharp_colours), limit, start, min(FLOOR, start))
    return saved if found is None else Saved(data=found, size=image.size, quality=tried)


def _saver(image: "Image", format_: str, sharp_colours: bool) -> Attempt:
    return lambda quality: save(image, format_, quality=quality, sharp_colours=sharp_colours)


def _smaller(
    draw: Draw, image: "Image", last: tuple[int, int], saver: Callable[["Image"], Attempt], limit: int, start: int
) -> Saved:
    """Reduce the pixels until the limit is kept; ``last`` is the quality and length of the attempt before."""
    floor = min(FLOOR, start)
    tried, length = last
    for _ in range(_ROUNDS):
        before = image.size
        # Each of fewer pixels holds more detail, so aim a little below proportion.
        share = (limit / length) ** 1.1 * (_step(FLOOR) / _step(tried)) ** _POWER
        image = draw(max(1, int(before[0] * before[1] * min(0.8, share))))
        if image.size == before:
            if floor == WORST:
                break
            floor = WORST
        found, tried, length = _search(saver(image), limit, start, floor)
        if found is not None:
            return Saved(data=found, size=image.size, quality=tried)
    raise MediaError(
        f"the picture cannot be made smaller than {length:,} bytes, and {limit:,} are allowed. Use a smaller one."
    )


def _search(attempt: Attempt, limit: int, start: int, floor: int) -> tuple[bytes | None, int, int]:
    """The highest quality from ``start`` down to ``floor`` that keeps the limit: bisection with interpolated steps.

    :return: data (None when even ``floor`` is too large), the quality of the last save and its length in bytes
    """
    best, best_quality = None, 0
    low, high, quality = floor - 1, start + 1, start  # low fits or is below the floor, high is too large
    power = _POWER
    last: tuple[int, int] | None = None
    while True:
        data = attempt(quality)
        length = len(data)
        if last is not None and last[0] != quality and last[1] != length:
            power = min(1.5, max(0.2, log(length / last[1]) / log(_step(last[0]) / _step(quality))))
        last = quality, length
        if not limit or length <= limit:
            best, best_quality, low = data, quality, quality
            if not limit or length >= _NEAR_ENOUGH * limit or high - low <= 2:
                return best, best_quality, length
        else:
            high = quality
        guess = _quality(_step(quality) * (length / (0.97 * limit)) ** (1 / power))
        if best is None and guess < floor and quality < start:
            return None, quality, length
        if high - low <= 1:
            return best, best_quality or quality, length
        if best is None and guess < floor - 8:
            return None, quality, length
        quality = min(max(guess, low + 1), high - 1)


def _step(quality: int) -> float:
    """The scale of the quantisation table in percent for a quality, as the IJG library defines it."""
    return 5000 / quality if quality < 50 else max(1, 200 - 2 * quality)


def _quality(step: float) -> int:
    """The quality for a scale: the inverse of :func:`_step`."""
    return round(5000 / step if step > 100 else (200 - step) / 2)


def source_quality(tables: dict[int, list[int]]) -> int:
    """The quality a JPEG was saved with, from the sum of its luminance table (3688 at quality 50)."""
    return min(100, max(1, _quality(100 * sum(tables[0]) / 3688))) if tables.get(0) else BEST


def _rough(image: "Image") -> bytes:
    """A quickly saved PNG, to see whether full compression has any chance."""
    image.info.clear()
    buffer = BytesIO()
    _exact_palette(image).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _exact_palette(image: "Image") -> "Image":
    """The same pixels with a palette when 256 colours are enough: drawings become a third of the size."""
    from PIL import Image, ImageChops

    if image.mode != "RGB" or image.getcolors(256) is None:
        return image
    indexed = image.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    same = ImageChops.difference(indexed.convert("RGB"), image).getbbox() is None
    return indexed if same else image

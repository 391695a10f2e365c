"""Computes how a picture is placed on its canvas. Pure arithmetic on sizes, without pixels.

A picture is never visibly stretched: it is cropped (``crop``) or gets a margin (``pad``) where its ratio is not
allowed, and is then scaled in one step.
"""

import math

from crosspost.errors import MediaError
from crosspost.media.fitted import Shape, Size
from crosspost.model import ImageLimits, Value

Box = tuple[int, int, int, int]
JPEG_SCALES = (2, 4, 8)
# How much smaller or larger such a size may be. Much larger would not do: who asks for a tenth of the pixels less must
# get less.
_LEAST, _MOST = 0.92, 1.02


class Layout(Value, frozen=True, kw_only=True):
    """``box`` of the source (left, top, right, bottom) is scaled to ``picture`` and put at ``offset`` on ``canvas``."""

    box: Box
    picture: Size
    offset: tuple[int, int]
    canvas: Size

    @property
    def padded(self) -> bool:
        """Whether a margin remains visible."""
        return self.picture != self.canvas


def layout(
    size: Size,
    limits: ImageLimits,
    *,
    shape: Shape = "pad",
    focus: tuple[float, float] = (0.5, 0.5),
    soft_pixels: int = 0,
) -> Layout:
    """Plan how a picture of ``size`` (upright) is made to meet the width, height, pixel and ratio limits.

    :param focus: the point to keep when cropping: 0…1 from the left and from the top
    :param soft_pixels: aim for at most this many pixels to save bytes; ``limits.min_width`` takes precedence
    :raises MediaError: when no size satisfies all limits
    """
    box = _crop(size, limits, focus) if shape == "crop" else (0, 0, *size)
    part = (box[2] - box[0], box[3] - box[1])
    canvas = _canvas(part, limits, soft_pixels)
    picture = _contain(part, canvas)
    offset = ((canvas[0] - picture[0]) // 2, (canvas[1] - picture[1]) // 2)
    return Layout(box=box, picture=picture, offset=offset, canvas=canvas)


def at_own_scale(plan: Layout, size: Size, limits: ImageLimits) -> Layout:
    """The plan for a JPEG at one of the sizes to which it can be decoded at once, where the best is hardly another.

    Decoding to a half needs a quarter of the time, and scaling by a few percent more is what takes most of the rest.

    :param size: of the whole picture, as in :func:`layout`
    """
    if plan.padded or plan.box != (0, 0, *size):
        return plan
    for divisor in JPEG_SCALES:
        own = scaled(size, divisor)
        near = all(_LEAST * best <= side <= _MOST * best for side, best in zip(own, plan.canvas, strict=True))
        if near and _within(own, limits):
            return Layout(box=plan.box, picture=own, offset=(0, 0), canvas=own)
    return plan


def scaled(size: Size, divisor: int) -> Size:
    """The size of a JPEG that is decoded to 1/2, 1/4 or 1/8."""
    return -(-size[0] // divisor), -(-size[1] // divisor)


def _within(size: Size, limits: ImageLimits) -> bool:
    width, height = size
    return (
        limits.min_width <= width <= (limits.max_width or width)
        and height <= (limits.max_height or height)
        and width * height <= (limits.pixels or width * height)
        and limits.min_ratio <= width / height <= (limits.max_ratio or math.inf)
    )


def _crop(size: Size, limits: ImageLimits, focus: tuple[float, float]) -> Box:
    """The largest part with an allowed ratio, as close to the focal point as the edges allow."""
    width, height = size
    if limits.max_ratio and width / height > limits.max_ratio:
        width = max(1, int(height * limits.max_ratio))
    elif limits.min_ratio and width / height < limits.min_ratio:
        height = max(1, int(width / limits.min_ratio))
    left = round(min(max(focus[0] * size[0] - width / 2, 0), size[0] - width))
    top = round(min(max(focus[1] * size[1] - height / 2, 0), size[1] - height))
    return left, top, left + width, top + height


def _canvas(part: Size, limits: ImageLimits, soft_pixels: int) -> Size:
    """The canvas for a part of the picture: allowed ratio, only ever enlarged to reach ``min_width``."""
    own = part[0] / part[1]
    ratio = min(max(own, limits.min_ratio), limits.max_ratio or math.inf)
    wide, high = (part[1] * ratio, float(part[1])) if ratio > own else (float(part[0]), part[0] / ratio)
    ceiling = min(
        limits.max_width / wide if limits.max_width else math.inf,
        limits.max_height / high if limits.max_height else math.inf,
        math.sqrt(limits.pixels / (wide * high)) if limits.pixels else math.inf,
    )
    scale = min(1.0, ceiling, math.sqrt(soft_pixels / (wide * high)) if soft_pixels else 1.0)
    scale = min(max(scale, limits.min_width / wide), ceiling)
    # 1e-6 against rounding: 1440 × (1080 / 1440) must not become 1079
    width = max(1, limits.min_width, int(wide * scale + 1e-6))
    if limits.pixels:
        width = min(width, limits.pixels)
    return width, _height(width, ratio, limits)


def _height(width: int, ratio: float, limits: ImageLimits) -> int:
    """The height in pixels nearest to ``width / ratio`` that keeps every limit."""
    least = max(1, math.ceil(width / limits.max_ratio - 1e-9)) if limits.max_ratio else 1
    bounds: tuple[float, ...] = (
        math.floor(width / limits.min_ratio + 1e-9) if limits.min_ratio else math.inf,
        limits.max_height or math.inf,
        limits.pixels // width if limits.pixels else math.inf,
    )
    most = min(bounds)
    nearest = max(1, round(width / ratio))
    if least > most:
        # A single ratio (1:1, or 1.91:1 for cards): whole pixels can only approximate it.
        near = max(1, int(min(nearest, *bounds[1:])))
        least, most = (near, near) if abs(near - width / ratio) < 1 else (least, most)
    too_narrow = width < limits.min_width or bool(limits.max_width and width > limits.max_width)
    if least > most or too_narrow:
        raise MediaError(
            "no size satisfies the limits for width, height, pixels and ratio at once; "
            "choose a picture with a less extreme shape, or correct the limits in the settings."
        )
    return int(min(max(nearest, least), most))


def _contain(part: Size, canvas: Size) -> Size:
    """The largest size with the part's ratio inside the canvas; a margin of one pixel counts as rounding."""
    scale = min(canvas[0] / part[0], canvas[1] / part[1])
    width = max(1, min(canvas[0], round(part[0] * scale)))
    height = max(1, min(canvas[1], round(part[1] * scale)))
    return (
        canvas[0] if canvas[0] - width <= 1 else width,
        canvas[1] if canvas[1] - height <= 1 else height,
    )

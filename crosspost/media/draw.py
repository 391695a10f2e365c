"""Decodes a source once and draws it on its canvas, again when the byte limit needs fewer pixels."""

from collections.abc import Callable
from functools import cached_property
from math import ceil
from typing import TYPE_CHECKING, cast

from crosspost.errors import MediaError
from crosspost.media.colour import eight_bit, to_srgb
from crosspost.media.fitted import Size
from crosspost.media.geometry import JPEG_SCALES, Box, Layout, scaled
from crosspost.media.picture_file import Source, damaged, open_image

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

_ONE_COLOUR = 8  # shades between the lightest and the darkest part, of 255, that nobody sees
_LINE_ART_COLOURS = 2048  # of 256 × 256 points; photos have ten times as many
_METADATA = ("exif", "xmp", "comment", "photoshop", "XML:com.adobe.xmp", "mp")


class Drawing:
    """One source drawn for one network.

    :param source: the examined file
    :param plan_for: gives the layout with at most that many pixels (0: as many as the network allows)
    :param background: the colour of margins and behind transparent parts
    """

    def __init__(self, source: Source, plan_for: Callable[[int], Layout], background: str) -> None:
        self._source = source
        self._plan_for = plan_for
        self._background = background
        self._decoded: Image | None = None
        self._colours_converted = False
        self._flattened = False
        #: whether what was drawn last has one colour all over since its transparent parts were filled
        self.is_blank = False
        self._last: Layout | None = None

    @cached_property
    def header(self) -> "ImageFile":
        """The source, opened but not decoded.

        :raises MediaError: when it is damaged
        """
        try:
            return open_image(self._source.data, self._source.format)
        except MediaError:
            raise
        except Exception as error:
            raise damaged(self._source.format) from error

    @cached_property
    def is_line_art(self) -> bool:
        """Whether it has few colours, like a drawing, diagram or screenshot, which JPEG would blur."""
        from PIL import Image

        if self._source.format in ("JPEG", "AVIF", "HEIF"):
            return False
        image = self._pixels(self._plan_for(0))
        points = image.resize((min(256, image.width), min(256, image.height)), Image.Resampling.NEAREST)
        return points.getcolors(_LINE_ART_COLOURS) is not None

    @property
    def is_transparent(self) -> bool:
        """Whether any part is transparent; a JPEG never is, and is not decoded at full size to see that."""
        return self._source.format != "JPEG" and self._pixels(self._plan_for(0)).mode == "RGBA"

    def draw_opaque(self, pixels: int) -> "Image":
        """Like :meth:`draw`, with transparent parts filled with the background colour."""
        image = self.draw(pixels)
        if image.mode != "RGBA":
            return image
        self._flattened = True
        canvas = self._canvas("RGB", image.size)
        canvas.paste(image, mask=image.getchannel("A"))
        extrema = cast("tuple[tuple[int, int], ...]", canvas.getextrema())  # of each band
        self.is_blank = max(most - least for least, most in extrema) <= _ONE_COLOUR
        return canvas

    def draw(self, pixels: int) -> "Image":
        """The picture on its canvas (L, RGB or RGBA), with at most that many pixels (0: as many as allowed).

        :raises MediaError: when the source is damaged or the background is not a colour
        """
        from PIL import Image

        plan = self._last = self._plan_for(pixels)
        sideways = self._source.orientation >= 5
        decoded = self._pixels(plan)
        stored_size = (plan.picture[1], plan.picture[0]) if sideways else plan.picture
        if decoded.size == stored_size and self._is_whole(plan):
            image = decoded.copy()
        else:
            box = self._source_box(plan.box, decoded)
            image = decoded.resize(stored_size, Image.Resampling.LANCZOS, box, reducing_gap=3.0)
        image, self._colours_converted = to_srgb(image, decoded.info.get("icc_profile"))
        image = _turn(image, self._source.orientation)
        if not plan.padded:
            return image
        canvas = self._canvas("RGBA" if image.mode == "RGBA" else "RGB", plan.canvas)
        canvas.paste(image, plan.offset)
        return canvas

    def changes(self, size: Size) -> tuple[str, ...]:
        """What was done to the last drawn picture, in words.

        :param size: of the saved picture, in pixels
        """
        source, plan = self._source, self._last
        box = plan.box if plan else (0, 0, *source.upright)
        cropped = (box[2] - box[0], box[3] - box[1])
        scaled = plan is not None and plan.picture != cropped
        steps = (
            (source.frames > 1, f"first of {source.frames} frames"),
            (source.orientation != 1, "turned upright"),
            (
                any(name in self.header.info for name in _METADATA) or getattr(self.header, "text", None),
                "metadata removed",
            ),
            (self._colours_converted, "colours converted to sRGB"),
            (cropped != source.upright, f"cropped to {cropped[0]}×{cropped[1]}"),
            (scaled, f"scaled from {cropped[0]}×{cropped[1]} to {plan.picture[0]}×{plan.picture[1]}" if plan else ""),
            (plan is not None and plan.padded, f"margin added to {size[0]}×{size[1]}"),
            (self._flattened, f"transparent parts filled with {self._background}"),
        )
        return tuple(text for done, text in steps if done)

    def _pixels(self, plan: Layout) -> "Image":
        """The decoded source, as stored; JPEGs are decoded at the smallest sufficient scale of 1/1, 1/2, 1/4, 1/8."""
        least = self._least(plan)
        if self._decoded is None or self._decoded.width < least[0] or self._decoded.height < least[1]:
            self._decoded = self._decode(least)
        return self._decoded

    def _is_whole(self, plan: Layout) -> bool:
        return plan.box == (0, 0, *self._source.upright)

    def _least(self, plan: Layout) -> Size:
        """How large, as stored, the source must be decoded at least."""
        width, height = plan.picture
        if self._is_whole(plan):
            return (height, width) if self._source.orientation >= 5 else (width, height)
        scale = min(1.0, max(width / (plan.box[2] - plan.box[0]), height / (plan.box[3] - plan.box[1])))
        return ceil(self._source.size[0] * scale), ceil(self._source.size[1] * scale)

    def _decode(self, least: Size) -> "Image":
        """Decode to at least this size; most formats can only be decoded at full size."""
        try:
            image = open_image(self._source.data, self._source.format)
            icc = image.info.get("icc_profile")
            if (divisor := self._divisor(least)) > 1:
                # a side of one pixel stays one: it cannot be decoded to less
                width, height = (max(side // divisor, 1) for side in self._source.size)
                image.draft(image.mode, (width, height))
            image.load()
            decoded = eight_bit(image)
        except Exception as error:
            raise damaged(self._source.format) from error
        decoded.info["icc_profile"] = icc
        return decoded

    def _divisor(self, least: Size) -> int:
        """The largest scale at which a JPEG is decoded to at least this size."""
        sizes = {divisor: scaled(self._source.size, divisor) for divisor in JPEG_SCALES}
        return max((n for n, own in sizes.items() if own[0] >= least[0] and own[1] >= least[1]), default=1)

    def _source_box(self, box: Box, decoded: "Image") -> tuple[float, float, float, float]:
        """The layout's box in the decoded image, which is oriented as stored and may be decoded at a smaller scale."""
        width, height = self._source.upright
        left, top, right, bottom = box
        flips = {
            1: (left, top, right, bottom),
            2: (width - right, top, width - left, bottom),
            3: (width - right, height - bottom, width - left, height - top),
            4: (left, height - bottom, right, height - top),
            5: (top, left, bottom, right),
            6: (top, width - right, bottom, width - left),
            7: (height - bottom, width - right, height - top, width - left),
            8: (height - bottom, left, height - top, right),
        }
        stored = flips[self._source.orientation]
        x, y = decoded.width / self._source.size[0], decoded.height / self._source.size[1]
        return stored[0] * x, stored[1] * y, stored[2] * x, stored[3] * y

    def _canvas(self, mode: str, size: Size) -> "Image":
        from PIL import Image, ImageColor

        try:
            colour = ImageColor.getrgb(self._background)
        except ValueError:
            raise MediaError(
                f"“{self._background}” is not a colour. Write it as #rrggbb or a CSS colour name."
            ) from None
        return Image.new(mode, size, colour)


def _turn(image: "Image", orientation: int) -> "Image":
    """Undo the camera's orientation (EXIF 2.32, tag 0x0112)."""
    from PIL import Image

    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    return image.transpose(turns[orientation]) if orientation in turns else image

"""Makes a picture fit what a network accepts, changing as little as possible.

A file within all limits keeps its pixels bit for bit (only personal metadata is removed); anything else is decoded as
small as possible, scaled once, converted to sRGB, turned upright and saved within the byte limit.
"""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from crosspost.errors import MediaError
from crosspost.media.colour import needs_conversion
from crosspost.media.encode import BEST, MIME, Saved, lossless, lossy, source_quality
from crosspost.media.fitted import MAX_SOURCE_BYTES, MAX_SOURCE_PIXELS, Fitted, Shape
from crosspost.media.geometry import Layout, at_own_scale, layout
from crosspost.media.picture_file import Source, damaged, examine, open_image, read_bytes
from crosspost.media.single_flight import Once
from crosspost.media.strip_metadata import strip_jpeg, strip_png
from crosspost.model import Framing, ImageLimits, TitleCard

if TYPE_CHECKING:
    from crosspost.media.draw import Drawing
    from crosspost.media.picture_store import PictureStore

_STRIP = {"JPEG": strip_jpeg, "PNG": strip_png}
_PLAIN_MODES = {"JPEG": ("L", "RGB"), "PNG": ("1", "L", "LA", "P", "RGB", "RGBA")}
# Bytes per pixel of a photo at good quality: the first guess of how many pixels a byte limit allows.
_BYTES_A_PIXEL = 0.3
_LIGHT = 150_000  # bytes of a preview copy
_kept: Once[Fitted] = Once(64_000_000, lambda fitted: len(fitted.data))


def fit(
    path: str | Path,
    limits: ImageLimits,
    *,
    shape: Shape = "pad",
    background: str = "#ffffff",
    focus: tuple[float, float] = (0.5, 0.5),
    max_source_bytes: int = MAX_SOURCE_BYTES,
    max_source_pixels: int = MAX_SOURCE_PIXELS,
    store: "PictureStore | None" = None,
) -> Fitted:
    """Make a picture file fit a network's limits; the result for the same file and limits is cached.

    Metadata is removed, the picture is turned upright, its colours are sRGB. Only the first frame of an animation is
    used. Limits come from each network's documentation, see :class:`crosspost.model.Limits`.

    :param path: the picture; its format is detected from the content, not the name
    :param limits: what the network accepts; ``count`` and ``alt`` are ignored
    :param shape: how to reach a ratio the network accepts: add a margin or crop
    :param background: the colour of margins and behind transparent parts (CSS name or ``#rrggbb``)
    :param focus: the point to keep when cropping: 0…1 from the left and from the top
    :param max_source_bytes: larger files are refused
    :param max_source_pixels: pictures with more pixels (width × height) are refused before they are decoded
    :param store: where what was drawn anew is kept for other machines
    :raises MediaError: naming the file, what is wrong with it and what to do
    """
    path = Path(path)
    # Networks that differ only in the number of pictures or the alternative text share the result.
    limits = msgspec.structs.replace(limits, count=0, alt=0, alt_unit="")
    options = (shape, background, focus, max_source_bytes, max_source_pixels)

    def work() -> Fitted:
        source = examine(read_bytes(path, max_source_bytes), max_source_pixels)
        return _fit(source, limits, shape=shape, background=background, focus=focus, store=store)

    try:
        return _kept.get((str(path), *_version(path), limits, options), work)
    except MediaError as error:
        raise MediaError(f"{path}: {error}") from error.__cause__


def fit_card(card: TitleCard, limits: ImageLimits, framing: Framing) -> Fitted:
    """A title card in a format, size and ratio the network accepts; drawn once, then cached.

    :raises MediaError: when it cannot be drawn here, see :func:`crosspost.media.card.title_card`
    """
    limits = msgspec.structs.replace(limits, count=0, alt=0, alt_unit="")

    def work() -> Fitted:
        from crosspost.media.card import title_card

        drawn = title_card(
            card.title,
            site=card.site,
            size=(card.width, card.height),
            background=card.background,
            foreground=card.text,
            accent=card.accent,
        )
        source = examine(drawn.data, MAX_SOURCE_PIXELS)
        fitted = _fit(source, limits, shape=framing.shape, background=framing.background, focus=framing.focus)
        changed = (*drawn.changed, *fitted.changed)
        return msgspec.structs.replace(
            fitted,
            changed=changed,
            left_out=drawn.left_out,
            source_bytes=0,
            source_width=0,
            source_height=0,
            source_format="",
        )

    return _kept.get((card, limits, framing), work)


def small_copy(fitted: Fitted, side: int) -> Fitted:
    """A light copy for previews, at most ``side`` pixels wide and high; a picture that is light already is returned.

    :raises MediaError: when it cannot be made
    """
    if len(fitted.data) <= _LIGHT:
        return fitted
    formats = tuple(dict.fromkeys((fitted.format, "JPEG")))
    limits = ImageLimits(formats=formats, bytes=_LIGHT, max_width=side, max_height=side)

    def work() -> Fitted:
        source = examine(fitted.data, MAX_SOURCE_PIXELS)
        return _fit(source, limits, shape="pad", background="#ffffff", focus=(0.5, 0.5))

    return _kept.get((hashlib.sha256(fitted.data).digest(), side), work)


def _version(path: Path) -> tuple[int, int]:
    """Modification time and size, as a cache key; a missing file gets its error message later."""
    try:
        stat = path.stat()
    except (OSError, ValueError):
        return (0, 0)
    return stat.st_mtime_ns, stat.st_size


def _fit(
    source: Source,
    limits: ImageLimits,
    *,
    shape: Shape,
    background: str,
    focus: tuple[float, float],
    store: "PictureStore | None" = None,
) -> Fitted:
    if not any(name in MIME for name in limits.formats):
        raise MediaError(
            f"it would have to be saved as {' or '.join(limits.formats)}, and only {', '.join(MIME)} can. Use a JPEG"
            " or PNG."
        )
    plan = layout(source.upright, limits, shape=shape, focus=focus)
    kept = _keep(source, limits, plan)
    if kept is not None:
        return kept
    if store is not None:
        recipe = [limits, shape, background, focus]
        return store.fitted(source.data, recipe, lambda: _drawn(source, limits, shape, background, focus))
    return _drawn(source, limits, shape, background, focus)


def _drawn(source: Source, limits: ImageLimits, shape: Shape, background: str, focus: tuple[float, float]) -> Fitted:
    """The picture decoded, scaled and saved anew."""

    def plan_for(pixels: int) -> Layout:
        plan = layout(source.upright, limits, shape=shape, focus=focus, soft_pixels=pixels)
        return at_own_scale(plan, source.upright, limits) if source.format == "JPEG" else plan

    from crosspost.media.draw import Drawing  # most pictures need no drawing, and most commands no picture

    drawing = Drawing(source, plan_for, background)
    format_, saved = _save(source, limits, drawing)
    return Fitted(
        data=saved.data,
        mime=MIME[format_],
        format=format_,
        width=saved.size[0],
        height=saved.size[1],
        source_bytes=len(source.data),
        source_width=source.upright[0],
        source_height=source.upright[1],
        source_format=source.format,
        changed=(*drawing.changes(saved.size), _saved_as(source, format_, saved)),
        frames=source.frames,
        blank=drawing.is_blank,
    )


def _saved_as(source: Source, format_: str, saved: Saved) -> str:
    quality = f" with quality {saved.quality}" if saved.quality else ""
    return (
        f"saved as {format_}{quality}" if format_ == source.format else f"{source.format} saved as {format_}{quality}"
    )


def _keep(source: Source, limits: ImageLimits, plan: Layout) -> Fitted | None:
    """The file with its pixels unchanged, if it already fits; None if it must be drawn again."""
    if source.format not in limits.formats or source.format not in _STRIP or source.orientation != 1:
        return None
    if plan.canvas != source.size or plan.picture != source.size or plan.box != (0, 0, *source.size):
        return None
    data = _STRIP[source.format](source.data)
    if data is None or (limits.bytes and len(data) > limits.bytes) or not _is_plain(source):
        return None
    changed = []
    if source.frames > 1:
        changed.append(f"still picture instead of {source.frames} frames")
    if len(data) != len(source.data):
        changed.append("metadata removed, pixels untouched")
    return Fitted(
        data=data,
        mime=MIME[source.format],
        format=source.format,
        width=source.size[0],
        height=source.size[1],
        source_bytes=len(source.data),
        source_width=source.size[0],
        source_height=source.size[1],
        source_format=source.format,
        changed=tuple(changed),
        frames=source.frames,
        untouched=True,
    )


def _is_plain(source: Source) -> bool:
    """Whether every program shows the file the same way (8 bits, sRGB or grey), and it decodes completely."""
    sixteen_bit = source.format == "PNG" and source.data[24] == 16  # the bit depth in IHDR
    try:
        image = open_image(source.data, source.format)
        if sixteen_bit or image.mode not in _PLAIN_MODES[source.format] or needs_conversion(image):
            return False
        image.draft(image.mode, (1, 1))  # for JPEG: reads everything but computes only an eighth
        image.load()
    except Exception as error:
        raise damaged(source.format) from error
    return True


def _save(source: Source, limits: ImageLimits, drawing: "Drawing") -> tuple[str, Saved]:
    """Choose the format and save: drawings and transparency stay lossless if they fit, photos become JPEG."""
    photo_formats = [name for name in ("JPEG", "WEBP") if name in limits.formats]
    if "PNG" in limits.formats and (not photo_formats or drawing.is_line_art or drawing.is_transparent):
        saved = lossless(drawing.draw, limits.bytes, may_shrink=not photo_formats)
        if saved is not None:
            return "PNG", saved
    if not photo_formats:
        raise MediaError(f"the picture cannot be saved as PNG within {limits.bytes:,} bytes. Use a smaller picture.")
    start, density = BEST, _BYTES_A_PIXEL
    if source.format == "JPEG":
        tables = getattr(drawing.header, "quantization", {})
        start = min(BEST, max(80, source_quality(tables)))
        density = min(density, len(source.data) / (source.size[0] * source.size[1]))
    saved = lossy(
        drawing.draw if photo_formats[0] == "WEBP" else drawing.draw_opaque,
        photo_formats[0],
        limits.bytes,
        start=start,
        pixels=max(1, int(limits.bytes / density)) if limits.bytes else 0,
        sharp_colours=drawing.is_line_art,
    )
    return photo_formats[0], saved

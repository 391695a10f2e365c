"""Reads a picture file and its header; the format is detected from the content, never from the file's name.

Nothing is decoded here, so a small file that claims to be huge costs nothing.
"""

import importlib
import os
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.config.small_file import open_file
from crosspost.errors import MediaError
from crosspost.media.fitted import Size
from crosspost.model import Value

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

_SAVE_AS = "save it as JPEG or PNG and name that file in the post."
# (offset, bytes, format) of the formats that can be read
_SIGNATURES = (
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (0, b"GIF87a", "GIF"),
    (0, b"GIF89a", "GIF"),
    (8, b"WEBP", "WEBP"),
)
_PLUGINS = {
    "JPEG": ("JpegImagePlugin", "JpegImageFile"),
    "PNG": ("PngImagePlugin", "PngImageFile"),
    "GIF": ("GifImagePlugin", "GifImageFile"),
    "WEBP": ("WebPImagePlugin", "WebPImageFile"),
}
# (offset, bytes, everyday name) of other formats found under a picture's name
_OTHERS = (
    (0, b"%PDF", "a PDF document"),
    (0, b"II*\0", "a TIFF picture"),
    (0, b"MM\0*", "a TIFF picture"),
    (0, b"BM", "a BMP picture"),
    (0, b"8BPS", "a Photoshop document"),
    (0, b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
    (0, b"\xff\x0a", "a JPEG XL picture"),
    (0, b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
    (0, b"\0\0\1\0", "an icon file"),
    (4, b"ftyp", "a video, or a picture of an unknown kind"),
    (0, b"\x1aE\xdf\xa3", "a film"),
)
_PNG_EXIF = (b"eXIf", b"Raw profile type", b"XML:com.adobe.xmp")
_HEIF_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))


class Source(Value, frozen=True, kw_only=True):
    """A picture file: its bytes, its format, and its size in pixels as stored (before it is turned upright)."""

    data: bytes
    format: str
    size: Size
    orientation: int
    frames: int

    @property
    def upright(self) -> Size:
        """Width and height as displayed; orientations 5 to 8 are stored sideways."""
        return (self.size[1], self.size[0]) if self.orientation >= 5 else self.size


def read_bytes(path: Path, max_bytes: int) -> bytes:
    """The content of a file.

    :raises MediaError: when it cannot be read, is empty or larger than ``max_bytes``
    """
    try:
        with open_file(path) as file:
            size = os.fstat(file.fileno()).st_size
            data = file.read(max_bytes + 1)
    except FileNotFoundError:
        raise MediaError("there is no such file. Check the picture's path in the post.") from None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise MediaError(f"the file cannot be read ({reason}). Check its path and permissions.") from None
    if not data:
        raise MediaError("the file is empty (0 bytes). Copy the picture again from where it came.")
    if len(data) > max_bytes:
        raise MediaError(
            f"the file has {max(size, len(data)):,} bytes, more than the {max_bytes:,} allowed. "
            "Save a smaller version of the picture."
        )
    return data


def examine(data: bytes, max_pixels: int) -> Source:
    """Read what a file is from its header.

    :raises MediaError: when it is not a readable picture, is damaged, or has more than ``max_pixels`` pixels
    """
    format_ = sniff(data)
    if format_ == "WEBP":  # creating its decoder already allocates memory for the whole canvas
        _refuse_giant(_webp_size(data), max_pixels)
    try:
        image = open_image(data, format_)
        size = image.size
        _refuse_giant(size, max_pixels)
        frames = int(getattr(image, "n_frames", 1))
        orientation = _orientation(image, data)
    except MediaError:
        raise
    except Exception as error:
        raise damaged(format_) from error
    return Source(data=data, format=format_, size=size, orientation=orientation, frames=frames)


def damaged(format_: str) -> MediaError:
    """The error for a file that begins like a picture but cannot be decoded."""
    return MediaError(f"the {format_} file is damaged or incomplete. Export or copy the picture again.")


def sniff(data: bytes) -> str:
    """Pillow's name for the format, from the first bytes.

    :raises MediaError: naming what the file is instead, where that is known
    """
    for offset, signature, name in _SIGNATURES:
        if data.startswith(signature, offset):
            return name
    if data[4:8] == b"ftyp":
        brands = {data[at : at + 4] for at in (8, *range(16, min(64, int.from_bytes(data[:4], "big")), 4))}
        if brands & {b"avif", b"avis"}:
            return "AVIF"
        if brands & _HEIF_BRANDS:
            return "HEIF"
    raise MediaError(_what_instead(data))


def _what_instead(data: bytes) -> str:
    """What an unsupported file is, and what to do."""
    head = data[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return "this is a web page, not a picture (a failed download?). Download the picture again."
    if b"<svg" in head:
        return f"this is an SVG drawing, which no network takes as a picture; {_SAVE_AS}"
    if head.startswith(b"version https://git-lfs"):
        return "this is only a Git LFS pointer to the picture. Run “git lfs pull” in the site first."
    for offset, signature, name in _OTHERS:
        if data.startswith(signature, offset):
            return f"this is {name}, which cannot be used here; {_SAVE_AS}"
    return f"the content is not a picture that can be read; {_SAVE_AS}"


def open_image(data: bytes, format_: str) -> "ImageFile":
    """Open a lazy Pillow image of one format; the pixels are not decoded.

    The plug-in is called directly, because ``Image.open`` would try unwanted formats (one of them starts an external
    program), and its own size check is a global setting that only warns.

    :raises MediaError: for HEIC and AVIF when the installed Pillow cannot read them
    """
    stream = BytesIO(data)
    if format_ in _PLUGINS:  # each imports more, so only the one that is needed is imported
        module, name = _PLUGINS[format_]
        made: ImageFile = getattr(importlib.import_module(f"PIL.{module}"), name)(stream)
        return made
    from PIL import Image, features

    if format_ == "AVIF" and features.check("avif"):
        from PIL import AvifImagePlugin

        return AvifImagePlugin.AvifImageFile(stream)
    if format_ == "HEIF" and _heif_plugin():
        return Image.OPEN["HEIF"][0](stream, "")
    if format_ == "HEIF":
        from crosspost.config.installer import adding

        raise MediaError(f"this is HEIC, which needs one more package ({adding(package='pillow-heif')}); or {_SAVE_AS}")
    raise MediaError(f"this is {format_}, which the Pillow installed here cannot read; {_SAVE_AS}")


def _heif_plugin() -> bool:
    """Whether Pillow can read HEIC, which needs a separate package because of patents."""
    from PIL import Image

    if "HEIF" not in Image.OPEN:
        try:
            import pillow_heif  # type: ignore[import-not-found,unused-ignore]  # an optional package
        except ImportError:
            return False
        pillow_heif.register_heif_opener()
    return "HEIF" in Image.OPEN


def _orientation(image: "ImageFile", data: bytes) -> int:
    """EXIF tag 0x0112, 1 to 8 (1: upright). Broken EXIF is ignored."""
    if image.format == "PNG" and not any(name in data for name in _PNG_EXIF):
        return 1  # PNG may store EXIF after the pixels, so reading it would decode them all
    try:
        value = image.getexif().get(0x0112, 1)
    except Exception:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _refuse_giant(size: Size, max_pixels: int) -> None:
    if size[0] * size[1] > max_pixels:
        raise MediaError(
            f"the picture is {size[0]:,} × {size[1]:,} pixels, more than the {max_pixels:,} allowed. "
            "Save a smaller version of it."
        )


def _webp_size(data: bytes) -> Size:
    """Canvas size from the first chunk (WebP container specification; RFC 6386 section 9.1 for ``VP8 ``)."""
    chunk, body = data[12:16], data[20:30]
    if len(body) < 10:
        raise damaged("WEBP")
    if chunk == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF

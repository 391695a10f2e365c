"""Detects what an uploaded file really is from its bytes, ignoring its name and declared type."""

import io
import warnings


def shape(data: bytes) -> tuple[str, int, int] | None:
    """Format (Pillow's name: ``JPEG``, ``PNG`` …), width and height in pixels; None when it is not a complete
    picture.
    """
    from PIL import Image, UnidentifiedImageError  # slow to import: only when a picture arrives

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as image:
                found = image.format or "", image.width, image.height
                image.load()  # detects pictures that are cut off
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        return None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        return "BOMB", 0, 0
    return found


TYPES = {
    "AVIF": "image/avif",
    "BMP": "image/bmp",
    "GIF": "image/gif",
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "TIFF": "image/tiff",
    "WEBP": "image/webp",
    "MP4": "video/mp4",
    "MOV": "video/quicktime",
    "WebM": "video/webm",
}
"""Pillow's format name → media type, for every format a network of the sandbox accepts."""

"""What an uploaded file really is: its bytes are looked at, its name and declared type are not believed."""

import io
import warnings


def shape(data: bytes) -> tuple[str, int, int] | None:
    """Format (Pillow's name: ``JPEG``, ``PNG`` …), width and height in pixels; None when it is no whole picture."""
    from PIL import Image, UnidentifiedImageError  # slow to import: only when a picture arrives

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as image:
                found = image.format or "", image.width, image.height
                image.load()  # a picture that is cut off is no picture
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
}
"""Pillow's format name → media type, for every format a network of the sandbox accepts."""

"""A picture that somebody uploads: limited, decoded completely, and kept without what a camera knows of its owner."""

import tempfile
from pathlib import Path

from crosspost.errors import MediaError
from crosspost.media import Fitted, fit
from crosspost.model import ImageLimits

#: so large a file is taken, in bytes; photos of phones have a tenth of it
MOST_BYTES = 25_000_000
#: so many pixels are decoded
MOST_PIXELS = 50_000_000
#: what is kept is enough for every network and light enough for a page
_KEPT = ImageLimits(formats=("JPEG", "PNG"), bytes=5_000_000, max_width=2560, max_height=2560)
SUFFIX = {"JPEG": ".jpg", "PNG": ".png"}


def decoded(data: bytes) -> Fitted:
    """The picture as it is kept: JPEG or PNG, upright, at most 2560 pixels wide and high, without metadata.

    :raises MediaError: when it is too large, no picture, or damaged
    """
    if len(data) > MOST_BYTES:
        raise MediaError(f"the picture has {len(data):,} bytes; at most {MOST_BYTES:,} are taken. Save a smaller one.")
    with tempfile.TemporaryDirectory(prefix="crosspost-") as folder:
        file = Path(folder) / "upload"
        file.write_bytes(data)
        try:
            return fit(file, _KEPT, max_source_bytes=MOST_BYTES, max_source_pixels=MOST_PIXELS)
        except MediaError as error:
            raise MediaError(f"the picture: {str(error).removeprefix(f'{file}: ')}") from error.__cause__

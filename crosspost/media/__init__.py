"""Makes pictures fit a network's limits on format, bytes, pixels and ratio, and draws title cards.

Pillow is imported on the first picture, not with this package; ``card`` and ``sketch`` by whoever has a title card.
"""

from crosspost.media.checksum import digest
from crosspost.media.fitted import MAX_SOURCE_BYTES, MAX_SOURCE_PIXELS, Fitted, Shape
from crosspost.media.fitting import fit, fit_card, small_copy
from crosspost.media.variants import Variant, public

__all__ = [
    "MAX_SOURCE_BYTES",
    "MAX_SOURCE_PIXELS",
    "Fitted",
    "Shape",
    "Variant",
    "digest",
    "fit",
    "fit_card",
    "public",
    "small_copy",
]

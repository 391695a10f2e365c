"""Says what a title card will be without drawing it, and finds what would make drawing it fail."""

import msgspec

from crosspost.media.card import checked_colour, checked_size
from crosspost.media.drawable_text import title_and_site
from crosspost.media.encode import MIME
from crosspost.media.fitted import Fitted
from crosspost.media.fitting import fit_card
from crosspost.media.fonts import typefaces
from crosspost.media.geometry import layout
from crosspost.model import Framing, ImageLimits, TitleCard

# Bytes per pixel that no card of text needs, in any format; measured: a tenth of it.
_BYTES_A_PIXEL = 0.5


def sketch_card(card: TitleCard, limits: ImageLimits, framing: Framing) -> Fitted:
    """What :func:`crosspost.media.fit_card` gives, but with empty ``data``; where the byte limit may decide about the
    size it is drawn all the same.

    :raises MediaError: when it cannot be drawn here
    """
    checked_size((card.width, card.height))
    for colour in (card.background, card.text, card.accent):
        checked_colour(colour)
    _, _, left_out = title_and_site(card.title, card.site, typefaces())
    plan = layout((card.width, card.height), msgspec.structs.replace(limits, bytes=0), shape=framing.shape,
                  focus=framing.focus)  # fmt: skip
    if plan.padded:
        checked_colour(framing.background)
    format_ = next((name for name in ("PNG", "JPEG", "WEBP") if name in limits.formats), "")
    width, height = plan.canvas
    if not format_ or (limits.bytes and limits.bytes < width * height * _BYTES_A_PIXEL):
        return fit_card(card, limits, framing)
    return Fitted(data=b"", mime=MIME[format_], format=format_, width=width, height=height, left_out=left_out)

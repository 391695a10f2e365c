"""Grapheme clusters: what a person calls one character (Unicode UAX #29, extended)."""

import unicode_segmentation_rs as segmentation

from crosspost.text.lazy_pattern import lazy

# characters that never join with a neighbour; everything else is left to the library
_ALONE = lazy("[\n -\u02ff\u2010-\u2027\u20a0-\u20cf\u3001\u3002\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff]*")
_SURROGATE = lazy("[\ud800-\udfff]")


def graphemes(text: str) -> list[str]:
    """The grapheme clusters of ``text``, in order. A lone surrogate counts as U+FFFD."""
    if _ALONE.fullmatch(text):
        return list(text)
    clusters: list[str] = segmentation.graphemes(_SURROGATE.sub("\ufffd", text), True)
    return clusters


def count(text: str) -> int:
    """How many grapheme clusters ``text`` has."""
    return len(text) if _ALONE.fullmatch(text) else len(graphemes(text))

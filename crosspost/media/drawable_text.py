"""Reduces a title to what the fonts here can draw, so that a card never shows empty boxes.

A character no font has does not stop a post: it is written in a simpler form or left out, and the notes say so.
"""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import unicode_segmentation_rs as segmentation

from crosspost.errors import MediaError
from crosspost.media.fonts import Typeface, Typefaces
from crosspost.text.lazy_pattern import lazy

_KEYCAP = lazy("([0-9#*])\ufe0f?\u20e3")
_VARIATION = lazy("[\ufe0e\ufe0f]")
_TAGS = lazy("[\U000e0020-\U000e007f]")  # the letters of "🏴󠁧󠁢󠁳󠁣󠁴󠁿"
# scripts whose letters change with their neighbours: those of India, Tibet, Myanmar, Cambodia, Java … and Mongolian
_SHAPED = lazy("[\u0900-\u0dff\u0f00-\u109f\u1700-\u18af\u1900-\u1cff\ua800-\uaaff\uabc0-\uabff\U00011000-\U00011fff]")


class Readable(NamedTuple):
    """A text that can be drawn. ``plainer`` and ``missing`` are the clusters that were replaced and left out."""

    text: str
    plainer: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def has_words(self) -> bool:
        """Whether it has any visible character."""
        return any(unicodedata.category(char)[0] not in "CZ" for char in self.text)

    @property
    def lacks_letters(self) -> bool:
        """Whether a letter or digit is missing, not only an emoji or another sign."""
        return any(_is_letter(cluster) for cluster in self.missing)


def readable(text: str, faces: Sequence[Typeface], *, shapes: bool) -> Readable:
    """The parts of ``text`` that can be drawn, on one line.

    An emoji, symbol or Chinese, Japanese or Korean character that no font has is left out by itself; in other scripts
    the whole word is left out, because a word with a gap would be another word.

    :param shapes: whether Pillow can join and reorder letters as their script requires (it has Raqm and FriBiDi)
    """
    words: list[str] = []
    plainer: list[str] = []
    missing: list[str] = []
    for word in _KEYCAP.sub(r"\1", unicodedata.normalize("NFC", text)).split():
        drawn = [(cluster, _drawn(cluster, faces, shapes=shapes)) for cluster in segmentation.graphemes(word, True)]
        gone = [cluster for cluster, form in drawn if not form]
        if any(_is_letter(cluster) and not _is_wide(cluster) for cluster in gone):
            missing.append(word)
            continue
        missing += gone
        plainer += [cluster for cluster, form in drawn if form and form != _VARIATION.sub("", cluster)]
        words.append("".join(form for _, form in drawn))
    kept = " ".join(word for word in words if word)
    return Readable(kept, tuple(dict.fromkeys(plainer)), tuple(dict.fromkeys(missing)))


def _drawn(cluster: str, faces: Sequence[Typeface], *, shapes: bool) -> str:
    """The form of ``cluster`` a font can draw: its own, a simpler one (``𝐀`` as ``A``, ``ǟ`` as ``a``), or ""."""
    if _is_joined_emoji(cluster) or (not shapes and _needs_shaping(cluster)):
        return ""
    apart = unicodedata.normalize("NFKD", cluster)
    forms = (
        _VARIATION.sub("", cluster),
        unicodedata.normalize("NFKC", apart),
        "".join(char for char in apart if unicodedata.category(char)[0] != "M"),
    )
    drawn = (form for form in forms if form.strip() and any(face.draws(form) for face in faces))
    return next(drawn, "")


def _is_letter(cluster: str) -> bool:
    return any(unicodedata.category(char)[0] in "LN" for char in cluster)


def _is_wide(cluster: str) -> bool:
    """Whether it is Chinese, Japanese or Korean, where each character has a meaning and words have no spaces."""
    return unicodedata.east_asian_width(cluster[0]) in "WF"


def _is_joined_emoji(cluster: str) -> bool:
    """Whether it is one emoji made of several: a flag, a family, a skin tone. Text fonts would draw the parts."""
    parts = sum(unicodedata.category(char) == "So" or "\U0001f3fb" <= char <= "\U0001f3ff" for char in cluster)
    return parts > 1 or bool(_TAGS.search(cluster))


def _needs_shaping(cluster: str) -> bool:
    return bool(_SHAPED.search(cluster)) or any(unicodedata.bidirectional(char) in ("R", "AL") for char in cluster)


def title_and_site(title: str, site: str, faces: Sequence[Typeface]) -> tuple[str, str, tuple[str, ...]]:
    """The drawable title and site name, and notes about what was left out.

    The site's name takes the place of a title of which nothing can be drawn.

    :raises MediaError: when there is no title, or no font for any of its letters and no drawable site name either
    """
    if not any(unicodedata.category(char)[0] not in "CZ" for char in title):
        raise MediaError("there is nothing to write on a title card. Give the post a title or a picture.")
    if isinstance(faces, Typefaces) and faces.surely_draw(f"{title}{site}"):
        return " ".join(title.split()), " ".join(site.split()), ()
    from PIL import features

    shapes = bool(features.check("raqm"))
    shown, shown_site = readable(title, faces, shapes=shapes), readable(site, faces, shapes=shapes)
    missing = "".join(dict.fromkeys((*shown.missing, *shown_site.missing)))
    plainer = "".join(dict.fromkeys((*shown.plainer, *shown_site.plainer)))
    notes = [f"left out, no font here draws it: {missing}"] if missing else []
    notes += [f"written plainer, no font here draws it: {plainer}"] if plainer else []
    if shown.has_words:
        return shown.text, shown_site.text, tuple(notes)
    if not shown_site.has_words and shown.lacks_letters:
        raise MediaError(_no_font("".join(shown.missing), shapes=shapes))
    return shown_site.text, "", (*notes, "the site's name instead of the title" if shown_site.has_words else "no words")


def _no_font(missing: str, *, shapes: bool) -> str:
    if not shapes and _needs_shaping(missing):
        return (
            f"“{missing[:20]}” cannot be drawn here, because Pillow finds no FriBiDi library to order and join its "
            "letters. Install libfribidi, or give the post a picture."
        )
    return (
        f"no font on this machine can draw “{missing[:20]}”, so there is no title card. Install a font for this script "
        "(such as Noto Sans CJK), name a font file, or give the post a picture."
    )

"""A title card: the picture of a post that has none, made from its title, the site's name and the brand's colours."""

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

import unicode_segmentation_rs as segmentation

from crosspost.errors import MediaError
from crosspost.media.encode import MIME, save
from crosspost.media.fonts import Typeface, drawable, runs, typefaces
from crosspost.media.values import Fitted, Size

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

LANDSCAPE, PORTRAIT = (1200, 630), (1080, 1350)
_LEAST, _MOST = 200, 4000  # pixels a side
_LINE = 1.25  # line height ÷ font size
_ELLIPSIS = "…"


def title_card(
    title: str,
    *,
    site: str = "",
    size: Size = LANDSCAPE,
    background: str = "#1f2937",
    foreground: str = "#ffffff",
    accent: str = "#f59e0b",
    fonts: tuple[str, ...] = (),
) -> Fitted:
    """Draw a title card as PNG.

    The title is as large as fits, broken where Unicode allows (UAX #14), shortened with “…” only when it does not fit
    in the smallest size. Emoji and signs no font here can draw are left out, and ``changed`` says so.

    :param title: the post's title, in any script
    :param site: the site's name, below the title
    :param size: width and height in pixels, 200 to 4000 each; 1200×630 for link cards, 1080×1350 for portrait feeds
    :param background: colour of the card (CSS name or ``#rrggbb``)
    :param foreground: colour of the title
    :param accent: colour of the bar at the edge and of the site's name
    :param fonts: font files to try first, before those that are installed
    :raises MediaError: when a letter of the title can be drawn by no font, when there is no title, or on wrong colours
    """
    from PIL import Image, ImageDraw

    if not all(_LEAST <= side <= _MOST for side in size):
        raise MediaError(f"a title card is {_LEAST} to {_MOST} pixels wide and high, not {size[0]} × {size[1]}.")
    faces = typefaces(fonts)
    title, site, changed = _readable(title, site, faces)
    image = Image.new("RGB", size, _colour(background))
    pen = ImageDraw.Draw(image)
    unit = min(size) // 20
    pen.rectangle((0, 0, unit // 2, size[1]), fill=_colour(accent))
    left, top, right, bottom = 2 * unit, 2 * unit, size[0] - 2 * unit, size[1] - 2 * unit
    if site:
        small = max(12, unit * 4 // 5)
        name = _shorten(site, faces, small, right - left)
        _write(pen, name, faces, small, (left, right), bottom, _colour(accent))
        bottom -= int(small * _LINE) + unit
    lines, text_size, whole = _set(title, faces, (right - left, bottom - top), (max(14, unit), unit * 3))
    if not whole:
        changed.append("title shortened to fit")
    step = int(text_size * _LINE)
    first = top + (bottom - top - step * len(lines)) // 2 + text_size
    for number, line in enumerate(lines):
        _write(pen, line, faces, text_size, (left, right), first + number * step, _colour(foreground))
    return Fitted(
        data=save(image, "PNG"),
        mime=MIME["PNG"],
        format="PNG",
        width=size[0],
        height=size[1],
        changed=("title card drawn", *changed),
    )


def _readable(title: str, site: str, faces: Sequence[Typeface]) -> tuple[str, str, list[str]]:
    """Title and site as they can be drawn, and a note about what was left out."""
    texts, missing = [], ""
    for text in (title, site):
        kept, lost = drawable(" ".join(unicodedata.normalize("NFC", text).split()), faces)
        texts.append(" ".join(kept.split()))
        missing += lost
    letters = "".join(char for char in missing if unicodedata.category(char)[0] in "LMN")
    if letters:
        raise MediaError(
            f"no font on this machine can draw “{letters[:20]}”, so there is no title card. Install a font for this "
            "script (such as Noto Sans CJK), name a font file, or give the post a picture."
        )
    if not texts[0]:
        raise MediaError("there is nothing to write on a title card. Give the post a title or a picture.")
    return texts[0], texts[1], [f"left out, no font here draws it: {missing}"] if missing else []


def _set(text: str, faces: Sequence[Typeface], room: Size, sizes: tuple[int, int]) -> tuple[list[str], int, bool]:
    """Break a text into lines in the largest size that fits the room (width, height in pixels).

    :param sizes: smallest and largest font size in pixels
    :return: lines, font size, and whether the whole text is there
    """
    least, most = sizes
    for size in range(most, least - 1, -max(1, (most - least) // 12)):
        lines = _wrap(text, faces, size, room[0])
        if len(lines) * int(size * _LINE) <= room[1]:
            return lines, size, True
    lines = _wrap(text, faces, least, room[0])
    fitting = max(1, room[1] // int(least * _LINE))
    if len(lines) <= fitting:
        return lines, least, True
    rest = "".join(f"{line} " for line in lines[fitting - 1 :])
    return [*lines[: fitting - 1], _shorten(rest.strip(), faces, least, room[0], always=True)], least, False


def _wrap(text: str, faces: Sequence[Typeface], size: int, width: int) -> list[str]:
    """Lines no wider than ``width``: broken at UAX #14 opportunities, inside a word only when it is wider itself."""
    lines, line = [], ""
    for unit in segmentation.line_break_units(text):
        if _width((line + unit).rstrip(), faces, size) <= width:
            line += unit
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = ""
        for grapheme in segmentation.graphemes(unit, True):
            if line and _width((line + grapheme).rstrip(), faces, size) > width:
                lines.append(line)
                line = ""
            line += grapheme
    return [*lines, line.rstrip()] if line.strip() else lines


def _shorten(text: str, faces: Sequence[Typeface], size: int, width: int, *, always: bool = False) -> str:
    """One line no wider than ``width``, whole graphemes, with an ellipsis where something is missing."""
    if not always and _width(text, faces, size) <= width:
        return text
    dots = _ELLIPSIS if any(face.draws(_ELLIPSIS) for face in faces) else "..."
    graphemes = segmentation.graphemes(text, True)
    while graphemes and _width("".join(graphemes).rstrip() + dots, faces, size) > width:
        graphemes.pop()
    return "".join(graphemes).rstrip() + dots


def _width(text: str, faces: Sequence[Typeface], size: int) -> float:
    """Width in pixels."""
    return sum(face.at(size).getlength(part) for part, face in runs(text, faces))


def _write(
    pen: "ImageDraw",
    text: str,
    faces: Sequence[Typeface],
    size: int,
    edges: tuple[int, int],
    baseline: int,
    colour: tuple[int, ...],
) -> None:
    """Write one line between two edges; right-to-left text begins at the right edge."""
    parts = [(part, face.at(size)) for part, face in runs(text, faces)]
    x = float(edges[0])
    if _right_to_left(text):
        parts.reverse()
        x = edges[1] - sum(font.getlength(part) for part, font in parts)
    for part, font in parts:
        pen.text((x, baseline), part, font=font, fill=colour, anchor="ls")
        x += font.getlength(part)


def _right_to_left(text: str) -> bool:
    """The direction of the first character that has one (UAX #9, rule P2)."""
    directions = (unicodedata.bidirectional(char) for char in text)
    return next((direction in ("R", "AL") for direction in directions if direction in ("L", "R", "AL")), False)


def _colour(name: str) -> tuple[int, ...]:
    from PIL import ImageColor

    try:
        return ImageColor.getrgb(name)[:3]
    except ValueError:
        raise MediaError(f"“{name}” is no colour. Write it as #rrggbb or a CSS colour name.") from None

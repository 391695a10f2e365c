"""Title cards: pictures for posts without one, drawn from the title, the site's name and the configured colours."""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import unicode_segmentation_rs as segmentation

from crosspost.errors import MediaError
from crosspost.media.drawable_text import title_and_site
from crosspost.media.encode import MIME, save
from crosspost.media.fitted import Fitted, Size
from crosspost.media.fonts import Typeface, runs, typefaces
from crosspost.text.lazy_pattern import lazy

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

LANDSCAPE = (1200, 630)
_LEAST, _MOST = 200, 4000  # pixels a side
_LINE = 1.25  # line height ÷ font size
_ELLIPSIS = "…"
_HEX = lazy("#[0-9a-fA-F]{6}")
#: left, top, right and bottom in pixels
Box = tuple[int, int, int, int]


class _Style(NamedTuple):
    """How a text is drawn; the direction is that of the whole text, even for a line of digits only."""

    faces: Sequence[Typeface]
    size: int
    colour: tuple[int, ...]
    to_left: bool


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

    The title is as large as fits, broken where Unicode allows (UAX #14), and shortened with “…” only when it does not
    fit at the smallest size. Characters that no font here can draw are left out and listed in ``left_out``.

    :param title: the post's title, in any script
    :param site: the site's name, below the title
    :param size: width and height in pixels, 200 to 4000 each; 1200×630 for link cards, 1080×1350 for portrait feeds
    :param background: colour of the card (CSS name or ``#rrggbb``)
    :param foreground: colour of the title
    :param accent: colour of the bar at the edge and of the site's name
    :param fonts: font files to try before the installed ones
    :raises MediaError: without a title, without a font for any letter of title and site, or for an invalid colour
    """
    from PIL import Image, ImageDraw

    checked_size(size)
    faces = typefaces(fonts)
    title, site, left_out = title_and_site(title, site, faces)
    changed = ["title card drawn", *left_out]
    image = Image.new("RGB", size, checked_colour(background))
    pen = ImageDraw.Draw(image)
    unit = min(size) // 20
    pen.rectangle((0, 0, unit // 2, size[1]), fill=checked_colour(accent))
    room = (2 * unit, 2 * unit, size[0] - 2 * unit, size[1] - 2 * unit)
    if site:
        room = _write_site(pen, site, faces, checked_colour(accent), room, unit)
    if not _write_title(pen, title, faces, checked_colour(foreground), room, unit):
        changed.append("title shortened to fit")
    return Fitted(
        data=save(image, "PNG"),
        mime=MIME["PNG"],
        format="PNG",
        width=size[0],
        height=size[1],
        changed=tuple(changed),
        left_out=left_out,
    )


def _write_site(
    pen: "ImageDraw", site: str, faces: Sequence[Typeface], colour: tuple[int, ...], room: Box, unit: int
) -> Box:
    """Write the site's name at the bottom: the room that is left above it."""
    left, top, right, bottom = room
    small = max(12, unit * 4 // 5)
    name = _shorten(site, faces, small, right - left)
    _write(pen, name, _Style(faces, small, colour, _right_to_left(site)), (left, right), bottom)
    return left, top, right, bottom - int(small * _LINE) - unit


def _write_title(
    pen: "ImageDraw", title: str, faces: Sequence[Typeface], colour: tuple[int, ...], room: Box, unit: int
) -> bool:
    """Write the title in the middle of the room: whether all of it fitted."""
    left, top, right, bottom = room
    lines, text_size, whole = _set(title, faces, (right - left, bottom - top), (max(14, unit), unit * 3))
    step = int(text_size * _LINE)
    first = top + (bottom - top - step * len(lines)) // 2 + text_size
    style = _Style(faces, text_size, colour, _right_to_left(title))
    for number, line in enumerate(lines):
        _write(pen, line, style, (left, right), first + number * step)
    return whole


def _set(text: str, faces: Sequence[Typeface], room: Size, sizes: tuple[int, int]) -> tuple[list[str], int, bool]:
    """Break a text into lines in the largest size that fits the room (width, height in pixels).

    :param sizes: smallest and largest font size in pixels
    :return: lines, font size, and whether the whole text fits
    """
    least, most = sizes
    for size in range(most, least - 1, -max(1, (most - least) // 12)):
        fitting = max(1, room[1] // int(size * _LINE))
        lines = list(islice(_wrap(text, faces, size, room[0]), fitting + 1))
        if len(lines) <= fitting:
            return lines, size, True
    return [*lines[: fitting - 1], _shorten(lines[fitting - 1], faces, size, room[0], always=True)], size, False


def _wrap(text: str, faces: Sequence[Typeface], size: int, width: int) -> Iterator[str]:
    """Lines no wider than ``width``, broken at UAX #14 opportunities; inside a word only when the word is wider."""
    line = ""
    for unit in segmentation.line_break_units(text):
        if _width((line + unit).rstrip(), faces, size) <= width:
            line += unit
            continue
        if line.strip():
            yield line.rstrip()
        line = ""
        for grapheme in segmentation.graphemes(unit, True):
            if line and _width((line + grapheme).rstrip(), faces, size) > width:
                yield line.rstrip()
                line = ""
            line = (line + grapheme).lstrip()
    if line.strip():
        yield line.rstrip()


def _shorten(text: str, faces: Sequence[Typeface], size: int, width: int, *, always: bool = False) -> str:
    """One line no wider than ``width``: whole graphemes, and an ellipsis where something was cut."""
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


def _write(pen: "ImageDraw", text: str, style: _Style, edges: tuple[int, int], baseline: int) -> None:
    """Draw one line between two edges; right-to-left text starts at the right edge."""
    parts = [(part, face.at(style.size)) for part, face in runs(text, style.faces)]
    x = float(edges[0])
    if style.to_left:
        parts.reverse()
        x = edges[1] - sum(font.getlength(part) for part, font in parts)
    for part, font in parts:
        pen.text((x, baseline), part, font=font, fill=style.colour, anchor="ls")
        x += font.getlength(part)


def _right_to_left(text: str) -> bool:
    """The direction of the first character that has one (UAX #9, rule P2)."""
    directions = (unicodedata.bidirectional(char) for char in text)
    return next((direction in ("R", "AL") for direction in directions if direction in ("L", "R", "AL")), False)


def checked_size(size: Size) -> None:
    """Refuse a size that no card has.

    :raises MediaError: naming the sizes a card may have
    """
    if not all(_LEAST <= side <= _MOST for side in size):
        raise MediaError(f"a title card is {_LEAST} to {_MOST} pixels wide and high, not {size[0]} × {size[1]}.")


def checked_colour(name: str) -> tuple[int, ...]:
    """Red, green and blue of a colour.

    :raises MediaError: when it is none
    """
    if _HEX.fullmatch(name):  # most are, and need no Pillow
        return tuple(bytes.fromhex(name[1:]))
    from PIL import ImageColor

    try:
        return ImageColor.getrgb(name)[:3]
    except ValueError:
        raise MediaError(f"“{name}” is not a colour. Write it as #rrggbb or a CSS colour name.") from None

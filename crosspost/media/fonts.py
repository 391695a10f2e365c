"""Finds fonts: the caller's, those of installed font packages, and the system's. Nothing is ever downloaded."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import unicode_segmentation_rs as segmentation

from crosspost.errors import MediaError

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "~/Library/Fonts",
    "C:/Windows/Fonts",
)
# Beginnings of file names, best first: plain sans-serif families for many scripts, then the Chinese, Japanese and
# Korean ones that common systems include.
_FAMILIES = (
    *("notosans-bold", "notosans-regular", "notosans[", "dejavusans-bold.", "dejavusans.", "liberationsans-bold."),
    *("arialbd", "arial bold.", "segoeuib", "helveticaneue.", "notosanscjk", "notosansjp", "notosanssc", "notosanskr"),
    *("sourcehansans", "pingfang", "hiragino", "applesdgothicneo", "msyh", "yugoth", "malgun", "wqy-", "ipaexg"),
    *("droidsansfallback", "arial unicode", "thonburi", "leelawui", "notosans"),
)
_UNASSIGNED = "\U0010fffe"  # never a character, so every font draws its “missing” glyph for it
_PROBE_SIZE = 32  # pixels; only to see whether a glyph is there


class Typeface:
    """One font file, in any size. ``path`` None is the font built into Pillow (little more than ASCII)."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._sizes: dict[int, FreeTypeFont] = {}
        self._known: dict[str, bool] = {}
        self._missing = self._mask(_UNASSIGNED)

    def at(self, size: int) -> "FreeTypeFont":
        """The font at a size in pixels; bold when it is a variable font."""
        from PIL import ImageFont

        if size not in self._sizes:
            font = ImageFont.truetype(self.path, size) if self.path else ImageFont.load_default(size)
            if not isinstance(font, ImageFont.FreeTypeFont):
                raise MediaError("Pillow was built without FreeType, so no title card can be drawn. Reinstall Pillow.")
            self._sizes[size] = _bold(font)
        return self._sizes[size]

    def draws(self, grapheme: str) -> bool:
        """Whether every visible character of a grapheme has its own glyph in this font."""
        return all(self._has_glyph(char) for char in grapheme)

    def _has_glyph(self, char: str) -> bool:
        if char.isspace() or unicodedata.category(char) in ("Cf", "Cc") or "\ufe00" <= char <= "\ufe0f":
            return True
        if char not in self._known:
            self._known[char] = self._mask(char) != self._missing
        return self._known[char]

    def _mask(self, char: str) -> tuple[tuple[int, int], bytes]:
        mask = self.at(_PROBE_SIZE).getmask(char)
        return mask.size, bytes(mask)


def _bold(font: "FreeTypeFont") -> "FreeTypeFont":
    """Set the weight axis of a variable font to bold; other fonts have no axes."""
    try:
        axes = font.get_variation_axes()
        values = [min(700, axis["maximum"] or 700) if axis["name"] == b"Weight" else axis["default"] for axis in axes]
        font.set_variation_by_axes([float(value or 0) for value in values])
    except (OSError, NotImplementedError, KeyError):
        pass
    return font


@lru_cache(maxsize=8)
def typefaces(own: tuple[str, ...] = ()) -> tuple[Typeface, ...]:
    """Every usable font, best first: the caller's, font packages', the system's, and finally Pillow's own.

    :param own: paths of font files the caller wants first
    :raises MediaError: when one of ``own`` is not a font
    """
    found: list[Typeface] = []
    for name in own:
        try:
            found.append(Typeface(Path(name)))
        except (OSError, ValueError):
            raise MediaError(f"{name} cannot be read as a font file. Check the font's path.") from None
    for path in (*_packaged(), *_installed()):
        try:
            found.append(Typeface(path))
        except (OSError, ValueError):  # a bitmap or damaged font among many
            continue
    return (*found, Typeface(None))


def _packaged() -> list[Path]:
    """Fonts of installed Python packages that register as font packages, such as ``fontpkg-noto-sans``."""
    paths: list[Path] = []
    for entry in entry_points(group="fontpkg.family"):
        spec = find_spec(entry.module.split(".", maxsplit=1)[0])
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            paths += [path for path in Path(folder).rglob("*.[ot]tf") if "italic" not in path.name.lower()]
    return sorted(paths)


def _installed() -> list[Path]:
    """Fonts with known names in the system's usual folders, best family first."""
    ranked: list[tuple[int, str, Path]] = []
    for folder in _FOLDERS:
        for path in Path(folder).expanduser().rglob("*.[ot]t[fc]"):
            name = path.name.lower()
            rank = next((rank for rank, start in enumerate(_FAMILIES) if name.startswith(start)), None)
            if rank is not None and not any(word in name for word in ("italic", "oblique", "mono", "emoji")):
                ranked.append((rank, name, path))
    return [path for _, _, path in sorted(ranked)]


def runs(text: str, fonts: Sequence[Typeface]) -> list[tuple[str, Typeface]]:
    """Split a drawable text into runs of one font each: a single run when one font can draw everything.

    Long runs matter: Arabic letters join, and right-to-left text is reordered, only inside a run.
    """
    for font in fonts:
        if font.draws(text):
            return [(text, font)]
    found: list[tuple[str, Typeface]] = []
    for grapheme in segmentation.graphemes(text, True):
        current = found[-1][1] if found else None
        font = (
            current if current and current.draws(grapheme) else next((f for f in fonts if f.draws(grapheme)), fonts[0])
        )
        if font is current:
            found[-1] = (found[-1][0] + grapheme, font)
        else:
            found.append((grapheme, font))
    return found

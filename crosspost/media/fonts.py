"""Finds fonts: the caller's, those of installed font packages, and the system's. Nothing is ever downloaded."""

import contextlib
import itertools
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, overload

import unicode_segmentation_rs as segmentation

from crosspost.config.entry_points import entry_points
from crosspost.errors import MediaError
from crosspost.text.lazy_pattern import lazy

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
# Those of them that have every letter of the languages of Europe that are written in Latin letters, and what is in it
_COMPLETE = ("notosans-", "notosans[", "dejavusans", "liberationsans", "arialbd", "segoeuib")
_EUROPEAN = lazy("[ -~\u00a1-\u00ac\u00ae-\u017f–—‘’‚“”„…€]*")
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
    with contextlib.suppress(OSError, NotImplementedError, KeyError):
        axes = font.get_variation_axes()
        values = [min(700, axis["maximum"] or 700) if axis["name"] == b"Weight" else axis["default"] for axis in axes]
        font.set_variation_by_axes([float(value or 0) for value in values])
    return font


class Typefaces(Sequence[Typeface]):
    """Fonts that are opened when their turn comes: of two hundred, the first usually draws everything.

    :param opened: those that are tried first
    :param paths: files of the others; what is not a usable font (a bitmap or damaged one) is left out
    """

    def __init__(self, opened: Iterable[Typeface], paths: Iterable[Path]) -> None:
        self._opened = list(opened)
        self._paths: Iterator[Path | None] = itertools.chain(paths, (None,))
        self._lock = Lock()

    def __iter__(self) -> Iterator[Typeface]:
        number = 0
        while number < len(self._opened) or self._open_next(number):
            yield self._opened[number]
            number += 1

    @overload
    def __getitem__(self, number: int) -> Typeface: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Typeface]: ...
    def __getitem__(self, number: int | slice) -> "Typeface | Sequence[Typeface]":
        return next(face for at, face in enumerate(self) if at == number) if number == 0 else tuple(self)[number]

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def surely_draw(self, text: str) -> bool:
        """Whether every character has a glyph in one of the fonts, as far as that is known without opening one."""
        if text.isascii():  # even Pillow's own font has those
            return True
        if self._opened or not _EUROPEAN.fullmatch(text):
            return False
        with self._lock:
            path = next(self._paths)
            self._paths = itertools.chain((path,), self._paths)
        return path is not None and path.name.lower().startswith(_COMPLETE)

    def _open_next(self, number: int) -> bool:
        """Whether there is a font of this number after opening one more."""
        with self._lock:
            while number >= len(self._opened):
                try:
                    self._opened.append(Typeface(next(self._paths)))
                except StopIteration:
                    return False
                except (OSError, ValueError):  # a bitmap or damaged font among many
                    continue
        return True


@lru_cache(maxsize=8)
def typefaces(own: tuple[str, ...] = ()) -> Typefaces:
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
    return Typefaces(found, (path for folder in (_packaged, _installed) for path in folder()))


def _packaged() -> list[Path]:
    """Fonts of installed Python packages that register as font packages, such as ``fontpkg-noto-sans``."""
    paths: list[Path] = []
    for entry in entry_points("fontpkg.family"):
        from importlib.util import find_spec

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

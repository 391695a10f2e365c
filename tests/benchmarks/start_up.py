"""Rows about one command: help, a preview, a picture, X's count."""

import importlib
import math
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

from PIL import Image

from crosspost.compose import twitter_text
from crosspost.media import fit, fitting
from crosspost.model import ImageLimits
from tests import twitter_text_js
from tests.benchmarks.material import ELEVEN, PYTHON, photo, sentences, site
from tests.benchmarks.rows import Measured, Row, SkippedError, processes, seconds

LIMIT = 1_000_000  # bytes of a picture
_ENTRY = "import sys; from crosspost.cli import main; main(sys.argv[1:])"


def help_text(_: Path) -> Measured:
    return _beside_click("--help")


def version(_: Path) -> Measured:
    return _beside_click("--version")


def _beside_click(option: str) -> Measured:
    # as the installed command does it; `python -m` would import runpy as well
    ours, base = processes((PYTHON, "-c", _ENTRY, option), (PYTHON, "-c", "import click"), rounds=21)
    return Measured(ours=ours.cpu * 1000, base=base.cpu * 1000, unit="ms cpu")


def preview(folder: Path) -> Measured:
    site(folder, 1, accounts="")
    (folder / "crosspost.toml").unlink()  # without a config every known network may be shown
    file = next((folder / "site/_posts").iterdir())
    chosen = [word for name in ELEVEN for word in ("--to", name)]
    ours, base = processes(
        (PYTHON, "-c", _ENTRY, "preview", str(file), *chosen),
        (PYTHON, "-c", "import click, msgspec, yaml, jinja2"),
        rounds=11,
    )
    return Measured(ours=ours.cpu * 1000, base=base.cpu * 1000, unit="ms cpu")


def picture_pillow(folder: Path) -> Measured:
    file = folder / "photo.jpg"
    photo(0.06).save(file, quality=92)
    ours, base = seconds(lambda: _fitted(file), lambda: _plainly(file))
    return Measured(ours=ours * 1000, base=base * 1000, unit="ms cpu", note=_fitted(file))


def _fitted(file: Path) -> str:
    fitting._kept.clear()
    made = fit(file, ImageLimits(bytes=LIMIT))
    return f"{len(made.data):,} bytes, {made.width}×{made.height}, {made.changed[-1]}"


def _plainly(file: Path) -> bytes:
    """What Pillow alone needs: decode, one resize to about the size that the limit can hold, one save."""
    density = min(0.3, file.stat().st_size / 12_000_000)
    scale = math.sqrt(LIMIT / density / 12_000_000)
    size = (round(4000 * scale), round(3000 * scale))
    with Image.open(file) as image:
        image.draft("RGB", size)
        small = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    buffer = BytesIO()
    small.save(buffer, "JPEG", quality=90, optimize=True)
    return buffer.getvalue()


def picture_pyvips(folder: Path) -> Measured:
    return _beside_pyvips(folder, 0.06)


def smooth_pyvips(folder: Path) -> Measured:
    """One that is cut down to no half of its size, because more of it fits into the limit."""
    return _beside_pyvips(folder, 0.01)


def _beside_pyvips(folder: Path, grain: float) -> Measured:
    try:
        pyvips: Any = importlib.import_module("pyvips")  # only where somebody installed it
    except (ImportError, OSError):
        raise SkippedError("pyvips is not installed") from None
    file = folder / "photo.jpg"
    photo(grain).save(file, quality=92)
    pyvips.cache_set_max(0)  # else it does nothing from the second time on
    said = _fitted(file)
    width = int(said.split("×")[0].split(" ")[-1])
    ours, base = seconds(lambda: _fitted(file), lambda: _by_pyvips(pyvips, file, width))
    return Measured(ours=ours * 1000, base=base * 1000, unit="ms cpu", note=said)


def _by_pyvips(pyvips: Any, file: Path, width: int) -> bytes:
    made: bytes = pyvips.Image.thumbnail(str(file), width).jpegsave_buffer(Q=90, optimize_coding=True)
    return made


def x_length(_: Path) -> Measured:
    if reason := twitter_text_js.missing():
        raise SkippedError(reason)
    random = Random(2)
    extra = [" https://example.org/a/b?c=d#e", " main.py", " 👨‍👩‍👧‍👦🇩🇪", " 風力発電", " #Tag @name", ""]
    texts = [sentences(random, 360) + "".join(random.choices(extra, k=2)) for _ in range(5000)]

    def ours_anew() -> None:
        twitter_text._in_chunk.cache_clear()
        list(map(twitter_text.weight, texts))

    (ours,) = seconds(ours_anew)
    theirs = twitter_text_js.ask(texts)
    same = sum(a == b for a, b in zip(theirs.weights, map(twitter_text.weight, texts), strict=True))
    note = f"the same number for {same:,} of {len(texts):,}"
    return Measured(ours=len(texts) / ours, base=len(texts) / theirs.seconds, unit="texts a second", note=note)


ROWS = [
    Row("`--help`", "`import click`", "≤ 1.3", help_text),
    Row("`--version`", "`import click`", "≤ 1.3", version),
    Row("`preview FILE`, eleven networks, no picture", "importing click, msgspec, yaml, jinja2", "≤ 2", preview),
    Row("12-megapixel JPEG to 1 MB", "Pillow", "≤ 0.6", picture_pillow),
    Row("12-megapixel JPEG to 1 MB", "pyvips", "≤ 1.2", picture_pyvips),
    Row("the same, a smooth one", "pyvips", "≤ 1.2", smooth_pyvips),
    Row("X length", "the JS library", "all equal; rate ≥ 1.3", x_length),
]

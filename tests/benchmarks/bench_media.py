"""How long fitting a 12-megapixel photo to 1,000,000 bytes takes, beside the least Pillow can do.

    python tests/benchmarks/bench_media.py

The least: decode in draft mode, one resize to the size that came out, one save with the quality that came out.
Both run alternately in one process, and the medians are compared.
"""

import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from random import Random

from PIL import Image

from crosspost.media import Fitted, fit, fitting
from crosspost.model import ImageLimits

LIMIT = 1_000_000
ROUNDS = 9


def photo(grain: float) -> Image.Image:
    """4000 × 3000 pixels: soft shapes, finer structure and some grain, so that it compresses about like a photo."""
    random = Random(1)
    layers = []
    for _ in range(3):
        soft = Image.frombytes("L", (16, 12), random.randbytes(192)).resize((4000, 3000), Image.Resampling.BICUBIC)
        fine = Image.frombytes("L", (800, 600), random.randbytes(480_000)).resize((4000, 3000))
        layers.append(Image.blend(soft, fine, 0.25))
    noise = Image.frombytes("L", (4000, 3000), random.randbytes(12_000_000))
    return Image.blend(Image.merge("RGB", layers), Image.merge("RGB", (noise, noise, noise)), grain)


def least(path: Path, fitted: Fitted) -> bytes:
    """Decode, resize, save: what cannot be saved on."""
    found = re.search(r"quality (\d+)", " ".join(fitted.changed))
    quality = int(found[1]) if found else 90
    with Image.open(path) as image:
        image.draft("RGB", (fitted.width, fitted.height))
        small = image.resize((fitted.width, fitted.height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    buffer = BytesIO()
    small.save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()


def ours(path: Path) -> Fitted:
    fitting._kept.clear()
    return fit(path, ImageLimits(bytes=LIMIT))


def seconds(run: Callable[[], object]) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, grain in (("smooth", 0.02), ("usual", 0.06), ("grainy", 0.2)):
            path = Path(folder) / f"{name}.jpg"
            photo(grain).save(path, quality=92)
            fitted = ours(path)
            least(path, fitted)
            times = [
                (seconds(lambda p=path: ours(p)), seconds(lambda p=path, f=fitted: least(p, f))) for _ in range(ROUNDS)
            ]
            mine, base = (statistics.median(column) for column in zip(*times, strict=True))
            sys.stdout.write(
                f"{name:>7}: {path.stat().st_size / 1e6:.1f} MB → {len(fitted.data):,} bytes, "
                f"{fitted.width}×{fitted.height}, {fitted.changed[-1]}: "
                f"{mine * 1000:.0f} ms / {base * 1000:.0f} ms = {mine / base:.2f}\n"
            )


if __name__ == "__main__":
    main()

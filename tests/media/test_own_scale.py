"""A photo that is a little too large is decoded at JPEG's own half size, and looks as if it had been scaled."""

from pathlib import Path
from random import Random

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

from crosspost.media import draw, fit
from crosspost.media.geometry import at_own_scale, layout
from crosspost.model import ImageLimits
from tests.media.test_title_card import pixels

SIZE = (2000, 1501)


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Soft shapes, sharp edges and grain."""
    random = Random(1)
    soft = [Image.frombytes("L", (16, 12), random.randbytes(192)).resize(SIZE, Image.Resampling.BICUBIC) for _ in "RGB"]
    edges = Image.frombytes("L", (100, 75), random.randbytes(7500)).resize(SIZE, Image.Resampling.NEAREST)
    grain = Image.frombytes("L", SIZE, random.randbytes(SIZE[0] * SIZE[1])).filter(ImageFilter.GaussianBlur(1))
    image = Image.merge("RGB", soft)
    for layer in (edges, grain):
        image = Image.blend(image, layer.convert("RGB"), 0.2)
    file = tmp_path_factory.mktemp("photo") / "photo.jpg"
    image.save(file, quality=92)
    return file


def test_it_is_decoded_once_at_half_size(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[tuple[int, int]] = []
    decode = draw.Drawing._decode
    monkeypatch.setattr(
        draw.Drawing, "_decode", lambda self, least: [made := decode(self, least), sizes.append(made.size)][0]
    )
    fitted = fit(photo, ImageLimits(max_width=1024))
    assert (fitted.width, fitted.height) == (1000, 751)
    assert sizes == [(1000, 751)]


def test_it_looks_as_if_it_had_been_scaled(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = pixels(fit(photo, ImageLimits(max_width=1030)).data)
    monkeypatch.setattr(draw.Drawing, "_divisor", lambda self, least: 1)
    scaled = pixels(fit(photo, ImageLimits(max_width=1031)).data)
    assert made.size == scaled.size
    apart = ImageStat.Stat(ImageChops.difference(made, scaled))
    assert max(apart.mean) < 3  # of 255
    assert max(apart.rms) < 5
    # as bright, and not blurred: the edges are as strong
    sharpness = [ImageStat.Stat(one.convert("L").filter(ImageFilter.FIND_EDGES)).mean[0] for one in (made, scaled)]
    assert sharpness[0] == pytest.approx(sharpness[1], rel=0.1)
    brightness = [ImageStat.Stat(one.convert("L")).mean[0] for one in (made, scaled)]
    assert brightness[0] == pytest.approx(brightness[1], abs=0.5)


@pytest.mark.parametrize(
    ("limits", "wanted"),
    [
        (ImageLimits(max_width=1024), (1000, 751)),
        (ImageLimits(max_width=1000), (1000, 751)),
        (ImageLimits(max_width=999), (999, 750)),  # larger than allowed
        (ImageLimits(max_width=1200), (1200, 901)),  # much larger than a half
        (ImageLimits(max_width=520), (500, 376)),
        (ImageLimits(max_width=1024, min_width=1010), (1024, 769)),
        (ImageLimits(max_width=1024, max_height=750), (999, 750)),
        (ImageLimits(pixels=1000 * 750), (999, 750)),
        (ImageLimits(), SIZE),
    ],
)
def test_only_near_sizes_within_all_limits(limits: ImageLimits, wanted: tuple[int, int]) -> None:
    plan = at_own_scale(layout(SIZE, limits), SIZE, limits)
    assert plan.canvas == pytest.approx(wanted, abs=1)
    assert plan.canvas[0] <= (limits.max_width or SIZE[0])
    assert plan.canvas[1] <= (limits.max_height or SIZE[1])


def test_a_margin_or_a_crop_is_scaled_as_before() -> None:
    for shape in ("pad", "crop"):
        limits = ImageLimits(max_width=1024, min_ratio=1.5)
        plan = layout(SIZE, limits, shape=shape)  # type: ignore[arg-type]
        assert at_own_scale(plan, SIZE, limits) == plan

"""Layouts: for any size and any limits that can be met, every limit is kept."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.errors import MediaError
from crosspost.media.geometry import layout
from crosspost.model import ImageLimits

INSTAGRAM = ImageLimits(formats=("JPEG",), min_width=320, max_width=1440, min_ratio=0.8, max_ratio=1.91)

sides = st.integers(1, 12_000)
limits = st.builds(
    ImageLimits,
    pixels=st.sampled_from((0, 1_000_000, 33_177_600)),
    min_width=st.sampled_from((0, 1, 320)),
    max_width=st.sampled_from((0, 600, 1440, 4000)),
    max_height=st.sampled_from((0, 900, 4000)),
    min_ratio=st.sampled_from((0.0, 0.1, 0.5, 0.8)),
    max_ratio=st.sampled_from((0.0, 1.0, 1.91, 20.0)),
)


@given(width=sides, height=sides, limits=limits, shape=st.sampled_from(("pad", "crop")), x=st.floats(0, 1))
def test_every_limit_is_kept(width: int, height: int, limits: ImageLimits, shape: str, x: float) -> None:
    plan = layout((width, height), limits, shape=shape, focus=(x, 1 - x))
    wide, high = plan.canvas
    assert wide >= max(1, limits.min_width)
    assert high >= 1
    assert wide <= (limits.max_width or math.inf)
    assert high <= (limits.max_height or math.inf)
    assert wide * high <= (limits.pixels or math.inf)
    # one pixel of height is the finest step there is
    assert not limits.min_ratio or wide / (high - 0.999) >= limits.min_ratio
    assert not limits.max_ratio or wide / (high + 0.999) <= limits.max_ratio
    left, top, right, bottom = plan.box
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    assert plan.picture[0] + plan.offset[0] <= wide
    assert plan.picture[1] + plan.offset[1] <= high


@given(width=st.integers(100, 6000), height=st.integers(100, 6000))
def test_instagram_ratio_is_exact(width: int, height: int) -> None:
    wide, high = layout((width, height), INSTAGRAM).canvas
    assert 0.8 <= wide / high <= 1.91
    assert 320 <= wide <= 1440


@given(width=st.integers(200, 5000), height=st.integers(200, 5000), limit=st.integers(200, 3000))
def test_the_picture_is_not_stretched(width: int, height: int, limit: int) -> None:
    picture = layout((width, height), ImageLimits(max_width=limit)).picture
    assert abs(picture[0] * height - picture[1] * width) <= 2 * max(width, height)


def test_without_limits_nothing_happens() -> None:
    plan = layout((4000, 3000), ImageLimits())
    assert (plan.box, plan.picture, plan.canvas, plan.padded) == ((0, 0, 4000, 3000), (4000, 3000), (4000, 3000), False)


def test_a_panorama_gets_margins_above_and_below() -> None:
    plan = layout((4000, 1000), INSTAGRAM)
    assert plan.canvas == (1440, 754)
    assert plan.picture == (1440, 360)
    assert plan.offset == (0, 197)


@pytest.mark.parametrize(
    ("focus", "box"),
    [((0.5, 0.5), (1045, 0, 2955, 1000)), ((0.0, 0.5), (0, 0, 1910, 1000)), ((1.0, 0.5), (2090, 0, 4000, 1000))],
)
def test_cropping_keeps_the_focal_point(focus: tuple[float, float], box: tuple[int, int, int, int]) -> None:
    assert layout((4000, 1000), INSTAGRAM, shape="crop", focus=focus).box == box


def test_a_small_picture_is_enlarged_to_the_least_width() -> None:
    assert layout((160, 160), INSTAGRAM).picture == (320, 320)


def test_wishing_for_fewer_pixels_gives_way_to_the_least_width() -> None:
    assert layout((4000, 3000), INSTAGRAM, soft_pixels=1000).canvas == (320, 240)


def test_limits_that_contradict_each_other_are_reported() -> None:
    with pytest.raises(MediaError, match="no size satisfies"):
        layout((100, 100), ImageLimits(min_width=500, max_width=400))

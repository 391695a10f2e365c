"""Fitting a picture to a network: what is kept, what is changed, what is refused."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pictures import (
    BLUE,
    RED,
    WHITE,
    corners,
    decode,
    drawing,
    encode,
    photo,
    quarters,
    srgb_profile,
    swapped_profile,
    write,
)
from PIL import Image, ImageChops, ImageStat

from crosspost.errors import MediaError
from crosspost.media import fit
from crosspost.model import ImageLimits

ANY = ImageLimits()
JPEG_ONLY = ImageLimits(formats=("JPEG",))


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of the pixels, 0…255."""
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean)


def test_importing_the_room_does_not_import_pillow() -> None:
    code = "import sys, crosspost.media; print('PIL' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


# ── left alone ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["JPEG", "PNG"])
@pytest.mark.parametrize("image", [photo(), drawing(), photo().convert("L")])
def test_a_file_within_the_limits_stays_byte_for_byte(tmp_path: Path, name: str, image: Image.Image) -> None:
    data = encode(image, name)
    fitted = fit(write(tmp_path, "a.bin", data), ImageLimits(bytes=len(data), max_width=image.width))
    assert fitted.data == data
    assert fitted.changed == ()
    assert (fitted.format, fitted.width, fitted.height) == (name, *image.size)
    assert (fitted.source_bytes, fitted.source_width, fitted.source_height) == (len(data), *image.size)


def test_progressive_jpeg_with_restart_markers_stays(tmp_path: Path) -> None:
    data = encode(photo(), "JPEG", progressive=True, restart_marker_rows=2)
    assert fit(write(tmp_path, "a.jpg", data), ANY).data == data


def test_an_srgb_profile_is_not_a_reason_to_touch_the_pixels(tmp_path: Path) -> None:
    data = encode(photo(), "JPEG", icc_profile=srgb_profile())
    assert fit(write(tmp_path, "a.jpg", data), ANY).data == data


def test_transparent_png_and_palette_stay(tmp_path: Path) -> None:
    image = drawing().convert("RGBA")
    image.putalpha(128)
    for number, data in enumerate((encode(image, "PNG"), encode(drawing().quantize(8), "PNG"))):
        assert fit(write(tmp_path, f"{number}.png", data), ANY).data == data


# ── format, bytes, pixels, ratio ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("limit", [4_000, 10_000, 30_000, 60_000, 120_000])
def test_byte_limits_are_kept_and_used(tmp_path: Path, limit: int) -> None:
    path = write(tmp_path, "a.jpg", encode(photo(1600, 1200), "JPEG", quality=95))
    fitted = fit(path, ImageLimits(bytes=limit))
    assert 0.6 * limit < len(fitted.data) <= limit
    assert decode(fitted.data).size == (fitted.width, fitted.height)
    assert abs(fitted.width / fitted.height - 4 / 3) < 0.05


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    size=st.tuples(st.integers(1, 300), st.integers(1, 300)),
    mode=st.sampled_from(("1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK")),
    limits=st.builds(
        ImageLimits,
        formats=st.sampled_from((("JPEG",), ("PNG",), ("JPEG", "PNG"), ("WEBP",), ("PNG", "JPEG", "WEBP", "GIF"))),
        bytes=st.sampled_from((0, 2_000, 20_000)),
        pixels=st.sampled_from((0, 10_000)),
        max_width=st.sampled_from((0, 120)),
        min_ratio=st.sampled_from((0.0, 0.8)),
        max_ratio=st.sampled_from((0.0, 1.91)),
    ),
    shape=st.sampled_from(("pad", "crop")),
)
def test_the_result_keeps_every_limit(
    tmp_path: Path, size: tuple[int, int], mode: str, limits: ImageLimits, shape: str
) -> None:
    image = photo(*size).convert("L").convert("I;16") if mode == "I;16" else photo(*size).convert(mode)
    path = write(tmp_path, "a", encode(image, "JPEG" if mode == "CMYK" else "PNG"))
    fitted = fit(path, limits, shape=shape)
    result = decode(fitted.data)
    assert result.format == fitted.format
    assert fitted.format in limits.formats
    assert result.size == (fitted.width, fitted.height)
    assert not limits.bytes or len(fitted.data) <= limits.bytes
    assert not limits.pixels or result.width * result.height <= limits.pixels
    assert not limits.max_width or result.width <= limits.max_width
    assert not limits.min_ratio or result.width / (result.height - 0.999) >= limits.min_ratio
    assert not limits.max_ratio or result.width / (result.height + 0.999) <= limits.max_ratio


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (3, 7)])
def test_a_tiny_jpeg_is_not_taken_for_a_damaged_one(tmp_path: Path, size: tuple[int, int]) -> None:
    path = write(tmp_path, "a.jpg", encode(photo(*size).convert("CMYK"), "JPEG"))
    fitted = fit(path, ImageLimits(formats=("JPEG",)))
    assert decode(fitted.data).size == (fitted.width, fitted.height) == size


def test_an_impossible_limit_is_reported(tmp_path: Path) -> None:
    path = write(tmp_path, "a.jpg", encode(photo(), "JPEG"))
    with pytest.raises(MediaError, match=r"a\.jpg: the picture cannot be made smaller than \d+ bytes, and 100 are"):
        fit(path, ImageLimits(bytes=100))
    with pytest.raises(MediaError, match="within 50 bytes"):
        fit(path, ImageLimits(bytes=50, formats=("PNG",)))
    with pytest.raises(MediaError, match="saved as TIFF"):
        fit(path, ImageLimits(formats=("TIFF",)))


def test_line_art_stays_png_when_scaled_and_photos_become_jpeg(tmp_path: Path) -> None:
    limits = ImageLimits(max_width=300, bytes=200_000)
    assert fit(write(tmp_path, "d.png", encode(drawing(800, 600), "PNG")), limits).format == "PNG"
    assert fit(write(tmp_path, "p.png", encode(photo(800, 600), "PNG")), limits).format == "JPEG"


def test_line_art_that_does_not_fit_as_png_becomes_jpeg_with_sharp_colours(tmp_path: Path) -> None:
    path = write(tmp_path, "d.png", encode(drawing(800, 600), "PNG", compress_level=0))
    fitted = fit(path, ImageLimits(formats=("JPEG",)))
    assert (fitted.format, fitted.mime) == ("JPEG", "image/jpeg")
    assert decode(fitted.data).layer[0][1:3] == (1, 1)  # 4:4:4
    assert difference(decode(fitted.data), drawing(800, 600)) < 3


def test_padding_and_cropping(tmp_path: Path) -> None:
    path = write(tmp_path, "wide.png", encode(quarters(1000, 200), "PNG"))
    limits = ImageLimits(formats=("JPEG",), min_ratio=0.8, max_ratio=1.91)
    padded = fit(path, limits, background="#ff00ff")
    assert (padded.width, padded.height) == (1000, 524)
    pixel = decode(padded.data).getpixel((500, 5))
    assert all(abs(a - b) < 12 for a, b in zip(pixel, (255, 0, 255), strict=True))
    left, right = (fit(path, limits, shape="crop", focus=(x, 0.5)) for x in (0.0, 1.0))
    assert (left.width, left.height) == (382, 200)
    assert corners(decode(left.data)) == ["red", "red", "blue", "blue"]
    assert corners(decode(right.data)) == ["green", "green", "white", "white"]
    assert "cropped to 382×200" in left.changed


# ── upright, right colours, nothing behind the picture ────────────────────────────────────────────────────────────

UPRIGHT = ["red", "green", "blue", "white"]
# How a camera stores an upright picture for each EXIF orientation (the inverse of what a viewer must do).
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_stand_upright(tmp_path: Path, orientation: int, name: str) -> None:
    stored = quarters(160, 100)
    if (turn := STORED[orientation]) is not None:
        stored = stored.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = write(tmp_path, "a", encode(stored, name, exif=exif, quality=95))
    for limits in (ANY, ImageLimits(max_width=80)):
        fitted = fit(path, limits)
        result = decode(fitted.data)
        assert result.width / result.height == 1.6
        assert corners(result) == UPRIGHT
        assert result.getexif().get(0x0112, 1) == 1
        assert (fitted.source_width, fitted.source_height) == (160, 100)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_focal_point_means_the_upright_picture(tmp_path: Path, orientation: int) -> None:
    stored = quarters(400, 100)
    if (turn := STORED[orientation]) is not None:
        stored = stored.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = write(tmp_path, "a.jpg", encode(stored, "JPEG", exif=exif, quality=95))
    fitted = fit(path, ImageLimits(max_ratio=1.0), shape="crop", focus=(1.0, 0.5))
    assert corners(decode(fitted.data)) == ["green", "green", "white", "white"]


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP"])
def test_colours_are_converted_to_srgb(tmp_path: Path, name: str) -> None:
    image = Image.new("RGB", (64, 64), (220, 20, 20))
    path = write(tmp_path, "a", encode(image, name, icc_profile=swapped_profile()))
    fitted = fit(path, ANY)
    red, green, _ = decode(fitted.data).convert("RGB").getpixel((32, 32))
    assert (red < 60, green > 180) == (True, True)
    assert "colours converted to sRGB" in fitted.changed
    assert "icc_profile" not in decode(fitted.data).info


@pytest.mark.parametrize("icc", [b"", b"nonsense" * 40, srgb_profile()[:200]])
def test_a_broken_profile_does_not_stop_a_picture(tmp_path: Path, icc: bytes) -> None:
    path = write(tmp_path, "a.jpg", encode(photo(), "JPEG", icc_profile=icc))
    assert difference(decode(fit(path, ImageLimits(max_width=320)).data), photo(320, 240)) < 20


def test_cmyk_becomes_rgb(tmp_path: Path) -> None:
    path = write(tmp_path, "a.jpg", encode(quarters().convert("CMYK"), "JPEG", quality=95))
    fitted = fit(path, ANY)
    assert decode(fitted.data).mode == "RGB"
    assert corners(decode(fitted.data)) == UPRIGHT


def test_sixteen_bit_grey_keeps_its_brightness(tmp_path: Path) -> None:
    image = Image.new("I;16", (50, 50), 0x8000)
    fitted = fit(write(tmp_path, "a.png", encode(image, "PNG")), ANY)
    assert decode(fitted.data).convert("L").getpixel((25, 25)) in range(126, 131)


def test_transparent_parts_show_the_background(tmp_path: Path) -> None:
    image = Image.new("RGBA", (80, 80), (*RED, 255))
    image.paste((0, 0, 0, 0), (0, 0, 40, 80))
    fitted = fit(write(tmp_path, "a.png", encode(image, "PNG")), JPEG_ONLY, background="#2838c8")
    result = decode(fitted.data)
    assert result.mode == "RGB"
    assert all(abs(a - b) < 15 for a, b in zip(result.getpixel((15, 40)), BLUE, strict=True))
    assert all(abs(a - b) < 15 for a, b in zip(result.getpixel((65, 40)), RED, strict=True))
    assert "transparent parts filled with #2838c8" in fitted.changed


def test_a_background_that_is_not_a_colour_is_reported(tmp_path: Path) -> None:
    path = write(tmp_path, "a.png", encode(Image.new("RGBA", (9, 9)), "PNG"))
    with pytest.raises(MediaError, match="“blurple” is not a colour"):
        fit(path, JPEG_ONLY, background="blurple")


# ── other formats in ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["WEBP", "AVIF", "GIF", "PNG", "JPEG"])
def test_every_format_goes_in_under_any_name(tmp_path: Path, name: str) -> None:
    data = encode(quarters(), name)
    fitted = fit(write(tmp_path, "wrong.txt", data), JPEG_ONLY)
    assert fitted.format == "JPEG"
    assert corners(decode(fitted.data)) == UPRIGHT


@pytest.mark.parametrize("name", ["GIF", "WEBP", "PNG", "AVIF"])
def test_of_an_animation_the_first_frame_is_used_and_reported(tmp_path: Path, name: str) -> None:
    frames = [Image.new("RGB", (60, 40), colour) for colour in (RED, BLUE, WHITE)]
    data = encode(frames[0], name, save_all=True, append_images=frames[1:])
    for limits in (ANY, ImageLimits(max_width=30, formats=("JPEG",))):
        fitted = fit(write(tmp_path, "a", data), limits)
        result = decode(fitted.data)
        assert getattr(result, "n_frames", 1) == 1
        assert corners(result) == ["red"] * 4
        assert any("3 frames" in words for words in fitted.changed)

"""Files that are broken, hostile or something else: always one sentence that names the file and says what to do."""

import struct
import sys
import types
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pictures import drawing, encode, gps_exif, photo, swapped_profile, write

from crosspost.errors import MediaError
from crosspost.media import Fitted, fit
from crosspost.model import ImageLimits

LIMITS = ImageLimits(formats=("JPEG", "PNG"), bytes=50_000, max_width=200)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of(width: int, height: int) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def gif_of(width: int, height: int) -> bytes:
    screen, frame = struct.pack("<HHBBB", width, height, 0, 0, 0), struct.pack("<HHHHB", 0, 0, width, height, 0)
    return b"GIF89a" + screen + b"," + frame + b"\x02\x02\x4c\x01\0;"


def webp_of(width: int, height: int) -> bytes:
    body = b"\0\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunks = b"VP8X" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks


def jpeg_of(width: int, height: int) -> bytes:
    data = bytearray(encode(photo(16, 16), "JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", r"the file is empty \(0 bytes\)"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG drawing, .* save it as JPEG or PNG"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- logo -->\n<svg/>', "SVG drawing"),
        (b"<!DOCTYPE html><title>404</title><svg/>", "a web page, not a picture"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer.*git lfs pull"),
        (b"%PDF-1.7", "a PDF document"),
        (b"II*\0\x08\0\0\0", "a TIFF picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC, which needs one more package .*pillow-heif"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp41", "a video, or a picture of an unknown kind"),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", "the AVIF file is damaged or incomplete"),
        (b"hello, world", "not a picture that can be read"),
        (b"\xff\xd8\xff", "the JPEG file is damaged or incomplete"),
        (b"RIFF\x04\0\0\0WEBP", "the WEBP file is damaged or incomplete"),
        (b"GIF89a", "the GIF file is damaged or incomplete"),
        (b"\x89PNG\r\n\x1a\n", "the PNG file is damaged or incomplete"),
    ],
)
def test_a_file_that_is_not_a_picture_is_explained(tmp_path: Path, data: bytes, sentence: str) -> None:
    with pytest.raises(MediaError, match=sentence) as caught:
        fit(write(tmp_path, "größe 画像.jpg", data), LIMITS)
    assert "größe 画像.jpg: " in str(caught.value)
    assert str(caught.value).endswith((".", ".)"))


@pytest.mark.parametrize("make", [png_of, gif_of, webp_of, jpeg_of])
def test_a_bomb_is_refused_before_it_is_decoded(tmp_path: Path, make: object) -> None:
    for side in (10_001, 16_000):
        with pytest.raises(MediaError, match=rf"{side:,} × {side:,} pixels, more than the 100,000,000"):
            fit(write(tmp_path, f"{side}", make(side, side)), LIMITS)
    with pytest.raises(MediaError, match="more than the 99 allowed"):
        fit(write(tmp_path, "small", make(10, 10)), LIMITS, max_source_pixels=99)


def test_pillows_own_bomb_warning_is_not_in_the_way(tmp_path: Path) -> None:
    """9500 × 9500 is more than Pillow warns about; here it is a damaged file like any other."""
    with pytest.raises(MediaError, match="damaged or incomplete"):
        fit(write(tmp_path, "a", png_of(9_500, 9_500)), LIMITS)


def test_a_file_with_too_many_bytes_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "a.jpg", encode(photo(), "JPEG"))
    with pytest.raises(MediaError, match="bytes, more than the 1,000 allowed"):
        fit(path, LIMITS, max_source_bytes=1000)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"missing\.jpg: there is no such file"):
        fit(tmp_path / "missing.jpg", LIMITS)
    with pytest.raises(MediaError, match="cannot be read \\(it is a folder, not a file\\)"):
        fit(tmp_path, LIMITS)
    with pytest.raises(MediaError, match="cannot be read"):
        fit("a\0b", LIMITS)


@pytest.mark.parametrize("limits", [LIMITS, ImageLimits()])
@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_a_truncated_file_is_damaged(tmp_path: Path, name: str, limits: ImageLimits) -> None:
    whole = encode(photo(), name)
    with pytest.raises(MediaError, match=f"the {name} file is damaged or incomplete"):
        fit(write(tmp_path, "a", whole[: len(whole) // 2]), limits)


def test_a_profile_for_unknown_colours_is_ignored(tmp_path: Path) -> None:
    profile = bytearray(swapped_profile())
    profile[17] = 0x80  # within "RGB ", the colours it is made for
    fitted = fit(write(tmp_path, "a.jpg", encode(photo(40, 30), "JPEG", icc_profile=bytes(profile))), LIMITS)
    assert (fitted.width, fitted.height) == (40, 30)


SEEDS = [
    encode(photo(40, 30), "JPEG", exif=gps_exif(6), icc_profile=swapped_profile()),
    encode(photo(40, 30), "JPEG", progressive=True),
    encode(photo(40, 30).convert("CMYK"), "JPEG"),
    encode(photo(40, 30), "PNG", exif=gps_exif(3), icc_profile=swapped_profile()),
    encode(drawing(40, 30).quantize(8), "PNG", transparency=0),
    encode(photo(40, 30).convert("LA"), "PNG"),
    encode(drawing(40, 30), "GIF", save_all=True, append_images=[photo(40, 30)]),
    encode(photo(40, 30), "WEBP", exif=gps_exif(8)),
    encode(photo(40, 30), "AVIF", exif=gps_exif(8)),
]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.sampled_from(SEEDS),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=12),
    header=st.booleans(),
    cut=st.one_of(st.just(1.0), st.floats(0, 1)),
    shape=st.sampled_from(("pad", "crop")),
)
def test_no_bytes_raise_anything_but_a_sentence(
    tmp_path: Path, seed: bytes, changes: list[tuple[float, int]], header: bool, cut: float, shape: str
) -> None:
    data = bytearray(seed)
    reach = min(len(data), 400) if header else len(data)
    for where, value in changes:
        data[int(where * (reach - 1))] = value
    data = data[: int(cut * len(data))]
    path = write(tmp_path, "a", bytes(data))
    sentence, fitted = "", None
    try:
        fitted = fit(path, LIMITS, shape=shape, max_source_pixels=1_000_000)
    except MediaError as error:
        sentence = str(error)
    assert isinstance(fitted, Fitted) or sentence.startswith(f"{path}: ")
    assert fitted is None or len(fitted.data) <= LIMITS.bytes


@given(data=st.binary(max_size=200))
def test_random_bytes_raise_a_sentence(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = write(tmp_path_factory.mktemp("random"), "a.jpg", data)
    with pytest.raises(MediaError, match=r"a\.jpg: "):
        fit(path, LIMITS)


def test_a_profile_whose_header_is_not_text_is_ignored(tmp_path: Path) -> None:
    from PIL import Image, ImageCms

    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[16:20] = b"RG\x80 "
    file = tmp_path / "damaged.jpg"
    Image.new("RGB", (40, 30), "teal").save(file, icc_profile=bytes(profile))
    assert fit(file, ImageLimits(formats=("JPEG",), max_width=20)).width == 20


def test_heic_is_read_where_its_package_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package cannot be had everywhere, so a stand-in registers itself as it does (pillow-heif, README)."""
    from PIL import Image, ImageFile

    class Heif(ImageFile.ImageFile):
        format = "HEIF"

        def _open(self) -> None:
            self._size, self._mode, self.tile = (640, 400), "RGB", []

        def load(self) -> None:
            self.im = Image.new("RGB", self.size, "#3a7").im

    package = types.ModuleType("pillow_heif")
    package.register_heif_opener = lambda: Image.register_open("HEIF", Heif)  # type: ignore[attr-defined]  # a stand-in
    monkeypatch.setattr(Image, "OPEN", dict(Image.OPEN))
    monkeypatch.setattr(Image, "ID", list(Image.ID))
    monkeypatch.setitem(sys.modules, "pillow_heif", package)
    fitted = fit(write(tmp_path, "handy.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), LIMITS)
    assert fitted.format in LIMITS.formats
    assert (fitted.width, fitted.height) == (200, 125)

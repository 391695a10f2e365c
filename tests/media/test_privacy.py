"""Nothing personal leaves the app: places, devices, authors, hidden second pictures, whatever the format."""

import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import decode, encode, gps_exif, photo, srgb_profile, swapped_profile, write
from PIL import Image, PngImagePlugin

from crosspost.media import fit
from crosspost.media.strip_metadata import strip_jpeg, strip_png
from crosspost.model import ImageLimits

SECRET = b"Musterweg 1, Beispielstadt"
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + SECRET + b"</x:xmpmeta>"
TRACES = (SECRET, b"Example Camera", b"Exif\0\0", b"ns:meta", b"8BIM")


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def telling_jpeg(orientation: int = 1, **options: object) -> bytes:
    data = encode(photo(), "JPEG", exif=gps_exif(orientation), xmp=XMP, comment=SECRET, **options)
    extra = [
        segment(0xE0, b"JFXX\0\x10" + SECRET),
        segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04" + SECRET),
        segment(0xE2, b"MPF\0" + SECRET),
        segment(0xEB, b"JP" + SECRET),
    ]
    hidden = encode(photo(64, 64), "JPEG", comment=SECRET)
    return data[:2] + b"".join(extra) + data[2:] + hidden + SECRET


def telling_png(orientation: int = 1) -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", SECRET.decode())
    text.add_text("Comment", SECRET.decode(), zip=True)
    text.add_itxt("XML:com.adobe.xmp", XMP.decode())
    data = encode(photo(), "PNG", pnginfo=text, exif=gps_exif(orientation))
    extra = chunk(b"tIME", b"\x07\xea\x01\x02\x03\x04\x05") + chunk(b"prVt", SECRET)
    return data[:33] + extra + data[33:] + SECRET


def traces(data: bytes) -> list[bytes]:
    return [trace for trace in (*TRACES, b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"prVt") if trace in data]


@pytest.mark.parametrize("limits", [ImageLimits(), ImageLimits(max_width=200), ImageLimits(formats=("JPEG",))])
@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("make", [telling_jpeg, telling_png])
def test_nothing_personal_remains(tmp_path: Path, make: object, orientation: int, limits: ImageLimits) -> None:
    data = make(orientation)
    assert traces(data)
    fitted = fit(write(tmp_path, "a", data), limits)
    assert traces(fitted.data) == []
    assert any("metadata removed" in words for words in fitted.changed)
    assert decode(fitted.data).getexif() == {}


def test_other_formats_leave_nothing_behind(tmp_path: Path) -> None:
    for name in ("WEBP", "AVIF"):
        path = write(tmp_path, name, encode(photo(), name, exif=gps_exif(), xmp=XMP))
        fitted = fit(path, ImageLimits())
        assert traces(fitted.data) == []
        assert "metadata removed" in fitted.changed


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}, {"subsampling": 0}])
def test_jpeg_pixels_are_untouched(tmp_path: Path, options: dict[str, object]) -> None:
    data = telling_jpeg(icc_profile=srgb_profile(), **options)
    fitted = fit(write(tmp_path, "a.jpg", data), ImageLimits())
    assert fitted.changed == ("metadata removed, pixels untouched",)
    assert decode(fitted.data).tobytes() == decode(encode(photo(), "JPEG", **options)).tobytes()
    assert decode(fitted.data).info["icc_profile"] == srgb_profile()


def test_png_pixels_are_untouched(tmp_path: Path) -> None:
    fitted = fit(write(tmp_path, "a.png", telling_png()), ImageLimits())
    assert decode(fitted.data).tobytes() == photo().tobytes()
    assert fitted.changed == ("metadata removed, pixels untouched",)


def test_the_embedded_thumbnail_of_a_jfif_header_goes() -> None:
    data = encode(photo(), "JPEG")
    thumbnail = segment(0xE0, b"JFIF\0\x01\x01\x00\x00\x01\x00\x01\x02\x02" + SECRET[:12])
    stripped = strip_jpeg(data[:2] + thumbnail + data[20:])
    assert stripped == data


def test_a_second_profile_that_matters_is_not_kept(tmp_path: Path) -> None:
    path = write(tmp_path, "a.png", encode(photo(), "PNG", icc_profile=swapped_profile()))
    assert b"iCCP" not in fit(path, ImageLimits()).data


@given(data=st.binary(max_size=300), cut=st.integers(0, 3000))
def test_stripping_never_fails_and_never_grows(data: bytes, cut: int) -> None:
    jpeg, png = encode(photo(24, 16), "JPEG"), encode(photo(24, 16), "PNG")
    for strip, whole in ((strip_jpeg, jpeg), (strip_png, png)):
        for mixed in (whole[:cut] + data + whole[cut:], whole[:cut], whole[: len(whole) // 2] + data):
            stripped = strip(mixed)
            assert stripped is None or len(stripped) <= len(mixed)
        assert strip(whole + data) == whole


def test_a_telling_picture_in_a_palette_of_modes(tmp_path: Path) -> None:
    for number, mode in enumerate(("1", "L", "LA", "P", "RGBA")):
        text = PngImagePlugin.PngInfo()
        text.add_text("Author", SECRET.decode())
        image = photo(60, 40).convert(mode)
        fitted = fit(write(tmp_path, str(number), encode(image, "PNG", pnginfo=text)), ImageLimits(max_width=30))
        assert traces(fitted.data) == []
        assert isinstance(decode(fitted.data), Image.Image)

"""Small picture files that unpack into much, or go on for ever: answered with a picture or a sentence, at once."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from crosspost.errors import MediaError
from crosspost.media import fit
from crosspost.model import ImageLimits


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(extra: bytes = b"", size: int = 10, data: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", data or zlib.compress(b"\0" * (size * 3 + 1) * size))
    return b"\x89PNG\r\n\x1a\n" + head + extra + pixels + chunk(b"IEND", b"")


def packed(megabytes: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join([*(packer.compress(b"\0" * 1_000_000) for _ in range(megabytes)), packer.flush()])


def gif(frames: int) -> bytes:
    frame = b"!\xf9\x04\0\x01\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0"
    return b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff" + frame * frames + b";"


@pytest.mark.parametrize(
    "make",
    [
        lambda: png(chunk(b"iCCP", b"x\0\0" + packed(200))),
        lambda: png(chunk(b"zTXt", b"x\0\0" + packed(200))),
        lambda: png(chunk(b"iTXt", b"x\0\1\0\0\0" + packed(200))),
        lambda: png(chunk(b"zTXt", b"x\0\0" + packed(1)) * 1000),
        lambda: png(data=packed(200)),
        lambda: png(size=1, extra=chunk(b"abCd", b"") * 50_000),
        lambda: gif(100_000),
        lambda: gif(1)[:6] + b"\xff\xff\xff\xff" + gif(1)[10:],
        lambda: b"RIFF\xff\xff\xff\xffWEBPVP8X\xff\xff\xff\xff" + b"\0" * 40,
        lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 60_000_000,
    ],
)
def test_a_bomb_does_not_go_off(tmp_path: Path, make: Callable[[], bytes]) -> None:
    file = tmp_path / "bombe"
    file.write_bytes(make())
    try:
        fitted = fit(str(file), ImageLimits(count=1, formats=("JPEG", "PNG"), bytes=300_000, max_width=30))
    except MediaError as error:
        said = str(error)
    else:
        said = ""
        assert len(fitted.data) <= 300_000
    assert not said or "bombe" in said

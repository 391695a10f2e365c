"""Reads what an MP4 or QuickTime file contains from its headers (ISO/IEC 14496-12, 14496-14; Apple's QTFF).

A reader of our own, because none of those that exist is light and typed: PyAV and pymediainfo bring 30 MB of native
code, hachoir is under the GPL, mutagen and tinytag know sound only. Nothing is decoded; of the file only the boxes that
describe it are read, and of those at most :data:`MOST` bytes.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from crosspost.errors import MediaError
from crosspost.media.video_file import VideoFile, damaged

#: bytes of the description; that of a film of two hours has about five million
MOST = 32_000_000
_CODECS = {
    b"avc1": "H.264", b"avc3": "H.264", b"hvc1": "HEVC", b"hev1": "HEVC", b"vp08": "VP8", b"vp09": "VP9",
    b"av01": "AV1", b"mp4v": "MPEG-4", b"mjpg": "MJPEG", b"jpeg": "MJPEG", b"apcn": "ProRes", b"apch": "ProRes",
    b"mp4a": "AAC", b"Opus": "Opus", b"ac-3": "AC-3", b"ec-3": "E-AC-3", b".mp3": "MP3", b"alac": "ALAC",
}  # fmt: skip
#: object types of ``mp4a`` that are MP3 (ISO/IEC 14496-1, table 5)
_MP3 = (0x69, 0x6B)
_SIDEWAYS = struct.pack(">i", 0)


class _Box(NamedTuple):
    kind: bytes
    start: int
    end: int


class _Track(NamedTuple):
    kind: bytes
    codec: str
    size: tuple[int, int]
    seconds: float
    samples: int


def read_mp4(file: BinaryIO, size: int, brand: bytes) -> VideoFile:
    """Read the description of a file.

    :param size: of the whole file, in bytes
    :param brand: the main brand in its first box
    :raises MediaError: when it is damaged, or described in a way that no network takes
    """
    try:
        moov, fast_start = _moov(file, size)
        tracks = [_track(moov, box) for box in _boxes(moov, 0, len(moov)) if box.kind == b"trak"]
    except (struct.error, IndexError, ZeroDivisionError) as error:
        raise damaged() from error
    picture = next((track for track in tracks if track.kind == b"vide"), None)
    sound = next((track for track in tracks if track.kind == b"soun"), None)
    if picture is None:
        raise MediaError("it contains no moving picture, only sound")
    if not picture.samples or not picture.seconds:
        raise MediaError("it is in fragments, as for streaming; export it as an ordinary MP4 file")
    return VideoFile(
        container="MOV" if brand == b"qt  " else "MP4",
        codec=picture.codec,
        audio=sound.codec if sound is not None else "",
        seconds=max(track.seconds for track in tracks),
        width=picture.size[0],
        height=picture.size[1],
        frames=picture.samples,
        rate=picture.samples / picture.seconds,
        bytes=size,
        fast_start=fast_start,
    )


def _moov(file: BinaryIO, size: int) -> tuple[bytes, bool]:
    """The content of the box that describes the file, and whether it stands before the pictures."""
    at, first = 0, True
    while at + 8 <= size:
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        head = 8
        if length == 1:
            (length,), head = struct.unpack(">Q", file.read(8)), 16
        length = length or size - at
        if length < head or at + length > size:
            break
        if kind == b"moov":
            if length > MOST:
                raise MediaError(f"its description alone has {length:,} bytes; export it again")
            return file.read(length - head), first
        first = first and kind != b"mdat"
        at += length
    raise damaged()


def _boxes(data: bytes, start: int, end: int) -> Iterator[_Box]:
    while start + 8 <= end:
        length, kind = struct.unpack_from(">I4s", data, start)
        head = 8
        if length == 1:
            (length,), head = struct.unpack_from(">Q", data, start + 8), 16
        if length < head or start + length > end:
            raise damaged()
        yield _Box(kind, start + head, start + length)
        start += length


def _inside(data: bytes, box: _Box, *path: bytes) -> _Box:
    """The box at a path below another.

    :raises MediaError: when it is not there
    """
    for kind in path:
        found = next((one for one in _boxes(data, box.start, box.end) if one.kind == kind), None)
        if found is None:
            raise damaged()
        box = found
    return box


def _track(data: bytes, box: _Box) -> _Track:
    media = _inside(data, box, b"mdia")
    kind = data[(at := _inside(data, media, b"hdlr").start) + 8 : at + 12]
    if kind not in (b"vide", b"soun"):
        return _Track(kind, "", (0, 0), 0, 0)
    table = _inside(data, media, b"minf", b"stbl")
    entry = next(_boxes(data, _inside(data, table, b"stsd").start + 8, _inside(data, table, b"stsd").end), None)
    if entry is None:
        raise damaged()
    codec = _CODECS.get(entry.kind, entry.kind.decode("ascii", "replace").strip())
    if entry.kind == b"mp4a" and _is_mp3(data[entry.start : entry.end]):
        codec = "MP3"
    head = _inside(data, media, b"mdhd").start
    wide = data[head] == 1  # version 1 has 64-bit times
    scale, length = struct.unpack_from(">IQ" if wide else ">II", data, head + (20 if wide else 12))
    times = _inside(data, table, b"stts")
    (count,) = struct.unpack_from(">I", data, times.start + 4)
    if times.start + 8 + 8 * count > times.end:
        raise damaged()
    samples = sum(struct.unpack_from(">I", data, times.start + 8 + 8 * n)[0] for n in range(count))
    size = (0, 0)
    if kind == b"vide":
        size = struct.unpack_from(">HH", data, entry.start + 24)
        size = size[::-1] if _turned(data, _inside(data, box, b"tkhd").start) else size
    return _Track(kind, codec, size, length / scale, samples)


def _turned(data: bytes, head: int) -> bool:
    """Whether the picture is shown turned by 90 degrees: then the matrix has nothing on its diagonal."""
    matrix = head + (52 if data[head] == 1 else 40)
    return data[matrix : matrix + 4] == _SIDEWAYS and data[matrix + 16 : matrix + 20] == _SIDEWAYS


def _is_mp3(entry: bytes) -> bool:
    """Whether a sound's description (``esds``) says MP3."""
    at = entry.find(b"esds")
    found = entry.find(b"\x04", at + 8) if at >= 0 else -1  # the tag of the decoder's description
    if found < 0:
        return False
    after = next((n for n in range(found + 1, min(found + 5, len(entry))) if not entry[n] & 0x80), -1)
    return 0 <= after < len(entry) - 1 and entry[after + 1] in _MP3

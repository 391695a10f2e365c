"""Reads what a WebM file contains from its headers (RFC 8794 EBML, RFC 9559 Matroska, webmproject.org/docs/container).

Our own for the same reasons as :mod:`.mp4`. Only the first :data:`MOST` bytes are read: the description stands there.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO

from crosspost.errors import MediaError
from crosspost.media.video_file import VideoFile, damaged

MOST = 2_000_000
_EBML, _DOCTYPE, _SEGMENT = 0x1A45DFA3, 0x4282, 0x18538067
_INFO, _SCALE, _DURATION = 0x1549A966, 0x2AD7B1, 0x4489
_TRACKS, _TRACK, _KIND, _CODEC, _FRAME_TIME = 0x1654AE6B, 0xAE, 0x83, 0x86, 0x23E383
_VIDEO, _WIDTH, _HEIGHT = 0xE0, 0xB0, 0xBA
_CLUSTER = 0x1F43B675
_CODECS = {
    b"V_VP8": "VP8", b"V_VP9": "VP9", b"V_AV1": "AV1", b"V_MPEG4/ISO/AVC": "H.264", b"V_MPEGH/ISO/HEVC": "HEVC",
    b"A_OPUS": "Opus", b"A_VORBIS": "Vorbis", b"A_AAC": "AAC",
}  # fmt: skip


def read_webm(file: BinaryIO, size: int) -> VideoFile:
    """Read the description of a file.

    :param size: of the whole file, in bytes
    :raises MediaError: when it is damaged, or says nothing about its length
    """
    file.seek(0)
    data = file.read(MOST)
    try:
        top = list(_elements(data, 0, len(data)))
        head = dict(_flat(data, top[0][1:]))
        segment = next(one for one in top if one[0] == _SEGMENT)
        parts = {kind: (start, end) for kind, start, end in _elements(data, *segment[1:])}
        info = dict(_flat(data, parts[_INFO]))
        tracks = [dict(_flat(data, (a, b))) for kind, a, b in _elements(data, *parts[_TRACKS]) if kind == _TRACK]
    except (IndexError, KeyError, StopIteration, struct.error) as error:
        raise damaged() from error
    if top[0][0] != _EBML or head.get(_DOCTYPE, b"").rstrip(b"\0") not in (b"webm", b"matroska"):
        raise damaged()
    picture = next((one for one in tracks if _number(one.get(_KIND)) == 1), None)
    sound = next((one for one in tracks if _number(one.get(_KIND)) == 2), None)
    if picture is None:
        raise MediaError("it contains no moving picture, only sound")
    seconds = _float(info.get(_DURATION)) * (_number(info.get(_SCALE)) or 1_000_000) / 1e9
    if seconds <= 0:
        raise MediaError("it does not say how long it is; export it again")
    each = _number(picture.get(_FRAME_TIME)) / 1e9
    return VideoFile(
        container="WebM" if head[_DOCTYPE].startswith(b"webm") else "MKV",
        codec=_name(picture),
        audio=_name(sound) if sound is not None else "",
        seconds=seconds,
        width=_number(picture.get(_WIDTH)),
        height=_number(picture.get(_HEIGHT)),
        frames=round(seconds / each) if each else 0,
        rate=1 / each if each else 0,
        bytes=size,
    )


def _elements(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Id, begin and end of each element; the last may reach beyond what was read. The pictures end the description."""
    while start < end:
        kind, start = _variable(data, start, keep_mark=True)
        length, start = _variable(data, start, keep_mark=False)
        stop = end if length < 0 else min(start + length, end)
        yield kind, start, stop
        if kind == _CLUSTER:
            return
        start = stop


def _flat(data: bytes, where: tuple[int, int]) -> Iterator[tuple[int, bytes]]:
    """The values in an element, with those of its picture."""
    for kind, start, end in _elements(data, *where):
        if kind == _VIDEO:
            yield from _flat(data, (start, end))
        else:
            yield kind, data[start:end]


def _variable(data: bytes, at: int, *, keep_mark: bool) -> tuple[int, int]:
    """A number of variable length, and where it ends; -1 where the length is not known (RFC 8794, 4 and 6.2)."""
    first = data[at]
    width = 9 - first.bit_length()
    if not first or (keep_mark and width > 4):
        raise damaged()
    raw = data[at : at + width]
    if len(raw) < width:
        raise damaged()
    value = int.from_bytes(raw, "big")
    if keep_mark:
        return value, at + width
    value &= (1 << 7 * width) - 1
    return (-1 if value == (1 << 7 * width) - 1 else value), at + width


def _number(value: bytes | None) -> int:
    return int.from_bytes((value or b"")[:8], "big")


def _float(value: bytes | None) -> float:
    kinds = {4: ">f", 8: ">d"}
    return float(struct.unpack(kinds[len(value)], value)[0]) if value is not None and len(value) in kinds else 0


def _name(track: dict[int, bytes]) -> str:
    written = track.get(_CODEC, b"").rstrip(b"\0")
    return _CODECS.get(written, written.decode("ascii", "replace"))

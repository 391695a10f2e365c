"""Detects what an uploaded video really is from its bytes; ffprobe has the last word where it is installed.

Written apart from crosspost's own readers, so that a mistake cannot hide on both sides.
"""

import json
import re
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

#: what the store calls the format of a video
CONTAINERS = ("MP4", "MOV", "WebM")
_BOXES = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
_MP4 = {b"avc1": "h264", b"hvc1": "hevc", b"hev1": "hevc", b"vp09": "vp9", b"av01": "av1", b"mp4v": "mpeg4"}
_WEBM = {b"V_VP8": "vp8", b"V_VP9": "vp9", b"V_AV1": "av1"}
_SECONDS = 20


@dataclass(frozen=True)
class Film:
    """A video: its container, codecs as ffprobe calls them ("" without sound), seconds, and pixels as stored."""

    container: str
    codec: str
    audio: str
    seconds: float
    width: int
    height: int

    @property
    def shape(self) -> tuple[str, int, int]:
        """Container, width and height, as the store keeps them."""
        return self.container, self.width, self.height


def film(data: bytes) -> Film | None:
    """What a file is; None when it is not a video that can be played."""
    try:
        found = _mp4(data) if data[4:8] == b"ftyp" else _webm(data) if data[:4] == b"\x1aE\xdf\xa3" else None
    except (struct.error, IndexError, ZeroDivisionError, StopIteration):
        return None
    if found is None or not found.codec or not found.seconds or not _probed(data, found):
        return None
    return found


def moving(data: bytes) -> tuple[int, float] | None:
    """The frames of a GIF and its seconds; None for one that stands still."""
    import io

    from PIL import Image

    with Image.open(io.BytesIO(data)) as image:
        frames = int(getattr(image, "n_frames", 1))
        if frames < 2:
            return None
        total = 0
        for number in range(frames):
            image.seek(number)
            total += image.info.get("duration") or 100
    return frames, total / 1000


def _mp4(data: bytes) -> Film:
    codec = audio = ""
    seconds, size = 0.0, (0, 0)
    for kind, at, end in _boxes(data, 0, len(data)):
        if kind == b"mvhd":
            scale, length = struct.unpack_from(">IQ" if data[at] else ">II", data, at + (20 if data[at] else 12))
            seconds = length / scale
        if kind == b"stsd" and end - at >= 16:
            name = data[at + 12 : at + 16]
            if name in _MP4:
                codec, size = _MP4[name], struct.unpack_from(">HH", data, at + 8 + 32)
            elif name == b"mp4a":
                audio = "aac"
            elif not audio:
                audio = name.decode("ascii", "replace").lower()
    return Film("MOV" if data[8:12] == b"qt  " else "MP4", codec, audio, seconds, *size)


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    while at + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, at)
        size = size or end - at
        if size < 8 or at + size > end:
            raise IndexError("a box reaches beyond the file")
        yield kind, at + 8, at + size
        if kind in _BOXES:
            yield from _boxes(data, at + 8, at + size)
        at += size


def _webm(data: bytes) -> Film:
    head = data[:100_000]
    codec = next((name for sign, name in _WEBM.items() if sign in head), "")
    audio = "opus" if b"A_OPUS" in head else "vorbis" if b"A_VORBIS" in head else ""
    length = re.search(rb"\x44\x89(?:\x88(.{8})|\x84(.{4}))", head, re.DOTALL)
    millis = struct.unpack(">d" if length[1] else ">f", length[1] or length[2])[0] if length else 0.0
    sides = [re.search(sign + rb"(?:\x81(.)|\x82(..))", head, re.DOTALL) for sign in (rb"\xb0", rb"\xba")]
    width, height = (int.from_bytes(side[1] or side[2], "big") if side else 0 for side in sides)
    return Film("WebM", codec, audio, millis / 1000, width, height)


def _probed(data: bytes, found: Film) -> bool:
    """Whether ffprobe sees the same container and codecs; True where there is no ffprobe."""
    if (program := shutil.which("ffprobe")) is None:
        return True
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        asked = [
            program,
            "-v",
            "error",
            "-show_entries",
            "stream=codec_type,codec_name:format=format_name",
            "-of",
            "json",
            file.name,
        ]
        told = subprocess.run(asked, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603  # a fixed program
    if told.returncode:
        return False
    answer = json.loads(told.stdout)
    seen = {(one.get("codec_type"), one.get("codec_name")) for one in answer.get("streams", [])}
    container = "webm" if found.container == "WebM" else "mp4"
    sound = {("audio", found.audio)} if found.audio in ("aac", "opus", "vorbis") else set()
    wanted = {("video", found.codec)} | sound
    return wanted <= seen and container in str(answer.get("format", {}).get("format_name")).split(",")

"""Counts the frames of a GIF and how long they last, without decoding one (w3.org/Graphics/GIF/spec-gif89a.txt)."""

import struct
from typing import BinaryIO

from crosspost.errors import MediaError
from crosspost.media.video_file import VideoFile, damaged

MOST = 100_000_000
#: what browsers show instead of a frame of no length, in hundredths of a second
_USUAL = 10


def read_gif(file: BinaryIO, size: int) -> VideoFile:
    """Read a moving GIF.

    :param size: of the whole file, in bytes
    :raises MediaError: when it is damaged, or does not move
    """
    if size > MOST:
        raise MediaError(f"it has {size:,} bytes; save it as an MP4 video, which is a tenth of that")
    file.seek(0)
    data = file.read(size)
    try:
        width, height, flags = struct.unpack_from("<HHB", data, 6)
        frames, hundredths = _frames(data, 13 + _table(flags))
    except (struct.error, IndexError) as error:
        raise damaged() from error
    if frames < 2:
        raise MediaError("it does not move: name it as the post's picture")
    seconds = hundredths / 100
    return VideoFile(
        container="GIF", codec="GIF", audio="", seconds=seconds, width=width, height=height, frames=frames,
        rate=frames / seconds, bytes=size,
    )  # fmt: skip


def _frames(data: bytes, at: int) -> tuple[int, int]:
    """How many frames there are, and how long they last together in hundredths of a second."""
    frames, total, delay = 0, 0, 0
    while data[at] != 0x3B:  # the trailer
        if data[at] == 0x21:  # an extension; 0xF9 tells how long the next frame lasts
            if data[at + 1] == 0xF9:
                (delay,) = struct.unpack_from("<H", data, at + 4)
            at = _skipped(data, at + 2)
        elif data[at] == 0x2C:
            frames, total = frames + 1, total + (delay or _USUAL)
            at = _skipped(data, at + 11 + _table(data[at + 9]))
        else:
            raise damaged()
    return frames, total


def _table(flags: int) -> int:
    """Bytes of a colour table."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _skipped(data: bytes, at: int) -> int:
    """Behind a chain of blocks, which ends with an empty one."""
    while data[at]:
        at += data[at] + 1
    return at + 1

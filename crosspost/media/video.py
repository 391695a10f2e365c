"""Reads a video file and its captions; nothing is decoded or converted."""

import os
from pathlib import Path

from crosspost.config.small_file import open_file
from crosspost.errors import MediaError
from crosspost.media.video_file import VideoFile, damaged, misfit
from crosspost.model import Video, VideoLimits

#: of what begins like this
_HEAD = 16


def examine_video(video: Video, limits: VideoLimits) -> VideoFile:
    """What a post's video is.

    :param limits: what the network takes
    :raises MediaError: naming the file, when it cannot be read, or when the network does not take it
    """
    try:
        found = _read(Path(video.path))
        why = misfit(found, limits)
    except MediaError as error:
        raise MediaError(f"{video.path}: {error}") from error.__cause__
    if why:
        raise MediaError(f"{video.path}: {why}")
    return found


def read_any(video: Video) -> VideoFile:
    """What a post's video is, whatever a network takes.

    :raises MediaError: naming the file, when it cannot be read
    """
    try:
        return _read(Path(video.path))
    except MediaError as error:
        raise MediaError(f"{video.path}: {error}") from error.__cause__


def read_video(path: str) -> bytes:
    """The content of a video file.

    :raises MediaError: when it cannot be read
    """
    try:
        with open_file(Path(path)) as file:
            return file.read()
    except OSError as error:
        raise MediaError(f"{path}: {_why(error)}") from None


def read_captions(path: str, limits: VideoLimits) -> bytes:
    """The content of a WebVTT file (w3.org/TR/webvtt1: UTF-8 text that begins with its name), as a network wants it.

    :raises MediaError: naming the file, when it is something else or too large
    """
    try:
        with open_file(Path(path)) as file:
            data = file.read(limits.captions + 1)
    except OSError as error:
        raise MediaError(f"{path}: {_why(error)}") from None
    if not data.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT"):
        raise MediaError(f"{path}: this is not a WebVTT file: its first line must begin with WEBVTT")
    if len(data) > limits.captions:
        raise MediaError(f"{path}: the captions have more than {limits.captions:,} bytes")
    if limits.captions_as == "WebVTT":
        return data
    from crosspost.media.subtitles import as_srt  # few networks want it

    try:
        return as_srt(data)
    except MediaError as error:
        raise MediaError(f"{path}: {error}") from None


def _read(path: Path) -> VideoFile:
    try:
        with open_file(path) as file:
            size = os.fstat(file.fileno()).st_size
            head = file.read(_HEAD)
            if head[4:8] == b"ftyp":
                from crosspost.media.mp4 import read_mp4

                return read_mp4(file, size, head[8:12])
            if head.startswith(b"\x1aE\xdf\xa3"):
                from crosspost.media.webm import read_webm

                return read_webm(file, size)
            if head.startswith((b"GIF87a", b"GIF89a")):
                from crosspost.media.gif import read_gif

                return read_gif(file, size)
    except OSError as error:
        raise MediaError(_why(error)) from None
    if not size:
        raise damaged()
    raise MediaError("it is not an MP4, MOV, WebM or GIF; export it as MP4")


def _why(error: OSError) -> str:
    return f"the file cannot be read ({(error.strerror or str(error)).lower()})"

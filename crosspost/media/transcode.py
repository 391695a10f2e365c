"""Converts a video with ffmpeg, where that is installed and wanted, so that a network takes it.

The result is kept under a name that its content and the network's limits give, so each video is converted once. ffmpeg
runs as a process of its own: its libraries for Python (PyAV) bring 30 MB of native code that most users never need.
Source: ffmpeg.org/ffmpeg.html and trac.ffmpeg.org/wiki/Encode/H.264, checked 2026-11-27.
"""

import contextlib
import hashlib
import math
import os
import shutil
import subprocess
from pathlib import Path

import msgspec

from crosspost.errors import MediaError
from crosspost.media.checksum import digest
from crosspost.media.video import examine_video, read_any
from crosspost.media.video_file import VideoFile, misfit
from crosspost.model import Video, VideoLimits

#: seconds one video may take; a delivery is held for ten minutes
LONGEST = 480
#: bits a second: of the sound, and below which a picture is a blur
_SOUND, _BLUR = 128_000, 150_000
#: of what the limit leaves, because an encoder meets a rate only on average
_ROOM = 0.85
#: changed whenever the recipe is, so that older results are not used any more
_RECIPE = "1"


def program() -> str | None:
    """ffmpeg, where it is installed."""
    return shutil.which("ffmpeg")


def can_fit(film: VideoFile, limits: VideoLimits) -> bool:
    """Whether a conversion brings a video into the limits; its length and shape stay as they are."""
    return "MP4" in limits.containers and not misfit(_planned(film, limits), limits) and _bits(film, limits) >= _BLUR


def converted(video: Video, limits: VideoLimits, folder: Path) -> Video:
    """The video as H.264 and AAC in an MP4 file within the limits; made when it is not in the folder yet.

    :param folder: where results are kept
    :raises MediaError: naming the file, when there is no ffmpeg, or when it fails
    """
    film = read_any(video)
    what = msgspec.json.encode([_RECIPE, digest(video.path), msgspec.structs.replace(limits, captions=0, alt=0)])
    target = folder / f"{hashlib.blake2s(what, digest_size=10).hexdigest()}.mp4"
    made = msgspec.structs.replace(video, path=str(target), convert=False)
    if not target.exists():
        part = target.with_name(f".{target.stem}.{os.getpid()}.mp4")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _run(video.path, film, limits, part)
            examine_video(msgspec.structs.replace(made, path=str(part)), limits)
            part.replace(target)
        except OSError as error:
            raise MediaError(f"{video.path} cannot be converted: {error.strerror or error}") from None
        finally:
            with contextlib.suppress(OSError):
                part.unlink()
    return made


def _run(path: str, film: VideoFile, limits: VideoLimits, part: Path) -> None:
    ffmpeg = program()
    if ffmpeg is None:
        raise MediaError(f"{path} cannot be converted: ffmpeg is not installed")
    planned, bits = _planned(film, limits), _bits(film, limits)
    source, result = f"file:{Path(path).resolve()}", f"file:{part.resolve()}"
    command = [ffmpeg, "-nostdin", "-v", "error", "-y", "-protocol_whitelist", "file", "-i", source]
    command += ["-map", "0:v:0", "-map", "0:a:0?", "-map_metadata", "-1"]  # no place where it was filmed
    command += ["-vf", f"scale={planned.width}:{planned.height}", "-c:v", "libx264", "-pix_fmt", "yuv420p"]
    command += ["-preset", "fast", "-crf", "22"]
    command += ["-r", f"{planned.rate:g}"] if planned.rate != film.rate else []
    command += ["-maxrate", str(bits), "-bufsize", str(bits)] if math.isfinite(bits) else []
    command += ["-c:a", "aac", "-b:a", str(_SOUND), "-ac", "2", "-movflags", "+faststart", result]
    try:
        done = subprocess.run(command, capture_output=True, timeout=LONGEST, check=False)  # noqa: S603  # a fixed program
    except subprocess.TimeoutExpired:
        minutes = LONGEST // 60
        raise MediaError(f"{path}: converting it takes more than {minutes} minutes; convert it yourself") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or [f"it ended with {done.returncode}"]
        raise MediaError(f"{path} cannot be converted: ffmpeg says: {said[0][:200]}")


def _planned(film: VideoFile, limits: VideoLimits) -> VideoFile:
    """What the result will be, as far as that is known before."""
    sides = ((limits.max_width, film.width), (limits.max_height, film.height))
    scale = min([1.0, *(most / side for most, side in sides if most and side)])
    if limits.pixels and film.width * film.height * scale**2 > limits.pixels:
        scale = math.sqrt(limits.pixels / (film.width * film.height))
    rate = min(film.rate, limits.rate) if limits.rate else film.rate
    return msgspec.structs.replace(
        film,
        container="MP4",
        codec="H.264",
        audio="AAC" if film.audio else "",
        width=max(2, int(film.width * scale) // 2 * 2),  # H.264 counts in twos
        height=max(2, int(film.height * scale) // 2 * 2),
        rate=max(rate, limits.min_rate),
        bytes=0,
        fast_start=True,
    )


def _bits(film: VideoFile, limits: VideoLimits) -> float:
    """Bits a second that the picture may have at most; infinite where nothing limits the size."""
    if not limits.bytes:
        return math.inf
    left = int(limits.bytes * 8 * _ROOM / max(film.seconds, 0.1)) - (_SOUND if film.audio else 0)
    return left if left < 40_000_000 else math.inf

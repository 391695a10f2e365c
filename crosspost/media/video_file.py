"""What a video file is, and whether a network takes it."""

from crosspost.errors import MediaError
from crosspost.model import Value, VideoLimits

MIME = {"MP4": "video/mp4", "MOV": "video/quicktime", "WebM": "video/webm", "GIF": "image/gif"}


class VideoFile(Value, frozen=True, kw_only=True):
    """What a file contains, as its headers say.

    ``audio`` is "" for a silent one; ``width`` and ``height`` are pixels as displayed, ``frames`` and ``rate`` (a
    second) 0 where the file does not tell; ``fast_start``: it can be played while it is being loaded.
    """

    container: str
    codec: str
    audio: str
    seconds: float
    width: int
    height: int
    frames: int
    rate: float
    bytes: int
    fast_start: bool = True

    @property
    def mime(self) -> str:
        """Its media type."""
        return MIME.get(self.container, "application/octet-stream")


def damaged() -> MediaError:
    """The error for a file that begins like a video but cannot be read."""
    return MediaError("the video is damaged or incomplete; export or copy it again")


def misfit(video: VideoFile, limits: VideoLimits) -> str:
    """Why a network does not take a video, a clause; "" when it does."""
    is_gif = video.container == "GIF"
    most = (limits.gif_bytes if is_gif else 0) or limits.bytes
    ratio, size = video.width / max(1, video.height), video.width * video.height
    silent, length = not video.audio, f"it lasts {video.seconds:.1f} seconds"
    checks = (
        (video.container not in limits.containers, f"it is {video.container}, not {_either(limits.containers)}"),
        (not is_gif and video.codec not in limits.codecs, f"it is {video.codec}, not {_either(limits.codecs)}"),
        (not silent and video.audio not in limits.audio, f"its sound is {video.audio}, not {_either(limits.audio)}"),
        (0 < most < video.bytes, f"it has {video.bytes / 1e6:.1f} MB, more than {most / 1e6:.1f}"),
        (0 < limits.longest < video.seconds, f"{length}, more than {limits.longest:g}"),
        (video.seconds < limits.shortest, f"{length}, less than {limits.shortest:g}"),
        (0 < limits.max_width < video.width, f"it is {video.width} pixels wide, more than {limits.max_width}"),
        (0 < limits.max_height < video.height, f"it is {video.height} pixels high, more than {limits.max_height}"),
        (0 < limits.pixels < size, f"it has {video.width} × {video.height} pixels, which are too many"),
        (0 < limits.max_ratio < ratio, "it is too wide for its height"),
        (ratio < limits.min_ratio, "it is too narrow for its height"),
        (0 < limits.rate < video.rate - 0.01, f"it has {video.rate:.0f} frames a second, more than {limits.rate:g}"),
        (0 < video.rate < limits.min_rate, f"it has {video.rate:.0f} frames a second, less than {limits.min_rate:g}"),
        (limits.fast_start and not video.fast_start, "its description stands at its end; export it for the web"),
        (is_gif and 0 < limits.frames < video.frames, f"it has {video.frames} frames, more than {limits.frames}"),
    )
    return next((said for wrong, said in checks if wrong), "")


def _either(names: tuple[str, ...]) -> str:
    return " or ".join(names)

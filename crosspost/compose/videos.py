"""The video of a post as one network takes it: with words and captions, or without."""

import msgspec

from crosspost.compose.pictures import cut_alt
from crosspost.model import Video, VideoLimits
from crosspost.text.languages import language

_NONE = "goes out without its video"


def shown(
    video: Video, limits: VideoLimits | None, network: str, *, beside_poll: bool
) -> tuple[Video | None, tuple[str, ...]]:
    """The video that goes in the place of the pictures, and warnings about it, or about what it loses.

    :param limits: None where the network gets no videos
    :param beside_poll: whether the post has a poll
    """
    if limits is None:
        return None, (f"{_NONE}: crosspost sends none to {network}",)
    if beside_poll:
        return None, (f"{_NONE}: {network} shows either a video or a poll",)
    warnings: list[str] = []
    if why := _captionless(video, limits, network):
        warnings.append(f"goes out without the captions of its video: {why}")
        video = msgspec.structs.replace(video, captions="", captions_language="")
    words = cut_alt(video.alt, limits.alt, "code-points") if limits.alt >= 0 else ""
    if not words and limits.alt >= 0:
        warnings.append(f"nobody described the video {video.path}: add `alt` to it, for those who cannot see it")
    return msgspec.structs.replace(video, alt=words), tuple(warnings)


def _captionless(video: Video, limits: VideoLimits, network: str) -> str:
    """Why a network does not get the captions; "" where it does, or there are none."""
    if not video.captions:
        return ""
    if video.path.lower().endswith(".gif"):
        return "a GIF has none"
    if not limits.captions:
        return f"crosspost can hand none to {network}"
    if limits.captions_as == "SRT" and language(video.captions_language) is None:
        named = f"“{video.captions_language}”" if video.captions_language else "not known"
        return f"{network} wants to know their language, which is {named}: add `lang` to the video, such as en"
    return ""

"""The video of a post as one network takes it: with words and captions, or without."""

import msgspec

from crosspost.compose.picture_selection import cut_alt
from crosspost.model import Picture, Video, VideoLimits
from crosspost.text.language_names import language

_NONE = "goes out without its video"


def shown(
    video: Video, limits: VideoLimits | None, network: str, *, thumbnail: Picture | None, beside_poll: bool
) -> tuple[Video | None, tuple[str, ...]]:
    """The video that goes in the place of the pictures, and warnings about it, or about what it loses.

    :param limits: None where the network gets no videos
    :param thumbnail: the post's picture
    :param beside_poll: whether the post has a poll
    """
    if limits is None:
        return None, (f"{_NONE}: crosspost sends none there",)
    if beside_poll:
        return None, (f"{_NONE}: {network} shows either a video or a poll",)
    warnings: list[str] = []
    if why := _captionless(video, limits, network):
        warnings.append(f"goes out without the captions of its video: {why}")
        video = msgspec.structs.replace(video, captions="", captions_language="")
    words = cut_alt(video.alt, limits.alt, "code-points") if limits.alt >= 0 else ""
    if not words and limits.alt >= 0:
        warnings.append(f"nobody described the video {video.path}: add `alt` to it, for those who cannot see it")
    if (video.poster is not None and "picture" not in limits.poster) or (
        video.poster_at > 0 and "time" not in limits.poster
    ):
        warnings.append(f"{network} does not take that as the picture before the video: its `poster` is not used")
    return _posted(msgspec.structs.replace(video, alt=words), limits, thumbnail), tuple(warnings)


def _posted(video: Video, limits: VideoLimits, thumbnail: Picture | None) -> Video:
    """The video with what the network shows before it plays."""
    poster = video.poster if "picture" in limits.poster else None
    chosen = video.poster is not None or video.poster_at == 0 or (video.poster_at > 0 and "time" in limits.poster)
    if not chosen and "own" in limits.poster and thumbnail and thumbnail.path:
        poster = Picture(path=thumbnail.path, url=thumbnail.url, framing=thumbnail.framing)
    at = video.poster_at if "time" in limits.poster else -1
    return msgspec.structs.replace(video, poster=poster, poster_at=at)


def _captionless(video: Video, limits: VideoLimits, network: str) -> str:
    """Why a network does not get the captions; "" where it does, or there are none."""
    if not video.captions:
        return ""
    if video.path.lower().endswith(".gif"):
        return "a GIF has none"
    if not limits.captions:
        return "crosspost can hand over none there"
    if limits.captions_as == "SRT" and language(video.captions_language) is None:
        named = f"“{video.captions_language}”" if video.captions_language else "not known"
        return f"{network} wants to know their language, which is {named}: add `lang` to the video, such as en"
    code = video.captions_language.replace("_", "-").partition("-")[0].lower()
    if limits.captions_in and code not in limits.captions_in:
        return f"{network} documents how it takes them for the language {' or '.join(limits.captions_in)} only"
    return ""

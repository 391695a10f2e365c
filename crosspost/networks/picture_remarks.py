"""What a picture loses on its way to a network, in words."""

from pathlib import PurePath

from crosspost.media import Fitted
from crosspost.model import ImageLimits, Picture, VideoLimits


def uploaded(picture: Picture, fitted: Fitted, videos: VideoLimits | None) -> list[str]:
    """Warnings about a picture that goes out as it was made to fit.

    :param videos: what the network takes of videos; None where it gets none
    """
    found, name = [], PurePath(picture.path).name
    if fitted.frames > 1:
        found.append(_stopped(picture, name, videos))
    if fitted.blank:
        found.append(
            f"{name} shows nothing there: all of it has the colour that its transparent parts are filled with. Set "
            "`background` to another one, or use a picture without transparent parts"
        )
    return found


def linked(picture: Picture, fitted: Fitted, limits: ImageLimits) -> list[str]:
    """Warnings about a picture of which only the address goes along, so that readers get the file as it is."""
    if fitted.source_format in ("", *limits.formats):
        return []
    return [
        f"{PurePath(picture.path).name} goes along as it is on your site, as {fitted.source_format}, which not every "
        "program can show; save it as JPEG or PNG and name that file in the post"
    ]


def _stopped(picture: Picture, name: str, videos: VideoLimits | None) -> str:
    """The warning that an animation goes out as a still picture, and what keeps it moving there."""
    said = f"{name} moves, and goes out as a still picture: its first one"
    if videos is None:
        return said
    if picture.path.lower().endswith(".gif") and "GIF" in videos.containers:
        return f"{said}. To keep it moving, name it as the post's `video` and set `video = true`"
    return f"{said}. To keep it moving, save it as an MP4, name that as the post's `video` and set `video = true`"

"""Videos that a network would refuse: converted by ffmpeg where it is installed and the account wants it."""

from typing import Any

import msgspec

from crosspost import compose
from crosspost.errors import MediaError
from crosspost.media import transcode
from crosspost.media.video import read_any
from crosspost.model import Post, Video, VideoLimits


def after_refusal(network: Any, video: Video, post: Post, error: MediaError) -> Video | str:
    """The video, marked to be converted; or why it goes along neither as it is nor converted.

    :param network: the adapter
    :param error: why the network does not take the file as it is
    """
    limits = network.allowed.videos or VideoLimits()
    try:
        if not network.converts or not transcode.can_fit(read_any(video), limits):
            return str(error)
        marked = msgspec.structs.replace(video, convert=True)
        network.filmed(marked)  # its captions may be wrong, too
    except MediaError as other:
        return str(other)
    override = post.overrides.for_account(network.account, network.key)
    style = compose.for_post(network.style, network.options, override, post.path)[0]
    if not style.convert_video:
        return f"{error}. With `convert_video = true` ffmpeg makes it fit"
    if network.films is None or transcode.program() is None:
        return f"{error}. `convert_video` needs ffmpeg, which is not installed here"
    return marked


def film(network: Any, video: Video) -> Video:
    """The converted video.

    :param network: the adapter
    :raises MediaError: when it cannot be converted
    """
    if network.films is None:
        raise MediaError(f"{video.path} cannot be converted: there is no folder for it")
    return transcode.converted(video, network.allowed.videos or VideoLimits(), network.films)

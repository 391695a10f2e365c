"""Uploads videos and GIFs to X in parts, and waits until they are processed.

Source: docs.x.com/x-api/media (initialize, append, finalize, STATUS, create-media-subtitles), openapi.json 2.167,
checked 2026-11-27.
"""

import base64
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from crosspost.config.small_file import open_file
from crosspost.errors import MediaError, NotSent, Rejected
from crosspost.model import Prepared, Video, VideoLimits
from crosspost.networks.base import Save
from crosspost.text.language_names import language

_PATH = "/2/media/upload"
#: bytes of a part; there may be 1000
PART = 4_000_000
#: seconds between looks, when X does not say how many; a longer wait is for the next attempt
_LOOKS, _LONGEST = (1, 2, 4, 8, 15, 15, 15), 20


def with_video(network: Any, prepared: Prepared, save: Save) -> Prepared:
    """Upload the post's video, wait for it, and give it its captions, each only once.

    :param network: the adapter of X
    """
    ready, upload = partial(await_video, network), partial(upload_video, network)
    done: Prepared = network.uploaded(prepared, save, None, ready, upload)
    video = prepared.draft.video
    if video is None or not video.captions or "media_captions" in done.remote:
        return done
    captions = _caption(network, video, str(done.remote["media_0"]))
    save("media_captions", captions)
    return msgspec.structs.replace(done, remote={**done.remote, "media_captions": captions})


def _caption(network: Any, video: Video, media: str) -> str:
    """Upload captions, and tie them to a video; what the upload is called."""
    from crosspost.media.video import read_captions

    known = language(video.captions_language)
    if known is None:
        raise MediaError(f"{video.captions}: the language of the captions is not known")
    data = base64.b64encode(read_captions(video.captions, network.allowed.videos or VideoLimits())).decode("ascii")
    about = {"media": data, "media_category": "subtitles", "media_type": "text/srt"}
    captions = str(network.send("POST", _PATH, about)["data"]["id"])
    code, (_, name) = known
    track = {"id": captions, "language_code": code.upper(), "display_name": name}
    network.send("POST", "/2/media/subtitles", {"id": media, "media_category": "TweetVideo", "subtitles": track})
    return captions


def upload_video(network: Any, video: Video) -> str:
    """Upload a file in parts; it is still being processed then.

    :param network: the adapter of X
    :returns: its media id
    """
    video = network.sendable(video)
    film = network.filmed(video)
    about = {"media_type": film.mime, "total_bytes": film.bytes}
    kind = {"media_category": "tweet_gif" if film.container == "GIF" else "tweet_video"}
    media = str(network.send("POST", f"{_PATH}/initialize", about | kind)["data"]["id"])
    try:
        with open_file(Path(video.path)) as file:
            for number, part in enumerate(iter(lambda: file.read(PART), b"")):
                body = {"media": base64.b64encode(part).decode("ascii"), "segment_index": number}
                network.send("POST", f"{_PATH}/{media}/append", body)
    except OSError as error:
        raise MediaError(f"{video.path}: {error.strerror or error}") from None
    network.send("POST", f"{_PATH}/{media}/finalize", {})
    return media


def await_video(network: Any, media: str) -> None:
    """Wait until X has processed a video.

    :param network: the adapter of X
    :raises NotSent: when that takes longer; the next attempt goes on waiting
    :raises Rejected: when X cannot process it
    """
    for pause in _LOOKS:
        told = network.send("GET", _PATH, command="STATUS", media_id=media)["data"].get("processing_info") or {}
        state = told.get("state", "succeeded")
        if state == "succeeded":
            return
        if state == "failed":
            error = told.get("error") or {}
            why = error.get("message") or error.get("name") or "it does not say why"
            raise Rejected(f"{network.account}: X cannot process the video: {network.session.redact(str(why))}")
        network.sleep(min(int(told.get("check_after_secs") or pause), _LONGEST))
    raise NotSent(f"{network.account}: X is still processing the video")

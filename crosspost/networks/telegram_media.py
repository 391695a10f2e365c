"""Albums and videos for Telegram (core.telegram.org/bots/api, sendMediaGroup and sendVideo, checked 2026-11-27)."""

from collections.abc import Sequence
from typing import Any

from crosspost.media import Fitted
from crosspost.media.video import read_video
from crosspost.model import Draft, Video

#: the name of a part → file name, content, media type
Files = dict[str, tuple[str, bytes, str]]


def album(network: Any, draft: Draft, words: dict[str, Any]) -> tuple[dict[str, Any], Files, str]:
    """The fields and files of several pictures, and the method that takes them.

    :param network: the adapter of Telegram
    :param words: the caption's fields; those of the first picture are shown below the album
    :raises MediaError: when a picture cannot be used
    """
    photos = [network.fitted(picture) for picture in draft.images]
    media = [photo(number, words if number == 0 else {}) for number in range(len(photos))]
    return {"media": media}, photos_of(photos), "sendMediaGroup"


def video(network: Any, film: Video, words: dict[str, Any]) -> tuple[dict[str, Any], Files, str]:
    """The same for a video.

    :raises MediaError: when it cannot be used
    """
    film = network.sendable(film)
    found = network.filmed(film)
    size = {"width": found.width, "height": found.height, "duration": round(found.seconds)}
    files: Files = {"video": ("video.mp4", read_video(film.path), found.mime)}
    poster = network.poster(film)
    if poster is not None:
        files["cover"] = ("cover", poster.data, poster.mime)
    cover = {"cover": "attach://cover"} if poster is not None else {}
    return words | size | cover | {"supports_streaming": True}, files, "sendVideo"


def photos_of(photos: Sequence[Fitted]) -> Files:
    """The pictures as parts of a form."""
    return {_part(number): ("picture", one.data, one.mime) for number, one in enumerate(photos)}


def photo(number: int, words: dict[str, Any]) -> dict[str, Any]:
    """An uploaded picture as an InputMediaPhoto.

    :param number: which of :func:`photos_of`
    """
    return {"type": "photo", "media": f"attach://{_part(number)}"} | words


def _part(number: int) -> str:
    return f"photo{number}" if number else "photo"

"""A server with Mastodon's API: what it says about itself, as limits, and the client that talks to it.

Sources: docs.joinmastodon.org/entities/Instance, nodeinfo.diaspora.software; checked 2026-11-26.
"""

import functools
from typing import Any

import msgspec

from crosspost.errors import NotSent, Rejected
from crosspost.media import Fitted
from crosspost.model import Limits, Picture, PollLimits, Video, VideoLimits
from crosspost.networks.base import Network
from crosspost.networks.library import library
from crosspost.networks.mastodon_flavours import Flavour, named

#: status codes for a missing end point
_MISSING = (404, 405, 410, 501)


class MastodonServer(Network):
    """What :class:`.mastodon.Mastodon` asks its server about, and leaves there before a post (docs: methods/media)."""

    def _client(self, version: str = "4.5.0", *, typed: bool = True) -> Any:
        """The library's client.

        :param typed: False: responses are the plain values of their JSON
        """
        # A version and "created": otherwise media_post requests the instance first and, when that fails, recurses some
        # 490 times. "throw": the default sleeps until the rate limit ends.
        made = library("mastodon", "mastodon").Mastodon if typed else _plain_client()
        return made(
            access_token=self.secret("access_token"),
            api_base_url=self.base_url,
            session=self.session,
            ratelimit_method="throw",
            mastodon_version=version,
            version_check_mode="created",
            user_agent=self.session.headers["User-Agent"],
        )

    def _instance(self) -> dict[str, Any]:
        """The server's description of itself (entities/Instance). Older and some compatible servers only have version
        1.

        Not with the library: it appends a slash to the path, for which GoToSocial returns a redirect.
        """
        token = {"Authorization": f"Bearer {self.secret('access_token')}"}
        for form in ("v2", "v1"):
            try:
                with self.talking():
                    answer = self.session.get(f"{self.base_url}/api/{form}/instance", headers=token)
                    answer.raise_for_status()
                    return dict(answer.json())
            except Rejected:
                if form == "v1" or not self._missing():
                    raise
        raise AssertionError("the last version either returns or raises")

    def _flavour(self) -> Flavour:
        """The kind of server, as :meth:`connect` found it."""
        return named(self.identity.server.split(" ")[0] if self.identity and self.identity.server else "Mastodon")

    def _software(self) -> tuple[str, str]:
        """Name and version of the server's software (nodeinfo.diaspora.software, version 2.0); "" where it says none.

        Whatever goes wrong here stops nothing: the server's description of itself is enough.
        """
        try:
            with self.talking():
                links = self.session.get(f"{self.base_url}/.well-known/nodeinfo")
                links.raise_for_status()
                told = self.session.get(nodeinfo_link(links.json(), self.base_url))
                told.raise_for_status()
                software = told.json()["software"]
                return str(software["name"]).lower(), str(software.get("version") or "")
        except (NotSent, Rejected):
            return "", ""

    def _app(self) -> dict[str, Any]:
        """What the server says about the token's app; {} where it says nothing."""
        token = {"Authorization": f"Bearer {self.secret('access_token')}"}
        try:
            with self.talking():
                answer = self.session.get(f"{self.base_url}/api/v1/apps/verify_credentials", headers=token)
                answer.raise_for_status()
                return dict(answer.json())
        except Rejected:
            return {}

    def _upload(self, picture: Picture) -> str:
        fitted = self.fitted(picture)
        try:
            media = self._sent(picture.alt, fitted.data, fitted.mime, "4.5.0")
        except Rejected:
            if not self._missing():
                raise
            media = self._sent(
                picture.alt, fitted.data, fitted.mime, "3.1.2"
            )  # the last version that uploads to /api/v1/media
        if not media.get("id"):
            raise NotSent(f"{self.account}: the server accepted the picture but returned no id")
        return str(media["id"])

    def _upload_video(self, video: Video) -> str:
        from crosspost.media.video import read_video  # few posts have one

        video = self.sendable(video)
        kind = self.filmed(video)
        poster = self.poster(video) if kind.container != "GIF" else None
        media = self._sent(video.alt, read_video(video.path), kind.mime, "4.5.0", poster)
        if not media.get("id"):
            raise NotSent(f"{self.account}: the server accepted the video but returned no id")
        return str(media["id"])

    def _sent(self, alt: str, data: bytes, mime: str, version: str, poster: Fitted | None = None) -> Any:
        more = {"thumbnail": poster.data, "thumbnail_mime_type": poster.mime} if poster is not None else {}
        with self.talking():
            return self._client(version).media_post(
                data, mime_type=mime, description=alt or None, file_name=mime.partition("/")[0], **more
            )

    def _await(self, media_id: str) -> None:
        """Wait until the server has processed a picture: 206 means not yet (docs: methods/media)."""
        for pause in (0, 1, 2, 4, 8, 15):
            self.sleep(pause)
            with self.talking():
                media = self._client().media(media_id)
            if media.get("url"):
                return
        raise NotSent(f"{self.account}: the server is still processing what was uploaded")

    def _missing(self) -> bool:
        """Whether the last response was that there is no such end point."""
        return self.session.last is not None and self.session.last.status in _MISSING


@functools.cache
def _plain_client() -> Any:
    """The library's client without its types: giving one to each value of a status takes four times as long as the
    request itself. That method is private to the library; where it has another name, responses are typed again.
    """

    class Plain(library("mastodon", "mastodon").Mastodon):  # type: ignore[misc]  # imported late
        def _Mastodon__try_cast_to_type(self, value: Any, override_type: Any = None) -> tuple[Any, None]:  # noqa: ARG002, N802
            return value, None

    return Plain


def limits_of(instance: dict[str, Any], standard: Limits) -> Limits:
    """The limits a server reports (docs: entities/Instance, ``configuration``); otherwise the standard ones."""
    configuration = _table(instance.get("configuration"))
    statuses, media = _table(configuration.get("statuses")), _table(configuration.get("media_attachments"))
    # the names outside the tables are those of Pleroma, and of version 1 in general
    text = _number(statuses.get("max_characters"), instance.get("max_toot_chars"), standard.text)
    images = standard.images
    known = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}
    formats = tuple(known[mime] for mime in media.get("supported_mime_types") or () if mime in known)
    return msgspec.structs.replace(
        standard,
        polls=_polls(_table(configuration.get("polls")), standard.polls),
        videos=_videos(media, standard.videos),
        text=text,
        also=(("code-points", text),),
        url_length=_number(statuses.get("characters_reserved_per_url"), standard.url_length),
        images=msgspec.structs.replace(
            images,
            count=_number(statuses.get("max_media_attachments"), images.count),
            formats=formats or images.formats,
            bytes=_number(media.get("image_size_limit"), instance.get("upload_limit"), images.bytes),
            pixels=_number(media.get("image_matrix_limit"), images.pixels),
            alt=_number(media.get("description_limit"), instance.get("description_limit"), images.alt),
        ),
    )


def _videos(told: dict[str, Any], standard: VideoLimits | None) -> VideoLimits | None:
    """None where the server lists no type of video among those it takes."""
    kinds = {"video/mp4": "MP4", "video/quicktime": "MOV", "video/webm": "WebM"}
    taken = told.get("supported_mime_types") or ()
    containers = tuple(kinds[mime] for mime in taken if mime in kinds)
    if standard is None or not containers:
        return None
    return msgspec.structs.replace(
        standard,
        containers=(*containers, *(("GIF",) if "image/gif" in taken else ())),
        bytes=_number(told.get("video_size_limit"), standard.bytes),
        gif_bytes=_number(told.get("image_size_limit"), standard.gif_bytes),
        pixels=_number(told.get("video_matrix_limit"), standard.pixels),
        rate=_number(told.get("video_frame_rate_limit"), int(standard.rate)),
        alt=_number(told.get("description_limit"), standard.alt),
    )


def _polls(told: dict[str, Any], standard: PollLimits | None) -> PollLimits | None:
    if standard is None:
        return None
    return msgspec.structs.replace(
        standard,
        options=_number(told.get("max_options"), standard.options),
        characters=_number(told.get("max_characters_per_option"), standard.characters),
        shortest=_number(told.get("min_expiration"), standard.shortest),
        longest=_number(told.get("max_expiration"), standard.longest),
    )


def nodeinfo_link(links: dict[str, Any], server: str) -> str:
    """Where a server describes itself (nodeinfo.diaspora.software); only an address of its own is followed.

    :raises ValueError: when it names none
    """
    for link in links["links"]:
        if "/ns/schema/2" in str(link.get("rel")) and str(link.get("href")).startswith(f"{server}/"):
            return str(link["href"])
    raise ValueError("no nodeinfo")


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(*values: Any) -> int:
    """The first value that is a number above 0; Pixelfed writes some of them as strings."""
    return next(int(value) for value in values if str(value).isdecimal() and int(value))

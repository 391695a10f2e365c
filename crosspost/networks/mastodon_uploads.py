"""Uploads pictures and videos to a server with Mastodon's API (docs.joinmastodon.org/methods/media)."""

from typing import Any

from crosspost.errors import NotSent, Rejected
from crosspost.model import Picture, Video
from crosspost.networks.mastodon_timeline import MastodonTimeline


class MastodonUploads(MastodonTimeline):
    """What is left on the server before the post."""

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

        kind = self.filmed(video)
        media = self._sent(video.alt, read_video(video.path), kind.mime, "4.5.0")
        if not media.get("id"):
            raise NotSent(f"{self.account}: the server accepted the video but returned no id")
        return str(media["id"])

    def _sent(self, alt: str, data: bytes, mime: str, version: str) -> Any:
        with self.talking():
            return self._client(version).media_post(
                data, mime_type=mime, description=alt or None, file_name=mime.partition("/")[0]
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

"""Uploads pictures, videos and captions to a Bluesky server.

A video goes to the account's own server like a picture, the simple way of docs.bsky.app/docs/tutorials/video: Bluesky
begins to process it when the post is out.

Sources: atproto.com/specs/blob, docs.bsky.app/docs/tutorials/video, lexicons/app/bsky/embed/video.json, checked
2026-11-27.
"""

from typing import Any

import msgspec

from crosspost.errors import NotSent
from crosspost.media import Fitted
from crosspost.model import Draft, Picture, Video
from crosspost.networks.base import Save
from crosspost.networks.standard_site import StandardSite

#: bytes: the size every server accepts for a card's picture; older servers accept no more in a post either
SMALL = 1_000_000


class BlueskyUploads(StandardSite):
    """What is left on the server before the record."""

    def card_picture(self, picture: Picture) -> Fitted:
        return self._fitted(picture, SMALL)

    def cover(self, picture: Picture) -> dict[str, Any]:
        blob: dict[str, Any] = self._upload(picture, SMALL)["blob"]
        return blob

    def _most(self, draft: Draft) -> int:
        """The maximum size of this post's pictures, in bytes."""
        return SMALL if draft.card else int(self.remembered().get("picture_bytes", self.limits.images.bytes))

    def _fitted(self, picture: Picture, most: int) -> Fitted:
        return self.fitted(picture, msgspec.structs.replace(self.limits.images, bytes=most))

    def _upload(self, picture: Picture, most: int) -> dict[str, Any]:
        fitted = self._fitted(picture, most)
        blob = self._blob(fitted.data, fitted.mime, "picture")
        return {"blob": blob, "width": fitted.width, "height": fitted.height}

    def upload_video(self, video: Video, remote: dict[str, Any], save: Save) -> bool:
        """Upload a video, and its captions where it has some, each only once; ``media_…`` keeps the references.

        :returns: whether anything was uploaded now
        """
        from crosspost.media.video import read_captions, read_video  # few posts have one

        before = len(remote)
        if "media_video" not in remote:
            film = self.filmed(video)
            blob = self._blob(read_video(video.path), film.mime, "video")
            remote["media_video"] = {"blob": blob, "width": film.width, "height": film.height}
            save("media_video", remote["media_video"])
        if video.captions and "media_captions" not in remote:
            limits = self.allowed.videos
            data = read_captions(video.captions, limits.captions if limits is not None else 0)
            remote["media_captions"] = self._blob(data, "text/vtt", "captions")
            save("media_captions", remote["media_captions"])
        return len(remote) > before

    def _blob(self, data: bytes, mime: str, what: str) -> dict[str, Any]:
        answer = self.call("POST", "com.atproto.repo.uploadBlob", data=data, headers={"Content-Type": mime})
        blob = answer.get("blob")
        if not isinstance(blob, dict) or not blob.get("ref") or not isinstance(blob.get("size"), int):
            raise NotSent(f"{self.account}: the server accepted the {what} but returned no reference")
        return blob

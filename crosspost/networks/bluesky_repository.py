"""What Bluesky's servers are asked about records and people, and the uploads to them.

A video goes to the account's own server like a picture, the simple way of docs.bsky.app/docs/tutorials/video: Bluesky
begins to process it when the post is out.

Sources: github.com/bluesky-social/atproto lexicons/com/atproto/{repo,identity}, lexicons/app/bsky/embed/video.json,
atproto.com/specs/blob; checked 2026-11-27.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from crosspost.compose.formats.facets import handles
from crosspost.errors import NotSent, Rejected
from crosspost.media import Fitted
from crosspost.model import Draft, Picture, Prepared, Video, VideoLimits
from crosspost.networks.base import Save
from crosspost.networks.bluesky_record import COLLECTION
from crosspost.networks.post_search import Page, rows, text
from crosspost.networks.protocols.xrpc import Xrpc
from crosspost.networks.standard_site import StandardSite

#: bytes: the size every server accepts for a card's picture; older servers accept no more in a post either
SMALL = 1_000_000


def reference(server: Xrpc, uri: str) -> dict[str, str]:
    """The reference to the post a reply answers: its URI and the hash of its content.

    :raises NotSent: when the server does not return it
    """
    repo, _, rkey = uri.removeprefix("at://").split("/")
    where = {"repo": repo, "collection": COLLECTION, "rkey": rkey}
    answer = server.call("GET", "com.atproto.repo.getRecord", params=where)
    if not answer.get("uri") or not answer.get("cid"):
        raise NotSent(f"{server.account}: the server does not return the hash of the post this replies to")
    return {"uri": str(answer["uri"]), "cid": str(answer["cid"])}


def resolved(server: Xrpc, content: str) -> dict[str, str]:
    """Handle → DID of the mentions in a text that exist; the others stay plain text."""
    found = {}
    for handle in handles(content):
        try:
            answer = server.call("GET", "com.atproto.identity.resolveHandle", params={"handle": handle})
        except Rejected:  # 400: nobody has this handle
            continue
        if str(answer.get("did", "")).startswith("did:"):
            found[handle] = str(answer["did"])
    return found


def records(server: Xrpc) -> Iterator[Page]:
    """The posts of the account, the newest first."""
    cursor = None
    while True:
        where = {"repo": server.me().id, "collection": COLLECTION, "limit": 100, "cursor": cursor}
        answer = server.call("GET", "com.atproto.repo.listRecords", params=where)
        cursor = answer.get("cursor")
        yield Page(rows(answer, "records"), more=bool(cursor))
        if not cursor:
            return


def same(value: dict[str, Any], prepared: Prepared) -> bool | None:
    """Whether a record has the same text in the same place: on its own, or as a reply to the same post.

    Returns None when it holds no text.
    """
    content = text(value.get("text"))
    if content is None:
        return None
    answered = str(((value.get("reply") or {}).get("parent") or {}).get("uri") or "")
    return (content, answered.rpartition("/")[2]) == (prepared.draft.text, prepared.reply_to.rpartition("/")[2])


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
            video = self.sendable(video)
            film = self.filmed(video)
            blob = self._blob(read_video(video.path), film.mime, "video")
            remote["media_video"] = {"blob": blob, "width": film.width, "height": film.height}
            save("media_video", remote["media_video"])
        if video.captions and "media_captions" not in remote:
            data = read_captions(video.captions, self.allowed.videos or VideoLimits())
            remote["media_captions"] = self._blob(data, "text/vtt", "captions")
            save("media_captions", remote["media_captions"])
        return len(remote) > before

    def _blob(self, data: bytes, mime: str, what: str) -> dict[str, Any]:
        answer = self.call("POST", "com.atproto.repo.uploadBlob", data=data, headers={"Content-Type": mime})
        blob = answer.get("blob")
        if not isinstance(blob, dict) or not blob.get("ref") or not isinstance(blob.get("size"), int):
            raise NotSent(f"{self.account}: the server accepted the {what} but returned no reference")
        return blob

"""What a LinkedIn post consists of: its body, built from a draft, and what is uploaded for it.

Sources: learn.microsoft.com/linkedin/marketing/community-management/shares/{posts-api,images-api,videos-api}, checked
2026-11-28.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from crosspost.compose.formats import linkedin
from crosspost.config.small_file import open_file
from crosspost.errors import MediaError, NotSent, Rejected
from crosspost.model import Draft, Picture, Prepared, Video, VideoLimits
from crosspost.networks.base import Network
from crosspost.networks.post_search import text, without_links
from crosspost.networks.protocols import restli

if TYPE_CHECKING:
    import requests

#: what LinkedIn is told about captions, as public programs send it; that part of LinkedIn's page was not read, and no
#: live account was asked, so a refusal is planned for
CAPTIONS = {
    "format": "SRT", "formattedForEasyReader": True, "largeText": True, "source": "USER_PROVIDED",
    "locale": {"variant": "AMERICAN", "country": "US", "language": "EN"}, "transcriptType": "CLOSED_CAPTION",
}  # fmt: skip
#: seconds until a picture is processed, almost always; a post made before may stay invisible
_PROCESSING = 4
#: the same for a video, which takes longer
_PROCESSING_VIDEO = 30


def pictures_of(draft: Draft) -> tuple[Picture, ...]:
    """The pictures to upload: the card's thumbnail, or those of the post."""
    if draft.card is not None:
        return (draft.card.image,) if draft.card.image is not None else ()
    return draft.images


def post_body(prepared: Prepared, author: str, visibility: str) -> dict[str, Any]:
    draft = prepared.draft
    body = {
        "author": author,
        "commentary": linkedin.escape(draft.text),
        "visibility": visibility.upper(),
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }
    content = _content(prepared)
    return body | {"content": content} if content else body


def reshare_body(author: str, visibility: str, parent: str) -> dict[str, Any]:
    """A post without words that shows another one.

    :param parent: URN of the other one, a share or a ugcPost
    """
    return {
        "author": author,
        "commentary": "",
        "visibility": visibility.upper(),
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
        "reshareContext": {"parent": parent},
    }


def reshares(post: dict[str, Any], parent: str) -> bool | None:
    """Whether a post only shows that other one; None where it is empty and does not say what it shows."""
    said = text(post.get("commentary"))
    context = post.get("reshareContext")
    if isinstance(context, dict) and context.get("parent"):
        return str(context["parent"]) == parent and not (said or "").strip()
    return False if (said or "").strip() or post.get("content") else None


def _content(prepared: Prepared) -> dict[str, Any]:
    draft, remote = prepared.draft, prepared.remote
    if draft.card is not None:
        article = {"source": draft.card.url, "title": draft.card.title, "description": draft.card.description}
        article |= {"thumbnail": remote["image_0"]} if draft.card.image is not None else {}
        return {"article": {key: value for key, value in article.items() if value}}
    if draft.video is not None:
        return {"media": {"id": remote["video_0"]} | ({"title": draft.title} if draft.title else {})}
    images = [
        {"id": remote[f"image_{number}"]} | ({"altText": picture.alt} if picture.alt else {})
        for number, picture in enumerate(draft.images)
    ]
    if len(images) > 1:
        return {"multiImage": {"images": images}}
    return {"media": images[0]} if images else {}


def moment(milliseconds: Any) -> datetime | None:
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if isinstance(milliseconds, int) else None


def same_post(post: dict[str, Any], draft: Draft) -> bool | None:
    """Whether it is the same post. LinkedIn may return shortened links; then the card's address decides, if any."""
    commentary, wanted = text(post.get("commentary")), linkedin.as_read(draft.text)
    if commentary is None:
        return None
    plain_text = linkedin.unescape(commentary)
    article = (post.get("content") or {}).get("article") or {}
    if plain_text.split() == wanted.split() or (
        draft.link and draft.link in (*plain_text.split(), article.get("source"))
    ):
        return True
    return None if without_links(plain_text) == without_links(wanted) and not article.get("source") else False


class LinkedInUploads(Network):
    """Talks to the API, uploads, and waits until LinkedIn has processed what was uploaded."""

    _may_ask = True  # how far a picture is

    def _request(self, verb: str, path: str, body: Any = None, method: str = "") -> "requests.Response":
        """Send a request to the versioned API and return any response. ``method`` is Rest.li's, if the verb is not
        enough.

        The body is encoded here, in a fixed order, because LinkedIn recognises a repetition by its content.
        """
        headers = restli.headers(self.options.version, method)
        if body is None:
            return self._sent(verb, f"{self.base_url}/rest/{path}", headers)
        data = msgspec.json.encode(body)
        return self._sent(verb, f"{self.base_url}/rest/{path}", headers | {"Content-Type": "application/json"}, data)

    def _sent(self, verb: str, url: str, headers: dict[str, str], data: bytes | None = None) -> "requests.Response":
        token = {"Authorization": f"Bearer {self.secret('access_token')}"}
        return self.session.request(verb, url, headers=headers | token, data=data)

    def _upload(self, picture: Picture) -> str:
        fitted, owner = self.fitted(picture), self.me().id
        with self.talking():
            answer = self._request(
                "POST", "images?action=initializeUpload", {"initializeUploadRequest": {"owner": owner}}
            )
            answer.raise_for_status()
            upload_url, urn = str(answer.json()["value"]["uploadUrl"]), str(answer.json()["value"]["image"])
        self._trust(upload_url)
        with self.talking():
            self._sent("PUT", upload_url, {"Content-Type": fitted.mime}, fitted.data).raise_for_status()
        return urn

    def _await(self, urns: Sequence[str], *, new: bool) -> None:
        """Ask until LinkedIn has processed the pictures. Most tokens of a person may not ask: they wait a few seconds,
        once for all pictures.
        """
        waiting = list(urns) if new or self.able.read_back else []
        for pause in (0, 0.5, 1, 2, 4, 8):
            self.sleep(pause)
            while waiting and (ready := self._is_ready(waiting[0])):
                waiting.pop(0)
            if not waiting:
                return
            if ready is None:
                self.sleep(_PROCESSING_VIDEO if any(":video:" in urn for urn in urns) else _PROCESSING)
                return
        raise NotSent(f"{self.account}: LinkedIn is still processing the picture")

    def _is_ready(self, urn: str) -> bool | None:
        """Whether a picture can be shown; None when this token may not ask, which is not asked again.

        :raises Rejected: when LinkedIn cannot process it
        """
        if not self._may_ask:
            return None
        with self.talking():
            kind = "videos" if ":video:" in urn else "images"
            answer = self._request("GET", f"{kind}/{restli.key(urn)}")
            if answer.status_code == 403 and not self.able.read_back:
                self._may_ask = False
                return None
            answer.raise_for_status()
            status = answer.json()["status"]
        if status == "PROCESSING_FAILED":
            raise Rejected(f"{self.account}: LinkedIn cannot process the picture; use another thumbnail")
        return bool(status == "AVAILABLE")

    def _upload_video(self, video: Video) -> dict[str, str]:
        """Upload a video in the parts LinkedIn asks for; it is processed after that.

        :returns: its URN as ``video_0``; when its captions were refused it has none, and ``captions_refused`` says why
        """
        video = self.sendable(video)
        film, owner, poster = self.filmed(video), self.me().id, self.poster(video)
        about = {"owner": owner, "fileSizeBytes": film.bytes, "uploadCaptions": bool(video.captions)}
        about["uploadThumbnail"] = poster is not None
        with self.talking():
            answer = self._request("POST", "videos?action=initializeUpload", {"initializeUploadRequest": about})
            answer.raise_for_status()
            value = answer.json()["value"]
            urn, token = str(value["video"]), str(value.get("uploadToken") or "")
            parts = [(str(part["uploadUrl"]), int(part["firstByte"]), int(part["lastByte"]))
                     for part in value["uploadInstructions"]]  # fmt: skip
            shown, words = (str(value.get(f"{name}UploadUrl") or "") for name in ("thumbnail", "captions"))
        if video.captions:
            try:
                self._put_captions(video, words)
            except Rejected as error:  # begun anew, for it was announced with captions
                bare = self._upload_video(msgspec.structs.replace(video, captions=""))
                return bare | {"captions_refused": str(error)}
        if poster is not None and shown:
            self._trust(shown)
            with self.talking():
                self._sent("PUT", shown, {"media-type-family": "STILLIMAGE"}, poster.data).raise_for_status()
        done = {"video": urn, "uploadToken": token, "uploadedPartIds": self._put_parts(video.path, parts)}
        with self.talking():
            self._request("POST", "videos?action=finalizeUpload", {"finalizeUploadRequest": done}).raise_for_status()
        return {"video_0": urn}

    def _put_captions(self, video: Video, url: str) -> None:
        """Send the captions as SubRip, to the address that LinkedIn gave for them.

        :raises Rejected: when LinkedIn does not take them
        """
        from crosspost.media.video import read_captions  # few videos have some

        if not url:
            raise Rejected(f"{self.account}: LinkedIn names no address for captions")
        self._trust(url)
        data = read_captions(video.captions, self.allowed.videos or VideoLimits())
        form = {"metadata": msgspec.json.encode(CAPTIONS).decode()}
        token = {"Authorization": f"Bearer {self.secret('access_token')}"}
        with self.talking():
            file = {"file": ("captions.srt", data, "text/plain")}
            self.session.request("POST", url, headers=token, data=form, files=file).raise_for_status()

    def _put_parts(self, path: str, parts: Sequence[tuple[str, int, int]]) -> list[str]:
        """Send the parts of a file, each with its address, first and last byte; what LinkedIn calls them then."""
        names = []
        try:
            with open_file(Path(path)) as file:
                for url, first, last in parts:
                    self._trust(url)
                    file.seek(first)
                    data = file.read(last - first + 1)
                    with self.talking():
                        answer = self._sent("PUT", url, {"Content-Type": "application/octet-stream"}, data)
                        answer.raise_for_status()
                        names.append(answer.headers["ETag"].strip('"'))
        except OSError as error:
            raise MediaError(f"{path}: {error.strerror or error}") from None
        return names

    def _trust(self, url: str) -> None:
        if not restli.trusted(url, self.base_url):
            where = urlsplit(url).netloc
            raise NotSent(f"{self.account}: LinkedIn wants the picture at {where}, which is not its own")

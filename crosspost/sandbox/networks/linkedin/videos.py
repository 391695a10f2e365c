"""The videos of the LinkedIn stand-in: announced, sent in parts, put together, processed (Videos API)."""

import hashlib
import json
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import unquote

from crosspost.sandbox.core import films, pictures, subtitles
from crosspost.sandbox.core.http_messages import Refused, Reply, Request, first
from crosspost.sandbox.core.standin import only, route
from crosspost.sandbox.core.store import Account, Picture
from crosspost.sandbox.networks.linkedin.server import Server, invalid

BYTES = range(75 * 1000, 500_000_001)
SECONDS, RATIO = (3, 1800), 2.4
_ASKED = ("owner", "fileSizeBytes", "uploadCaptions", "uploadThumbnail")
_CAPTIONS = {
    "format": "SRT", "formattedForEasyReader": True, "largeText": True, "source": "USER_PROVIDED",
    "locale": {"variant": "AMERICAN", "country": "US", "language": "EN"}, "transcriptType": "CLOSED_CAPTION",
}  # fmt: skip
_DONE = ("video", "uploadToken", "uploadedPartIds")


class Videos(Server):
    """Uploads of videos; the posts are in ``standin.py``."""

    options: ClassVar = Server.options | {"part": 4 * 1024 * 1024, "smallest": 1, "captions": True}
    """``part``: bytes of a part; ``smallest``: bytes a video must have, 75 kB as documented; ``captions``: it takes
    some."""

    @route("POST", "/rest/videos")
    def videos(self, request: Request) -> Reply:
        """Announce a video, or put its parts together."""
        me, scopes = self.versioned(request)
        action = first(request.query, "action")
        if action == "initializeUpload":
            return self._begun(request, me, scopes)
        if action == "finalizeUpload":
            return self._whole(request, me)
        raise Refused(self.refusal(400, "The action initializeUpload or finalizeUpload is required"))

    def _begun(self, request: Request, me: Account, scopes: frozenset[str]) -> Reply:
        asked = request.json.get("initializeUploadRequest")
        if only(request.json, ("initializeUploadRequest",)) or not isinstance(asked, dict) or only(asked, _ASKED):
            raise Refused(invalid("/initializeUploadRequest", "INVALID_VALUE", f"it has {', '.join(_ASKED)}"))
        owner, size = self.may_write(asked.get("owner"), me, scopes), asked.get("fileSizeBytes")
        if not isinstance(size, int) or not self.settings["smallest"] <= size < BYTES.stop:
            raise Refused(invalid("/fileSizeBytes", "INVALID_VALUE", "a video has up to 500 MB"))
        number, part = f"D4E{self.store.new_id()}", self.settings["part"]
        starts = range(0, size, part)
        upload = {
            "owner": owner,
            "account": me.name,
            "size": size,
            "parts": {},
            "until": request.now + timedelta(days=1),
        }
        self.store.memory[self.key, "film", number] = upload
        instructions = [
            {
                "uploadUrl": f"{request.base_url}/dms-uploads/{number}/{n}",
                "firstByte": start,
                "lastByte": min(start + part, size) - 1,
            }
            for n, start in enumerate(starts)
        ]
        value = {"video": f"urn:li:video:{number}", "uploadToken": f"t{number}", "uploadInstructions": instructions}
        if asked.get("uploadThumbnail") is True:
            value["thumbnailUploadUrl"] = f"{request.base_url}/dms-uploads/{number}/thumbnail"
        upload["captioned"] = asked.get("uploadCaptions") is True
        if upload["captioned"]:
            value["captionsUploadUrl"] = f"{request.base_url}/dms-uploads/{number}/captions"
        return Reply.json({"value": value})

    @route("PUT", "/dms-uploads/{number}/{part}")
    def take_part(self, request: Request, number: str, part: str) -> Reply:
        """Take one part; its name is only in a header."""
        me, _ = self.me(request)
        upload = self._upload_of(me, number)
        if part == "thumbnail":
            return self._thumbnail(request, upload)
        size, most = upload["size"], self.settings["part"]
        start = int(part) * most if part.isdecimal() else size
        if start >= size or len(request.body) != min(most, size - start) or request.now >= upload["until"]:
            raise Refused(self.refusal(400, "The part has another length than was asked for"))
        name = hashlib.sha256(request.body).hexdigest()[:16]
        upload["parts"][int(part)] = (name, request.body)
        return Reply(200, headers={"ETag": f'"{name}"'})

    def _thumbnail(self, request: Request, upload: dict[str, Any]) -> Reply:
        shape = pictures.shape(request.body)
        if request.headers.get("media-type-family") != "STILLIMAGE" or shape is None or shape[0] not in ("JPEG", "PNG"):
            raise Refused(self.refusal(400, "A thumbnail is a JPEG or PNG, of the media-type-family STILLIMAGE"))
        upload["poster"] = f"{shape[0]} {shape[1]}x{shape[2]}"
        return Reply(201)

    @route("POST", "/dms-uploads/{number}/captions")
    def take_captions(self, request: Request, number: str) -> Reply:
        """Take the captions of a video that was announced with some: SubRip, and what they are, in one form."""
        me, _ = self.me(request)
        upload, file = self._upload_of(me, number), request.files.get("file")
        try:
            about = json.loads(first(request.form, "metadata") or "")
        except ValueError:
            about = None
        if (
            not self.settings["captions"]
            or not upload["captioned"]
            or about != _CAPTIONS
            or file is None
            or not subtitles.is_srt(file.data)
        ):
            raise Refused(self.refusal(400, "Captions are a SubRip file with its metadata"))
        upload["captions"] = file.data.decode("utf-8")
        return Reply(201)

    def _whole(self, request: Request, me: Account) -> Reply:
        asked = request.json.get("finalizeUploadRequest")
        if only(request.json, ("finalizeUploadRequest",)) or not isinstance(asked, dict) or only(asked, _DONE):
            raise Refused(invalid("/finalizeUploadRequest", "INVALID_VALUE", f"it has {', '.join(_DONE)}"))
        urn = str(asked.get("video"))
        number = urn.rpartition(":")[2]
        upload = self._upload_of(me, number)
        parts = [upload["parts"][n] for n in sorted(upload["parts"])]
        data = b"".join(body for _, body in parts)
        if asked.get("uploadToken") != f"t{number}" or asked.get("uploadedPartIds") != [name for name, _ in parts]:
            raise Refused(invalid("/uploadedPartIds", "INVALID_VALUE", "uploadToken and uploadedPartIds do not fit"))
        if upload["captioned"] and "captions" not in upload:
            raise Refused(invalid("/video", "INVALID_VALUE", "the captions that were announced are missing"))
        if len(data) != upload["size"]:
            raise Refused(invalid("/uploadedPartIds", "INVALID_VALUE", "parts are missing"))
        found = films.film(data)
        ratio = found.width / found.height if found else 0
        fine = (
            found is not None
            and (found.container, found.codec) == ("MP4", "h264")
            and SECONDS[0] <= found.seconds <= SECONDS[1]
        )
        kept = self.store.keep(me, data, found.shape if found else ("", 0, 0))
        kept.extra |= {"owner": upload["owner"], "fine": fine and 1 / RATIO <= ratio <= RATIO, "looks": 2}
        kept.extra["poster"] = upload.get("poster", "")
        kept.extra["captions"] = upload.get("captions", "")
        self.store.memory[self.key, "image", urn] = kept.id
        return Reply(200)

    def _upload_of(self, me: Account, number: str) -> dict[str, Any]:
        upload: dict[str, Any] | None = self.store.memory.get((self.key, "film", number))
        if upload is None or upload["account"] != me.name:
            raise Refused(self.refusal(404, "There is no such upload"))
        return upload

    @route("GET", "/rest/videos/{urn}")
    def video(self, request: Request, urn: str) -> Reply:
        """How far a video is; a member's token alone may not ask."""
        me, scopes = self.versioned(request)
        if "r_organization_social" not in scopes:
            raise Refused(self.denied("videos.GET"))
        kept: Picture | None = self.image_of(me, unquote(urn))
        if kept is None:
            raise Refused(self.refusal(404, "There is no such video"))
        status = "PROCESSING" if kept.extra["looks"] else "AVAILABLE" if kept.extra["fine"] else "PROCESSING_FAILED"
        kept.extra["looks"] = max(0, kept.extra["looks"] - 1)
        return Reply.json({"id": unquote(urn), "owner": kept.extra["owner"], "status": status})

"""The videos of the Facebook stand-in: announced, sent in parts, published; then their captions.

Sources: developers.facebook.com/docs/graph-api/video-uploads, docs/video-api/reference/error-codes, docs/graph-api
/reference/{page/videos,video,video-status,video/captions}, checked 2026-11-27. What is not documented is refused: a
second ``finish`` of one upload, captions of a video that is not published.
"""

import re
from typing import Any, ClassVar

from crosspost.sandbox.core import films, pictures, subtitles
from crosspost.sandbox.core.http_messages import Refused, Reply, Request, first
from crosspost.sandbox.core.standin import route, whole
from crosspost.sandbox.core.store import Account, Post
from crosspost.sandbox.networks.facebook.server import MESSAGE, Server
from crosspost.sandbox.networks.meta.graph import fields, flag, graph_error, only_known, stamp, wanted_fields

BYTES = range(1024, 10_000_000_001)
SECONDS = 4 * 3600
THUMB_BYTES = 10_000_000
_PHASES = {
    "start": ("upload_phase", "file_size"),
    "transfer": ("upload_phase", "upload_session_id", "start_offset", "video_file_chunk"),
    "finish": ("upload_phase", "upload_session_id", "title", "description", "published", "thumb"),
}
_FIELDS = (
    *("id", "title", "description", "created_time", "updated_time", "length", "published", "permalink_url", "post_id"),
    *("status", "captions"),
)
_NAME = re.compile(r"[^/]+\.([a-z]{2,3}_[A-Z]{2})\.srt")


class Videos(Server):
    """Uploads of videos, which become posts by their last request."""

    options: ClassVar = Server.options | {"part": 4 * 1024 * 1024, "processing": 0}
    """``part``: bytes of a part of a video; ``processing``: how often a new one is still processed when asked for."""

    def path(self, request: Request) -> str:
        """See :class:`StandIn`; with the phase of an upload, which all have one address."""
        path = super().path(request)
        if request.method == "POST" and path.endswith("/videos"):
            return f"{path}/{first(fields(request), 'upload_phase') or 'whole'}"
        return path

    @route("POST", "/{page}/videos")
    def videos(self, request: Request, page: str) -> Reply:
        """One of the three phases of an upload."""
        me, params = self.page(request, page), fields(request)
        phase = first(params, "upload_phase") or ""
        if phase not in _PHASES:
            raise Refused(graph_error(100, "The sandbox knows the upload_phase start, transfer and finish only"))
        only_known(params, *_PHASES[phase])
        if phase == "start":
            return self._start(me, params)
        upload = self.store.memory.get((self.key, "session", first(params, "upload_session_id") or ""))
        if upload is None or upload["account"] != me.name:
            raise Refused(graph_error(6000, "There was a problem uploading your video file.", subcode=1363019))
        return self._transfer(upload, params, request) if phase == "transfer" else self._finish(upload, me, request)

    def _start(self, me: Account, params: list[tuple[str, str]]) -> Reply:
        size = whole(first(params, "file_size"), 0, 0, 10**12, "file_size")
        if size not in BYTES:
            few = size < BYTES.start
            message = f"The video you tried to upload is too {'small' if few else 'large'}."
            raise Refused(graph_error(6000, message, subcode=1363022 if few else 1363023))
        session, video = self.store.new_id(), self.store.new_id()
        upload = {"account": me.name, "size": size, "data": b"", "video": video, "post": ""}
        self.store.memory[self.key, "session", session] = self.store.memory[self.key, "video", video] = upload
        return Reply.json({"upload_session_id": session, "video_id": video} | self._wanted(upload))

    def _wanted(self, upload: dict[str, Any]) -> dict[str, str]:
        """The part to send next, as text."""
        there = len(upload["data"])
        return {"start_offset": str(there), "end_offset": str(min(there + self.settings["part"], upload["size"]))}

    def _transfer(self, upload: dict[str, Any], params: list[tuple[str, str]], request: Request) -> Reply:
        part, wanted = request.files.get("video_file_chunk"), self._wanted(upload)
        if part is None:
            raise Refused(graph_error(6000, "No Video Selected.", subcode=1363020))
        if first(params, "start_offset") != wanted["start_offset"]:
            raise Refused(graph_error(6000, "Invalid start offset", subcode=1363037, error_data=wanted))
        if not 0 < len(part.data) <= int(wanted["end_offset"]) - int(wanted["start_offset"]):
            raise Refused(graph_error(6000, "There was a problem uploading your video.", subcode=1363033))
        upload["data"] += part.data
        return Reply.json(self._wanted(upload))

    def _finish(self, upload: dict[str, Any], me: Account, request: Request) -> Reply:
        params = fields(request)
        text, data = first(params, "description") or "", upload["data"]
        if upload["post"] or len(data) != upload["size"]:
            raise Refused(graph_error(6000, "There was a problem uploading your video file.", subcode=1363019))
        found = films.film(data)
        if found is None or found.container not in ("MP4", "MOV") or found.codec not in ("h264", "hevc"):
            raise Refused(graph_error(6000, "No Video Detected.", subcode=1363031))
        if found.seconds > SECONDS or not 0.55 <= found.width / found.height <= 1.8:
            raise Refused(graph_error(6000, "The length or the aspect ratio is not supported", subcode=1363025))
        if len(text) > MESSAGE:
            raise Refused(graph_error(100, f"The description is longer than {MESSAGE} characters"))
        kept = self.store.keep(me, data, found.shape, number=upload["video"])
        kept.extra |= {"caption": "", "poster": self._thumb(request)}
        number = self.store.new_id()
        path = f"/facebook/{me.handle}/videos/{upload['video']}"
        also = (f"/facebook/{me.id}_{number}", f"/facebook/{upload['video']}", f"{path}/")
        post = Post(f"{me.id}_{number}", self.key, me.name, text, request.now, path, pictures=[kept], also_at=also)
        post.extra |= {"title": first(params, "title") or "", "captions": {}}
        post.visibility = "public" if flag(params, "published", True) else "unpublished"
        upload |= {"post": post.id, "looks": self.settings["processing"], "seconds": found.seconds}
        self.store.commit(post)
        return Reply.json({"success": True})

    def _thumb(self, request: Request) -> str:
        file = request.files.get("thumb")
        if file is None:
            return ""
        shape = pictures.shape(file.data)
        if shape is None or shape[0] not in ("JPEG", "PNG") or len(file.data) > THUMB_BYTES:
            raise Refused(graph_error(100, "The thumbnail must be a JPEG or PNG of at most 10 MB"))
        return f"{shape[0]} {shape[1]}x{shape[2]}"

    @route("POST", "/{video}/captions")
    def caption(self, request: Request, video: str) -> Reply:
        """Add captions: a SubRip file whose name says their locale."""
        me, params = self.me(request), fields(request)
        only_known(params, "captions_file", "default_locale")
        found, file = self.video_post(me, video), request.files.get("captions_file")
        if found is None:
            raise Refused(self.missing(video))
        name = _NAME.fullmatch(file.filename) if file else None
        if file is None or name is None or not subtitles.is_srt(file.data):
            message = "Captions must be a .srt file with a name such as captions.en_US.srt"
            raise Refused(graph_error(387, message, subcode=1363069))
        found.extra["captions"][name[1]] = file.data.decode("utf-8")
        return Reply.json({"success": True})

    def video_post(self, me: Account, number: str) -> Post | None:
        """The post of a video of the account; None for anything else, and before it is published."""
        upload = self.store.memory.get((self.key, "video", number))
        if upload is None or upload["account"] != me.name or not upload["post"]:
            return None
        return self.store.post(self.key, upload["post"])

    def video_json(self, request: Request, me: Account, number: str) -> dict[str, Any] | None:
        """What a video is; None when it is something else.

        :raises Refused: when it is somebody else's, or was deleted
        """
        upload = self.store.memory.get((self.key, "video", number))
        if upload is None:
            return None
        post = self.video_post(me, number)
        if upload["account"] != me.name or (upload["post"] and post is None):
            raise Refused(self.missing(number))
        wanted = wanted_fields(fields(request), _FIELDS, "id,description,updated_time")
        body: dict[str, Any] = {"id": number, "published": False, "status": _status("uploading", "in_progress")}
        if post is not None:
            busy, upload["looks"] = bool(upload["looks"]), max(0, upload["looks"] - 1)
            public = post.visibility == "public" and not busy
            body |= {
                "title": post.extra["title"] or None,
                "description": post.text or None,
                "created_time": stamp(post.time),
                "updated_time": stamp(post.edited or post.time),
                "length": upload["seconds"],
                "published": public,
                "permalink_url": f"{post.path.removeprefix('/facebook')}/",
                "post_id": None if busy else post.id.rpartition("_")[2],
                "status": _status(
                    "processing" if busy else "ready",
                    "complete",
                    "in_progress" if busy else "complete",
                    "published" if public else "draft",
                ),
            }
        return {key: value for key, value in body.items() if key in wanted and value is not None}


def _status(video: str, uploading: str, processing: str = "not_started", publishing: str = "draft") -> dict[str, Any]:
    done = "complete" if publishing == "published" else "not_started"
    return {
        "video_status": video,
        "uploading_phase": {"status": uploading},
        "processing_phase": {"status": processing},
        "publishing_phase": {"status": done, "publish_status": publishing},
    }

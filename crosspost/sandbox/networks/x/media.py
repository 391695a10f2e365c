"""The uploads of the X stand-in: in one request, in pieces, and in pieces the way the older guide shows.

Written from X's OpenAPI (``/2/media/upload``, ``…/initialize``, ``…/{id}/append``, ``…/{id}/finalize``,
``/2/media/metadata``) and from docs.x.com/x-api/media/quickstart/media-upload-chunked (``command=INIT`` …).
"""

import base64
import binascii
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from crosspost.sandbox.core import films, pictures, subtitles
from crosspost.sandbox.core.http_messages import Refused, Reply, Request, first
from crosspost.sandbox.core.standin import only, route
from crosspost.sandbox.core.store import Account, Picture
from crosspost.sandbox.networks.x.server import Server, invalid, problem

MEDIA_LIFE = timedelta(seconds=86_400)
ALT = 1000  # characters
SEGMENTS = 1000
_BYTES = {"tweet_image": 5 * 1024 * 1024, "tweet_gif": 15 * 1024 * 1024, "tweet_video": 512 * 1024 * 1024}
_SUBTITLES = 1024 * 1024
_FORMATS = {
    "tweet_image": ("JPEG", "MPO", "PNG", "WEBP"),
    "tweet_gif": ("GIF",),
    "tweet_video": ("MP4", "MOV"),
}
_TYPES = {
    "tweet_image": ("image/jpeg", "image/pjpeg", "image/png", "image/webp"),
    "tweet_gif": ("image/gif",),
    "tweet_video": ("video/mp4", "video/quicktime"),
}
_ONE_SHOT = ("media", "media_category", "media_type", "shared", "additional_owners")
_BEGIN = ("media_type", "total_bytes", "media_category", "shared", "additional_owners")
_COMMANDS = {"INIT": _BEGIN, "APPEND": ("media_id", "segment_index", "media"), "FINALIZE": ("media_id",)}


@dataclass
class Pieces:
    """An upload that is not finished: what was announced, and the pieces so far by their number."""

    owner: str
    category: str
    total: int
    until: datetime
    parts: dict[int, bytes] = field(default_factory=dict)


class Media(Server):
    """Uploads and their alternative texts. The posts are in ``standin.py``."""

    @route("POST", "/2/media/upload")
    def upload(self, request: Request) -> Reply:
        """Accept a picture in one request: JSON with base64, or a multipart form with the bytes; or run a command."""
        me = self.me(request)
        params = fields(request)
        if "command" in params:
            return self._command(me, params, request)
        _refuse_others(params, _ONE_SHOT)
        _refuse_sharing(params)
        category = str(params.get("media_category") or "")
        if category == "subtitles":
            return self._subtitles(me, params)
        if category == "tweet_video":
            raise Refused(invalid("$.media_category: a video is uploaded in pieces"))
        return self._kept(me, _data(params.get("media")), _known(category), self.store.new_id())

    def _subtitles(self, me: Account, params: dict[str, Any]) -> Reply:
        data = _data(params.get("media"))
        if params.get("media_type") != "text/srt" or len(data) > _SUBTITLES or not subtitles.is_srt(data):
            raise Refused(invalid("$.media: subtitles are a SubRip file, media_type text/srt"))
        number = self.store.new_id()
        self.store.memory[self.key, "subtitles", number] = (me.name, data.decode("utf-8"))
        return Reply.json({"data": {"id": number, "media_key": f"3_{number}", "size": len(data)}})

    @route("POST", "/2/media/subtitles")
    def tie(self, request: Request) -> Reply:
        """Tie uploaded subtitles to a video of the account."""
        me, params = self.me(request), request.json
        _refuse_others(params, ("id", "media_category", "subtitles"))
        track = params.get("subtitles")
        if not isinstance(track, dict) or only(track, ("id", "language_code", "display_name")):
            raise Refused(invalid("$.subtitles: only id, language_code and display_name are defined"))
        video = self.usable(me, params.get("id"), request)
        if params.get("media_category") != "TweetVideo" or video.format not in films.CONTAINERS:
            raise Refused(invalid("$.media_category: subtitles are for a TweetVideo"))
        code, known = str(track.get("language_code")), self.store.memory.get((self.key, "subtitles", track.get("id")))
        if not re.fullmatch(r"[A-Z]{2}", code) or not track.get("display_name"):
            raise Refused(invalid("$.subtitles.language_code: two capitals, with a display_name"))
        if known is None or known[0] != me.name:
            raise Refused(invalid("Your media IDs are invalid."))
        video.extra.setdefault("subtitles", {})[code] = known[1]
        told = {"id": video.id, "media_category": "TweetVideo", "associated_subtitles": [track]}
        return Reply.json({"data": told})

    def _command(self, me: Account, params: dict[str, Any], request: Request) -> Reply:
        """INIT, APPEND and FINALIZE sent to one address, as the older guide has it."""
        command = params.pop("command")
        if command not in _COMMANDS:
            raise Refused(invalid(f"$.command: {command} is not one of {', '.join(_COMMANDS)}"))
        _refuse_others(params, _COMMANDS[command])
        if command == "INIT":
            return self._begun(me, params, request)
        media = str(params.get("media_id") or "")
        if command == "FINALIZE":
            return self._finished(me, media, request)
        self._append(me, media, params, request)
        return Reply(204)

    @route("POST", "/2/media/upload/initialize")
    def initialize(self, request: Request) -> Reply:
        """Announce an upload in pieces."""
        me, params = self.me(request), request.json
        _refuse_others(params, _BEGIN)
        return self._begun(me, params, request)

    @route("POST", "/2/media/upload/{media}/append")
    def append(self, request: Request, media: str) -> Reply:
        """Take one piece; sent again, it replaces the first."""
        me, params = self.me(request), fields(request)
        _refuse_others(params, ("media", "segment_index"))
        pieces = self._append(me, media, params, request)
        return Reply.json({"data": {"expires_at": int(pieces.until.timestamp())}})

    @route("POST", "/2/media/upload/{media}/finalize")
    def finalize(self, request: Request, media: str) -> Reply:
        """Put the pieces together."""
        return self._finished(self.me(request), media, request)

    @route("GET", "/2/media/upload")
    def status(self, request: Request) -> Reply:
        """How far an upload is; one that is being processed is ready after two checks."""
        me = self.me(request)
        if strange := only((name for name, _ in request.query), ("command", "media_id")):
            raise Refused(invalid(f"The query parameter [{strange[0]}] is not one of [command, media_id]"))
        if (first(request.query, "command") or "STATUS") != "STATUS":
            raise Refused(invalid("The `command` query parameter is not STATUS"))
        picture = self.usable(me, first(request.query, "media_id"), request, ready=False)
        picture.extra["looks"] = max(0, picture.extra.get("looks", 0) - 1)
        return Reply.json({"data": _told(picture)})

    # ── the three steps ───────────────────────────────────────────────────────────────────────────────────────────

    def _begun(self, me: Account, params: dict[str, Any], request: Request) -> Reply:
        _refuse_sharing(params)
        category = _known(str(params.get("media_category") or ""))
        if params.get("media_type") not in _TYPES[category]:
            raise Refused(
                invalid(f"$.media_type: {params.get('media_type')} is not one of {', '.join(_TYPES[category])}")
            )
        total = _number(params.get("total_bytes"), "total_bytes", 1, 512 * 1024 * 1024)
        if total > _BYTES[category]:
            raise Refused(invalid(f"File size exceeds {_BYTES[category]} bytes."))
        number = self.store.new_id()
        self.store.memory[self.key, "pieces", number] = Pieces(me.name, category, total, request.now + MEDIA_LIFE)
        body = {"id": number, "media_key": f"3_{number}", "expires_after_secs": int(MEDIA_LIFE.total_seconds())}
        return Reply.json({"data": body})

    def _append(self, me: Account, media: str, params: dict[str, Any], request: Request) -> Pieces:
        pieces = self._pieces(me, media, request)
        number = _number(params.get("segment_index"), "segment_index", 0, SEGMENTS - 1)
        data = _data(params.get("media"))
        others = sum(len(part) for n, part in pieces.parts.items() if n != number)
        if not data or others + len(data) > pieces.total:
            raise Refused(invalid("$.media: the segments are empty or exceed the announced total_bytes"))
        pieces.parts[number] = data
        return pieces

    def _finished(self, me: Account, media: str, request: Request) -> Reply:
        pieces = self._pieces(me, media, request)
        data = b"".join(part for _, part in sorted(pieces.parts.items()))
        if len(data) != pieces.total or sorted(pieces.parts) != list(range(len(pieces.parts))):
            raise Refused(invalid("Segments do not add up to provided total file size."))
        del self.store.memory[self.key, "pieces", media]
        slow = request.fault == "processing" or pieces.category == "tweet_video"  # a video always takes its time
        return self._kept(me, data, pieces.category, media, looks=2 if slow else 0)

    def _pieces(self, me: Account, media: str, request: Request) -> Pieces:
        pieces: Pieces | None = self.store.memory.get((self.key, "pieces", media))
        if pieces is None or pieces.owner != me.name or request.now >= pieces.until:
            raise Refused(invalid("Invalid mediaId: there is no such upload of this account"))
        return pieces

    def _kept(self, me: Account, data: bytes, category: str, number: str, looks: int = 0) -> Reply:
        """Check the bytes and keep the picture."""
        if len(data) > _BYTES[category]:
            raise Refused(problem(413, f"The media is larger than {_BYTES[category]} bytes"))
        found = films.film(data)
        shape = found.shape if found else pictures.shape(data)
        if found and (found.codec != "h264" or found.audio not in ("", "aac") or not 0.5 <= found.seconds <= 140):
            raise Refused(invalid("$.media: a video has H.264, AAC or no sound, and 0.5 to 140 seconds"))
        if shape is None or shape[0] not in _FORMATS[category]:
            raise Refused(invalid(f"$.media: media type unrecognized for {category}"))
        picture = self.store.keep(me, data, shape, number=number)
        picture.extra["looks"] = looks
        return Reply.json({"data": _told(picture)})

    # ── alternative texts, and use ────────────────────────────────────────────────────────────────────────────────

    @route("POST", "/2/media/metadata")
    def metadata(self, request: Request) -> Reply:
        """Give an uploaded picture its alternative text."""
        me = self.me(request)
        params = request.json
        about = params.get("metadata")
        if only(params, ("id", "metadata")) or not isinstance(about, dict) or only(about, ("alt_text",)):
            raise Refused(invalid("$: only id and metadata.alt_text.text are defined"))
        text = about["alt_text"].get("text") if isinstance(about.get("alt_text"), dict) else None
        if not isinstance(text, str) or len(text) > ALT:
            raise Refused(invalid(f"$.metadata.alt_text.text: must be at most {ALT} characters"))
        picture = self.usable(me, params.get("id"), request, ready=False)
        picture.alt = text
        return Reply.json({"data": {"id": picture.id, "associated_metadata": {"alt_text": {"text": text}}}})

    def usable(self, me: Account, media: Any, request: Request, *, ready: bool = True) -> Picture:
        """The account's picture ``media`` (a text id, not a number) while it has not expired.

        :param ready: refuse one that is still processed
        """
        picture = self.store.picture(me, media) if isinstance(media, str) else None
        unready = ready and picture is not None and picture.extra.get("looks")
        if picture is None or unready or request.now >= picture.time + MEDIA_LIFE:
            raise Refused(invalid("Your media IDs are invalid."))
        return picture


def fields(request: Request) -> dict[str, Any]:
    """The fields of a request: JSON, or a form whose files are bytes; commands may also be in the address."""
    if request.kind == "application/json":
        return dict(request.json)
    files = {name: file.data for name, file in request.files.items()}
    return dict([*request.query, *request.form]) | files


def _told(picture: Picture) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": picture.id,
        "media_key": f"3_{picture.id}",
        "size": len(picture.data),
        "expires_after_secs": int(MEDIA_LIFE.total_seconds()),
    }
    if picture.format not in films.CONTAINERS:
        kind = pictures.TYPES[picture.format]
        body["image"] = {"w": picture.width, "h": picture.height, "image_type": kind}
    if picture.extra.get("looks"):
        body["processing_info"] = {"state": "in_progress", "check_after_secs": 1, "progress_percent": 50}
    return body


def _known(category: str) -> str:
    if category not in _FORMATS:
        raise Refused(invalid(f"$.media_category: {category or 'required'} is not one of {', '.join(_FORMATS)}"))
    return category


def _refuse_others(params: dict[str, Any], known: tuple[str, ...]) -> None:
    if strange := only(params, known):
        raise Refused(invalid(*(f"$.{name}: is not defined in the schema" for name in strange)))


def _refuse_sharing(params: dict[str, Any]) -> None:
    """``additional_owners`` and ``shared`` would let others use it: which the sandbox could not show."""
    if params.get("additional_owners") or str(params.get("shared", "false")).lower() != "false":
        raise Refused(invalid("$.additional_owners: sharing media is not supported by the sandbox"))


def _number(value: Any, name: str, low: int, high: int) -> int:
    """A whole number, also as text: forms have no other."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not (text.isascii() and text.isdecimal()) or not low <= int(text[:12]) <= high:
        raise Refused(invalid(f"$.{name}: must be a number between {low} and {high}"))
    return int(text)


def _data(media: Any) -> bytes:
    """The bytes of a file, or of base64 in JSON."""
    if isinstance(media, bytes):
        return media
    if not media or not isinstance(media, str):
        raise Refused(invalid("$.media: required"))
    try:
        return base64.b64decode(media, validate=True)
    except binascii.Error:
        raise Refused(invalid("$.media: is not base64")) from None

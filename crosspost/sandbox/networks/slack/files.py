"""Uploads of the Slack stand-in: an address, the bytes, the end, and a while until a file can be shown.

Written from docs.slack.dev/reference/methods/files.getUploadURLExternal, …/files.completeUploadExternal, …/files.info.
"""

import json
from dataclasses import dataclass
from typing import Any

from crosspost.sandbox.core import pictures
from crosspost.sandbox.core.http_messages import Refused, Reply, Request
from crosspost.sandbox.core.standin import route
from crosspost.sandbox.core.store import Account, Picture
from crosspost.sandbox.networks.slack.server import Server, refused

ALT = 1000
#: looks at a file before it is ready
LOOKS = 2


@dataclass
class Upload:
    """A file that was announced: its bytes, once they came; ``looks`` are those until it is ready, None: not begun."""

    owner: str
    name: str
    length: int
    alt: str
    data: bytes = b""
    looks: int | None = None


class Files(Server):
    """Files that only the bot sees, until a message shows them."""

    @route("POST", "/api/files.getUploadURLExternal")
    @route("GET", "/api/files.getUploadURLExternal")
    def upload_address(self, request: Request) -> Reply:
        """Where to send a file."""
        me, fields = self.asked(request, ("filename", "length", "alt_txt", "snippet_type"))
        length, alt = str(fields.get("length") or ""), str(fields.get("alt_txt") or "")
        if not fields.get("filename") or not length.isdecimal() or int(length) < 1:
            raise Refused(refused("invalid_arguments"))
        if len(alt) > ALT:
            raise Refused(refused("alt_txt_too_large"))
        number = f"F{self.store.new_id()}"
        self._uploads[number] = Upload(me.name, str(fields["filename"]), int(length), alt)
        secret = self.store.token(self.key, number, "upload")
        return self.fine({"upload_url": f"{request.base_url}/upload/v1/slack/{number}.{secret}", "file_id": number})

    @route("POST", "/upload/v1/slack/{place}")
    def receive(self, request: Request, place: str) -> Reply:
        """Take the bytes; whoever knows the address may send them."""
        number, _, secret = place.partition(".")
        upload = self._uploads.get(number)
        if upload is None or secret != self.store.token(self.key, number, "upload"):
            return Reply(404, b"Not found", "text/plain")
        sent = list(request.files.values())
        data = sent[0].data if sent else request.body
        if len(data) != upload.length:
            return Reply(400, b"Incorrect length", "text/plain")
        upload.data = data
        return Reply(200, f"OK - {len(data)}".encode(), "text/plain")

    @route("POST", "/api/files.completeUploadExternal")
    def complete(self, request: Request) -> Reply:
        """End an upload. With a channel it would be a message of its own, which the sandbox does not know."""
        me, fields = self.asked(request, ("files",))
        told = []
        for one in self._listed(fields.get("files")):
            upload = self._mine(me, str(one["id"]))
            if not upload.data:
                raise Refused(refused("file_not_found"))
            upload.looks = 0 if upload.looks is None else upload.looks
            if shape := pictures.shape(upload.data):
                self.store.keep(me, upload.data, shape, upload.alt, number=str(one["id"]))
            told.append({"id": one["id"], "title": one.get("title") or upload.name})
        return self.fine({"files": told})

    @route("GET", "/api/files.info")
    @route("POST", "/api/files.info")
    def file(self, request: Request) -> Reply:
        """What a file is; its media type is known after a while."""
        me, fields = self.asked(request, ("file",))
        number = str(fields.get("file") or "")
        upload = self._mine(me, number)
        if upload.looks is None:
            raise Refused(refused("file_not_found"))
        upload.looks += 1
        shape = pictures.shape(upload.data)
        kind = pictures.TYPES.get(shape[0], "") if shape else "application/octet-stream"
        told = {"id": number, "name": upload.name, "size": upload.length, "user": me.id, "channels": []}
        return self.fine({"file": told | {"mimetype": kind if upload.looks > LOOKS else "", "is_public": False}})

    def file_of(self, me: Account, number: str) -> Picture | None:
        """A picture of this bot that is ready to be shown."""
        upload = self._uploads.get(number)
        return self.store.picture(me, number) if upload is not None and (upload.looks or 0) > LOOKS else None

    @property
    def _uploads(self) -> dict[str, Upload]:
        found: dict[str, Upload] = self.store.memory.setdefault((self.key, "uploads"), {})
        return found

    def _mine(self, me: Account, number: str) -> Upload:
        upload = self._uploads.get(number)
        if upload is None or upload.owner != me.name:
            raise Refused(refused("file_not_found"))
        return upload

    @staticmethod
    def _listed(given: Any) -> list[dict[str, Any]]:
        """``files``: a list of objects, in a form as JSON."""
        try:
            found = json.loads(given) if isinstance(given, str) else given
        except ValueError:
            found = None
        if not isinstance(found, list) or not found:
            raise Refused(refused("invalid_arguments"))
        if any(not isinstance(one, dict) or "id" not in one or set(one) - {"id", "title"} for one in found):
            raise Refused(refused("invalid_arguments"))
        return found

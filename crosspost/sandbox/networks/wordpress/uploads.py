"""Pictures and tags of the WordPress stand-in. Sources: as ``standin.py``."""

import hashlib
import html
import re
from typing import Any

from crosspost.sandbox.core import pictures
from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request, first
from crosspost.sandbox.core.standin import only, route
from crosspost.sandbox.core.store import Picture
from crosspost.sandbox.networks.wordpress.server import Server

_HEADER = "Content-Disposition"
_SUFFIX = re.compile(r"\.(?:jpe?g|jpe|png|gif|webp|bmp|tiff?|ico|heic)$", re.IGNORECASE)


class Uploads(Server):
    """Files are looked at: a JPEG named .png is kept. Only a name that is no picture's is refused."""

    @route("POST", "/blog/wp-json/wp/v2/media")
    def upload(self, request: Request) -> Reply:
        """Keep a file: of a form, or sent as it is with its name in a header."""
        me = self._me(request, "upload_files")
        form = request.kind == "multipart/form-data"
        name, data = self._of_form(request) if form else self._as_it_is(request)
        said = str(request.headers.get("Content-MD5", ""))
        if said and said != hashlib.md5(data, usedforsecurity=False).hexdigest():
            raise Refused(self.refusal(412, "Content hash did not match expected.", "rest_upload_hash_mismatch"))
        shape = pictures.shape(data)
        if shape is None or shape[0] not in self.settings["formats"] or not _SUFFIX.search(name):
            raise Refused(self._not_kept("Sorry, you are not allowed to upload this file type.", form=form))
        if self.settings["full"]:
            why = "The uploaded file could not be moved to wp-content/uploads/2026/11."
            raise Refused(self._not_kept(why, form=form))
        kept = self.store.keep(me, data, shape, number=self.store.new_id(small=True))
        self._describe(kept, {"title": name.rpartition(".")[0]} | dict(request.form if form else []))
        return Reply.json(self._media(kept, request), 201)

    def _of_form(self, request: Request) -> tuple[str, bytes]:
        """Name and bytes of the field ``file``. For another field, WordPress 6.1 answers with PHP's own warnings."""
        if not request.files:
            raise Refused(self.refusal(400, "No data supplied.", "rest_upload_no_data"))
        if set(request.files) != {"file"}:
            raise Refused(Reply(200, b'<b>Warning</b>: Undefined array key "file"', "text/html"))
        file = request.files["file"]
        if not file.data:
            why = "File is empty. Please upload something more substantial."
            raise Refused(self._not_kept(why, form=True))
        return file.filename, file.data

    def _as_it_is(self, request: Request) -> tuple[str, bytes]:
        disposition = str(request.headers.get("Content-Disposition", ""))
        for there, missing in ((request.body, "data"), (request.kind, "Content-Type"), (disposition, _HEADER)):
            if not there:
                code = f"rest_upload_no_{missing.lower().replace('-', '_')}"
                raise Refused(self.refusal(400, f"No {missing} supplied.", code))
        found = re.search(r'filename="([^"]+)"', disposition)
        if found is None:
            why = f"Invalid {_HEADER} supplied."
            raise Refused(self.refusal(400, why, "rest_upload_invalid_disposition"))
        return found[1], request.body

    def _not_kept(self, message: str, *, form: bool) -> Reply:
        return self.refusal(500, message, f"rest_upload_{'unknown' if form else 'sideload'}_error")

    @route("GET", "/blog/wp-json/wp/v2/media/{number}")
    def media(self, request: Request, number: str) -> Reply:
        """A picture; to everybody."""
        picture = self.store.pictures.get(number)
        if picture is None or not picture.account.startswith(f"{self.key}/"):
            raise Refused(self.refusal(404, "Invalid post ID.", "rest_post_invalid_id"))
        return Reply.json(self._media(picture, request))

    @route("POST", "/blog/wp-json/wp/v2/media/{number}")
    @route("PUT", "/blog/wp-json/wp/v2/media/{number}")
    def describe(self, request: Request, number: str) -> Reply:
        """Say what a picture shows."""
        picture = self.store.picture(self._me(request, "upload_files"), number)
        if picture is None:
            raise Refused(self.refusal(404, "Invalid post ID.", "rest_post_invalid_id"))
        self._describe(picture, request.json)
        return Reply.json(self._media(picture, request))

    def _describe(self, picture: Picture, fields: dict[str, Any]) -> None:
        if strange := only(fields, ("alt_text", "caption", "title")):
            raise Malformed(f"the sandbox does not know {strange[0]} here")
        picture.alt = str(fields.get("alt_text", picture.alt))
        if "title" in fields:
            self._titles()[picture.id] = str(fields["title"])

    @route("GET", "/blog/wp-json/wp/v2/tags")
    def tags(self, request: Request) -> Reply:
        """Tags whose name holds the words. Names are kept as HTML, in which nobody finds a ``&``."""
        word = (first(request.query, "search") or "").casefold()
        return Reply.json([{"id": n, "name": name} for name, n in self._tags().items() if word in name.casefold()])

    @route("POST", "/blog/wp-json/wp/v2/tags")
    def tag(self, request: Request) -> Reply:
        """Make a tag."""
        self._me(request)
        name, known = html.escape(str(request.json.get("name") or ""), quote=False), self._tags()
        if not name:
            raise Refused(self.refusal(400, "Missing parameter(s): name", "rest_missing_callback_param"))
        if name in known:
            why = "A term with the name provided already exists in this taxonomy."
            data = {"status": 400, "term_id": known[name]}
            raise Refused(Reply.json({"code": "term_exists", "message": why, "data": data}, 400))
        known[name] = len(known) + 1
        return Reply.json({"id": known[name], "name": name}, 201)

    def _tags(self) -> dict[str, int]:
        found: dict[str, int] = self.store.memory.setdefault((self.key, "tags"), {})
        return found

    def _titles(self) -> dict[str, str]:
        found: dict[str, str] = self.store.memory.setdefault((self.key, "titles"), {})
        return found

    @route("GET", "/blog/uploads/{name}")
    def file(self, request: Request, name: str) -> Reply:  # noqa: ARG002  # a route's shape
        """An uploaded picture."""
        picture = self.store.pictures.get(name.partition(".")[0])
        if picture is None:
            raise Refused(self.refusal(404, "Not found"))
        return Reply(200, picture.data, pictures.TYPES[picture.format])

    def _media(self, picture: Picture, request: Request) -> dict[str, Any]:
        suffix = picture.format.lower().replace("jpeg", "jpg")
        address = f"{request.base_url}/blog/uploads/{picture.id}.{suffix}"
        told = {"id": int(picture.id), "source_url": address, "alt_text": picture.alt, "media_type": "image"}
        title = {"rendered": html.escape(self._titles().get(picture.id, ""), quote=False)}
        return told | {"mime_type": pictures.TYPES[picture.format], "title": title}

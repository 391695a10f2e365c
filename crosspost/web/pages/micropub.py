"""Where other programs write posts: a Micropub end point (www.w3.org/TR/micropub), for people who have a token.

It makes the same file as the page "Write", by the same code. Cookies and passwords do not count here, so no website can
have a browser write.
"""

import logging
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from crosspost.app.editing import micropub_request, new_note
from crosspost.app.editing.note_picture import MOST_BYTES
from crosspost.app.times import zone_of
from crosspost.errors import CrosspostError
from crosspost.ledger import Person
from crosspost.web.site_prefix import base
from crosspost.web.users import may

if TYPE_CHECKING:
    from starlette.requests import Request

    from crosspost.app.application import App
    from crosspost.web.current_site import Current
    from crosspost.web.pages.webmention import Pace
    from crosspost.web.users import User

_log = logging.getLogger("crosspost.web")


def serve(request: "Request") -> Response:
    """Answer a client: what is possible here (GET), or a new post (POST). In English, because programs ask."""
    current: Current = request.app.state.current
    app = current.app
    if app.settings is None or not app.settings.web.micropub:
        raise HTTPException(404)
    pace: Pace = request.app.state.micropub_pace
    if not pace.free(time.monotonic()):
        answer = _refused(429, "temporarily_unavailable", "too many at the moment; try again later")
        answer.headers["Retry-After"] = "60"
        return answer
    token, twice = _token(request)
    if twice:
        return _refused(400, "invalid_request", "the token is sent once: in the header, or as access_token")
    user = request.app.state.authenticator.of_token(token) if token else None
    if user is None:
        answer = _refused(401, "unauthorized", "a token of `crosspost web token NAME` is needed")
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    if request.method == "GET":
        return _told(request, app)
    if not may(user, "author"):
        return _refused(403, "insufficient_scope", "the role of this token’s owner does not allow that")
    return _written(request, current, user)


def _token(request: "Request") -> tuple[str, bool]:
    """The token (RFC 6750, 2.1 and 2.2), and whether it came in both ways, which is not allowed."""
    kind, _, said = request.headers.get("authorization", "").partition(" ")
    header = said.strip() if kind.lower() == "bearer" else ""
    form = request.state.form.get("access_token", "") if request.method == "POST" else ""
    field = form if isinstance(form, str) else ""
    return header or field, bool(header and field)


def _told(request: "Request", app: "App") -> Response:
    """What a client may ask for before it writes (3.7)."""
    accounts = [{"uid": name, "name": app.label(name)} for name in app.accounts()]
    asked = request.query_params.get("q", "")
    if asked == "config":
        return JSONResponse({"syndicate-to": accounts, "q": ["config", "syndicate-to"]})
    if asked == "syndicate-to":
        return JSONResponse({"syndicate-to": accounts})
    return _refused(400, "invalid_request", "q is config or syndicate-to")


def _written(request: "Request", current: "Current", user: "User") -> Response:
    app = current.app
    try:
        given, picture = _given(request)
        note = micropub_request.note_of(given, picture, now=current.now(), zone=zone_of(app))
        file = new_note.new(app, note, Person(name=user.name, origin="page"))
        entry = app.source().entry(file)
    except CrosspostError as error:
        return _refused(400, "invalid_request", str(error))
    except OSError as error:
        _log.error("a post could not be written: %s", error)
        return _refused(503, "temporarily_unavailable", "that is not possible at the moment")
    current.look_again()
    return Response(status_code=201, headers={"Location": entry.url or _page_here(request, entry.id)})


def _page_here(request: "Request", post: str) -> str:
    """The page about a post in the dashboard: some have none on the site."""
    return f"{request.url.scheme}://{request.headers['host']}{base()}/posts/{quote(post)}"


def _given(request: "Request") -> tuple[micropub_request.Properties, bytes]:
    """The properties, and the bytes of the picture."""
    if request.state.json is not None:
        return micropub_request.of_json(_decoded(request.state.json)), b""
    fields: list[tuple[str, Any]] = list(request.state.form.multi_items())
    files = [value for _, value in fields if isinstance(value, UploadFile)]
    if len(files) > 1 or any(
        isinstance(value, UploadFile) and name.removesuffix("[]") != "photo" for name, value in fields
    ):
        raise micropub_request.NotUnderstood("one file is taken, as photo")
    return micropub_request.of_form(fields), files[0].file.read(MOST_BYTES + 1) if files else b""


def _decoded(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        raise micropub_request.NotUnderstood("the body is not JSON") from None


def _refused(status: int, error: str, why: str) -> Response:
    return JSONResponse({"error": error, "error_description": why}, status)

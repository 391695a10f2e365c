"""The part of the Facebook stand-in that is about the Graph API: versions, tokens, errors, and photos."""

import hashlib
import json
import re
from datetime import datetime
from typing import Any, ClassVar

from crosspost.sandbox import pictures
from crosspost.sandbox.standin import StandIn, only
from crosspost.sandbox.store import Account
from crosspost.sandbox.wire import Malformed, Refused, Reply, Request, bearer, first

VERSIONS = ("v22.0", "v23.0", "v24.0", "v25.0", "v26.0")
PHOTO_BYTES = 4 * 1024 * 1024
PHOTO_FORMATS = ("JPEG", "MPO", "PNG", "GIF", "BMP", "TIFF")
MESSAGE = 63_206  # characters, the circulated figure
_REMOVED = ("ids", "pretty", "date_format", "debug")
_APP = ("340000000000001", "sandbox-app-secret")


def graph_error(code: int, message: str, status: int = 400, *, subcode: int = 0, **more: Any) -> Reply:
    """An error as the Graph API words it."""
    kind = "GraphMethodException" if code == 100 and subcode == 33 else "OAuthException"
    error: dict[str, Any] = {"message": f"(#{code}) {message}", "type": kind, "code": code}
    if subcode:
        error["error_subcode"] = subcode
    trace = "A" + hashlib.sha256(message.encode()).hexdigest()[:22]
    return Reply.json({"error": error | more | {"fbtrace_id": trace}}, status)


class Server(StandIn):
    """Who is asking, in which version, and the photos. The posts stand in ``facebook.py``."""

    paths = r"/v(?:[2-9]|\d{2,})\.\d+(?:/|$)|/(?:me|debug_token|\d[\d_]*)(?:/|$)"
    options: ClassVar = {}

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`; an account is a Page with its Page token."""
        token = self.store.token(self.key, name, "page-token")
        return Account(self.key, name, f"10000000000000{number}", name, display_name, {"access_token": token})

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """See :class:`StandIn`; Facebook also wants the Page's id."""
        return super().access(account, base_url) | {"page_id": account.id}

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {"CROSSPOST_FACEBOOK_ACCESS_TOKEN": account.credentials["access_token"]}

    # ── errors ────────────────────────────────────────────────────────────────────────────────────────────────────

    def refusal(self, status: int, message: str) -> Reply:
        """An error in the Graph API's form; its code follows from the status."""
        if status >= 500:
            return graph_error(
                1 if status == 500 else 2, "An unexpected error has occurred.", status, is_transient=True
            )
        code = {400: 100, 404: 2500, 405: 2500}.get(status, 100)
        return graph_error(code, message, 400 if status in (404, 405) else status)

    def expired(self) -> Reply:
        """Code 190, subcode 463, with status 400 (401 for a token that never was one)."""
        return graph_error(190, "Error validating access token: Session has expired.", subcode=463)

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002 - Facebook names no time of day
        """Code 32 with 403, and how many minutes are left in the business header."""
        reply = graph_error(32, "Page request limit reached", 403, is_transient=True)
        minutes = max(1, -(-retry_after // 60))
        use = {"type": "pages", "call_count": 100, "total_cputime": 25, "total_time": 25}
        told = {_APP[0]: [use | {"estimated_time_to_regain_access": minutes}]}
        reply.headers = {"X-Business-Use-Case-Usage": json.dumps(told), "X-App-Usage": _usage(100)}
        return reply

    def answer(self, request: Request) -> Reply:
        """Look at the version and the removed habits first; every answer tells how much of the app's share is used."""
        asked, used = request.path, self.store.memory.get((self.key, "calls"), 0) + 1
        self.store.memory[self.key, "calls"] = used
        try:
            version = self._strip_version(request)
            reply = super().answer(request)
        except Refused as refused:
            version, reply = VERSIONS[-1], refused.reply
        except Malformed as malformed:
            version, reply = VERSIONS[-1], self.refusal(400, str(malformed))
        request.path = asked
        reply.headers = {"facebook-api-version": version, "X-App-Usage": _usage(min(used // 2, 99))} | reply.headers
        return reply

    def _strip_version(self, request: Request) -> str:
        match = re.match(r"/(v\d+\.\d+)(?=/|$)", request.path)
        if match is None:
            raise Refused(graph_error(2500, "An API version is required: say /v26.0/… in the path"))
        if match[1] not in VERSIONS:
            raise Refused(graph_error(2635, f"You are calling a deprecated or unknown version of the API: {match[1]}"))
        if removed := [name for name in _REMOVED if first(fields(request), name) is not None]:
            raise Refused(graph_error(12, f"The parameter {removed[0]} is no longer available"))
        if request.headers.get("If-None-Match"):
            raise Refused(graph_error(12, "ETags are no longer available"))
        request.path = request.path[match.end() :] or "/"
        return match[1]

    # ── who ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def me(self, request: Request) -> Account:
        """The Page whose token this is: in the query, in the form, or as a bearer token."""
        token = first(fields(request), "access_token") or bearer(request)
        if not token:
            raise Refused(graph_error(2500, "An active access token must be used to query information.", 401))
        account = self.store.account(self.key, access_token=token)
        if account is None:
            message = "Error validating access token: The access token could not be decrypted"
            raise Refused(graph_error(190, message, 401, subcode=467))
        request.account = account.name
        return account

    def page(self, request: Request, page: str) -> Account:
        """The Page ``page`` (its id or ``me``), if this is its own token."""
        me = self.me(request)
        if page not in ("me", me.id):
            raise Refused(self.missing(page))
        return me

    @staticmethod
    def missing(thing: str) -> Reply:
        """The answer about an object that does not exist or is somebody else's."""
        message = f"Object with ID '{thing}' does not exist, cannot be loaded due to missing permissions"
        return graph_error(100, message, subcode=33)

    def debug(self, request: Request) -> Reply:
        """What a token is: its own token or ``APP_ID|APP_SECRET`` may ask."""
        said = fields(request)
        if first(said, "access_token") != "|".join(_APP):
            self.me(request)
        subject = self.store.account(self.key, access_token=first(said, "input_token") or "")
        if subject is None:
            error = {"code": 190, "message": "Invalid OAuth access token.", "subcode": 467}
            return Reply.json({"data": {"is_valid": False, "error": error, "scopes": []}})
        scopes = ["pages_show_list", "pages_read_engagement", "pages_manage_posts"]
        told = {"app_id": _APP[0], "type": "PAGE", "is_valid": True, "expires_at": 0, "scopes": scopes}
        return Reply.json({"data": told | {"profile_id": subject.id, "data_access_expires_at": 0}})

    # ── photos ────────────────────────────────────────────────────────────────────────────────────────────────────

    def photo_data(self, request: Request) -> tuple[bytes, tuple[str, int, int]]:
        """The uploaded file and what it really is."""
        file = request.files.get("source")
        if file is None:
            told = first(request.form, "url")
            message = "The sandbox fetches nothing from the web; upload the photo" if told else "source is required"
            raise Refused(graph_error(324, f"Missing or invalid image file: {message}"))
        shape = pictures.shape(file.data)
        if shape is None or shape[0] not in PHOTO_FORMATS or len(file.data) > PHOTO_BYTES:
            message = "Photos should be smaller than 4 MB and saved as JPG, PNG, GIF, BMP or TIFF"
            raise Refused(graph_error(100, message, subcode=1366046))
        return file.data, shape


def fields(request: Request) -> list[tuple[str, str]]:
    """Query and form fields; a JSON body counts as a form."""
    if request.kind == "application/json":
        return [*request.query, *((k, v if isinstance(v, str) else json.dumps(v)) for k, v in request.json.items())]
    return [*request.query, *request.form]


def flag(said: list[tuple[str, str]], name: str, default: bool) -> bool:
    """A boolean as the Graph API reads it: ``true``, ``false``, ``1``, ``0``; Python's ``False`` is none."""
    value = first(said, name)
    if value is None:
        return default
    if value not in ("true", "false", "1", "0"):
        raise Refused(graph_error(100, f"Param {name} must be a boolean"))
    return value in ("true", "1")


def wanted_fields(said: list[tuple[str, str]], known: tuple[str, ...], default: str) -> set[str]:
    """The names in ``fields``; ``attachments{…}`` counts as ``attachments``."""
    text = first(said, "fields") or default
    names, depth, name = {"id"}, 0, ""
    for char in f"{text},":
        if char == "," and depth == 0:
            names.add(name.strip())
            name = ""
        depth += (char == "{") - (char == "}")
        name += char if depth == 0 and char not in "},{" else ""
    if strange := only(names - {""}, known):
        raise Refused(graph_error(100, f"Tried accessing nonexisting field ({strange[0]})"))
    if depth:
        raise Malformed("Syntax error in fields")
    return names


def _usage(percent: int) -> str:
    return json.dumps({"call_count": percent, "total_cputime": percent // 2, "total_time": percent // 2})

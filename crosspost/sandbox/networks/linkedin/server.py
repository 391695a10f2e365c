"""The server side of the LinkedIn stand-in: versions, tokens and scopes, quotas, and images."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import unquote

from crosspost.sandbox.core import pictures
from crosspost.sandbox.core.faults import Fault
from crosspost.sandbox.core.http_messages import Refused, Reply, Request, bearer, first
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import StandIn, only, route
from crosspost.sandbox.core.store import Account, Picture

_TURN = 16
"""Day of the month: about then the month's version appears and that of a year ago goes (202511 on 2026-11-16)."""
PIXELS = 36_152_320
QUOTA = 150  # requests per member and day (Share on LinkedIn); uploads count
_FORMATS = ("JPEG", "PNG", "GIF")
_MEMBER = frozenset({"openid", "profile", "w_member_social"})
_ORGANIZATION = frozenset({"w_organization_social", "r_organization_social"})


def problem(status: int, code: str, message: str, **more: Any) -> Reply:
    """An error in LinkedIn's form."""
    return Reply.json({"status": status, "code": code, "message": message} | more, status)


def invalid(field: str, code: str, message: str, status: int = 400) -> Reply:
    """An error about one field of the body."""
    entry = {"description": message, "input": {"inputPath": {"fieldPath": field}}, "code": code}
    return Reply.json({"status": status, "message": message, "errorDetails": {"inputErrors": [entry]}}, status)


class Server(StandIn):
    """Access, scopes, versions and images. The posts are in ``standin.py``."""

    key = "linkedin"
    name = "LinkedIn"
    look = Look(mark="#0a66c2")
    publishes = "POST /rest/posts"
    paths = r"/rest/|/v2/userinfo|/dms-uploads/"
    own_faults: ClassVar = {
        "426": ("refuses the version as retired", "POST /rest/posts"),
        "403": ("refuses for lack of permission", "POST /rest/posts"),
        "processing": ("takes the image; it is ready after two looks", "PUT /dms-uploads/*"),
    }
    options: ClassVar = {"rate_limits": True}

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`. One token is the person's, the other that of an application for its organisation."""
        kinds = ("access_token", "organization_token")
        tokens = {kind: self.store.token(self.key, name, kind.replace("_", "-")) for kind in kinds}
        return Account(self.key, name, f"sandbox{number}", name, display_name, tokens)

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """See :class:`StandIn`; also the organisation the person administers."""
        return super().access(account, base_url) | {"organization": organization(account).rpartition(":")[2]}

    def profiles(self, account: Account) -> tuple[str, ...]:
        """See :class:`StandIn`."""
        return (f"/company/{organization(account).rpartition(':')[2]}",)

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {"CROSSPOST_LINKEDIN_ACCESS_TOKEN": account.credentials["access_token"]}

    # ── errors ────────────────────────────────────────────────────────────────────────────────────────────────────

    def refusal(self, status: int, message: str) -> Reply:
        """An error in LinkedIn's form; its code follows from the status."""
        code = {400: "ILLEGAL_ARGUMENT", 404: "RESOURCE_NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}.get(status, "ERROR")
        return problem(status, code, message)

    def expired(self) -> Reply:
        """401."""
        message = "The token used in the request has expired"
        return problem(401, "EXPIRED_ACCESS_TOKEN", message, serviceErrorCode=65601)

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002 - LinkedIn names no time
        """429 without a time: the quotas of a day are reset at midnight UTC."""
        message = "Resource level throttle limit for calls to this resource is reached."
        return problem(429, "TOO_MANY_REQUESTS", message, serviceErrorCode=101)

    def denied(self, what: str) -> Reply:
        """403."""
        return problem(403, "ACCESS_DENIED", f"Not enough permissions to access: {what}", serviceErrorCode=100)

    def fault(self, kind: str, request: Request, fault: Fault) -> Reply | None:
        """See :class:`StandIn`; 426 and 403 are answered here."""
        if kind == "426":
            return _retired(str(request.headers.get("LinkedIn-Version", "")))
        return self.denied("posts.CREATE") if kind == "403" else super().fault(kind, request, fault)

    # ── who ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def me(self, request: Request, *, count: bool = True) -> tuple[Account, frozenset[str]]:
        """The account that owns the token, and the token's scopes; counts the request against the day's quota."""
        token = bearer(request)
        account, scopes = self.store.account(self.key, access_token=token), _MEMBER
        if account is None:
            account, scopes = self.store.account(self.key, organization_token=token), _ORGANIZATION
        if account is None:
            raise Refused(problem(401, "INVALID_ACCESS_TOKEN", "Invalid access token", serviceErrorCode=65600))
        request.account = account.name
        day = request.now.astimezone(UTC).date().isoformat()
        if count:
            left, _ = self.store.quota((self.key, account.name, day), QUOTA, 2 * 86_400)
            if left < 0 and self.settings["rate_limits"]:
                raise Refused(self.rate_limited(0, request.now))
        return account, scopes

    def versioned(self, request: Request) -> tuple[Account, frozenset[str]]:
        """As :meth:`me` for a request of the versioned API, which needs both of its headers."""
        version = request.headers.get("LinkedIn-Version")
        if not version:
            raise Refused(problem(400, "VERSION_MISSING", "A version must be present. Please specify a version"))
        if not active(version, request.now):
            raise Refused(_retired(version))
        if request.headers.get("X-Restli-Protocol-Version") != "2.0.0":
            raise Refused(problem(400, "ILLEGAL_ARGUMENT", "X-Restli-Protocol-Version: 2.0.0 is required"))
        if request.body and request.kind != "application/json":
            raise Refused(problem(415, "UNSUPPORTED_MEDIA_TYPE", "Content-Type must be application/json"))
        return self.me(request)

    def may_write(self, author: Any, me: Account, scopes: frozenset[str]) -> str:
        """``author`` when this token may post as it."""
        allowed = {"w_member_social": person(me), "w_organization_social": organization(me)}
        if author not in [urn for scope, urn in allowed.items() if scope in scopes]:
            raise Refused(self.denied("posts.CREATE: the author is neither the token's person nor its organization"))
        return str(author)

    @route("GET", "/v2/userinfo")
    def userinfo(self, request: Request) -> Reply:
        """The owner of the token (OpenID Connect)."""
        me, scopes = self.me(request, count=False)
        if "profile" not in scopes:
            raise Refused(self.denied("userinfo.GET.NO_VERSION"))
        return Reply.json({"sub": me.id, "name": me.display_name, "locale": {"country": "DE", "language": "de"}})

    # ── images ────────────────────────────────────────────────────────────────────────────────────────────────────

    @route("POST", "/rest/images")
    def initialize_upload(self, request: Request) -> Reply:
        """Name the image and the place to put it."""
        me, scopes = self.versioned(request)
        if first(request.query, "action") != "initializeUpload":
            raise Refused(self.refusal(400, "The action initializeUpload is required"))
        asked = request.json.get("initializeUploadRequest")
        if only(request.json, ("initializeUploadRequest",)) or not isinstance(asked, dict) or only(asked, ("owner",)):
            raise Refused(invalid("/initializeUploadRequest", "MISSING_FIELD", "initializeUploadRequest.owner only"))
        owner = self.may_write(asked.get("owner"), me, scopes)
        number = f"C4E{self.store.new_id()}"
        self.store.memory[self.key, "upload", number] = (me.name, owner, request.now + timedelta(days=1))
        body = {
            "uploadUrlExpiresAt": int((request.now + timedelta(days=1)).timestamp() * 1000),
            "uploadUrl": f"{request.base_url}/dms-uploads/{number}",
            "image": f"urn:li:image:{number}",
        }
        return Reply.json({"value": body})

    @route("PUT", "/dms-uploads/{number}")
    def upload(self, request: Request, number: str) -> Reply:
        """Take the bytes; whether they are an image shows only while they are processed."""
        me, _ = self.me(request)
        name, owner, until = self.store.memory.get((self.key, "upload", number), ("", "", request.now))
        if name != me.name or request.now >= until:
            raise Refused(self.refusal(404, "The upload URL has expired or is not yours"))
        shape = pictures.shape(request.body) or ("", 0, 0)
        fine = shape[0] in _FORMATS and shape[1] * shape[2] < PIXELS
        picture = self.store.keep(me, request.body, shape)
        picture.extra |= {"owner": owner, "fine": fine, "looks": 2 if request.fault == "processing" else 0}
        self.store.memory[self.key, "image", f"urn:li:image:{number}"] = picture.id
        return Reply(201)

    @route("GET", "/rest/images/{urn}")
    def image(self, request: Request, urn: str) -> Reply:
        """How far an image is; a member's token alone may not ask."""
        me, scopes = self.versioned(request)
        if "r_organization_social" not in scopes:
            raise Refused(self.denied("images.GET"))
        picture = self.image_of(me, unquote(urn))
        if picture is None:
            raise Refused(self.refusal(404, "There is no such image"))
        status = (
            "PROCESSING" if picture.extra["looks"] else "AVAILABLE" if picture.extra["fine"] else "PROCESSING_FAILED"
        )
        picture.extra["looks"] = max(0, picture.extra["looks"] - 1)
        return Reply.json({"id": unquote(urn), "owner": picture.extra["owner"], "status": status})

    def image_of(self, me: Account, urn: Any) -> Picture | None:
        """The account's uploaded image, or None."""
        known = self.store.memory.get((self.key, "image", urn)) if isinstance(urn, str) else None
        return self.store.picture(me, known) if known else None


def active(version: str, now: datetime) -> bool:
    """Whether the API serves ``version`` (YYYYMM): each for a year (learn.microsoft.com/linkedin, versioning)."""
    match = re.fullmatch(r"(20\d\d)(0[1-9]|1[0-2])", version)
    if match is None:
        return False
    begins = datetime(int(match[1]), int(match[2]), _TURN, tzinfo=UTC)
    return begins <= now < begins.replace(year=begins.year + 1)


def person(account: Account) -> str:
    """The account as a person."""
    return f"urn:li:person:{account.id}"


def organization(account: Account) -> str:
    """The organisation the account administers."""
    return f"urn:li:organization:7000{re.sub(r'[^0-9]', '', account.id)}"


def _retired(version: str) -> Reply:
    return problem(426, "NONEXISTENT_VERSION", f"Requested version {version} is not active")

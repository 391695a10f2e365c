"""The server side of the Mastodon stand-in: its limits, access, and pictures."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from crosspost.sandbox.core import films, pictures
from crosspost.sandbox.core.faults import meant
from crosspost.sandbox.core.http_messages import Refused, Reply, Request, bearer
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import only, route
from crosspost.sandbox.core.store import Account, Picture
from crosspost.sandbox.networks.mastodon.flavours import FLAVOURS, Flavour, identifier
from crosspost.sandbox.networks.mastodon.oauth import OAuth
from crosspost.sandbox.networks.mastodon.params import params

# name → (requests, seconds)
_LIMITS = {"statuses": (300, 3 * 3600), "media": (30, 30 * 60), "delete": (30, 30 * 60), "all": (1500, 300)}

PIXELS, VIDEO_PIXELS, VIDEO_BYTES = 33_177_600, 8_294_400, 99 * 1024 * 1024
POLLS = {
    "max_options": 4,
    "max_characters_per_option": 50,
    "min_expiration": 300,  # seconds
    "max_expiration": 2_629_746,
}
_MEDIA = ("description", "focus")


class Server(OAuth):
    """What this server is, whose token it is, and the uploads. The posts are in ``standin.py``."""

    key = "mastodon"
    name = "Mastodon"
    look = Look(mark="#6364ff", links_in_any_script=True)
    publishes = "POST /api/v1/statuses"
    # the end points that are left out belong to signal-cli
    paths = r"/api/v[12]/(?!(rpc|check|events)$)|/oauth/|/\.well-known/nodeinfo$|/nodeinfo/"
    own_faults: ClassVar = {
        "processing": ("answers an upload with 202; it is ready after two looks", "POST /api/v2/media"),
    }
    options: ClassVar = {
        "flavour": "mastodon", "rate_limits": True, "missing": (), "scopes": ("read", "write", "profile"),
        "rules": (), "bot": False,
    }  # fmt: skip
    """``scopes``: what the fixed tokens may do. ``rules``: the server's; ``bot``: how accounts are marked."""

    @property
    def flavour(self) -> Flavour:
        """The kind of server this one pretends to be."""
        return FLAVOURS[self.settings["flavour"]]

    def new_id(self) -> str:
        """An id for a post, in the form this kind of server gives it."""
        return identifier(self.flavour.ids, self.store.new_id())

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`."""
        token = self.store.token(self.key, name, "token")
        own = identifier(self.flavour.ids, f"10900000000000000{number}")
        return Account(self.key, name, own, name, display_name, {"access_token": token})

    def profiles(self, account: Account) -> tuple[str, ...]:
        """See :class:`StandIn`."""
        return (f"/@{account.handle}",)

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {"CROSSPOST_MASTODON_ACCESS_TOKEN": account.credentials["access_token"]}

    def refusal(self, status: int, message: str) -> Reply:
        """``{"error": "…"}``."""
        return Reply.json({"error": message}, status)

    def expired(self) -> Reply:
        """401."""
        return self.refusal(401, "The access token expired")

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:
        """429 with X-RateLimit headers and no Retry-After."""
        reply = self.refusal(429, "Too many requests")
        reply.headers = _rate_headers(300, 0, now + timedelta(seconds=retry_after))
        return reply

    def answer(self, request: Request) -> Reply:
        """Every response has the number of remaining requests."""
        reply = self._elsewhere(request) or super().answer(request)
        kind = {"POST /api/v1/statuses": "statuses", "POST /api/v2/media": "media", "POST /api/v1/media": "media"}.get(
            f"{request.method} {request.path.rstrip('/')}", "delete" if request.method == "DELETE" else "all"
        )
        limit, window = _LIMITS[kind]
        left, reset = self.store.quota((self.key, kind, request.account), limit, window, cost=0)
        reply.headers = _rate_headers(limit, max(left, 0), reset) | reply.headers
        return reply

    def _elsewhere(self, request: Request) -> Reply | None:
        """This kind of server's response where it differs from Mastodon; None where it does not."""
        path = request.path.rstrip("/")
        if request.path != path and self.flavour.slash == "redirect":
            return Reply(301 if request.method == "GET" else 307, headers={"Location": path})
        line = f"{request.method} {path}"
        if any(meant(gone, line) for gone in (*self.flavour.missing, *self.settings["missing"])):
            if self.settings["flavour"] == "pixelfed":
                return Reply(404, b"<!DOCTYPE html><html><title>Not Found</title><body>404</body></html>", "text/html")
            return self.refusal(404, "Not Found")
        return None

    # ── who and where ─────────────────────────────────────────────────────────────────────────────────────────────

    def me(self, request: Request, kind: str = "all") -> Account:
        """The account that owns the token; counts the request against its limits."""
        account = self.owner(bearer(request), request)
        if account is None:
            raise Refused(self.refusal(401, "The access token is invalid"))
        request.account = account.name
        for item in {kind, "all"}:
            limit, window = _LIMITS[item]
            left, reset = self.store.quota((self.key, item, account.name), limit, window)
            if left < 0 and self.settings["rate_limits"]:
                raise Refused(self.rate_limited(int((reset - request.now).total_seconds()), request.now))
        return account

    @route("GET", "/api/v1/instance")
    @route("GET", "/api/v2/instance")
    def instance(self, request: Request) -> Reply:
        """What this server is and allows; needs no token."""
        flavour, number = self.flavour, str if self.flavour.numbers == "text" else int
        configuration = {
            "statuses": {
                "max_characters": number(flavour.characters),
                "max_media_attachments": number(flavour.attachments),
                "characters_reserved_per_url": number(flavour.reserved),
            },
            "media_attachments": {
                "supported_mime_types": list(flavour.types),
                "description_limit": number(flavour.description),
                "image_size_limit": number(flavour.told_bytes or flavour.bytes),
                "image_matrix_limit": number(PIXELS),
                "video_size_limit": number(VIDEO_BYTES),
                "video_matrix_limit": number(VIDEO_PIXELS),
                "video_frame_rate_limit": number(120),
            },
            "polls": POLLS,
        }
        fields = {"title": "Sandbox", "version": flavour.version, "configuration": configuration, "languages": ["en"]}
        if self.settings["flavour"] == "mastodon":
            fields["api_versions"] = {"mastodon": 7}
        if request.path.startswith("/api/v1"):
            return Reply.json(fields | {"uri": "127.0.0.1", "max_toot_chars": flavour.characters})
        return Reply.json(fields | {"domain": "127.0.0.1", "source_url": flavour.source_url, "rules": self._rules()})

    @route("GET", "/.well-known/nodeinfo")
    def nodeinfo_links(self, request: Request) -> Reply:
        """Where this server describes itself (nodeinfo.diaspora.software)."""
        href = f"{request.base_url}/nodeinfo/2.0"
        return Reply.json({"links": [{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": href}]})

    @route("GET", "/nodeinfo/2.0")
    def nodeinfo(self, request: Request) -> Reply:  # noqa: ARG002 - it says the same to everybody
        """The name of its software."""
        software = {"name": self.settings["flavour"], "version": self.flavour.version}
        return Reply.json({"version": "2.0", "software": software, "protocols": ["activitypub"]})

    @route("GET", "/api/v1/accounts/verify_credentials")
    def verify_credentials(self, request: Request) -> Reply:
        """The owner of the token."""
        me = self.me(request)
        more = {"bot": self.settings["bot"], "source": {"privacy": "public", "language": None}}
        return Reply.json(account_json(me, request.base_url) | more)

    def _rules(self) -> list[dict[str, str]]:
        return [{"id": str(number), "text": text, "hint": ""} for number, text in enumerate(self.settings["rules"], 1)]

    # ── pictures ──────────────────────────────────────────────────────────────────────────────────────────────────

    @route("POST", "/api/v1/media")
    @route("POST", "/api/v2/media")
    def upload(self, request: Request) -> Reply:
        """Accept a picture with its description; 202 while it is still being processed."""
        me = self.me(request, "media")
        fields = params(request)
        self.only_known([*fields, *(name for name in request.files if name not in ("file", "thumbnail"))], _MEDIA)
        file = request.files.get("file")
        if file is None:
            raise Refused(self.refusal(422, "Validation failed: File can't be blank"))
        if len(file.data) > (VIDEO_BYTES if file.data[4:8] == b"ftyp" else self.flavour.bytes):
            raise Refused(self.refusal(422, "Validation failed: File file size must be less than the limit"))
        found = films.film(file.data)
        shape = found.shape if found else pictures.shape(file.data)
        if shape is None or pictures.TYPES.get(shape[0]) not in self.flavour.types:
            raise Refused(self.refusal(422, "Validation failed: File content type is invalid"))
        if shape[1] * shape[2] > (VIDEO_PIXELS if shape[0] in films.CONTAINERS else PIXELS):
            raise Refused(self.refusal(422, f"{shape[1]}x{shape[2]} images are not supported"))
        picture = self.store.keep(me, file.data, shape, self._description(fields))
        picture.extra |= {"focus": self._focus(fields), "poster": self._thumbnail(request, shape[0])}
        if request.fault == "processing" or shape[0] in films.CONTAINERS:  # a video always takes its time
            picture.extra["looks"] = 2
        return Reply.json(
            media_json(picture, request.base_url), 202 if picture.extra.get("looks") else self.flavour.ready
        )

    def _thumbnail(self, request: Request, kind: str) -> str:
        file = request.files.get("thumbnail")
        shape = pictures.shape(file.data) if file is not None else ("", 0, 0)
        if shape is None or (file is not None and kind not in films.CONTAINERS):
            raise Refused(self.refusal(422, "Validation failed: Thumbnail content type is invalid"))
        return f"{shape[0]} {shape[1]}x{shape[2]}" if file is not None else ""

    @route("GET", "/api/v1/media/{media}")
    def media(self, request: Request, media: str) -> Reply:
        """206 while it is still being processed."""
        picture = self._picture(request, media)
        looks = picture.extra.get("looks", 0)
        if looks:
            picture.extra["looks"] = looks - 1
        return Reply.json(media_json(picture, request.base_url), 206 if looks else 200)

    @route("PUT", "/api/v1/media/{media}")
    def describe(self, request: Request, media: str) -> Reply:
        """Change the description before the picture is posted."""
        picture, fields = self._picture(request, media), params(request)
        self.only_known(fields, _MEDIA)
        if "description" in fields:
            picture.alt = self._description(fields)
        picture.extra["focus"] = self._focus(fields) or picture.extra.get("focus")
        return Reply.json(media_json(picture, request.base_url))

    def _picture(self, request: Request, media: str) -> Picture:
        picture = self.store.picture(self.me(request), media)
        if picture is None or picture.used:
            raise Refused(self.refusal(404, "Record not found"))
        return picture

    def only_known(self, fields: Iterable[str], known: tuple[str, ...]) -> None:
        """Refuse an unknown parameter, which a real server ignores, so that mistakes are noticed."""
        if strange := only(fields, known):
            raise Refused(self.refusal(422, f"Validation failed: the sandbox does not know {strange[0]} here"))

    def _focus(self, fields: dict[str, Any]) -> dict[str, float] | None:
        """``x,y``, each from -1 to 1; None when nothing is said."""
        if not fields.get("focus"):
            return None
        match = re.fullmatch(r"(-?[01](?:\.\d+)?),(-?[01](?:\.\d+)?)", str(fields["focus"]))
        if match is None or max(abs(float(part)) for part in match.groups()) > 1:
            raise Refused(self.refusal(422, "Validation failed: focus is two numbers from -1 to 1"))
        return {"x": float(match[1]), "y": float(match[2])}

    def _description(self, fields: dict[str, Any]) -> str:
        text = fields.get("description") or ""
        if len(text) > self.flavour.description:
            limit = self.flavour.description
            raise Refused(
                self.refusal(422, f"Validation failed: Description is too long (maximum is {limit} characters)")
            )
        return str(text)


def account_json(account: Account, base_url: str) -> dict[str, Any]:
    """An Account entity."""
    return {
        "id": account.id,
        "username": account.handle,
        "acct": account.handle,
        "display_name": account.display_name,
        "url": f"{base_url}/@{account.handle}",
        "uri": f"{base_url}/users/{account.handle}",
        "note": "",
        "bot": False,
        "locked": False,
        "created_at": "2026-01-01T00:00:00.000Z",
        "followers_count": 0,
        "following_count": 0,
        "emojis": [],
        "fields": [],
    }


def media_json(picture: Picture, base_url: str) -> dict[str, Any]:
    """A MediaAttachment entity; without ``url`` while it is being processed."""
    address = f"{base_url}/_sandbox/pictures/{picture.id}"
    size = {"width": picture.width, "height": picture.height, "size": f"{picture.width}x{picture.height}"}
    return {
        "id": picture.id,
        "type": "video" if picture.format in films.CONTAINERS else "image",
        "url": None if picture.extra.get("looks") else address,
        "preview_url": address,
        "remote_url": None,
        "meta": {"original": size} | ({"focus": focus} if (focus := picture.extra.get("focus")) else {}),
        "description": picture.alt or None,
        "blurhash": None,
    }


def _rate_headers(limit: int, left: int, reset: datetime) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(left),
        "X-RateLimit-Reset": reset.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }

"""The server side of the Bluesky stand-in: sessions, names, uploads, limits and error bodies."""

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any, ClassVar

from crosspost.sandbox.core import films, pictures
from crosspost.sandbox.core.http_messages import Refused, Reply, Request, bearer, first
from crosspost.sandbox.core.standin import StandIn, only, route
from crosspost.sandbox.core.store import Account

ACCESS, REFRESH = timedelta(hours=2), timedelta(days=90)
GRACE = timedelta(hours=2)
UPLOAD, VIDEO = 5 * 1024 * 1024, 50 * 1024 * 1024
#: what a server of each generation (@atproto/pds 0.4, 0.5) allows: bytes of a picture, bytes of a JSON body
GENERATIONS = {"0.4": (1_000_000, 150 * 1024), "0.5": (2_000_000, 1024 * 1024)}
_NAMES = {400: "InvalidRequest", 401: "AuthMissing", 413: "PayloadTooLarge", 500: "InternalServerError"}


class Server(StandIn):
    """Who may do what; the records are in ``standin.py``."""

    key: ClassVar = "bluesky"
    name: ClassVar = "Bluesky"
    publishes: ClassVar = "POST /xrpc/com.atproto.repo.putRecord | POST /xrpc/com.atproto.repo.applyWrites"
    paths: ClassVar = r"/xrpc/"
    options: ClassVar = {"generation": "0.5", "rate_limits": True, "password": "appPass", "knows_articles": False}
    """``password``: what kind opens sessions: appPass, appPassPrivileged, or access, the main one. ``knows_articles``:
    the keys of articles must be time stamps, as their lexicon says.
    """

    @property
    def image_bytes(self) -> int:
        """Greatest size of a picture in a post."""
        return GENERATIONS[self.settings["generation"]][0]

    def account(self, number: int, name: str, display_name: str) -> Account:  # noqa: ARG002  # part of the shape
        """See :class:`StandIn`."""
        did = "did:plc:" + base32(hashlib.sha256(name.encode()).digest())[:24]
        handle = f"{name}.test"
        seed = base32(hashlib.sha256(self.store.token(self.key, name, "app-password").encode()).digest())
        password = "-".join(seed[start : start + 4] for start in range(0, 16, 4))  # in the form real ones have
        credentials = {"handle": handle, "app_password": password}
        return Account(self.key, name, did, handle, display_name, credentials)

    def profiles(self, account: Account) -> tuple[str, ...]:
        """See :class:`StandIn`."""
        return (f"/profile/{account.handle}", f"/profile/{account.id}")

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {f"CROSSPOST_BLUESKY_{field.upper()}": value for field, value in account.credentials.items()}

    # ── answers ───────────────────────────────────────────────────────────────────────────────────────────────────

    def error(self, status: int, name: str, message: str) -> Refused:
        """A refusal with its error name, to be raised."""
        return Refused(Reply.json({"error": name, "message": message}, status))

    def refusal(self, status: int, message: str) -> Reply:
        """``{"error": name, "message": text}``; a 500 says nothing more."""
        shown = "Internal Server Error" if status == 500 else message
        return Reply.json({"error": _NAMES.get(status, "NotEnoughResources"), "message": shown}, status)

    def expired(self) -> Reply:
        """400, not 401."""
        return self.error(400, "ExpiredToken", "Token has expired").reply

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:
        """429 with the time of reset; generation 0.5 adds Retry-After."""
        reply = self.error(429, "RateLimitExceeded", "Rate Limit Exceeded").reply
        reply.headers = _rate_headers(3000, 300, 0, now + timedelta(seconds=retry_after))
        if self.settings["generation"] != "0.4":
            reply.headers["Retry-After"] = str(retry_after)
        return reply

    def _route(self, request: Request) -> Reply:
        limit, window = (30, 300) if request.path.endswith("server.createSession") else (3000, 300)
        left, reset = self.store.quota((self.key, str(limit)), limit, window)
        if left < 0 and self.settings["rate_limits"]:
            raise Refused(self.rate_limited(int((reset - request.now).total_seconds()), request.now))
        for method, pattern, function in self._routes:
            if method == request.method and pattern.fullmatch(request.path):
                reply = function(request)
                reply.headers = _rate_headers(limit, window, max(left, 0), reset) | reply.headers
                return reply
        raise self.error(400, "InvalidRequest", f"No service configured for {request.path.rpartition('/')[2]}")

    def body(self, request: Request) -> dict[str, Any]:
        """The JSON object of a procedure call."""
        if not request.kind:
            raise self.error(400, "InvalidRequest", "Request encoding (Content-Type) required but not provided")
        if request.kind != "application/json":
            raise self.error(400, "InvalidRequest", f"Wrong request encoding (Content-Type): {request.kind}")
        if len(request.body) > GENERATIONS[self.settings["generation"]][1]:
            raise self.error(413, "PayloadTooLargeError", "request entity too large")
        return request.json

    def needed(self, fields: dict[str, Any], *names: str) -> tuple[str, ...]:
        """The text fields a call must have."""
        for name in names:
            if name not in fields:
                raise self.error(400, "InvalidRequest", f'Missing required key "{name}" at $')
            if not isinstance(fields[name], str):
                raise self.error(400, "InvalidRequest", f"Expected string value type at $.{name}")
        return tuple(fields[name] for name in names)

    # ── sessions ──────────────────────────────────────────────────────────────────────────────────────────────────

    def me(self, request: Request, scope: str = "") -> Account:
        """The account that owns the token."""
        claims = self._claims(request, scope or self._scope)
        account = next(a for a in self.store.accounts.values() if a.network == self.key and a.id == claims["sub"])
        request.account = account.name
        return account

    @property
    def _scope(self) -> str:
        return f"com.atproto.{self.settings['password']}"

    def _claims(self, request: Request, scope: str) -> dict[str, Any]:
        token = bearer(request)
        if not token:
            raise self.error(401, "AuthMissing", "Authentication Required")
        signed, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(signed).encode()):
            raise self.error(400, "InvalidToken", "Token could not be verified")
        claims: dict[str, Any] = json.loads(_unbase64(signed.partition(".")[2]))
        if claims["scope"] != scope:
            raise self.error(400, "InvalidToken", "Invalid token type")
        if request.now.timestamp() >= claims["exp"]:
            raise self.error(400, "ExpiredToken", "Token has expired")
        return claims

    def _signature(self, signed: str) -> str:
        key = self.store.accounts[self.key, "verein"].credentials["app_password"]
        return _base64(hmac.new(key.encode(), signed.encode(), hashlib.sha256).digest())

    def _token(self, account: Account, kind: str, scope: str, lifetime: timedelta, now: datetime) -> str:
        issued = int(now.timestamp())
        claims = {
            "scope": scope,
            "sub": account.id,
            "aud": "did:web:localhost",
            "jti": self.store.new_id(),
            "iat": issued,
            "exp": issued + int(lifetime.total_seconds()),
        }
        header = {"typ": kind, "alg": "HS256"}
        signed = ".".join(_base64(json.dumps(part).encode()) for part in (header, claims))
        return f"{signed}.{self._signature(signed)}"

    def _session(self, account: Account, now: datetime) -> dict[str, Any]:
        return self._who(account) | {
            "accessJwt": self._token(account, "at+jwt", self._scope, ACCESS, now),
            "refreshJwt": self._token(account, "refresh+jwt", "com.atproto.refresh", REFRESH, now),
        }

    def _who(self, account: Account) -> dict[str, Any]:
        mail = f"{account.name}@example.org"
        return {"did": account.id, "handle": account.handle, "email": mail, "emailConfirmed": False, "active": True}

    @route("POST", "/xrpc/com.atproto.server.createSession")
    def create_session(self, request: Request) -> Reply:
        """Log in with handle (any case, no ``@``), DID or e-mail, and the app password."""
        fields = self.body(request)
        if strange := only(fields, ("identifier", "password", "authFactorToken", "allowTakendown")):
            raise self.error(400, "InvalidRequest", f"The sandbox does not know the field {strange[0]} here")
        who, password = self.needed(fields, "identifier", "password")
        account = self.store.account(self.key, app_password=password)
        if account is None or who.lower() not in (account.handle, account.id, f"{account.name}@example.org"):
            raise self.error(401, "AuthenticationRequired", "Invalid identifier or password")
        request.account = account.name
        return Reply.json(self._session(account, request.now))

    @route("POST", "/xrpc/com.atproto.server.refreshSession")
    def refresh_session(self, request: Request) -> Reply:
        """A new pair of tokens; the old refresh token stays valid for two more hours."""
        account = self.me(request, "com.atproto.refresh")
        token = self._claims(request, "com.atproto.refresh")["jti"]
        until = self.store.memory.setdefault((self.key, "refreshed", token), request.now + GRACE)
        if request.now >= until:
            raise self.error(400, "ExpiredToken", "Token has been revoked")
        return Reply.json(self._session(account, request.now))

    @route("POST", "/xrpc/com.atproto.server.deleteSession")
    def delete_session(self, request: Request) -> Reply:
        """Revoke a refresh token; the access token stays valid until it expires."""
        self.me(request, "com.atproto.refresh")
        token = self._claims(request, "com.atproto.refresh")["jti"]
        self.store.memory[self.key, "refreshed", token] = request.now
        return Reply(200)

    @route("GET", "/xrpc/com.atproto.server.getSession")
    def get_session(self, request: Request) -> Reply:
        """The owner of the token."""
        return Reply.json(self._who(self.me(request)))

    @route("GET", "/xrpc/com.atproto.server.describeServer")
    def describe_server(self, request: Request) -> Reply:  # noqa: ARG002  # the same for everybody
        """What this server is; needs no token."""
        return Reply.json({"did": "did:web:localhost", "availableUserDomains": [".test"], "inviteCodeRequired": False})

    @route("GET", "/xrpc/com.atproto.identity.resolveHandle")
    def resolve_handle(self, request: Request) -> Reply:
        """Handle → DID, of the accounts here."""
        handle = (first(request.query, "handle") or "").lower()
        for account in self.store.accounts.values():
            if account.network == self.key and account.handle == handle:
                return Reply.json({"did": account.id})
        name = "InvalidRequest" if self.settings["generation"] == "0.4" else "HandleNotFound"
        raise self.error(400, name, "Unable to resolve handle")

    # ── uploads ───────────────────────────────────────────────────────────────────────────────────────────────────

    @route("POST", "/xrpc/com.atproto.repo.uploadBlob")
    def upload_blob(self, request: Request) -> Reply:
        """Accept any bytes; their type is detected, and the same bytes get the same reference."""
        me = self.me(request)
        if not request.kind:
            raise self.error(400, "InvalidRequest", "Request encoding (Content-Type) required but not provided")
        found = films.film(request.body)
        if len(request.body) > (VIDEO if found else UPLOAD):
            raise self.error(413, "PayloadTooLarge", "request entity too large")
        shape = found.shape if found else pictures.shape(request.body)
        mime = pictures.TYPES[shape[0]] if shape and shape[0] in pictures.TYPES else request.kind
        link = cid("raw", request.body)
        if (self.key, "blob", me.id, link) not in self.store.memory:
            kept = self.store.keep(me, request.body, shape or ("", 0, 0))
            self.store.memory[self.key, "blob", me.id, link] = kept
        blob = {"$type": "blob", "ref": {"$link": link}, "mimeType": mime, "size": len(request.body)}
        return Reply.json({"blob": blob})


def cid(codec: str, data: bytes) -> str:
    """A content identifier (CIDv1, SHA-256, base32): ``raw`` for blobs, ``dag-cbor`` for records."""
    prefix = bytes([1, {"raw": 0x55, "dag-cbor": 0x71}[codec], 0x12, 0x20])
    return "b" + base32(prefix + hashlib.sha256(data).digest())


def base32(data: bytes) -> str:
    """RFC 4648 base32 in lower case without padding."""
    return base64.b32encode(data).decode().lower().rstrip("=")


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _unbase64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _rate_headers(limit: int, window: int, left: int, reset: datetime) -> dict[str, str]:
    return {
        "RateLimit-Limit": str(limit),
        "RateLimit-Remaining": str(left),
        "RateLimit-Reset": str(int(reset.timestamp())),
        "RateLimit-Policy": f"{limit};w={window}",
    }

"""Who is on the Matrix stand-in, and in which room."""

from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import unquote

from crosspost.sandbox.core.http_messages import Refused, Reply, Request
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import StandIn, only, route
from crosspost.sandbox.core.store import Account

SERVER = "sandbox.example"
_C = "/_matrix/client/v3"
_STATES = {400: "M_BAD_JSON", 401: "M_UNKNOWN_TOKEN", 403: "M_FORBIDDEN", 404: "M_NOT_FOUND", 405: "M_UNRECOGNIZED"}


class Homeserver(StandIn):
    """Each account is alone in a room of its own, ``#verein:sandbox.example``."""

    key: ClassVar = "matrix"
    name: ClassVar = "Matrix"
    look: ClassVar = Look(mark="#0dbd8b")
    publishes: ClassVar = "PUT /_matrix/client/v3/rooms/*/send/m.room.message/*"
    paths: ClassVar = r"/_matrix/|/\.well-known/matrix/"
    options: ClassVar = {"rate_limits": True, "encrypted": False, "passwords": True, "media_config": True} | {
        "level": 0,
        "wanted": 0,
        "room_version": "11",
    }
    """``encrypted``: the rooms are; ``passwords``: log-in by password is offered; ``media_config``: protocol ≥ 1.11;
    ``level``: the accounts' power level; ``wanted``: the one that writing needs."""

    def account(self, number: int, name: str, display_name: str) -> Account:  # noqa: ARG002  # names tell them apart
        """See :class:`StandIn`."""
        credentials = {kind: self.store.token(self.key, name, kind) for kind in ("access_token", "password")}
        return Account(self.key, name, f"@{name}:{SERVER}", f"@{name}:{SERVER}", display_name, credentials)

    def profiles(self, account: Account) -> tuple[str, ...]:
        """See :class:`StandIn`."""
        return (f"/matrix.to/{room_of(account)}",)

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {"CROSSPOST_MATRIX_ACCESS_TOKEN": account.credentials["access_token"]}

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """See :class:`StandIn`."""
        return super().access(account, base_url) | {"settings": {"room": f"#{account.name}:{SERVER}"}}

    def refusal(self, status: int, message: str, code: str = "") -> Reply:
        """``{"errcode": …, "error": …}``."""
        return Reply.json({"errcode": code or _STATES.get(status, "M_UNKNOWN"), "error": message}, status)

    def expired(self) -> Reply:
        """401."""
        return self.refusal(401, "Access token has expired")

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002  # told in seconds
        """429, with the time in the header and, as in older versions, in the body."""
        reply = self.refusal(429, "Too Many Requests", "M_LIMIT_EXCEEDED")
        reply.headers = {"Retry-After": str(retry_after)}
        return reply

    # ── who and where ─────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/.well-known/matrix/client")
    def well_known(self, request: Request) -> Reply:
        """Where the homeserver is."""
        return Reply.json({"m.homeserver": {"base_url": request.base_url}})

    @route("GET", "/_matrix/client/versions")
    def versions(self, request: Request) -> Reply:  # noqa: ARG002  # a route's shape
        """The versions of the protocol it speaks."""
        return Reply.json({"versions": ["v1.11", "v1.12"], "unstable_features": {}})

    @route("GET", f"{_C}/login")
    def flows(self, request: Request) -> Reply:  # noqa: ARG002  # a route's shape
        """How one can log in."""
        kinds = ["m.login.token", *(["m.login.password"] if self.settings["passwords"] else [])]
        return Reply.json({"flows": [{"type": kind} for kind in kinds]})

    @route("POST", f"{_C}/login")
    def log_in(self, request: Request) -> Reply:
        """A token for a password; each log-in is a device of its own."""
        fields = request.json
        if strange := only(fields, ("type", "identifier", "password", "initial_device_display_name", "device_id")):
            raise Refused(self.refusal(400, f"the sandbox does not know {strange[0]} here"))
        who = fields.get("identifier") or {}
        user = str(who.get("user", "")) if who.get("type") == "m.id.user" else ""
        for (network, _), account in self.store.accounts.items():
            if network == self.key and user in (account.id, account.name):
                if fields.get("password") != account.credentials["password"] or not self.settings["passwords"]:
                    break
                token = account.credentials["access_token"]
                return Reply.json({"user_id": account.id, "access_token": token, "device_id": "CROSSPOST"})
        return self.refusal(403, "Invalid username or password")

    @route("GET", f"{_C}/account/whoami")
    def who_am_i(self, request: Request) -> Reply:
        """Whose token it is."""
        return Reply.json({"user_id": self.me(request).id, "device_id": "CROSSPOST", "is_guest": False})

    @route("GET", f"{_C}/joined_rooms")
    def joined_rooms(self, request: Request) -> Reply:
        """The rooms the account is in."""
        return Reply.json({"joined_rooms": [room_of(self.me(request))]})

    @route("GET", f"{_C}/directory/room/{{alias}}")
    def directory(self, request: Request, alias: str) -> Reply:  # noqa: ARG002  # open to everybody
        """The id of the room with this address."""
        for (network, name), account in self.store.accounts.items():
            if network == self.key and unquote(alias) == f"#{name}:{SERVER}":
                return Reply.json({"room_id": room_of(account), "servers": [SERVER]})
        return self.refusal(404, f"Room alias {unquote(alias)} not found")

    @route("GET", f"{_C}/rooms/{{room}}/state/{{kind}}")
    def state(self, request: Request, room: str, kind: str) -> Reply:
        """One fact about the room."""
        me = self.member(request, room)
        facts: dict[str, Any] = {
            "m.room.name": {"name": me.display_name},
            "m.room.create": {"room_version": self.settings["room_version"]},
            "m.room.power_levels": {
                "users": {me.id: self.settings["level"]},
                "events_default": self.settings["wanted"],
            },
            "m.room.canonical_alias": {"alias": f"#{me.name}:{SERVER}"},
        }
        if self.settings["encrypted"]:
            facts["m.room.encryption"] = {"algorithm": "m.megolm.v1.aes-sha2"}
        return Reply.json(facts[kind]) if kind in facts else self.refusal(404, "Event not found.")

    def me(self, request: Request) -> Account:
        """Whose token the request carries."""
        scheme, _, token = (request.headers.get("Authorization") or "").partition(" ")
        if scheme != "Bearer" or not token:
            raise Refused(self.refusal(401, "Missing access token", "M_MISSING_TOKEN"))
        account = self.store.account(self.key, access_token=token)
        if account is None:
            raise Refused(self.refusal(401, "Invalid access token passed."))
        request.account = account.name
        return account

    def member(self, request: Request, room: str) -> Account:
        """The account, which must be in the room."""
        me = self.me(request)
        if unquote(room) != room_of(me):
            raise Refused(self.refusal(403, f"User {me.id} not in room {unquote(room)}"))
        return me


def room_of(account: Account) -> str:
    """The id of the account's room."""
    return f"!{account.name}room:{SERVER}"

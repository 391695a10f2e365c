"""A room on Matrix, as one of its members.

Sources: spec.matrix.org/latest/client-server-api (sending events, threads, replacements, redactions, content
repository), checked 2026-11-26; how long servers keep transaction ids: element-hq/synapse.

Each event carries our key, so the room's history proves whether it is there; a repetition has the same transaction id,
which a server keeps for at least half an hour.
"""

import uuid
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, ClassVar
from urllib.parse import quote, unquote

import msgspec

from crosspost.errors import AuthExpired, DeliveryError, Rejected, Unknown
from crosspost.model import (
    Abilities,
    Doubt,
    Identity,
    ImageLimits,
    Limits,
    Look,
    Picture,
    Prepared,
    Receipt,
    Remark,
    Value,
)
from crosspost.networks.base import Network, Save
from crosspost.networks.forms import form
from crosspost.networks.matrix_event import KEY, TYPE, content_of, filename_of, is_delivery, time_of
from crosspost.networks.post_search import Page, rows
from crosspost.transport.exchange import Exchange

_CLIENT, _MEDIA = "/_matrix/client/v3", "/_matrix/media/v3"
#: what may stand in the ids of rooms and events, and in a path
_ID = "!$:"


class Options(Value, frozen=True, kw_only=True):
    """``room`` is the room's address (``#name:server``) or its id (``!…``).

    ``kind`` is "notice" for a message that clients show as one of a program, without calling anybody.
    """

    carried: ClassVar = ("room",)
    room: Annotated[str, form(r"#[^\s:]*:\S+|!\S+", 'the address of the room, such as "#garden:matrix.example"')] = ""
    kind: str = "text"

    def __post_init__(self) -> None:
        if self.kind not in ("text", "notice"):
            raise ValueError('`kind` is "text" or "notice"')


class Matrix(Network):
    key = "matrix"
    name = "Matrix"
    limits = Limits(
        # an event may have 65,536 bytes, and contains the text twice, once as HTML with escaped characters
        text=10_000,
        unit="utf-8",
        images=ImageLimits(count=1, formats=("JPEG", "PNG", "GIF", "WEBP"), bytes=10_000_000),
        source="https://spec.matrix.org/latest/client-server-api/#size-limits",
        checked=date(2026, 11, 26),
    )
    abilities = Abilities(
        card="crawler",
        alt_text=False,
        edit=True,
        edit_keeps=("language", "images"),
        delete=True,
        thread=True,
        absence_after=60,
        mentions="nothing",
    )
    doubt = Doubt(look="look at the room")
    look = Look(layout="chat", brand=("#0dbd8b", "#0dbd8b"), link=("#0a66c2", "#8fc7ff"), bold_title=True)
    Options = Options
    ids_of_server = True
    example = """\
base_url = "https://matrix.example"  # your homeserver
room = "#news:matrix.example"    # its address, or its id (!…); the account must be a member
# kind = "notice"                # a message of a program: calls nobody
"""
    hint = "kind"
    needs: ClassVar = {"base_url": "https://matrix.example", "room": "#news:matrix.example"}
    style_defaults: ClassVar = {"hashtags": False}  # they mean nothing there
    hosts: ClassVar = ("matrix.to",)
    answers = True
    login = "crosspost.networks.logins.matrix:MatrixLogin"
    credentials: ClassVar = {"access_token": "the account's access token"}

    def connect(self) -> Identity:
        if not self.options.room:
            raise AuthExpired(f'{self.account}: set room = "#name:server" in [accounts.{self.account}]')
        with self.talking():
            user = str(self._call("GET", "/account/whoami")["user_id"])
            room = self._room()
            joined = rows(self._call("GET", "/joined_rooms"), "joined_rooms")
        if room not in joined:
            raise AuthExpired(f"{self.account}: {user} is not a member of {self.options.room}; join the room with it")
        if self._state(room, "encryption") is not None:
            raise AuthExpired(
                f"{self.account}: {self.options.room} is encrypted, which crosspost does not do; use a room without "
                "encryption"
            )
        url = f"{self.page('https://matrix.to/#', '/matrix.to')}/{quote(room, safe=_ID)}"
        return Identity(id=user, handle=user, url=url, limits=self._own_limits())

    def remarks(self) -> list[Remark]:
        from crosspost.networks import matrix_rights  # for `crosspost doctor` only

        with self.talking():
            room = self._room()
        levels, create = (self._state(room, kind) or {} for kind in ("power_levels", "create"))
        return matrix_rights.remarks(self.me().id, levels, create, self.options.room)

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        return self.uploaded(prepared, save, self._upload)

    def publish(self, prepared: Prepared) -> Receipt:
        content = content_of(prepared.draft, self.spoken(prepared.draft).kind, self._media(prepared)) | {
            KEY: prepared.handle
        }
        if prepared.reply_to:
            answered: dict[str, Any] = {"m.in_reply_to": {"event_id": prepared.reply_to}}
            above = {"rel_type": "m.thread", "event_id": prepared.root} if prepared.root else {}
            content["m.relates_to"] = above | answered
        self.me()
        with self.talking(irreversible=True):
            sent = self._call("PUT", f"{self._events()}/send/{TYPE}/{quote(prepared.handle, safe='')}", content)
            return self._receipt(str(sent["event_id"]))

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        """The event that carries our key, among those of the room."""
        with self.talking():
            me = self.me().id
            found = self.search(
                self._messages(),
                since,
                at=time_of,
                same=lambda event: is_delivery(event, prepared, me),
                shows=lambda event: (event["content"]["body"], self._receipt(str(event["event_id"])).url),
            )
        return self._receipt(self.id_of({"id": found.get("event_id")})) if found is not None else None

    def edit(self, receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:  # noqa: ARG002  # they stay
        kind = self.spoken(prepared.draft).kind
        with self.talking():
            old = self._call("GET", f"{self._events()}/event/{quote(receipt.id, safe=_ID)}")["content"]
            picture = {name: old[name] for name in ("url", "filename", "info") if name in old}
            new = content_of(prepared.draft, kind, picture if old["msgtype"] == "m.image" else None)
            content = new | {
                "body": f"* {new['body']}",
                "m.new_content": new,
                "m.relates_to": {"rel_type": "m.replace", "event_id": receipt.id},
            }
            # another id each time: with the same one a change back to an earlier text would not be made
            self._call("PUT", f"{self._events()}/send/{TYPE}/{uuid.uuid4()}", content)
        return receipt

    def delete(self, receipt: Receipt) -> None:
        with self.taking_back():
            self._call("PUT", f"{self._events()}/redact/{quote(receipt.id, safe=_ID)}/{uuid.uuid4()}", {})

    @classmethod
    def id_in(cls, url: str) -> str:
        number, _, _ = url.rpartition("/")[2].partition("?")
        return number if number.startswith("$") else ""

    def place_of(self, url: str) -> dict[str, Any]:
        """A message of the same room; in its thread, where it is in one (spec.matrix.org, Client-Server, Threading)."""
        number = self.id_in(url) or self.nowhere(url)
        with self.talking():
            room = self._room()
        if f"/{quote(room, safe=_ID)}/" not in f"{url}/" and f"/{room}/" not in unquote(f"{url}/"):
            raise Rejected(
                f"{self.account}: the message that this one answers is in another room than {self.options.room} ({url})"
            )
        try:
            with self.talking():
                event = self._call("GET", f"{self._events()}/event/{quote(number, safe=_ID)}")
        except Rejected:
            self.nowhere(url)
        above = (event.get("content") or {}).get("m.relates_to") or {}
        in_thread = above.get("rel_type") == "m.thread" and isinstance(above.get("event_id"), str)
        return {"reply_to": number} | ({"root": above["event_id"]} if in_thread else {})

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:  # noqa: ARG002  # the same for both
        code, message = _code(exchange), f"{self.account}: Matrix says: {self.sentence(exchange)}"
        if code in ("M_UNKNOWN_TOKEN", "M_MISSING_TOKEN"):
            return AuthExpired(f"{message}. Log in again: crosspost accounts renew {self.account}")
        if code in ("M_USER_SUSPENDED", "M_USER_LOCKED", "M_USER_DEACTIVATED", "M_CONSENT_NOT_GIVEN"):
            return AuthExpired(f"{message}. Log in on the server's own page and see what it wants")
        if code == "M_FORBIDDEN":
            return AuthExpired(f"{message}. The account must be a member of the room, and allowed to write there")
        if exchange.status == 404 and code not in ("M_NOT_FOUND", ""):
            return AuthExpired(f"{message}. Is base_url the address of your homeserver?")
        return None

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _call(self, method: str, path: str, content: Any = None, **more: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.secret('access_token')}"} | more.pop("headers", {})
        url = f"{self.base_url}{path if path.startswith('/_matrix') else _CLIENT + path}"
        answer = self.session.request(method, url, json=content, headers=headers, **more)
        if answer.status_code >= 400:
            raise ValueError("refused")
        found = answer.json()
        return found if isinstance(found, dict) else {}

    def _room(self) -> str:
        """The room's id."""
        name = self.options.room
        if name.startswith("!"):
            return str(name)
        try:
            return str(self._call("GET", f"/directory/room/{quote(name, safe='')}")["room_id"])
        except ValueError:
            if _code(self.session.last) in ("M_NOT_FOUND", "M_INVALID_PARAM"):
                raise AuthExpired(f"{self.account}: there is no room {name}; see `room` in the config") from None
            raise

    def _events(self) -> str:
        room = self.me().url.rpartition("/")[2]
        return f"/rooms/{room}"

    def _state(self, room: str, kind: str) -> dict[str, Any] | None:
        """One fact about a room; None when the room has none of this kind."""
        try:
            with self.talking():
                return self._call("GET", f"/rooms/{quote(room, safe=_ID)}/state/m.room.{kind}")
        except Rejected:
            if _code(self.session.last) == "M_NOT_FOUND":
                return None
            raise

    def _own_limits(self) -> Limits | None:
        """This server's maximum size of a picture, in bytes, where it tells one that is smaller."""
        try:
            with self.talking():
                most = self._call("GET", "/_matrix/client/v1/media/config").get("m.upload.size")
        except (Rejected, AuthExpired):  # before version 1.11 of the protocol
            most = None
        if not isinstance(most, int) or not 0 < most < self.limits.images.bytes:
            return None
        return msgspec.structs.replace(self.limits, images=msgspec.structs.replace(self.limits.images, bytes=most))

    def _upload(self, picture: Picture) -> str:
        fitted = self.fitted(picture)
        with self.talking():
            answer = self._call(
                "POST",
                f"{_MEDIA}/upload?filename={filename_of(fitted.mime)}",
                data=fitted.data,
                headers={"Content-Type": fitted.mime},
            )
            return str(answer["content_uri"])

    def _media(self, prepared: Prepared) -> dict[str, Any] | None:
        """The fields of an event for its picture, which was uploaded; None without one."""
        if not prepared.draft.images:
            return None
        fitted = self.fitted(prepared.draft.images[0])
        info = {"w": fitted.width, "h": fitted.height, "mimetype": fitted.mime, "size": len(fitted.data)}
        return {"url": prepared.remote["media_0"], "filename": filename_of(fitted.mime), "info": info}

    def _messages(self) -> Iterator[Page]:
        start = None
        while True:
            query = {"dir": "b", "limit": "100"} | ({"from": start} if start else {})
            answer = self._call("GET", f"{self._events()}/messages", params=query)
            start = answer.get("end")
            yield Page(rows(answer, "chunk"), more=bool(start))
            if not start:
                return

    def _receipt(self, event: str) -> Receipt:
        if not event.startswith("$"):
            raise Unknown(f"{self.account}: Matrix answered, but without the event's id")
        return Receipt(id=event, url=f"{self.me().url}/{quote(event, safe=_ID)}", at=self.clock())


def _code(exchange: Exchange | None) -> str:
    answer = exchange.json() if exchange is not None else None
    return str(answer.get("errcode", "")) if isinstance(answer, dict) else ""

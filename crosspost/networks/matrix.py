"""A room on Matrix, as one of its members.

Sources: spec.matrix.org/latest/client-server-api (sending events, threads, replacements, redactions, content
repository), checked 2026-11-26; how long servers keep transaction ids: element-hq/synapse.

Each event carries our key, so the room's history proves whether it is there; a repetition has the same transaction id,
which a server keeps for at least half an hour.
"""

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html import escape
from typing import Any, ClassVar
from urllib.parse import quote

import msgspec

from crosspost.compose.formats.entities import title_span
from crosspost.compose.twitter_text import find_urls
from crosspost.errors import AuthExpired, DeliveryError, Rejected, Unknown
from crosspost.model import (
    Abilities,
    Doubt,
    Draft,
    Identity,
    ImageLimits,
    Limits,
    Look,
    Picture,
    Prepared,
    Receipt,
    Value,
)
from crosspost.networks.base import Network, Save
from crosspost.networks.post_search import Page, rows
from crosspost.transport.exchange import Exchange

#: the field of an event's content that holds our key
KEY = "page.crosspost.delivery"
_CLIENT, _MEDIA = "/_matrix/client/v3", "/_matrix/media/v3"
_TYPE = "m.room.message"
#: what may stand in the ids of rooms and events, and in a path
_ID = "!$:"


class Options(Value, frozen=True, kw_only=True):
    """``room`` is the room's address (``#name:server``) or its id (``!…``).

    ``kind`` is "notice" for a message that clients show as one of a program, without calling anybody.
    """

    carried: ClassVar = ("room",)
    room: str = ""
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
        if self._encrypted(room):
            raise AuthExpired(
                f"{self.account}: {self.options.room} is encrypted, which crosspost does not do; use a room without "
                "encryption"
            )
        url = f"{self.page('https://matrix.to/#', '/matrix.to')}/{quote(room, safe=_ID)}"
        return Identity(id=user, handle=user, url=url, limits=self._own_limits())

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        return self.uploaded(prepared, save, self._upload)

    def publish(self, prepared: Prepared) -> Receipt:
        content = _content(prepared.draft, self.spoken(prepared.draft), self._media(prepared)) | {KEY: prepared.handle}
        if prepared.reply_to:
            answered = {"m.in_reply_to": {"event_id": prepared.reply_to}}
            content["m.relates_to"] = {"rel_type": "m.thread", "event_id": prepared.root} | answered
        self.me()
        with self.talking(irreversible=True):
            sent = self._call("PUT", f"{self._events()}/send/{_TYPE}/{quote(prepared.handle, safe='')}", content)
            return self._receipt(str(sent["event_id"]))

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        """The event that carries our key, among those of the room."""
        with self.talking():
            found = self.search(
                self._messages(),
                since,
                at=_time,
                same=lambda event: self._is(event, prepared),
                shows=lambda event: (event["content"]["body"], self._receipt(str(event["event_id"])).url),
            )
        return self._receipt(self.id_of({"id": found.get("event_id")})) if found is not None else None

    def edit(self, receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:  # noqa: ARG002  # they stay
        options = self.spoken(prepared.draft)
        with self.talking():
            old = self._call("GET", f"{self._events()}/event/{quote(receipt.id, safe=_ID)}")["content"]
            picture = {name: old[name] for name in ("url", "filename", "info") if name in old}
            new = _content(prepared.draft, options, picture if old["msgtype"] == "m.image" else None)
            content = new | {
                "body": f"* {new['body']}",
                "m.new_content": new,
                "m.relates_to": {"rel_type": "m.replace", "event_id": receipt.id},
            }
            # another id each time: with the same one a change back to an earlier text would not be made
            self._call("PUT", f"{self._events()}/send/{_TYPE}/{uuid.uuid4()}", content)
        return receipt

    def delete(self, receipt: Receipt) -> None:
        with self.taking_back():
            self._call("PUT", f"{self._events()}/redact/{quote(receipt.id, safe=_ID)}/{uuid.uuid4()}", {})

    @classmethod
    def id_in(cls, url: str) -> str:
        number, _, _ = url.rpartition("/")[2].partition("?")
        return number if number.startswith("$") else ""

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

    def _encrypted(self, room: str) -> bool:
        try:
            with self.talking():
                self._call("GET", f"/rooms/{quote(room, safe=_ID)}/state/m.room.encryption")
        except Rejected:
            if _code(self.session.last) == "M_NOT_FOUND":
                return False
            raise
        return True

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
                f"{_MEDIA}/upload?filename={_filename(fitted.mime)}",
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
        return {"url": prepared.remote["media_0"], "filename": _filename(fitted.mime), "info": info}

    def _messages(self) -> Iterator[Page]:
        start = None
        while True:
            query = {"dir": "b", "limit": "100"} | ({"from": start} if start else {})
            answer = self._call("GET", f"{self._events()}/messages", params=query)
            start = answer.get("end")
            yield Page(rows(answer, "chunk"), more=bool(start))
            if not start:
                return

    def _is(self, event: Any, prepared: Prepared) -> bool | None:
        """Whether an event is the one with our key; None where it lacks what would tell."""
        sender, kind, content = event.get("sender"), event.get("type"), event.get("content")
        if (sender and sender != self.me().id) or (kind and kind != _TYPE):
            return False
        if isinstance(content, dict) and content.get(KEY):
            return bool(content[KEY] == prepared.handle)
        if not content:  # taken back; to us the server still tells the id it was sent with
            sent_as = (event.get("unsigned") or {}).get("transaction_id")
            return sent_as == prepared.handle if sent_as else None
        # a member's own words have no key; words like ours without it may be ours all the same
        body = content.get("body") if isinstance(content, dict) else None
        return None if body in (None, prepared.draft.text) else False

    def _receipt(self, event: str) -> Receipt:
        if not event.startswith("$"):
            raise Unknown(f"{self.account}: Matrix answered, but without the event's id")
        return Receipt(id=event, url=f"{self.me().url}/{quote(event, safe=_ID)}", at=self.clock())


def _content(draft: Draft, options: Options, picture: dict[str, Any] | None) -> dict[str, Any]:
    """The content of a message; below a picture the text is its caption."""
    html = {"format": "org.matrix.custom.html", "formatted_body": _html(draft)} if draft.text else {}
    if picture is None:
        return {"msgtype": f"m.{options.kind}", "body": draft.text, "m.mentions": {}} | html
    caption = draft.text or picture["filename"]
    return {"msgtype": "m.image", "body": caption, "m.mentions": {}} | html | picture


def _html(draft: Draft) -> str:
    """The text as HTML: the title in bold, links as links."""
    out, at = [], 0
    for url in find_urls(draft.text, bare=False):
        address = draft.text[url.start : url.end]
        out += [escape(draft.text[at : url.start]), f'<a href="{escape(address)}">{escape(address)}</a>']
        at = url.end
    html = "".join([*out, escape(draft.text[at:])])
    title = escape(draft.title)
    if title_span(draft) is not None and html.startswith(title):
        html = f"<strong>{title}</strong>{html[len(title) :]}"
    return html.replace("\n", "<br>")


def _time(event: Any) -> datetime | None:
    stamp = event.get("origin_server_ts") if isinstance(event, dict) else None
    return datetime.fromtimestamp(stamp / 1000, UTC) if isinstance(stamp, int | float) else None


def _filename(mime: str) -> str:
    return f"picture.{mime.rpartition('/')[2]}"


def _code(exchange: Exchange | None) -> str:
    answer = exchange.json() if exchange is not None else None
    return str(answer.get("errcode", "")) if isinstance(answer, dict) else ""

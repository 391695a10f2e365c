"""Stand-in of a Matrix homeserver (spec.matrix.org/latest/client-server-api): events, pictures, history."""

import json
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import unquote

from crosspost.sandbox.core import pictures
from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request, first
from crosspost.sandbox.core.standin import route, whole
from crosspost.sandbox.core.store import Account, Picture, Post
from crosspost.sandbox.networks.matrix.accounts import SERVER, Homeserver, room_of

EVENT, UPLOAD, PER_MINUTE = 65_536, 50 * 2**20, 30
#: how long a transaction id is known (Synapse: 24 hours)
_KEPT = timedelta(hours=24)
_ROOM = "/_matrix/client/v3/rooms/{room}"
_KINDS = ("m.text", "m.notice", "m.image")


class Matrix(Homeserver):
    """The same transaction id is the same event; an edit is a new event that refers to the old one."""

    key: ClassVar = "matrix"

    def path(self, request: Request) -> str:
        """Without the transaction id of a change, and by what it does: every event is sent to the same path."""
        path = request.path
        if "/redact/" in path or ("/send/" in path and b'"m.replace"' in request.body):
            path = path.rpartition("/")[0]
            return path.replace("/send/", "/replace/")
        return path

    # ── pictures ──────────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/_matrix/client/v1/media/config")
    def media_config(self, request: Request) -> Reply:
        """The greatest upload, in bytes."""
        self.me(request)
        if not self.settings["media_config"]:
            return self.refusal(404, "Unrecognized request", "M_UNRECOGNIZED")
        return Reply.json({"m.upload.size": UPLOAD})

    @route("POST", "/_matrix/media/v3/upload")
    def upload(self, request: Request) -> Reply:
        """Keep a picture; anybody who knows its address can see it."""
        me = self.me(request)
        if len(request.body) > UPLOAD:
            return self.refusal(413, "Upload request body is too large", "M_TOO_LARGE")
        shape = pictures.shape(request.body)
        if shape is None:
            raise Malformed("the sandbox takes pictures only")
        if request.kind != f"image/{shape[0].lower()}":
            raise Malformed(f"this is no {request.kind or 'picture without a type'} but {shape[0]}")
        kept = self.store.keep(me, request.body, shape)
        return Reply.json({"content_uri": f"mxc://{SERVER}/{kept.id}"})

    # ── events ────────────────────────────────────────────────────────────────────────────────────────────────────

    @route("PUT", _ROOM + "/send/{kind}/{txn}")
    def send(self, request: Request, room: str, kind: str, txn: str) -> Reply:
        """Publish an event; the same transaction id again is the event of before."""
        me, content = self.member(request, room), request.json
        key = (self.key, "txn", me.name, unquote(txn))
        known = self.store.memory.get(key)
        if known and request.now - known[1] < _KEPT:
            return Reply.json({"event_id": known[0]})
        if self.settings["level"] < self.settings["wanted"]:
            return self.refusal(403, "You don't have permission to post that to the room", "M_FORBIDDEN")
        if kind != "m.room.message":
            raise Malformed(f"the sandbox does not know events of the type {kind}")
        if len(json.dumps(content, ensure_ascii=False).encode()) > EVENT - 2000:  # ids, hashes and signatures
            return self.refusal(413, "event too large", "M_TOO_LARGE")
        self._count(request, me)
        number = f"${self.store.new_id()}"
        self.store.memory[key] = (number, request.now)
        relation = content.get("m.relates_to") or {}
        if relation.get("rel_type") == "m.replace":
            self._replace(me, relation, content, request)
        else:
            self._publish(me, number, content, unquote(txn), request)
        return Reply.json({"event_id": number})

    def _publish(self, me: Account, number: str, content: dict[str, Any], txn: str, request: Request) -> None:
        shown = self._picture(me, content)
        relation = content.get("m.relates_to") or {}
        extra: dict[str, Any] = {"content": content, "txn": txn}
        if relation:
            answered = (relation.get("m.in_reply_to") or {}).get("event_id")
            plain = answered and set(relation) == {"m.in_reply_to"} and self.store.post(self.key, str(answered))
            thread = relation.get("rel_type") == "m.thread"
            if not plain and not (thread and self.store.post(self.key, str(relation.get("event_id")))):
                raise Malformed("a thread names the event it began with")
            extra["in_reply_to_id"] = answered
        text = self._body(content)
        path = f"/matrix.to/{room_of(me)}/{number}"
        self.store.commit(Post(number, self.key, me.name, text, request.now, path, pictures=shown, extra=extra))

    def _replace(self, me: Account, relation: dict[str, Any], content: dict[str, Any], request: Request) -> None:
        """An edit: same sender, same room, and ``m.new_content`` is what is shown."""
        new, post = content.get("m.new_content"), self.store.post(self.key, str(relation.get("event_id")))
        if post is None or post.account != me.name:
            raise Refused(self.refusal(403, "Cannot replace an event of somebody else"))
        if not isinstance(new, dict) or not str(content.get("body", "")).startswith("* "):
            raise Malformed("an edit has m.new_content, and a body that begins with “* ” for older clients")
        post.pictures, post.text, post.edited = self._picture(me, new), self._body(new), request.now
        post.extra["replaced"] = new

    def _body(self, content: dict[str, Any]) -> str:
        if content.get("msgtype") not in _KINDS or not isinstance(content.get("body"), str) or not content["body"]:
            raise Malformed(f"a message has a body, and one of the types {', '.join(_KINDS)}")
        if ("formatted_body" in content) != (content.get("format") == "org.matrix.custom.html"):
            raise Malformed("formatted_body and format belong together")
        if content["msgtype"] == "m.image" and content["body"] == content.get("filename", content["body"]):
            return ""  # then it is not a caption
        return str(content["body"])

    def _picture(self, me: Account, content: dict[str, Any]) -> list[Picture]:
        if content.get("msgtype") != "m.image":
            return []
        picture = self.store.picture(me, str(content.get("url", "")).removeprefix(f"mxc://{SERVER}/"))
        if picture is None:
            raise Malformed("there is no such picture")
        _check(content.get("info") or {}, picture)
        return [picture]

    @route("GET", _ROOM + "/event/{event}")
    def event(self, request: Request, room: str, event: str) -> Reply:
        """One event."""
        me, post = self.member(request, room), self.store.post(self.key, unquote(event))
        if post is None or post.account != me.name:
            return self.refusal(404, "Event not found.")
        return Reply.json(self._event(post))

    @route("GET", _ROOM + "/messages")
    def messages(self, request: Request, room: str) -> Reply:
        """The room's events, newest first, by pages."""
        me = self.member(request, room)
        if first(request.query, "dir") != "b":
            raise Malformed("the sandbox reads backwards only: dir=b")
        start = whole(first(request.query, "from"), 0, 0, 10**9, "from")
        most = whole(first(request.query, "limit"), 10, 1, 1000, "limit")
        mine = [post for post in self.store.posts if post.network == self.key and post.account == me.name][::-1]
        chunk = [self._event(post) for post in mine[start : start + most]]
        more = {"end": str(start + most)} if start + most < len(mine) else {}
        return Reply.json({"start": str(start), "chunk": chunk, "state": []} | more)

    @route("PUT", _ROOM + "/redact/{event}/{txn}")
    def redact(self, request: Request, room: str, event: str, txn: str) -> Reply:  # noqa: ARG002  # a repetition is harmless
        """Take the content of an event away; the event stays."""
        me = self.member(request, room)
        for post in self.store.posts:
            if (post.network, post.id, post.account) == (self.key, unquote(event), me.name):
                post.deleted = True
                return Reply.json({"event_id": f"${self.store.new_id()}"})
        return self.refusal(404, "Event not found.")

    def _count(self, request: Request, me: Account) -> None:
        left, reset = self.store.quota((self.key, "send", me.name), PER_MINUTE, 60)
        if left < 0 and self.settings["rate_limits"]:
            raise Refused(self.rate_limited(max(1, int((reset - request.now).total_seconds())), request.now))

    def _event(self, post: Post) -> dict[str, Any]:
        me = self.store.accounts[self.key, post.account]
        told: dict[str, Any] = {"event_id": post.id, "type": "m.room.message", "sender": me.id, "room_id": room_of(me)}
        told |= {"origin_server_ts": int(post.time.timestamp() * 1000), "content": post.extra["content"]}
        unsigned: dict[str, Any] = {"age": 0, "transaction_id": post.extra["txn"]}
        if post.deleted:
            told["content"] = {}
            unsigned["redacted_because"] = {"type": "m.room.redaction"}
        return told | {"unsigned": unsigned}


def _check(info: dict[str, Any], picture: Picture) -> None:
    """What is told of a picture: nothing has to be, and it may be meant to be shown smaller or larger than it is."""
    for name in ("w", "h", "size"):
        value = info.get(name, 0)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise Malformed(f"info.{name} is a whole number")
    if info.get("size", len(picture.data)) != len(picture.data):
        raise Malformed("info.size is not the size of the picture")
    if info.get("mimetype", pictures.TYPES[picture.format]) != pictures.TYPES[picture.format]:
        raise Malformed("info.mimetype is not the type of the picture")

"""Stand-in of a Nostr relay (NIP-01, 09, 10, 11, 92) and of a Blossom server (BUD-02, 11).

Two relays are at ``/nostr`` and ``/nostr/second``. Both verify every signature themselves; a WebSocket's message is a
request whose method is its first word.
"""

import base64
import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Any, ClassVar

from crosspost.sandbox.core import pictures
from crosspost.sandbox.core.faults import Fault
from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import route
from crosspost.sandbox.core.store import Account, Picture, Post
from crosspost.sandbox.networks.nostr import schnorr
from crosspost.sandbox.networks.nostr.reposts import REPOST, Reposts
from crosspost.sandbox.networks.nostr.signer import Signer

Event = dict[str, Any]
_NOTE, _DELETION, _BLOSSOM = 1, 5, 24242
PER_MINUTE = 60


class Nostr(Signer, Reposts):
    """Takes signed events. The same event again is a duplicate, which counts as taken."""

    key: ClassVar = "nostr"
    name: ClassVar = "Nostr"
    look: ClassVar = Look(mark="#8e30eb")
    publishes: ClassVar = "EVENT /nostr"
    paths: ClassVar = r"/nostr(?:$|/second$|/media/|/bunker$)"
    options: ClassVar = {
        "rate_limits": True,
        "longest": 0,
        "limitation": {},
        "blossom_bytes": 10_000_000,
        "signer": "on",
    }
    """``longest``: characters of a note (0: any); ``limitation``: what else the relay says of itself (NIP-11)."""

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`. The public key is worked out when somebody asks for it: it takes a while."""
        private = hashlib.sha256(self.store.token(self.key, name, "private_key").encode()).hexdigest()
        return Account(self.key, name, f"{number}", name, display_name, {"private_key": private})

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """See :class:`StandIn`."""
        settings = {"relays": [f"{base_url}/nostr/second"], "blossom": f"{base_url}/nostr/media"}
        return super().access(account, base_url) | {"base_url": f"{base_url}/nostr", "settings": settings}

    def profiles(self, account: Account) -> tuple[str, ...]:
        """See :class:`StandIn`. A real relay has none; its readers look elsewhere."""
        return (f"/nostr/{self._public(account)}",)

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {"CROSSPOST_NOSTR_PRIVATE_KEY": account.credentials["private_key"]}

    def kinds(self) -> dict[str, str]:
        """See :class:`StandIn`. A conversation that is open cannot redirect, and shows no pages."""
        return {kind: what for kind, what in super().kinds().items() if kind not in ("redirect", "html-503")}

    def refusal(self, status: int, message: str) -> Reply:
        """What a Blossom server answers; on a WebSocket the conversation ends."""
        return Reply.json({"message": message}, status, {"X-Reason": message})

    def expired(self) -> Reply:
        """A relay that has become one for members (NIP-42)."""
        return self.refusal(401, "auth-required: members only")

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002  # no relay says for how long
        """429."""
        return self.refusal(429, "rate-limited: slow down")

    def fault(self, kind: str, request: Request, fault: Fault) -> Reply | None:
        """See :class:`StandIn`. What has a status elsewhere is a sentence here."""
        reply = super().fault(kind, request, fault)
        words = {"429": "rate-limited: slow down", "expired-token": "auth-required: members only"}
        if kind not in words or request.method not in ("EVENT", "REQ"):
            return reply
        message = self._message(request)
        if request.method == "REQ":
            return Reply.json([["CLOSED", message[1], words[kind]]])
        return Reply.json([["OK", str(message[1].get("id")), False, words[kind]]])

    # ── the relay ─────────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/nostr")
    @route("GET", "/nostr/second")
    def about(self, request: Request) -> Reply:
        """The relay's description of itself (NIP-11), for those who ask for it."""
        if "application/nostr+json" not in str(request.headers.get("Accept", "")):
            return Reply(200, b"A relay of the sandbox", "text/plain; charset=utf-8")
        limitation: dict[str, Any] = {"max_message_length": 1 << 20} | dict(self.settings["limitation"])
        if self.settings["longest"]:
            limitation["max_content_length"] = self.settings["longest"]
        told = {"name": "Sandbox", "software": "crosspost-sandbox", "supported_nips": [1, 9, 10, 11]}
        return Reply.json(told | {"limitation": limitation})

    @route("EVENT", "/nostr")
    @route("EVENT", "/nostr/second")
    def event(self, request: Request) -> Reply:
        """Take an event, or say why not."""
        message = self._message(request)
        event = message[1] if len(message) == 2 and isinstance(message[1], dict) else {}
        number = str(event.get("id", ""))
        try:
            self._check(event, request)
            known = self._known(request)
            if number in known:
                return Reply.json([["OK", number, True, "duplicate: have it already"]])
            self._take(event, request)
            known[number] = event
        except Malformed as malformed:
            return Reply.json([["OK", number, False, str(malformed)]])
        return Reply.json([["OK", number, True, ""]])

    @route("REQ", "/nostr")
    @route("REQ", "/nostr/second")
    def req(self, request: Request) -> Reply:
        """The events that match a filter, newest first, and the end of them."""
        message = self._message(request)
        if len(message) != 3 or not isinstance(message[2], dict):
            raise Malformed("a REQ has a name and, here, one filter")
        name, wanted = message[1], message[2]
        known = {"ids", "authors", "kinds", "since", "until", "limit"}
        if strange := {key for key in wanted if key not in known and not re.fullmatch("#[a-zA-Z]", key)}:
            return Reply.json([["CLOSED", name, f"error: the sandbox does not know {min(strange)} here"]])
        found = [event for event in self._known(request).values() if _matches(event, wanted)]
        found.sort(key=lambda event: (-event["created_at"], event["id"]))
        events = [["EVENT", name, event] for event in found[: wanted.get("limit", 500)]]
        return Reply.json([*events, ["EOSE", name]])

    @route("CLOSE", "/nostr")
    @route("CLOSE", "/nostr/second")
    def close(self, request: Request) -> Reply:  # noqa: ARG002  # a route's shape
        """Whoever asked wants to hear no more, and hears no more anyway."""
        return Reply.json([])

    def _message(self, request: Request) -> list[Any]:
        try:
            message = json.loads(request.body)
        except ValueError:
            raise Malformed("invalid: not JSON") from None
        return message if isinstance(message, list) and len(message) > 1 else [request.method, {}]

    def _known(self, request: Request) -> dict[str, Event]:
        """What this relay has."""
        found: dict[str, Event] = self.store.memory.setdefault((self.key, request.path), {})
        return found

    def _check(self, event: Event, request: Request) -> None:
        self.genuine(event, request)
        if self.settings["longest"] and len(event["content"]) > self.settings["longest"]:
            raise Malformed(f"invalid: content longer than {self.settings['longest']}")
        me = self._owner(event["pubkey"])
        request.account = me.name
        left, _ = self.store.quota((self.key, request.path, me.name), PER_MINUTE, 60)
        if left < 0 and self.settings["rate_limits"]:
            raise Malformed("rate-limited: slow down")

    def _owner(self, public: str) -> Account:
        for account in self.store.accounts.values():
            if account.network == self.key and self._public(account) == public:
                return account
        raise Malformed("blocked: the sandbox knows nobody with this key")

    def _public(self, account: Account) -> str:
        """An account's public key; worked out once."""
        place = (self.key, "public", account.name)
        if place not in self.store.memory:
            self.store.memory[place] = schnorr.public_key(account.credentials["private_key"])
        return str(self.store.memory[place])

    def _take(self, event: Event, request: Request) -> None:
        """Show a note, or delete what a deletion names; on the second relay it is there already."""
        me = self._owner(event["pubkey"])
        if event["kind"] == _DELETION:
            self._delete(event, me, request)
            return
        if event["kind"] == REPOST:
            self.repost(event)
            return
        if event["kind"] != _NOTE:
            raise Malformed("blocked: only notes, reposts and deletions here")
        if any(post.id == event["id"] for post in self.store.posts):
            return
        text, shown = self._pictures(event, me)
        marked = {tag[3]: tag[1] for tag in event["tags"] if tag[0] == "e" and len(tag) > 3}
        answered = marked.get("reply") or marked.get("root")
        extra = {"in_reply_to_id": answered, "tags": event["tags"]}
        language = next((tag[1] for tag in event["tags"] if tag[0] == "l"), "")
        self.store.commit(
            Post(
                event["id"], self.key, me.name, text, request.now, f"/nostr/{event['id']}", pictures=shown,
                language=language, extra=extra,
            )
        )  # fmt: skip

    def _delete(self, event: Event, me: Account, request: Request) -> None:
        """Everything of this account that a deletion names."""
        for tag in event["tags"]:
            known = self._known(request).get(tag[1]) if tag[0] == "e" else None
            if known is None or known["pubkey"] != event["pubkey"]:
                continue
            if (post := self.store.post(self.key, tag[1])) is not None and post.account == me.name:
                post.deleted = True
            self._known(request).pop(tag[1])
            self.reposts().pop(tag[1], None)

    def _pictures(self, event: Event, me: Account) -> tuple[str, list[Picture]]:
        """The text as readers see it, and the pictures that apps show instead of their addresses (NIP-92)."""
        text, found = event["content"], []
        for tag in event["tags"]:
            if tag[0] != "imeta":
                continue
            told = dict(part.partition(" ")[::2] for part in tag[1:])
            if len(told) < 2 or told.get("url", "") not in text:
                raise Malformed("invalid: an imeta names an address of the text and something more")
            kept = self.store.pictures.get(told["url"].rpartition("/")[2])
            if kept is not None and "/nostr/media/" in told["url"]:
                kept.alt = told.get("alt", "")
            else:
                number, extra = self.store.new_id(), {"url": told["url"]}
                kept = Picture(
                    number, f"{self.key}/{me.name}", b"", "", 0, 0, self.store.clock(), told.get("alt", ""), extra=extra
                )
            found.append(kept)
            text = text.replace(told["url"], "")
        return text.rstrip(), found

    # ── Blossom ───────────────────────────────────────────────────────────────────────────────────────────────────

    @route("PUT", "/nostr/media/upload")
    def upload(self, request: Request) -> Reply:
        """Keep a file under its hash; 200 when it is there already (BUD-02)."""
        digest = hashlib.sha256(request.body).hexdigest()
        me = self._permitted(request, digest)
        if len(request.body) > self.settings["blossom_bytes"]:
            raise Refused(self.refusal(413, "the file is too large"))
        shape = pictures.shape(request.body)
        if shape is None or request.kind != pictures.TYPES.get(shape[0]):
            raise Refused(self.refusal(415, "only pictures, with their right type"))
        known = digest in self.store.pictures
        if not known:
            self.store.keep(me, request.body, shape, number=digest)
        told = {"url": f"{request.base_url}/nostr/media/{digest}", "sha256": digest, "size": len(request.body)}
        told |= {"type": request.kind, "uploaded": int(request.now.timestamp())}
        return Reply.json(told, 200 if known else 201)

    @route("GET", "/nostr/media/{digest}")
    def file(self, request: Request, digest: str) -> Reply:  # noqa: ARG002  # a route's shape
        """The file."""
        picture = self.store.pictures.get(digest)
        if picture is None:
            raise Refused(self.refusal(404, "not found"))
        return Reply(200, picture.data, pictures.TYPES[picture.format])

    def _permitted(self, request: Request, digest: str) -> Account:
        """Whose signed permission it is: for this file, not too old (BUD-11)."""
        scheme, _, token = str(request.headers.get("Authorization", "")).partition(" ")
        try:
            event = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
            self._check(event, request)
            tags = {tag[0]: tag[1] for tag in event["tags"]}
            ends = datetime.fromtimestamp(int(tags["expiration"]), UTC)
        except (ValueError, KeyError, IndexError, TypeError, Malformed) as error:
            raise Refused(self.refusal(401, f"no permission: {error}")) from None
        right = (event["kind"], tags.get("t"), tags.get("x"), scheme) == (_BLOSSOM, "upload", digest, "Nostr")
        if not right or ends < request.now:
            raise Refused(self.refusal(401, "the permission is for something else"))
        return self._owner(event["pubkey"])


def _matches(event: Event, wanted: dict[str, Any]) -> bool:
    for name, field in (("ids", "id"), ("authors", "pubkey"), ("kinds", "kind")):
        if name in wanted and event[field] not in wanted[name]:
            return False
    for name in (key for key in wanted if key.startswith("#")):
        if not any(tag[0] == name[1:] and tag[1] in wanted[name] for tag in event["tags"] if len(tag) > 1):
            return False
    return bool(wanted.get("since", 0) <= event["created_at"] <= wanted.get("until", 1 << 40))

"""The sandbox's faults and log in front of a real relay, so that the same contract runs against it."""

import json
import secrets
from typing import Any, ClassVar

import requests
from websockets.sync.client import connect

from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.http_messages import Reply, Request
from crosspost.sandbox.core.store import Account
from crosspost.sandbox.networks.nostr import schnorr
from crosspost.sandbox.networks.nostr.standin import Nostr

#: how the relay's last word on a message begins
_LAST = {"EVENT": ("OK",), "REQ": ("EOSE", "CLOSED")}


class Relay(Nostr):
    """Answers with what the real relay answers; only faults, and the files of a Blossom server, are made here."""

    target: ClassVar[str]

    def answer(self, request: Request) -> Reply:
        """What the real relay answers."""
        if request.method in _LAST:
            return Reply.json(said(self.target, json.loads(request.body)))
        if (request.method, request.path) == ("GET", "/nostr"):
            answer = requests.get(self.target, headers={"Accept": str(request.headers.get("Accept", ""))}, timeout=60)
            return Reply(answer.status_code, answer.content, answer.headers.get("Content-Type", ""))
        return super().answer(request)


class RealSandbox(Sandbox):
    """A sandbox whose Nostr is the relay at ``target``, with two keys that nobody has used yet."""

    def __init__(self, target: str, **more: Any) -> None:
        super().__init__(**more)
        relay = Relay(self.store, {})
        relay.target = target  # type: ignore[misc]  # one relay at a time
        self.networks = {"nostr": relay}
        self.target = target
        self.store.accounts.clear()
        for number, name in enumerate(("verein", "zweitkonto"), 1):
            key = {"private_key": secrets.token_hex(32)}
            self.store.accounts["nostr", name] = Account("nostr", name, f"{number}", name, name, key)

    def posts(self, network: str = "", *, deleted: bool = False) -> list[dict[str, Any]]:
        """The notes of ``verein`` that the relay has, oldest first, in the sandbox's own form."""
        me = schnorr.public_key(self.store.accounts["nostr", "verein"].credentials["private_key"])
        told = said(self.target, ["REQ", "all", {"authors": [me], "kinds": [1]}])
        events = [one[2] for one in told if one[0] == "EVENT"]
        return [_as_post(event) for event in sorted(events, key=lambda event: int(event["created_at"]))]


def said(target: str, message: list[Any]) -> list[Any]:
    """Everything a relay says to one message."""
    with connect(target.replace("http://", "ws://"), open_timeout=60) as socket:
        socket.send(json.dumps(message))
        told: list[Any] = [json.loads(socket.recv(timeout=60))]
        while told[-1][0] not in _LAST[message[0]]:
            told.append(json.loads(socket.recv(timeout=60)))
    return told


def _as_post(event: dict[str, Any]) -> dict[str, Any]:
    text, pictures = event["content"], []
    for tag in event["tags"]:
        if tag[0] == "imeta":
            told = dict(part.partition(" ")[::2] for part in tag[1:])
            pictures.append({"alt": told.get("alt", ""), "width": 0, "height": 0})
            text = text.replace(told["url"], "")
    marked = {tag[3]: tag[1] for tag in event["tags"] if tag[0] == "e" and len(tag) > 3}
    return {
        "id": event["id"],
        "text": text.rstrip(),
        "images": pictures,
        "edited": False,
        "language": next((tag[1] for tag in event["tags"] if tag[0] == "l"), ""),
        "extra": {"in_reply_to_id": marked.get("reply") or marked.get("root"), "tags": event["tags"]},
    }

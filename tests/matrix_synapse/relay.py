"""The sandbox's faults and log in front of a real Synapse, so that the same contract runs against it."""

import itertools
from typing import Any, ClassVar
from urllib.parse import quote

import requests

from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.http_messages import Reply, Request
from crosspost.sandbox.core.store import Account
from crosspost.sandbox.networks.matrix.standin import Matrix
from tests.matrix_synapse.server import SERVER

_NUMBERS = itertools.count(1)
_PASSED_ON = ("Authorization", "Content-Type")
_PASSWORD = "only-for-this-test"  # of accounts that live as long as the test


class Relay(Matrix):
    """Answers with what the real server answers; only faults are made here."""

    target: ClassVar[str]

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """See :class:`StandIn`."""
        return super().access(account, base_url) | {"settings": {"room": account.credentials["room"]}}

    def answer(self, request: Request) -> Reply:
        """What the real server answers."""
        headers = {name: str(request.headers[name]) for name in _PASSED_ON if request.headers[name]}
        url = self.target + request.path
        answer = requests.request(
            request.method, url, params=request.query, data=request.body or None, headers=headers, timeout=30
        )
        kept = {k: v for k, v in answer.headers.items() if k.lower().startswith("retry")}
        return Reply(answer.status_code, answer.content, answer.headers.get("Content-Type", ""), kept)


class RealSandbox(Sandbox):
    """A sandbox whose Matrix is the server at ``target``, with two accounts nobody has used yet."""

    def __init__(self, target: str, **more: Any) -> None:
        super().__init__(**more)
        relay = Relay(self.store, {})
        relay.target = target  # type: ignore[misc]  # one server at a time
        self.networks = {"matrix": relay}
        self.target = target
        self.store.accounts.clear()
        for name in ("verein", "zweitkonto"):
            self.store.accounts["matrix", name] = _new_account(target, name)

    def posts(self, network: str = "", *, deleted: bool = False) -> list[dict[str, Any]]:
        """What stands in the room of ``verein``, oldest first, in the sandbox's own form."""
        me = self.store.accounts["matrix", "verein"]
        room = quote(me.credentials["room_id"], safe="!:")
        token = me.credentials["access_token"]
        answer = _ask(self.target, token, "GET", f"/rooms/{room}/messages", params={"dir": "f", "limit": "1000"})
        return [
            _as_post(event)
            for event in answer["chunk"]
            if event["type"] == "m.room.message"
            and event["content"]
            and (event["content"].get("m.relates_to") or {}).get("rel_type") != "m.replace"
        ]


def _as_post(event: dict[str, Any]) -> dict[str, Any]:
    edit = event["unsigned"].get("m.relations", {}).get("m.replace")
    content = edit["content"]["m.new_content"] if edit else event["content"]
    relation = event["content"].get("m.relates_to") or {}
    answered = (relation.get("m.in_reply_to") or {}).get("event_id")
    info = content.get("info") or {}
    pictures = [{"alt": "", "width": info["w"], "height": info["h"]}] if content["msgtype"] == "m.image" else []
    told = {"id": event["event_id"], "text": content["body"], "images": pictures, "edited": bool(edit), "language": ""}
    return told | {"extra": {"content": event["content"], "in_reply_to_id": answered}}


def _new_account(target: str, name: str) -> Account:
    user = f"{name}{next(_NUMBERS)}"
    form = {"username": user, "password": _PASSWORD, "auth": {"type": "m.login.dummy"}}
    made = _ask(target, "", "POST", "/register", json=form)
    token, alias = made["access_token"], f"#{user}:{SERVER}"
    options = {"preset": "private_chat", "room_alias_name": user, "name": name}
    room = _ask(target, token, "POST", "/createRoom", json=options)["room_id"]
    credentials = {"access_token": token, "password": _PASSWORD, "room": alias, "room_id": room}
    return Account("matrix", name, made["user_id"], made["user_id"], name, credentials)


def _ask(target: str, token: str, method: str, path: str, **more: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    url = f"{target}/_matrix/client/v3{path}"
    answer = requests.request(method, url, headers=headers, timeout=30, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()

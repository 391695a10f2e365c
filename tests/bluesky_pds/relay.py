"""The sandbox's faults and log in front of a real Bluesky server, so that the same contract runs against it."""

import itertools
from typing import Any, ClassVar

import requests

from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.http_messages import Reply, Request
from crosspost.sandbox.core.store import Account
from crosspost.sandbox.networks.bluesky.record import POST
from crosspost.sandbox.networks.bluesky.standin import Bluesky

_NUMBERS = itertools.count(1)
_PASSED_ON = ("Authorization", "Content-Type")


class Relay(Bluesky):
    """Answers with what the real server answers; only faults are made here."""

    target: ClassVar[str]

    def answer(self, request: Request) -> Reply:
        headers = {name: str(request.headers[name]) for name in _PASSED_ON if request.headers[name]}
        answer = requests.request(
            request.method,
            self.target + request.path,
            params=request.query,
            data=request.body or None,
            headers=headers,
            timeout=30,
        )
        kept = {k: v for k, v in answer.headers.items() if k.lower().startswith(("ratelimit", "retry"))}
        return Reply(answer.status_code, answer.content, answer.headers.get("Content-Type", ""), kept)


class RealSandbox(Sandbox):
    """A sandbox whose Bluesky is the server at ``target``, with two accounts nobody has used yet."""

    def __init__(self, target: str, **more: Any) -> None:
        super().__init__(**more)
        relay = Relay(self.store, {})
        relay.target = target  # type: ignore[misc]  # one server at a time
        self.networks = {"bluesky": relay}
        self.target = target
        self.store.accounts.clear()  # those of networks that are not there
        for name in ("verein", "zweitkonto"):
            self.store.accounts["bluesky", name] = _new_account(target, name)

    def posts(self, network: str = "", *, deleted: bool = False) -> list[dict[str, Any]]:
        """What stands in the repository of ``verein``, oldest first, in the sandbox's own form."""
        me = self.store.accounts["bluesky", "verein"]
        query = {"repo": me.id, "collection": POST, "limit": "100"}
        answer = requests.get(f"{self.target}/xrpc/com.atproto.repo.listRecords", params=query, timeout=30).json()
        return [_as_post(one["uri"], one["value"]) for one in reversed(answer["records"])]


def _as_post(uri: str, record: dict[str, Any]) -> dict[str, Any]:
    images = record.get("embed", {}).get("images", [])
    extra = {"record": record, "in_reply_to_id": record["reply"]["parent"]["uri"] if "reply" in record else None}
    return {"id": uri, "text": record["text"], "images": images, "extra": extra}


def _new_account(target: str, name: str) -> Account:
    handle = f"{name}{next(_NUMBERS)}.test"
    form = {"handle": handle, "email": f"{handle}@example.org", "password": "only-for-this-test"}
    made = requests.post(f"{target}/xrpc/com.atproto.server.createAccount", json=form, timeout=30)
    assert made.status_code == 200, made.text
    session = made.json()
    app = requests.post(
        f"{target}/xrpc/com.atproto.server.createAppPassword",
        json={"name": "crosspost"},
        headers={"Authorization": f"Bearer {session['accessJwt']}"},
        timeout=30,
    )
    credentials = {"handle": handle, "app_password": app.json()["password"]}
    return Account("bluesky", name, session["did"], handle, name, credentials)

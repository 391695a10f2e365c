"""Stand-in of signal-cli's JSON-RPC daemon (HTTP).

``jsonrpc_server.py`` is the daemon's other interface: one JSON object per line over TCP or a Unix socket. The wrapper
for the same accounts stands in ``signal_cli.py``.
"""

import contextlib
import json
from datetime import datetime
from typing import Any, ClassVar

from crosspost.sandbox.core.faults import Fault
from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import StandIn, only, route
from crosspost.sandbox.core.store import Account, Post
from crosspost.sandbox.networks.signal.server import (
    GROUPS,
    MEMBERS,
    REGISTERED,
    Message,
    RpcError,
    Target,
    checked,
    group_id,
    target,
)

# The regulator keeps these German numbers free for films.
_NUMBER = "+4917139200{:02d}"
#: what a phone scans to link this daemon as a device
LINK = "sgnl://linkdevice?uuid=c2FuZGJveA%3D%3D&pub_key=BWVydGVzdA%3D%3D"
_PUBLISHES = "POST /api/v1/rpc#send | POST /v2/send"
REFUSED: dict[str, tuple[int, dict[str, Any]]] = {  # fault → (code, what every member's result says)
    "network-failure": (-3, {"type": "NETWORK_FAILURE"}),
    "untrusted": (-4, {"type": "IDENTITY_FAILURE"}),
    "all-unregistered": (-1, {"type": "UNREGISTERED_FAILURE"}),
    "captcha": (-5, {"type": "RATE_LIMIT_FAILURE", "token": "challenge-4711", "retryAfterSeconds": 86400}),
}


class Daemon(StandIn):
    """Two accounts, several groups of four members, no history and no login."""

    key: ClassVar = "signal"
    name: ClassVar = "Signal"
    look: ClassVar = Look(mark="#3a76f0")
    publishes: ClassVar = _PUBLISHES
    paths: ClassVar = r"/api/v1/(rpc|check|events)$|/v2/send$|/v1/(about|accounts$|qrcodelink/|groups/|remote-delete/)"
    options: ClassVar = {"linked": True}
    """``linked``: whether the daemon has accounts already, or a phone must link it first."""
    own_faults: ClassVar = {
        "partial": ("commits; one member is not reached, and the answer says so", _PUBLISHES),
        "partial-400": ("commits; one member is not reached, and the wrapper calls it an error", "POST /v2/send"),
        **{kind: (f"nobody is reached: error {code}", _PUBLISHES) for kind, (code, _) in REFUSED.items()},
    }

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`. The handle is the phone number; there are no credentials."""
        return Account(self.key, name, _NUMBER.format(number), _NUMBER.format(number), display_name, {})

    def environment(self, account: Account) -> dict[str, str]:  # noqa: ARG002  # there is no login
        """Nothing: there is no login."""
        return {}

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """See :class:`StandIn`."""
        return super().access(account, base_url) | {"settings": {"number": account.id, "group": GROUPS[0][0]}}

    def path(self, request: Request) -> str:
        """The procedure belongs to the name: one path has them all, and an edit is not a new message."""
        if request.path == "/v2/send" and b'"edit_timestamp"' in request.body:
            return "/v2/send#edit"
        if request.path != "/api/v1/rpc":
            return request.path
        try:
            params = request.json.get("params")
            edits = isinstance(params, dict) and params.get("editTimestamp")
            return f"/api/v1/rpc#{'edit' if edits else request.json.get('method')}"
        except Malformed:
            return request.path

    def refusal(self, status: int, message: str) -> Reply:
        """``{"error": "…"}``, as the wrapper says it; the daemon's own errors are answers with status 200."""
        return Reply.json({"error": message}, status)

    def expired(self) -> Reply:
        """The wrapper's answer for a number nobody registered; see :meth:`fault` for the daemon's."""
        return self.refusal(400, "Specified account does not exist")

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002  # it names no time
        """The wrapper's 429; see :meth:`fault` for the daemon's."""
        return Reply.json({"error": "rate limited", "challenge_tokens": ["challenge-4711"], "account": ""}, 429)

    def fault(self, kind: str, request: Request, fault: Fault) -> Reply | None:
        """The daemon has no HTTP errors of its own: errors are in the response."""
        if request.path == "/api/v1/rpc":
            limited = {"type": "RATE_LIMIT_FAILURE", "retryAfterSeconds": fault.retry_after}
            body = {
                "429": RpcError(-5, "Failed to send message due to rate limiting", _nobody(limited, MEMBERS)),
                "expired-token": RpcError(-32602, "Specified account does not exist"),
            }
            if kind in body:
                return _answer(request.json.get("id"), body[kind])
        return super().fault(kind, request, fault)

    # ── signal-cli daemon --http ──────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/api/v1/check")
    def check(self, request: Request) -> Reply:  # noqa: ARG002  # it says nothing
        """Alive."""
        return Reply(200, content_type="text/plain")

    @route("POST", "/api/v1/rpc")
    def rpc(self, request: Request) -> Reply:
        """Run one procedure; whatever the result, the status is 200."""
        if request.kind != "application/json":
            raise Refused(Reply(415))
        try:
            call = request.json
        except Malformed as malformed:
            return _answer(None, RpcError(-32700, str(malformed)))
        try:
            if call.get("jsonrpc") != "2.0" or not call.get("id") or not isinstance(call.get("params", {}), dict):
                raise RpcError(-32600, "invalid request")
            params = dict(call.get("params", {}))
            if call.get("method") in ("listAccounts", "startLink", "finishLink"):
                return _answer(call["id"], self._without_account(call["method"], params))
            procedures = {"listGroups": self._list_groups, "send": self._send, "remoteDelete": self._remote_delete}
            if call.get("method") not in procedures:
                raise RpcError(-32601, "Method not implemented")
            me = self.registered(params.pop("account", None))
            request.account = me.name
            return _answer(call["id"], procedures[call["method"]](me, params, request))
        except RpcError as error:
            return _answer(call.get("id"), error)

    def _without_account(self, method: str, params: dict[str, Any]) -> Any:
        """What is asked before there is an account."""
        if method == "listAccounts":
            return [{"number": number} for number in self.numbers()]
        if method == "startLink":
            return {"deviceLinkUri": LINK}
        if only(params, ("deviceLinkUri", "deviceName")) or params.get("deviceLinkUri") != LINK:
            raise RpcError(-32602, "Invalid device link uri")
        self.settings["linked"] = True
        return {"number": self.numbers()[0]}

    def numbers(self) -> list[str]:
        """The accounts of this daemon: none before a phone has linked it."""
        every = [account.id for (network, _), account in self.store.accounts.items() if network == self.key]
        return every if self.settings["linked"] else []

    def registered(self, number: Any) -> Account:
        if number is None:
            raise RpcError(-32602, "Method requires valid account parameter")
        for (network, _), account in self.store.accounts.items():
            if network == self.key and account.id == number:
                return account
        raise RpcError(-32602, "Specified account does not exist")

    def _list_groups(self, me: Account, params: dict[str, Any], request: Request) -> Any:  # noqa: ARG002
        return [
            {"id": group_id(n), "name": name, "isMember": member, "isBlocked": False, "members": MEMBERS}
            for n, (name, member) in enumerate(GROUPS)
        ]

    def _send(self, me: Account, params: dict[str, Any], request: Request) -> Any:
        message = checked(params)
        if request.fault in REFUSED:
            code, result = REFUSED[request.fault]
            raise RpcError(code, "Failed to send message", _nobody(result, message.reached))
        absent = [] if message.group else [number for number in message.people if number not in REGISTERED]
        unregistered = {"type": "UNREGISTERED_FAILURE"}
        if absent == message.people and not message.group:
            raise RpcError(-1, "Failed to send message", _nobody(unregistered, absent))
        where = {"groupId": message.group} if message.group else {}
        results = [{"type": ""} | where | {"recipientAddress": {"number": n}} for n in message.reached]
        for number, result in zip(message.reached, results, strict=True):
            result["type"] = "UNREGISTERED_FAILURE" if number in absent else "SUCCESS"
        timestamp = self.commit(me, message, request)
        if request.fault == "partial":
            results[-1] |= unregistered
        return {"timestamp": timestamp, "results": results}

    def _remote_delete(self, me: Account, params: dict[str, Any], request: Request) -> Any:
        if unknown := only(params, ("groupId", "recipient", "targetTimestamp")):
            raise RpcError(-32602, f"Unrecognized field {', '.join(unknown)}")
        self.take_back(me, target(params), params.get("targetTimestamp"))
        return {"timestamp": self.now(request), "results": []}

    # ── both ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def commit(self, me: Account, message: Message, request: Request) -> int:
        """Keep the message; its timestamp (milliseconds) is its only id."""
        shown = message.preview
        extra: dict[str, Any] = {"group": message.group, "people": message.people, "styles": message.styles}
        extra |= {"preview": shown, "notify_self": message.notify_self}
        if shown:  # for the page; its picture is the post's
            description = shown.get("description") or ""
            extra["card"] = {"uri": shown["url"], "title": shown["title"], "description": description, "picture": ""}
        timestamp = self.now(request)
        if message.edits:
            post = self._own(me, message.target, message.edits)
            if [picture.data for picture in post.pictures] != [data for data, _ in message.pictures]:
                post.pictures = [self.store.keep(me, data, shape) for data, shape in message.pictures]
            post.text, post.edited, post.extra = message.text, request.now, extra
            return timestamp
        post = Post(
            str(timestamp),
            self.key,
            me.name,
            message.text,
            request.now,
            f"/signal/{timestamp}",
            link=str(message.preview.get("url") or ""),
            pictures=[self.store.keep(me, data, shape) for data, shape in message.pictures],
            visibility="group" if message.group else "person",
            extra=extra,
        )
        self.store.commit(post)
        return timestamp

    def _own(self, me: Account, where: Target, timestamp: Any) -> Post:
        post = self.store.post(self.key, str(timestamp))
        if post is None or post.account != me.name or (post.extra["group"], tuple(post.extra["people"])) != where:
            raise RpcError(-1, "Invalid timestamp: there is no such message of this account in this conversation")
        return post

    def take_back(self, me: Account, where: Target, timestamp: Any) -> None:
        """Signal sends the deletion to everybody; apps ignore it when they do not have the message."""
        with contextlib.suppress(RpcError):
            self._own(me, where, timestamp).deleted = True

    def now(self, request: Request) -> int:
        now: int = max(self.store.memory.get((self.key, "last"), 0) + 1, int(request.now.timestamp() * 1000))
        self.store.memory[self.key, "last"] = now
        return now


def _nobody(result: dict[str, Any], people: list[str]) -> list[dict[str, Any]]:
    return [{"recipientAddress": {"number": number}} | result for number in people]


def _answer(call_id: Any, result: Any) -> Reply:
    """A JSON-RPC answer."""
    body: dict[str, Any] = {"jsonrpc": "2.0", "id": call_id}
    if isinstance(result, RpcError):
        data = {"response": {"timestamp": 0, "results": result.results}} if result.results else None
        return Reply(
            200, json.dumps(body | {"error": {"code": result.code, "message": str(result), "data": data}}).encode()
        )
    return Reply(200, json.dumps(body | {"result": result}).encode())

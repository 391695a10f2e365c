"""Access to a Signal account: signal-cli's JSON-RPC daemon (HTTP, TCP, Unix socket) and signal-cli-rest-api.

Sources: signal-cli-jsonrpc(5), signal-cli(1), github.com/bbernhard/signal-cli-rest-api, checked 2026-11-22.
Neither has a login: whoever can reach the address can send in the account's name.
"""

import base64
import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import quote

from crosspost.compose.formats.message_entities import Span
from crosspost.errors import AuthExpired, DeliveryError, NotSent, RateLimited, Rejected, Unknown
from crosspost.transport.exchange import Exchange

if TYPE_CHECKING:
    from crosspost.transport.session import Session

_FAILED = {
    "NETWORK_FAILURE": "the network failed",
    "UNREGISTERED_FAILURE": "no longer on Signal",
    "IDENTITY_FAILURE": "new safety number, not trusted",
    "RATE_LIMIT_FAILURE": "too many messages",
    "INVALID_PRE_KEY_FAILURE": "broken keys",
}
_CHALLENGE = "Signal asks for a captcha: solve it (signal-cli submitRateLimitChallenge, challenge {token})"


class Group(NamedTuple):
    """A group known to the account; ``id`` is Signal's, in Base64."""

    id: str
    name: str
    member: bool


class Preview(NamedTuple):
    """A link preview; ``image`` is a data URI or ""."""

    url: str
    title: str
    description: str
    image: str


class SignalMessage(NamedTuple):
    """A message to send; ``edits`` is the timestamp (milliseconds) of the message it replaces, 0 for a new one."""

    text: str
    bold: Span | None = None
    preview: Preview | None = None
    attachments: tuple[str, ...] = ()
    edits: int = 0


class Sent(NamedTuple):
    """``timestamp`` (milliseconds) is Signal's id of the message; ``failures`` says how many were not reached and
    why.
    """

    timestamp: int
    failures: tuple[str, ...]


class Wire(Protocol):
    """What both APIs can do. :meth:`explain` gives the meaning of an exception from the session's last exchange."""

    def groups(self) -> list[Group]:
        """The groups known to the account."""

    def send(self, group: str, message: SignalMessage) -> Sent:
        """Send or replace a message."""

    def delete(self, group: str, timestamp: int) -> None:
        """Delete a message for everybody."""

    def explain(self, message: str, exchange: Exchange, *, irreversible: bool, now: datetime) -> DeliveryError | None:
        """The meaning of an error response; None for the common mapping.

        :param message: the beginning of the error message, which names account and network
        """


def wire(session: "Session", base_url: str, number: str, kind: str) -> Wire:
    """The API that ``base_url`` names: JSON-RPC over ``http(s)://``, ``tcp://`` or ``unix:``, or
    signal-cli-rest-api.
    """
    if kind == "rest" or base_url.startswith("rest+"):
        return Rest(session, base_url.removeprefix("rest+"), number)
    return JsonRpc(session, base_url, number)


class JsonRpc:
    """signal-cli's daemon. Errors come with HTTP 200, and over sockets without any status."""

    def __init__(self, session: "Session", base_url: str, number: str) -> None:
        self._session, self._base_url, self._number = session, base_url, number

    def groups(self) -> list[Group]:
        return [
            Group(str(g["id"]), str(g.get("name") or ""), bool(g.get("isMember"))) for g in self._call("listGroups")
        ]

    def send(self, group: str, message: SignalMessage) -> Sent:
        params: dict[str, Any] = {"groupId": group, "message": message.text}
        if message.bold:
            params["textStyle"] = [f"{message.bold.offset}:{message.bold.length}:BOLD"]
        if message.preview:
            url, title, description, image = message.preview
            params |= {"previewUrl": url, "previewTitle": title, "previewDescription": description}
            params |= {"previewImage": image} if image else {}
        if message.attachments:
            params["attachments"] = list(message.attachments)
        if message.edits:
            params["editTimestamp"] = message.edits
        result = self._call("send", **params)
        results = result.get("results") or []
        if results and not any(result["type"] == "SUCCESS" for result in results):  # older versions call this success
            raise ValueError("nobody was reached")
        return Sent(int(result["timestamp"]), _failures(results))

    def delete(self, group: str, timestamp: int) -> None:
        self._call("remoteDelete", groupId=group, targetTimestamp=timestamp)

    def explain(self, message: str, exchange: Exchange, *, irreversible: bool, now: datetime) -> DeliveryError | None:
        answer = exchange.json()
        if not isinstance(answer, dict) or exchange.status != 200:
            return None
        results = _results(answer)
        error = answer.get("error") or {}
        code, reason = error.get("code"), str(error.get("message", ""))
        if code == -32602 and "account" in reason:
            return AuthExpired(f"{message}. Register or link the number on that daemon, or correct `number`")
        if code == -6:
            return AuthExpired(f"{message}. {_CHALLENGE.format(token=_token(results) or 'as told by the daemon')}")
        if code in (-1, -32700, -32600, -32601, -32602):  # refused before anything was sent
            return Rejected(message)
        if results and "NETWORK_FAILURE" not in _types(results):  # Signal refused it for every member
            if "RATE_LIMIT_FAILURE" in _types(results):
                return _limited(message, results, now)
            trust = ". Trust the new safety numbers (signal-cli trust)" if "IDENTITY_FAILURE" in _types(results) else ""
            return Rejected(f"{message}: {'; '.join(_failures(results))}{trust}")
        if code == -5 and not results:
            return RateLimited(message)
        # After a network failure, or any other error in the daemon, the message may still have arrived.
        return Unknown(message) if irreversible else NotSent(message)

    def _call(self, method: str, **params: Any) -> Any:
        request = {
            "jsonrpc": "2.0",
            "id": uuid.uuid4().hex,
            "method": method,
            "params": {"account": self._number} | params,
        }
        if self._base_url.startswith(("tcp:", "unix:")):
            from crosspost.transport.jsonrpc import ask  # brings requests

            answer = ask(self._session, self._base_url, request)
        else:
            answer = self._session.post(f"{self._base_url}/api/v1/rpc", json=request).json()
        if answer["id"] != request["id"]:
            raise ValueError("the answer belongs to another request")
        return answer["result"]


class Rest:
    """signal-cli-rest-api. Nearly every error is a 400, even when the message is out."""

    def __init__(self, session: "Session", base_url: str, number: str) -> None:
        self._session, self._base_url, self._number = session, base_url, number

    def groups(self) -> list[Group]:
        known = self._call("GET", f"/v1/groups/{quote(self._number)}")
        return [Group(str(g["internal_id"]), str(g.get("name") or ""), True) for g in known]

    def send(self, group: str, message: SignalMessage) -> Sent:
        styled = _styled(message)
        body: dict[str, Any] = {
            "number": self._number,
            "recipients": [_recipient(group)],
            "message": styled or message.text,
            "text_mode": "styled" if styled else "normal",
        }
        if message.preview and message.preview.url.startswith("https://"):  # it accepts no other
            url, title, description, image = message.preview
            body["link_preview"] = {"url": url, "title": title, "description": description}
            body["link_preview"] |= {"base64_thumbnail": image.partition("base64,")[2]} if image else {}
        if message.attachments:
            body["base64_attachments"] = list(message.attachments)
        if message.edits:
            body["edit_timestamp"] = message.edits
        answer = self._call("POST", "/v2/send", body)
        errors = answer.get("errors") or []
        failures = [str(error) for error in errors] if isinstance(errors, list) else [str(errors)]
        return Sent(int(answer["timestamp"]), tuple(failures))

    def delete(self, group: str, timestamp: int) -> None:
        body = {"recipient": _recipient(group), "timestamp": timestamp}
        self._call("DELETE", f"/v1/remote-delete/{quote(self._number)}", body)

    def explain(self, message: str, exchange: Exchange, *, irreversible: bool, now: datetime) -> DeliveryError | None:
        answer = exchange.json()
        reason = str(answer.get("error", "")) if isinstance(answer, dict) else ""
        if exchange.status == 429 and isinstance(answer, dict):
            tokens = answer.get("challenge_tokens") or []
            return _limited(message, [{"token": tokens[0]}] if tokens else [], now)
        if exchange.status != 400:
            return None
        unknown_number = f"User {self._number} is not registered"
        if reason.startswith(("Invalid account", "Specified account does not exist", unknown_number)):
            return AuthExpired(f"{message}. Register or link the number there, or correct `number`")
        if reason.startswith("Couldn't process request"):  # its own check, before anything is sent
            return Rejected(message)
        return Unknown(f"{message}. Some members may have received it anyway") if irreversible else NotSent(message)

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        response = self._session.request(method, self._base_url + path, json=body)
        if response.status_code not in (200, 201):
            raise ValueError("refused")
        return response.json()


def _recipient(group: str) -> str:
    """The wrapper's name for a group: the Base64 of Signal's Base64 id."""
    return "group." + base64.b64encode(group.encode()).decode()


def _styled(message: SignalMessage) -> str:
    """The text with a bold title in the wrapper's markup; "" when the text contains a markup character."""
    if message.bold is None or any(sign in message.text for sign in "*~|`\\"):
        return ""
    units = message.text.encode("utf-16-le")
    start, end = 2 * message.bold.offset, 2 * (message.bold.offset + message.bold.length)
    before, title, after = (part.decode("utf-16-le") for part in (units[:start], units[start:end], units[end:]))
    return f"{before}**{title}**{after}"


def _results(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The result for each recipient, from a success or from an error's data."""
    data = (answer.get("error") or {}).get("data") or {}
    found = (data.get("response") or answer.get("result") or {}) if isinstance(data, dict) else {}
    results = found.get("results") if isinstance(found, dict) else None
    return results if isinstance(results, list) else []


def _types(results: list[dict[str, Any]]) -> set[str]:
    return {str(result.get("type")) for result in results}


def _failures(results: list[dict[str, Any]]) -> tuple[str, ...]:
    """``2 of 14 members were not reached (no longer on Signal)``, one line per reason."""
    bad = [str(result["type"]) for result in results if result["type"] != "SUCCESS"]
    return tuple(
        f"{bad.count(kind)} of {len(results)} members were not reached ({_FAILED.get(kind, kind)})"
        for kind in sorted(set(bad))
    )


def _token(results: list[dict[str, Any]]) -> str:
    return next((str(result["token"]) for result in results if result.get("token")), "")


def _limited(message: str, results: list[dict[str, Any]], now: datetime) -> RateLimited:
    seconds = max((int(result.get("retryAfterSeconds") or 0) for result in results), default=0)
    retry = now + timedelta(seconds=min(seconds, 7 * 86400)) if seconds else None
    token = _token(results)
    return RateLimited(f"{message}. {_CHALLENGE.format(token=token)}" if token else message, retry)

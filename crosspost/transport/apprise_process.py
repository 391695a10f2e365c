"""A program of its own: asks about one Apprise address, or sends one message by it. Imports nothing of crosspost.

Standard input is JSON: ``url``, ``connect`` and ``read`` (seconds), for a message ``text``, ``title`` and ``whole``:
the same in one piece for a service that has no place for this title. Standard output is JSON: what the library
knows of the service, whether it took the message, and what went over the wire meanwhile. Apprise itself only says yes
or no; a no after a lost answer and a no from the service are the same to it.
"""

import contextlib
import errno
import json
import logging
import os
import re
import socket
import sys
from collections.abc import Iterator
from typing import Any

#: bytes of a refusal that are handed on, for its sentence
_BODY = 2000
_SAFE = ("GET", "HEAD", "OPTIONS")


class _Last(logging.Handler):
    """Keeps the last complaint."""

    said = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.said = record.getMessage()


class Wire:
    """What was sent meanwhile: connections that were asked for and those that may be there, and each HTTP request with
    its answer. What goes out another way, such as through a library in C, is not seen."""

    def __init__(self) -> None:
        self.asked = self.connections = 0
        self.requests: list[dict[str, Any]] = []

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Watch what this process does, until the end of the block."""
        import requests

        sockets: Any = socket.socket
        sessions: Any = requests.Session
        connect, connect_ex, send = sockets.connect, sockets.connect_ex, sessions.send

        def connected(one: socket.socket, address: Any) -> None:
            self.asked += 1
            try:
                connect(one, address)
            except (BlockingIOError, InterruptedError):  # it goes on by itself
                self.connections += 1
                raise
            self.connections += 1

        def tried(one: socket.socket, address: Any) -> Any:
            self.asked += 1
            code = connect_ex(one, address)
            self.connections += code in (0, errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN, errno.EINTR)
            return code

        def sent(session: requests.Session, request: requests.PreparedRequest, **how: Any) -> Any:
            return self._send(lambda: send(session, request, **how), str(request.method), how)

        sockets.connect, sockets.connect_ex, sessions.send = connected, tried, sent
        try:
            yield
        finally:
            sockets.connect, sockets.connect_ex, sessions.send = connect, connect_ex, send

    def _send(self, send: Any, method: str, how: dict[str, Any]) -> Any:
        """Send one request, and keep what came of it. What was sent is not sent again to where a redirect leads: the
        library would ask there without the message, and take the answer for its success."""
        told: dict[str, Any] = {"method": method, "sent": True, "status": None}
        self.requests.append(told)
        if method not in _SAFE:
            how["allow_redirects"] = False
        try:
            answer = send()
        except Exception as error:
            told["sent"] = not _before_sending(error)
            raise
        body = answer.content[:_BODY].decode("utf-8", "replace") if answer.status_code >= 400 else ""
        after = answer.headers.get("Retry-After", "")
        told.update(status=answer.status_code, body=body, retry_after=after)
        return answer


def _before_sending(error: BaseException) -> bool:
    """Whether a request certainly never left: no name, no connection, or a certificate that is not valid."""
    import requests
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    known = isinstance(reason, NewConnectionError | ConnectTimeoutError)
    return known or "CERTIFICATE_VERIFY_FAILED" in str(error)


def answer(order: dict[str, Any]) -> dict[str, Any]:
    """Ask or send; see the module's text."""
    import apprise

    heard = _Last(logging.WARNING)
    logger = logging.getLogger("apprise")
    logger.addHandler(heard)
    logger.propagate = False
    try:
        # "secure logging" hides tokens where the plug-in knows them; what it does not know our parent takes out
        asset = apprise.AppriseAsset(secure_logging=True, async_mode=False)
        try:
            service = apprise.Apprise.instantiate(order["url"], asset=asset, suppress_exceptions=False)
        except Exception as error:  # a plug-in may raise anything about its address
            return {"service": "", "why": str(error)}
        if service is None:
            return {"service": "", "why": "this is not an address that Apprise understands"}
        told = _known(service, order["url"])
        if "text" not in order:
            return told
        wire = Wire()
        with wire.watched():
            taken = _send(service, order, asset)
        return told | {
            "taken": taken,
            "why": heard.said or "it was not accepted",
            "asked": wire.asked,
            "connections": wire.connections,
            "requests": wire.requests,
        }
    finally:
        logger.removeHandler(heard)


def _known(service: Any, url: str) -> dict[str, Any]:
    """What the library knows of the service. Its length is the number of its receivers, times the tries.

    Of several addresses with commas between them it takes the first, and the rest for a part of that.
    """
    return {
        "service": str(service.service_name),
        "body": service.body_maxlen,
        "title": service.title_maxlen,
        "retries": service.retry,
        "receivers": len(service) // (service.retry + 1) + len(re.findall(r",\s*\w+://", url)),
        "splits": str(getattr(service.overflow_mode, "value", service.overflow_mode)) == "split",
    }


def _send(service: Any, order: dict[str, Any], asset: Any) -> bool:
    import apprise

    service.socket_connect_timeout, service.socket_read_timeout = order["connect"], order["read"]
    title, text = order.get("title", ""), order["text"]
    if order.get("whole") and len(title) > service.title_maxlen:
        title, text = "", order["whole"]
    sender = apprise.Apprise(asset=asset)
    sender.add(service)
    return bool(sender.notify(body=text, title=title, body_format="text"))


def main() -> None:
    """Answer the one order on standard input."""
    json.dump(answer(json.load(sys.stdin)), sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # a service that was given up may still be waited for by a thread of the library's


if __name__ == "__main__":
    main()

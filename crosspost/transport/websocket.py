"""A conversation over a WebSocket (RFC 6455) as one exchange of the guarded session.

One message is sent, or several, and what comes back is collected until the answer is whole. It has the session's
time-outs and deadline, and the session says whether the message may have arrived.
"""

import contextlib
import io
import socket
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import msgspec
import requests
import urllib3
from requests.adapters import HTTPAdapter

from crosspost.transport import send_permission
from crosspost.transport.connection_guard import current_guard

#: the most messages of one answer
_MOST = 5000


class WebSocketAdapter(HTTPAdapter):
    """For ``ws://`` and ``wss://``: each line of the request's body is a message; the answer's is a JSON list.

    :param last: whether a message is the last one of the answer
    :param largest: bytes of the largest message
    """

    def __init__(self, last: Callable[[Any], bool], *, largest: int = 5_000_000) -> None:
        super().__init__(max_retries=0)
        self._last, self._largest = last, largest

    @contextlib.contextmanager
    def until(self, last: Callable[[Any], bool]) -> Iterator[None]:
        """Inside this context, another message is the last one."""
        before, self._last = self._last, last
        try:
            yield
        finally:
            self._last = before

    def send(self, request: requests.PreparedRequest, *_: Any, timeout: Any = None, **__: Any) -> requests.Response:
        """See the base class. Proxies are not used.

        :raises requests.ConnectionError: when the conversation ended before the answer was whole
        """
        from websockets.exceptions import WebSocketException
        from websockets.sync.client import connect

        guard, url = current_guard(), str(request.url)
        before, between = timeout
        try:
            sock = _connected(url, guard.addresses, before)
            guard.watch(sock)
            agent = str(request.headers.get("User-Agent", ""))
            with connect(
                url, sock=sock, open_timeout=before, close_timeout=1, max_size=self._largest, user_agent_header=agent
            ) as line:
                send_permission.ask()
                guard.attach(sock)
                for message in _text(request.body).split("\n"):
                    line.send(message)
                return self._answer(request, self._heard(line, between))
        except TimeoutError:
            raise requests.ConnectionError("Read timed out") from None
        except WebSocketException as error:
            raise requests.ConnectionError(f"Connection aborted: {error}") from None

    def _heard(self, line: Any, seconds: float) -> list[Any]:
        heard: list[Any] = []
        while not heard or not self._last(heard[-1]):
            if len(heard) == _MOST:
                raise ValueError("the answer has too many messages")
            try:
                heard.append(msgspec.json.decode(line.recv(timeout=seconds)))
            except msgspec.DecodeError:
                raise ValueError("a message of the answer is not JSON") from None
        return heard

    def _answer(self, request: requests.PreparedRequest, heard: list[Any]) -> requests.Response:
        body = msgspec.json.encode(heard)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        raw = urllib3.HTTPResponse(io.BytesIO(body), headers, 200, preload_content=False)
        return self.build_response(request, raw)


def _connected(url: str, addresses: tuple[str, ...], seconds: float) -> socket.socket:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "wss" else 80)
    try:
        return socket.create_connection((addresses[0] if addresses else parts.hostname or "", port), seconds)
    except TimeoutError:
        raise requests.ConnectionError("ConnectTimeout") from None


def _text(body: Any) -> str:
    return body.decode() if isinstance(body, bytes) else str(body)

"""HTTP/1.1 on 127.0.0.1: parses requests strictly, sends responses, and cuts connections for faults."""

import contextlib
import socket
import time
from collections.abc import Callable
from datetime import UTC
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

from crosspost.sandbox.core import request_body, websocket
from crosspost.sandbox.core.http_messages import Malformed, Reply, Request, pairs
from crosspost.sandbox.core.listening import Listening
from crosspost.sandbox.core.store import Clock

Answer = Callable[[Request], Reply]


class Server(Listening):
    """Listens on 127.0.0.1 only and hands every request to ``answer``.

    :param port: 0 takes a free one
    :param report: is called with bugs in the sandbox; nothing is ever printed
    """

    def __init__(self, port: int, answer: Answer, clock: Clock, report: Callable[[BaseException], None]) -> None:
        self.answer = answer
        self.clock = clock
        self.report = report
        super().__init__(port, Handler)
        self.hosts = {f"127.0.0.1:{self.port}", f"localhost:{self.port}"}

    def wait_idle(self, seconds: float) -> bool:
        """Wait until every connection made so far is closed; False when one is still open after ``seconds``."""
        with socket.create_connection(("127.0.0.1", self.port)) as last:  # taken after all that wait in the queue
            last.shutdown(socket.SHUT_WR)
            last.settimeout(seconds)
            with contextlib.suppress(OSError):
                last.recv(1)
        until = time.monotonic() + seconds
        while self._open and time.monotonic() < until:
            time.sleep(0.01)
        return not self._open


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: Server
    disable_nagle_algorithm = True
    timeout = 300

    def serve(self) -> None:
        """Answer one request."""
        request = self._read()
        if isinstance(request, Reply):
            self.close_connection = True  # the body was not read
            return self._send(request)
        if websocket.wanted(request.headers):
            return self._converse(request)
        return self._send(self._answer(request))

    def _answer(self, request: Request) -> Reply:
        try:
            return self.server.answer(request)
        except Exception as error:  # a bug in the sandbox: reported to the tests, never printed
            self.server.report(error)
            return Reply.json({"error": "The sandbox itself failed"}, 500)

    def _converse(self, opened: Request) -> None:
        """A WebSocket: each message is a request of its own, whose method is the message's first word."""
        self.close_connection = True
        self.send_response(101)
        for name, value in websocket.agreed(opened.headers).items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):  # a client that goes away is not an error here
            while (message := websocket.receive(self.rfile, self.wfile)) is not None:
                request = Request(
                    websocket.first_word(message), opened.path, opened.query, opened.headers, message,
                    opened.base_url, self.server.clock(),
                )  # fmt: skip
                reply = self._answer(request)
                if reply.dropped:
                    return self._cut()
                if reply.status >= 300:
                    self.wfile.write(websocket.close(websocket.INTERNAL_ERROR))
                    return None
                self.wfile.write(websocket.told(reply))
                if reply.half:
                    return self._cut()
        return None

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Pass any method to :meth:`serve`: the networks decide what they allow, not this server."""
        if name.startswith("do_"):
            return self.serve
        raise AttributeError(name)

    def _read(self) -> Request | Reply:
        """The request, or why it is refused."""
        if self.headers.get("Host", "") not in self.server.hosts:
            # A web page may point its own host name at 127.0.0.1 (DNS rebinding).
            return _refuse(403, "The sandbox answers only to 127.0.0.1 and localhost")
        target = urlsplit(self.path)
        try:
            body = request_body.read(self.headers, self.rfile)
            query = pairs(target.query.encode("ascii", "replace"))
        except request_body.BadBody as bad:
            return _refuse(bad.status, str(bad))
        except Malformed as malformed:
            return _refuse(400, str(malformed))
        base = f"http://127.0.0.1:{self.server.port}"
        now = self.server.clock()
        return Request(self.command, target.path, query, self.headers, body, base, now, asked=target.query)

    def _send(self, reply: Reply) -> None:
        if reply.dropped:
            return self._cut()
        body = b"" if reply.status in (204, 304) else reply.body
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        # half of an empty response: announce one byte that never comes
        self.send_header("Content-Length", str(len(body) or int(reply.half)))
        self.send_header("X-Content-Type-Options", "nosniff")
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) // 2] if reply.half else body)
        return self._cut() if reply.half else None

    def _cut(self) -> None:
        """Close the connection as a failing network does, without any further bytes."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def date_time_string(self, timestamp: float | None = None) -> str:  # noqa: ARG002 - the base class's signature
        """The ``Date`` header in the sandbox's time: clients compare it with the end of a rate limit."""
        return format_datetime(self.server.clock().astimezone(UTC), usegmt=True)

    def version_string(self) -> str:
        """The ``Server`` header."""
        return "crosspost-sandbox"

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """A request line or header that cannot be read: JSON like everything else, never a page of HTML."""
        self.close_connection = True
        self.command = getattr(self, "command", None) or "GET"
        self._send(Reply.json({"error": message or HTTPStatus(code).phrase}, code))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Quiet: the sandbox keeps its own log, without query strings and tokens."""


def _refuse(status: int, message: str) -> Reply:
    """An error response before any network saw the request."""
    return Reply.json({"error": message}, status)

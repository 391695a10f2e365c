"""How the daemon is, over HTTP on this machine only: ``GET /health`` is 200, or 503 when it does not do its work."""

import http.server
import json
import re
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from crosspost.text.lazy_pattern import lazy

#: a tick may be this many intervals late before that counts as ill
LATE = 3
#: a Host header that names this machine, with any port: the daemon's may be reached through another one
_HERE = lazy(r"(?:127\.0\.0\.1|localhost)(?::[0-9]{1,5})?", re.IGNORECASE | re.ASCII)


class Health:
    """What is known of the ticks; written by the daemon's thread, read by the server's.

    :param every: seconds between two ticks
    :param clock: gives the present moment, with a zone
    :param more: gives what else is told: counts and names, no secrets
    """

    def __init__(self, every: float, clock: Callable[[], datetime], more: Callable[[], dict[str, Any]]) -> None:
        self._every, self._clock, self._more = timedelta(seconds=every), clock, more
        self._begun = self._last = self._step = clock()
        self._good = True

    def ticked(self, good: bool) -> None:
        """A tick has ended; ``good``: it could do its work."""
        self._last, self._good = self._clock(), good

    def stepped(self) -> None:
        """A tick in flight made a step: a long one is not a late one."""
        self._step = self._clock()

    def report(self) -> tuple[bool, dict[str, Any]]:
        """Whether all is well, and the whole answer."""
        now, last = self._clock(), self._last
        well = self._good and now - max(last, self._step) <= LATE * self._every
        try:
            more = self._more()
        except Exception:  # a ledger that cannot be read just now is news, but no reason not to answer
            well, more = False, {}
        return well, {
            "ok": well,
            "last_run": last.isoformat() if last != self._begun else None,
            "seconds_since": round((now - last).total_seconds()),
            "next_run": (last + self._every).isoformat(),
            **more,
        }


@contextmanager
def serve(port: int, report: Callable[[], tuple[bool, dict[str, Any]]]) -> Iterator[int]:
    """Answer on 127.0.0.1 meanwhile; gives the port.

    :param port: 0 takes a free one
    :raises OSError: when the port is taken
    """
    handler = type("Handler", (_Handler,), {"report": staticmethod(report)})
    with _Server(("127.0.0.1", port), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.2,), name="health", daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join(5)


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away or says nothing needs no report; anything else is our mistake and is printed."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(http.server.BaseHTTPRequestHandler):
    report: Callable[[], tuple[bool, dict[str, Any]]]
    timeout = 5  # a client that says nothing does not keep a thread
    whole = 10  # nor does one that says a letter now and then; seconds
    server_version, sys_version = "crosspost", ""

    def handle(self) -> None:
        """Answer, or hang up when the client takes too long."""
        late = threading.Timer(self.whole, self._hang_up)
        late.daemon = True
        late.start()
        try:
            super().handle()
        finally:
            late.cancel()

    def _hang_up(self) -> None:
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def do_GET(self) -> None:
        """``/health`` and nothing else."""
        # A page on the web may have its own name point at 127.0.0.1 and ask as that: it must not read the answer.
        hosts = self.headers.get_all("Host", [])
        if len(hosts) != 1 or not _HERE.fullmatch(hosts[0].strip(" \t")):
            self._answer(403, {"error": "ask for 127.0.0.1"})
        elif self.path.partition("?")[0] != "/health":
            self._answer(404, {"error": "there is only /health"})
        else:
            well, answer = self.report()
            self._answer(200 if well else 503, answer)

    do_HEAD = do_GET  # noqa: N815  # http.server's name

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002  # http.server's shape
        """Whatever http.server refuses itself, such as another method."""
        self.request_version = "HTTP/1.1"  # of a line it could not read it thinks HTTP/0.9, which has no status line
        self._answer(405 if code == 501 else code, {"error": "GET /health"})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode() + b"\n"
        self.send_response(status)
        for name, value in (
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(data))),
            ("X-Content-Type-Options", "nosniff"),
            ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
            ("Cache-Control", "no-store"),
            *([("Allow", "GET, HEAD")] if status == 405 else []),
        ):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing: whoever watches asks every few seconds."""

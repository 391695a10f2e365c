"""How the daemon or a worker is, over HTTP, on this machine only unless another address was named.

``/health`` is 200, or 503 when it does not do its work; ``/livez`` and ``/readyz`` are what Kubernetes and its like
ask, ``/metrics`` is for Prometheus.
"""

import http.server
import json
import re
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from crosspost.app.monitoring import Metrics, Probes
from crosspost.errors import CrosspostError
from crosspost.text.lazy_pattern import lazy

#: a tick may be this many intervals late before that counts as ill
LATE = 3
#: a Host header that names this machine, with any port: the daemon's may be reached through another one
_HERE = lazy(r"(?:127\.0\.0\.1|localhost)(?::[0-9]{1,5})?", re.IGNORECASE | re.ASCII)
#: the same of one that others reach: its number, or a name without a dot, as containers have, which no website has
_NEAR = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}|\[[0-9a-f:.]+\]|[a-z0-9_-]+"
#: status, kind of content, and the answer
Answer = tuple[int, str, bytes]
_JSON, _TEXT = "application/json", "text/plain; version=0.0.4; charset=utf-8"


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


def pages(health: Health, probes: Probes, metrics: Metrics) -> dict[str, Callable[[], Answer]]:
    """What is answered where."""
    return {
        "/health": lambda: _told(health.report()),
        "/livez": lambda: _told(probes.live()),
        "/readyz": lambda: _told(probes.ready()),
        "/metrics": lambda: _measured(metrics),
    }


def _told(report: tuple[bool, dict[str, Any]]) -> Answer:
    well, said = report
    return (200 if well else 503), _JSON, json.dumps(said).encode() + b"\n"


def _measured(metrics: Metrics) -> Answer:
    try:
        return 200, _TEXT, metrics.text()
    except CrosspostError as error:  # its library is missing
        return 501, _JSON, json.dumps({"error": str(error)}).encode() + b"\n"


@contextmanager
def serve(port: int, answers: Mapping[str, Callable[[], Answer]], *, host: str = "127.0.0.1") -> Iterator[int]:
    """Answer meanwhile; gives the port.

    :param port: 0 takes a free one
    :param answers: path → what is answered there
    :param host: another address than that of this machine alone lets others ask, too
    :raises OSError: when the port is taken, or the address is none of this machine
    """
    near = _HERE
    if host not in ("127.0.0.1", "localhost"):
        near = re.compile(rf"(?:{re.escape(host)}|{_NEAR})(?::[0-9]{{1,5}})?", re.IGNORECASE | re.ASCII)
    handler = type("Handler", (_Handler,), {"answers": answers, "near": near})
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = type("Server", (_Server,), {"address_family": family})
    with made((host, port), handler) as server:
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
    answers: Mapping[str, Callable[[], Answer]]
    near: Any
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
        """One of the paths, and nothing else."""
        # A page on the web may have its own name point here and ask as that: it must not read the answer.
        hosts = [one.strip(" \t") for one in self.headers.get_all("Host", [])]
        if len(hosts) != 1 or not self.near.fullmatch(hosts[0]):
            self._refuse(403, "ask for 127.0.0.1" if self.near is _HERE else "ask for this machine by its number")
        elif (answer := self.answers.get(self.path.partition("?")[0])) is None:
            self._refuse(404, f"there is {', '.join(self.answers)}")
        else:
            self._answer(*answer())

    do_HEAD = do_GET  # noqa: N815  # http.server's name

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002  # http.server's shape
        """Whatever http.server refuses itself, such as another method."""
        self.request_version = "HTTP/1.1"  # of a line it could not read it thinks HTTP/0.9, which has no status line
        self._refuse(405 if code == 501 else code, "GET /health")

    def _refuse(self, status: int, why: str) -> None:
        self._answer(status, _JSON, json.dumps({"error": why}).encode() + b"\n")

    def _answer(self, status: int, kind: str, data: bytes) -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind),
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

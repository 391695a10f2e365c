"""A strict hub, written from w3.org/TR/websub: it asks back before it believes anybody, and signs what it sends.

It shares no code with crosspost.
"""

import contextlib
import hashlib
import hmac
import http.client
import http.server
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

HOST = "127.0.0.3"


@dataclass
class Hub:
    """``subscribers`` are (callback, topic) → secret, of those who said that they want it; ``asked`` every request."""

    base: str
    topics: set[str] = field(default_factory=set)
    lease: int = 864_000
    asked: list[dict[str, str]] = field(default_factory=list)
    subscribers: dict[tuple[str, str], str] = field(default_factory=dict)
    #: what is answered to a subscription instead of 202; "" as the body of that
    status: int = 202
    #: whether it asks back before it answers
    at_once: bool = True

    @property
    def address(self) -> str:
        return f"{self.base}/hub"

    def take(self, kind: str, body: str) -> tuple[int, str]:
        """Section 5.1.2: what is wrong with a request is said at once."""
        if kind.partition(";")[0] != "application/x-www-form-urlencoded":
            return 415, f"not a form: {kind}"
        form = parse_qs(body, strict_parsing=True)
        if any(len(values) != 1 for values in form.values()):
            return 400, "a field is there twice"
        said = {name: values[0] for name, values in form.items()}
        self.asked.append(said)
        callback = urlsplit(said.get("hub.callback", ""))
        if said.get("hub.mode") != "subscribe" or not callback.hostname or callback.fragment:
            return 400, "hub.mode or hub.callback is wrong"
        if said.get("hub.topic") not in self.topics:
            return 404, "no such topic here"
        if not 0 < len(said.get("hub.secret", "").encode()) < 200 or not said.get("hub.lease_seconds", "1").isdecimal():
            return 400, "hub.secret or hub.lease_seconds is wrong"
        if self.status == 202 and self.at_once:
            self.ask_back()
        return self.status, "" if self.status == 202 else "not today"

    def ask_back(self, **more: str) -> int:
        """Section 5.3: verify the newest request; the status of the subscriber's answer."""
        said = self.asked[-1]
        challenge = secrets.token_urlsafe(20)
        query = {
            "hub.mode": "subscribe",
            "hub.topic": said["hub.topic"],
            "hub.challenge": challenge,
            "hub.lease_seconds": str(self.lease),
        } | {f"hub.{name}": value for name, value in more.items()}
        status, body = ask("GET", said["hub.callback"], query={name: value for name, value in query.items() if value})
        if 200 <= status < 300 and body == challenge.encode():
            self.subscribers[said["hub.callback"], said["hub.topic"]] = said["hub.secret"]
        return status

    def tell(self, content: bytes, *, method: str = "sha256", secret: str = "", signature: str | None = None) -> int:
        """Section 7: send new content to the one subscriber; the status of its answer."""
        ((callback, topic), known), *_ = self.subscribers.items()
        digest = hmac.new((secret or known).encode(), content, getattr(hashlib, method)).hexdigest()
        said = f"{method}={digest}" if signature is None else signature
        headers = {"Content-Type": "application/rss+xml", "Link": f'<{self.address}>; rel="hub", <{topic}>; rel="self"'}
        if said:
            headers["X-Hub-Signature"] = said
        status, _ = ask("POST", callback, body=content, headers=headers)
        if status == 410:
            del self.subscribers[callback, topic]
        return status


def ask(
    method: str,
    address: str,
    *,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
) -> tuple[int, bytes]:
    """One request; what is in the callback's own query stays there."""
    parts = urlsplit(address)
    asked = urlencode([*parse_qsl(parts.query), *(query or {}).items()])
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    with contextlib.closing(connection):
        connection.request(method, f"{parts.path}?{asked}", body=body, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()


@contextlib.contextmanager
def hub() -> Iterator[Hub]:
    """Serve one until the end of the context."""
    made = Hub("")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode("ascii")
            right = self.path == "/hub"
            status, said = made.take(self.headers.get("Content-Type", ""), body) if right else (404, "no hub here")
            self.send_response(status)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer((HOST, 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        made.base = f"http://{HOST}:{server.server_address[1]}"
        try:
            yield made
        finally:
            server.shutdown()
            thread.join(10)

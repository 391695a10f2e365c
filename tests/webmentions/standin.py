"""A small web that takes webmentions, written from w3.org/TR/webmention: it fetches the source and looks itself.

It stands on 127.0.0.2, so that it is another host than the site under test. It shares no code with crosspost.
"""

import contextlib
import http.client
import http.server
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

HOST = "127.0.0.2"


@dataclass
class Page:
    """What an address answers; ``headers`` in the order they are sent, a name may be there twice."""

    body: str = ""
    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=list)
    kind: str = "text/html; charset=utf-8"


@dataclass
class Web:
    """``pages`` are path and query → what is there; ``mentions`` what endpoints took: (path, source, target)."""

    base: str
    pages: dict[str, Page] = field(default_factory=dict)
    endpoints: dict[str, Page] = field(default_factory=dict)
    mentions: list[tuple[str, str, str]] = field(default_factory=list)
    requests: list[tuple[str, str, str]] = field(default_factory=list)  # method, path, user agent
    #: called before an endpoint answers
    before_answer: Callable[[], None] = lambda: None

    def page(self, path: str, body: str = "", **more: Any) -> str:
        """Put a page there: its address."""
        self.pages[path] = Page(body, **more)
        return f"{self.base}{path}"

    def endpoint(self, path: str, status: int = 202, **more: Any) -> str:
        """Put an endpoint there: its address."""
        self.endpoints[path] = Page(status=status, **more)
        return f"{self.base}{path}"


@contextlib.contextmanager
def web(host: str = HOST) -> Iterator[Web]:
    """Serve one until the end of the context."""
    made = Web("")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._note()
            self._answer(made.pages.get(self.path) or Page("nothing here", 404))

        def do_POST(self) -> None:
            self._note()
            said = self.rfile.read(int(self.headers["Content-Length"])).decode("ascii")
            if (there := made.endpoints.get(self.path)) is None:
                self._answer(Page("no endpoint", 404))
            elif problem := _problem(self.headers.get("Content-Type", ""), said):
                self._answer(Page(problem, 400, kind="text/plain"))
            else:
                form = parse_qs(said, strict_parsing=True)
                if there.status < 300:
                    made.mentions.append((self.path, form["source"][0], form["target"][0]))
                made.before_answer()
                self._answer(there)

        def _note(self) -> None:
            made.requests.append((self.command, self.path, self.headers.get("User-Agent", "")))

        def _answer(self, page: Page) -> None:
            body = page.body.encode()
            self.send_response(page.status)
            self.send_header("Content-Type", page.kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in page.headers:
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer((host, 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        made.base = f"http://{host}:{server.server_address[1]}"
        try:
            yield made
        finally:
            server.shutdown()
            thread.join(10)


def _problem(kind: str, said: str) -> str:
    """What an endpoint has against a request (3.2.1 and 3.2.2); "" when nothing."""
    if kind.partition(";")[0].strip() != "application/x-www-form-urlencoded":
        return f"not a form: {kind}"
    form = parse_qs(said, strict_parsing=True)
    if set(form) != {"source", "target"} or any(len(values) != 1 for values in form.values()):
        return f"wrong fields: {sorted(form)}"
    source, target = form["source"][0], form["target"][0]
    if source == target or not source.startswith(("http://", "https://")):
        return "source and target must be two addresses"
    status, body = _fetched(source)
    if status in (404, 410):
        return ""
    if status != 200 or target not in _links(body):
        return f"{source} answers {status} and has no link to {target}"
    return ""


def _fetched(url: str) -> tuple[int, str]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request("GET", parts.path or "/")
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    finally:
        connection.close()


def _links(body: str) -> list[str]:
    found: list[str] = []

    class Links(HTMLParser):
        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            found.extend(value for name, value in attributes if tag == "a" and name == "href" and value)

    Links().feed(body)
    return found

"""Waits on this machine for a browser that comes back from a network's page of consent (RFC 8252 section 7.3)."""

import http.server
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

_DONE = "crosspost has the answer. You can close this page and go back to crosspost."
_STRANGE = "This is not the answer crosspost waits for. Start again there."
_PAGE = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>crosspost</title>"
    "<body style='font:18px system-ui;margin:15vh auto;max-width:32em;padding:0 1em'><p>{}</p></body></html>"
)
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address holds the code
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}


class Loopback:
    """A server on 127.0.0.1 that takes one answer; a context manager.

    :param accept: whether an address a browser came to is the answer; others get a page that says it is not
    :param port: the port, where a network wants a fixed one; 0 takes a free one
    :param path: the path of the address
    :param host: the name in the address: some networks know ``localhost``, some ``127.0.0.1`` only
    :raises OSError: when the port is taken
    """

    def __init__(
        self, accept: Callable[[str], bool], *, port: int = 0, path: str = "/", host: str = "127.0.0.1"
    ) -> None:
        self._accept, self._path = accept, path
        #: a page to send the browser on to, once it has come with the answer; "": it is told to close the page
        self.back = ""
        self._answer = ""
        self._came = threading.Event()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self.address = f"http://{host}:{self._server.server_address[1]}{path}"

    def wait(self, seconds: float) -> str:
        """The address the browser came to; "" when none did in this time."""
        self._came.wait(seconds)
        return self._answer

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _take(self, target: str) -> bool:
        address = f"{self.address.removesuffix(self._path)}{target}"
        if urlsplit(target).path != self._path or not self._accept(address):
            return False
        self._answer = self._answer or address
        self._came.set()
        return True

    def _handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                good = outer._take(self.path)
                if good and outer.back:
                    self._onward(outer.back)
                    return
                body = _PAGE.format(_DONE if good else _STRANGE).encode()
                self.send_response(200 if good else 400)
                for name, value in {**_HEADERS, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def _onward(self, address: str) -> None:
                self.send_response(303)
                for name, value in {**_HEADERS, "Location": address, "Content-Length": "0"}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing: the address holds a code."""

        return Handler


def parameters(address: str) -> dict[str, str]:
    """The parameters of an address, from its query or, as some networks do, from behind its ``#``."""
    parts = urlsplit(address)
    return dict(parse_qsl(parts.fragment.removeprefix("?"))) | dict(parse_qsl(parts.query))

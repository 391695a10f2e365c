"""A server on 127.0.0.1 that says, byte for byte, what a test tells it to: also what no library would."""

import contextlib
import socket
import threading
from collections.abc import Callable
from types import TracebackType


class RawServer:
    """Answers each connection with ``answer(socket, request_bytes)``; counts the requests it got.

    ``request_bytes`` is everything up to the end of the headers and the announced body.
    """

    def __init__(self, answer: Callable[[socket.socket, bytes], None]) -> None:
        self.requests: list[bytes] = []
        self._answer = answer
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._port = self._socket.getsockname()[1]
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> "RawServer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._thread.join(10)
        self._socket.close()

    def _serve(self) -> None:
        self._socket.settimeout(0.05)
        while not self._stopped.is_set():
            # a time-out only asks whether to stop; other errors: the client has gone, as some tests want
            with contextlib.suppress(OSError):
                connection, _ = self._socket.accept()
                with connection:
                    self.requests.append(_read(connection))
                    self._answer(connection, self.requests[-1])


def _read(connection: socket.socket) -> bytes:
    connection.settimeout(5)
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            return data
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(x.split(b":")[1]) for x in head.split(b"\r\n") if x.lower().startswith(b"content-length")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def reply(status: str, body: bytes = b"", *headers: str) -> Callable[[socket.socket, bytes], None]:
    """A plain answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return lambda connection, _: connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

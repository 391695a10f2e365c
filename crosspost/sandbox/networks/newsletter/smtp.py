"""A strict mail server (RFC 5321) on 127.0.0.1 for the newsletter stand-in: one thread per connection."""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Callable
from typing import Protocol

from crosspost.sandbox.core import certificate


class Desk(Protocol):
    """The stand-in behind the server. Every method returns a reply line such as "250 2.1.0 Ok"."""

    def login(self, username: str, password: str) -> str:
        """Who is this?"""

    def sender(self, username: str, address: str) -> str:
        """May this user ("" before a login) send from this address?"""

    def recipient(self, address: str) -> str:
        """Is there such a mailbox?"""

    def message(self, username: str, sender: str, recipients: list[str], data: bytes) -> str:
        """Take a message (CRLF lines, dots already unstuffed)."""


class SmtpServer(socketserver.ThreadingTCPServer):
    """Listens on 127.0.0.1.

    :param port: 0 takes a free one
    :param session: handles one connection
    :param report: is called with bugs in the sandbox
    :param tls: ``offered`` leaves STARTTLS to the client, ``required`` insists on it before anything else, ``none``
        does not know it
    """

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(
        self,
        port: int,
        session: type[socketserver.BaseRequestHandler],
        desk: Desk,
        report: Callable[[BaseException], None],
        tls: str = "offered",
    ) -> None:
        self.desk, self.report = desk, report
        self.tls = tls if certificate.possible() or tls == "required" else "none"
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), name="sandbox-smtp", daemon=True)
        super().__init__(("127.0.0.1", port), session)
        self.port: int = self.server_address[1]
        self._thread.start()

    def stop(self) -> None:
        """Close the port and every open connection."""
        self.shutdown()
        self._thread.join()
        with self._guard:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def process_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        """Remember the connection, so that :meth:`stop` can close it."""
        if isinstance(request, socket.socket):
            with self._guard:
                self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Forget the connection and close it."""
        if isinstance(request, socket.socket):
            with self._guard:
                self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Reported where it happened."""

    def follow(self, before: socket.socket, now: socket.socket) -> None:
        """A connection became a secure one: that is the one to close."""
        with self._guard:
            self._open.discard(before)
            self._open.add(now)

    def forget(self, connection: socket.socket) -> None:
        """A secure connection has ended."""
        with self._guard:
            self._open.discard(connection)
        connection.close()

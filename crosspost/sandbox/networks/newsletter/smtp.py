"""A strict mail server (RFC 5321) on 127.0.0.1 for the newsletter stand-in: one thread per connection."""

import socket
import socketserver
from collections.abc import Callable
from typing import Protocol

from crosspost.sandbox.core import certificate
from crosspost.sandbox.core.listening import Listening


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


class SmtpServer(Listening):
    """Listens on 127.0.0.1.

    :param port: 0 takes a free one
    :param session: handles one connection
    :param report: is called with bugs in the sandbox
    :param tls: ``offered`` leaves STARTTLS to the client, ``required`` insists on it before anything else, ``none``
        does not know it
    """

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
        super().__init__(port, session)
        self.start()

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

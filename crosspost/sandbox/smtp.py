"""A strict mail server (RFC 5321) on 127.0.0.1 for the newsletter stand-in: one thread per connection."""

import base64
import binascii
import contextlib
import re
import socket
import socketserver
import threading
from collections.abc import Callable
from typing import Protocol

SIZE = 25 * 1024 * 1024
"""Bytes of the greatest message; EHLO says so."""
_LINE = 1000
"""Octets of the longest line with its CRLF (RFC 5321 §4.5.3.1.6)."""
_PATH = re.compile(r"<([^<>\s@]+@[^<>\s@]+)>((?: [A-Za-z0-9-]+(?:=\S+)?)*)")


class Cut(Exception):
    """The connection ends here, after ``said`` and not a byte more."""

    def __init__(self, said: bytes = b"") -> None:
        self.said = said
        super().__init__()


class Desk(Protocol):
    """Who decides: the stand-in behind the server. Every method answers with a reply line such as "250 2.1.0 Ok"."""

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
    :param report: is told about mistakes of our own
    """

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, port: int, desk: Desk, report: Callable[[BaseException], None]) -> None:
        self.desk, self.report = desk, report
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), name="sandbox-smtp", daemon=True)
        super().__init__(("127.0.0.1", port), _Session)
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


class _Session(socketserver.StreamRequestHandler):
    """One connection: commands in the order the standard wants, anything else is refused."""

    server: SmtpServer
    timeout = 300
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self._user, self._hello, self._mistakes = "", "", 0
        self._shut = ""  # a login once refused stays refused on this connection, whatever method comes next
        self._sender, self._eight_bit = "", False
        self._recipients: list[str] = []
        with contextlib.suppress(Cut, OSError):
            self._say("220 127.0.0.1 ESMTP crosspost-sandbox")
            while self._mistakes < 10:
                line = self._line()
                name, _, rest = line.partition(" ")
                if name.upper() == "QUIT":
                    return self._say("221 2.0.0 Bye")
                try:
                    self._say(self._command(name.upper(), rest))
                except Cut as cut:
                    self.wfile.write(cut.said)
                    raise
                except OSError:  # the client has gone in the middle of a command
                    raise
                except Exception as error:  # our own mistake: told to the tests, never printed
                    self.server.report(error)
                    return self._say("451 4.3.0 the sandbox itself failed")
        return None

    # ── commands ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _command(self, name: str, rest: str) -> str:
        known: dict[str, Callable[[str], str]] = {
            "EHLO": self._ehlo,
            "HELO": self._helo,
            "AUTH": self._auth,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": lambda _: self._reset(),
            "NOOP": lambda _: "250 2.0.0 Ok",
            "VRFY": lambda _: "252 2.0.0 Send some mail, I will try",
        }
        if name not in known:
            self._mistakes += 1
            return "500 5.5.2 Command not recognized"
        return known[name](rest)

    def _ehlo(self, rest: str) -> str:
        if not rest.strip():
            return "501 5.5.4 Syntax: EHLO hostname"
        self._hello = "EHLO"
        self._forget()
        return "\r\n".join(
            ["250-127.0.0.1", f"250-SIZE {SIZE}", "250-8BITMIME", "250-AUTH PLAIN LOGIN", "250 ENHANCEDSTATUSCODES"]
        )

    def _helo(self, rest: str) -> str:
        if not rest.strip():
            return "501 5.5.4 Syntax: HELO hostname"
        self._hello = "HELO"
        return self._reset().replace("2.0.0 Ok", "127.0.0.1")

    def _auth(self, rest: str) -> str:
        if self._hello != "EHLO" or self._user or self._sender:
            return "503 5.5.1 Bad sequence of commands"
        method, _, first = rest.partition(" ")
        try:
            if method.upper() == "PLAIN":
                _, username, password = _decoded(first or self._ask("")).split("\0")
            elif method.upper() == "LOGIN":
                username = _decoded(first or self._ask("VXNlcm5hbWU6"))
                password = _decoded(self._ask("UGFzc3dvcmQ6"))
            else:
                return "504 5.5.4 Unrecognized authentication type"
        except ValueError:
            return "501 5.5.2 Cannot decode the response"
        answer = self.server.desk.login(username, password)
        if not answer.startswith("235"):
            self._shut, self._mistakes = answer, self._mistakes + 3
        elif not self._shut:
            self._user = username
        return self._shut or answer

    def _mail(self, rest: str) -> str:
        if not self._hello or self._sender:
            return "503 5.5.1 Bad sequence of commands"
        found = _PATH.fullmatch(rest[5:].strip()) if rest.upper().startswith("FROM:") else None
        if found is None:
            return "501 5.1.7 Syntax: MAIL FROM:<address>"
        for parameter in found[2].upper().split():
            name, _, value = parameter.partition("=")
            if name == "SIZE" and value.isdecimal() and int(value) > SIZE:
                return "552 5.3.4 Message size exceeds fixed limit"
            if name not in ("SIZE", "BODY") or (name == "BODY" and value not in ("7BIT", "8BITMIME")):
                return "555 5.5.4 Unsupported option"
            self._eight_bit = self._eight_bit or value == "8BITMIME"
        answer = self.server.desk.sender(self._user, found[1])
        self._sender = found[1] if answer.startswith("250") else ""
        return answer

    def _rcpt(self, rest: str) -> str:
        if not self._sender:
            return "503 5.5.1 Need MAIL before RCPT"
        found = _PATH.fullmatch(rest[3:].strip()) if rest.upper().startswith("TO:") else None
        if found is None or found[2]:
            return "501 5.1.3 Syntax: RCPT TO:<address>"
        if len(self._recipients) >= 100:
            return "452 4.5.3 Too many recipients"
        answer = self.server.desk.recipient(found[1])
        if answer.startswith("250"):
            self._recipients.append(found[1])
        return answer

    def _data(self, rest: str) -> str:
        if not self._recipients or rest:
            return "503 5.5.1 Need RCPT before DATA" if not rest else "501 5.5.4 Syntax: DATA"
        self._say("354 End data with <CR><LF>.<CR><LF>")
        data, wrong = self._message()
        sender, recipients = self._sender, self._recipients
        self._forget()
        return wrong or self.server.desk.message(self._user, sender, recipients, data)

    def _message(self) -> tuple[bytes, str]:
        """The message up to the final dot, and why it is refused, "" when it may be taken."""
        lines: list[bytes] = []
        size, wrong, line = 0, "", b"\r\n"
        # a dot after a bare LF ends nothing: taking it for the end is how messages are smuggled in
        while (before := line) and ((line := self.rfile.readline(SIZE + 1)) != b".\r\n" or before[-2:] != b"\r\n"):
            if not line:
                raise Cut
            size += len(line)
            if not line.endswith(b"\r\n") or b"\r" in line[:-2]:
                wrong = wrong or "550 5.6.0 Lines must end with CRLF, and no bare CR or LF is allowed"
            elif len(line) > _LINE:
                wrong = wrong or "500 5.5.2 Line too long"
            elif not self._eight_bit and not line.isascii():
                wrong = wrong or "554 5.6.3 8-bit data without BODY=8BITMIME"
            if size > SIZE:
                lines, wrong = [], wrong or "552 5.3.4 Message size exceeds fixed limit"
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines), wrong

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _reset(self) -> str:
        self._forget()
        return "250 2.0.0 Ok"

    def _forget(self) -> None:
        """A transaction ends: sender and recipients are forgotten, the login stays."""
        self._sender, self._eight_bit, self._recipients = "", False, []

    def _ask(self, challenge: str) -> str:
        self._say(f"334 {challenge}")
        return self._line()

    def _line(self) -> str:
        line = self.rfile.readline(1024 * 12)
        if not line.endswith(b"\n"):
            raise Cut
        return line.decode("ascii", "replace").rstrip("\r\n") if line.endswith(b"\r\n") else "?"

    def _say(self, reply: str) -> None:
        self.wfile.write(f"{reply}\r\n".encode())


def _decoded(text: str) -> str:
    """Base64 of UTF-8.

    :raises ValueError: when it is not
    """
    try:
        return base64.b64decode(text, validate=True).decode()
    except binascii.Error:
        raise ValueError(text) from None

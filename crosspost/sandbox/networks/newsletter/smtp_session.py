"""One connection to the mail server of the sandbox, with the commands of RFC 5321, 4954 and 3207."""

import base64
import binascii
import contextlib
import re
import socketserver
from collections.abc import Callable

from crosspost.sandbox.core import certificate
from crosspost.sandbox.networks.newsletter.smtp import SmtpServer

SIZE = 25 * 1024 * 1024
"""The maximum message size in bytes, as announced by EHLO."""
_LINE = 1000
"""The maximum line length in octets, including CRLF (RFC 5321 §4.5.3.1.6)."""
_PATH = re.compile(r"<([^<>\s@]+@[^<>\s@]+)>((?: [A-Za-z0-9-]+(?:=\S+)?)*)")

_BEFORE_TLS = ("EHLO", "STARTTLS", "NOOP", "RSET")


class Cut(Exception):
    """The connection ends here, after ``said`` and not a byte more."""

    def __init__(self, reply: bytes = b"") -> None:
        self.reply = reply
        super().__init__()


class Session(socketserver.StreamRequestHandler):
    """One connection: commands in the order the standard wants, anything else is refused."""

    server: SmtpServer
    timeout = 300
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self._user, self._hello, self._mistakes = "", "", 0
        self._shut = ""  # after a refused login every further login on this connection is refused
        self._sender, self._eight_bit = "", False
        self._recipients: list[str] = []
        self._secure = False
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
                    self.wfile.write(cut.reply)
                    raise
                except OSError:  # the client has gone: not an error here
                    raise
                except Exception as error:  # a bug in the sandbox: reported to the tests, never printed
                    self.server.report(error)
                    return self._say("451 4.3.0 the sandbox itself failed")
        return None

    def finish(self) -> None:
        """As inherited; a secure connection is another than the one that came."""
        super().finish()
        if self._secure:
            self.server.forget(self.connection)

    # ── commands ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _command(self, name: str, rest: str) -> str:
        known: dict[str, Callable[[str], str]] = {
            "EHLO": self._ehlo,
            "STARTTLS": self._starttls,
            "HELO": self._helo,
            "AUTH": self._auth,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": lambda _: self._reset(),
            "NOOP": lambda _: "250 2.0.0 Ok",
            "VRFY": lambda _: "252 2.0.0 Send some mail, I will try",
        }
        if name not in known or (name == "STARTTLS" and self.server.tls == "none"):
            self._mistakes += 1
            return "500 5.5.2 Command not recognized"
        if self.server.tls == "required" and not self._secure and name not in _BEFORE_TLS:
            return "530 5.7.0 Must issue a STARTTLS command first"
        return known[name](rest)

    def _ehlo(self, rest: str) -> str:
        if not rest.strip():
            return "501 5.5.4 Syntax: EHLO hostname"
        self._hello = "EHLO"
        self._forget()
        tls = [] if self._secure or self.server.tls == "none" else ["STARTTLS"]
        login = [] if tls and self.server.tls == "required" else ["AUTH PLAIN LOGIN"]
        able = ["127.0.0.1", f"SIZE {SIZE}", "8BITMIME", *login, *tls]
        return "\r\n".join([*(f"250-{extension}" for extension in able), "250 ENHANCEDSTATUSCODES"])

    def _starttls(self, rest: str) -> str:
        """Start TLS (RFC 3207): earlier state is discarded, and bytes sent after the command are not read."""
        if rest or self._secure or self._hello != "EHLO":
            return "501 5.5.4 Syntax: STARTTLS" if rest else "503 5.5.1 Bad sequence of commands"
        try:
            made = certificate.made()
        except OSError:
            return "454 4.7.0 TLS not available due to temporary reason"
        self._say("220 2.0.0 Ready to start TLS")
        try:
            secure = made.context.wrap_socket(self.connection, server_side=True)
        except OSError:  # the client does not trust the certificate, or went away
            raise Cut from None
        self.server.follow(self.connection, secure)
        self.connection = secure
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self._secure, self._hello, self._user = True, "", ""
        self._forget()
        return ""

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
        # a dot after a bare LF ends nothing: accepting it would allow SMTP smuggling
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
        if reply:
            self.wfile.write(f"{reply}\r\n".encode())


def _decoded(text: str) -> str:
    """Base64 of UTF-8.

    :raises ValueError: when it is not
    """
    try:
        return base64.b64decode(text, validate=True).decode()
    except binascii.Error:
        raise ValueError(text) from None

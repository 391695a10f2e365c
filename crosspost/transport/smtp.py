"""The guarded wire to a mail server (SMTP submission, RFC 5321, 6409, 8314).

Everything happens under a connect time-out, a read time-out and a total deadline. A failure says how far the message
got: only a connection that breaks after the final dot of the message leaves in doubt whether it is out; an answer to
that dot, good or bad, is final. No password is ever sent over a line that others can read.
"""

import base64
import contextlib
import hmac
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Literal, Self
from urllib.parse import urlsplit

import msgspec

from crosspost.config.secrecy import said_by
from crosspost.transport.connection import Guard

Tls = Literal["implicit", "starttls", "none"]
Stage = Literal["connect", "login", "sender", "recipients", "data", "final dot"]
#: questions of a server until a login is given up
_CHALLENGES = 5
#: characters of an answer; whoever shows it takes out secrets before it shortens it
_MOST = 20_000
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class MailServer(msgspec.Struct, frozen=True, kw_only=True):
    """Where to hand mails in. ``connect``, ``read`` and ``deadline`` are seconds: until a connection must stand,
    without a byte, and for one whole message."""

    host: str
    port: int
    tls: Tls
    connect: float = 10
    read: float = 60
    deadline: float = 120


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a server said: the three-digit code and its words."""

    code: int
    text: str

    @property
    def enhanced(self) -> str:
        """The enhanced status code (RFC 3463), "" when it gave none: ``4.7.1`` …"""
        found = re.match(r"[245]\.\d{1,3}\.\d{1,3}", self.text)
        return found[0] if found else ""


class SmtpError(Exception):
    """The message did not get an accepting answer.

    :ivar stage: how far it got; from "final dot" without an ``answer`` it may be out
    :ivar answer: what the server said; None when it said nothing that can be read
    :ivar refused: recipient → answer, when the recipients were the reason
    """

    def __init__(
        self, stage: Stage, why: str, answer: Answer | None = None, refused: dict[str, Answer] | None = None
    ) -> None:
        self.stage, self.answer, self.refused = stage, answer, refused or {}
        super().__init__(why)

    @property
    def in_doubt(self) -> bool:
        """Whether the message may be out."""
        return self.stage == "final dot" and self.answer is None


def server(url: str, tls: str, *, insecure: bool = False) -> MailServer:
    """Read ``smtps://host:465`` (TLS from the first byte) or ``smtp://host:587`` (STARTTLS).

    :param tls: ``implicit``, ``starttls`` or ``none``; "" takes what the address says, and none on this machine
    :param insecure: allow ``none`` to another machine
    :raises ValueError: with a sentence, when the address or the choice cannot be used
    """
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or port == -1 or parts.path.strip("/"):
        raise ValueError(f"base_url “{url}” is no mail server; write smtps://host:465 or smtp://host:587")
    near = parts.hostname in _LOOPBACK
    chosen: Tls = "implicit" if parts.scheme == "smtps" else "none" if near else "starttls"
    if tls in ("implicit", "starttls", "none"):
        chosen = tls  # type: ignore[assignment]  # mypy does not narrow a str by "in"
    if chosen == "none" and not near and not insecure:
        raise ValueError(f'tls = "none" would send mails and password readable to {parts.hostname}; use TLS')
    return MailServer(host=parts.hostname, port=port or (465 if chosen == "implicit" else 587), tls=chosen)


class Connection:
    """One connection to a mail server, open inside ``with``. Making one does no I/O.

    :param login: (user name, password), or None for a server that needs none
    """

    def __init__(self, where: MailServer, login: tuple[str, str] | None) -> None:
        self._where, self._login = where, login
        self._smtp: _Smtp | None = None

    def __enter__(self) -> Self:
        """Connect, make the line secure, log in.

        :raises SmtpError: of the stage "connect" or "login"
        """
        try:
            self._begin()
        except SmtpError:
            self._close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Say good-bye; what was accepted stays accepted, however that goes."""
        with contextlib.suppress(OSError, smtplib.SMTPException):
            if error is None and self._smtp is not None:
                self._smtp.quit()
        self._close()

    def try_sender(self, sender: str) -> None:
        """Ask whether ``sender`` may send here, and take it back: nothing is sent.

        :raises SmtpError: when not
        """
        with self._guarded("sender"):
            self._expect("sender", self._open.mail(sender))
            self._open.rset()

    def send(self, sender: str, recipients: Sequence[str], message: bytes) -> dict[str, Answer]:
        """Hand in one message.

        :param message: with CRLF line ends, 7-bit
        :returns: recipients the server refused, with its answers, while it took others
        :raises SmtpError: when no recipient gets it, or nobody knows
        """
        with self._guarded("sender"):
            size = [f"size={len(message)}"] if self._open.has_extn("size") else []
            self._expect("sender", self._open.mail(sender, size))
        with self._guarded("recipients"):
            answers = {recipient: _answer(self._open.rcpt(recipient)) for recipient in recipients}
            refused = {recipient: answer for recipient, answer in answers.items() if answer.code not in (250, 251)}
            if len(refused) == len(answers):
                self._open.rset()
                one = next(iter(refused.values()))
                raise SmtpError("recipients", f"no recipient is accepted: {one.text} ({one.code})", one, refused)
        with self._guarded("data"):
            self._expect("data", self._open.docmd("DATA"), 354)
            self._open.send(_stuffed(message))
        with self._guarded("final dot"):
            self._open.send(b".\r\n")
            self._expect("final dot", self._open.getreply())
        return refused

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _begin(self) -> None:
        with self._guarded("connect") as guard:
            self._smtp = _Smtp(self._where, guard)
            self._smtp.ehlo_or_helo_if_needed()
            if self._where.tls == "starttls":
                self._smtp.starttls(context=ssl.create_default_context())
                self._smtp.ehlo()
        if self._login is not None:
            with self._guarded("login"):
                self._open.login(*self._login)

    def _close(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()

    @property
    def _open(self) -> "_Smtp":
        if self._smtp is None:
            raise SmtpError("connect", "the connection is closed")
        return self._smtp

    @contextlib.contextmanager
    def _guarded(self, stage: Stage) -> Iterator[Guard]:
        """Whatever goes wrong inside becomes an :class:`SmtpError` of this stage."""
        with Guard(self._where.deadline) as guard:
            if self._smtp is not None:
                guard.attach(self._smtp.sock)
            try:
                yield guard
            except SmtpError:
                raise
            except smtplib.SMTPResponseException as error:
                answer = _answer((error.smtp_code, _bytes(error.smtp_error)))
                # at the final dot smtplib raises this only for a line it could not read
                readable = 400 <= answer.code < 600 and stage != "final dot"
                raise SmtpError(stage, f"{answer.text} ({answer.code})", answer if readable else None) from None
            except (smtplib.SMTPException, OSError, ValueError) as error:
                why = f"no answer within {self._where.deadline:g} seconds" if guard.expired else _reason(error)
                raise SmtpError(stage, f"{self._where.host}:{self._where.port}: {why}") from None

    def _expect(self, stage: Stage, reply: tuple[int, bytes], good: int = 250) -> None:
        answer = _answer(reply)
        if answer.code == good:
            return
        if not 400 <= answer.code < 600:  # neither yes nor no: nobody knows what it means
            raise SmtpError(stage, f"an answer that is not SMTP: {answer.text[:80]} ({answer.code})")
        if stage == "final dot" and answer.code == 421:  # about the connection, not about the message (RFC 5321 §3.8)
            raise SmtpError(stage, f"{answer.text} ({answer.code})")
        if stage != "final dot":
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._open.rset()
        raise SmtpError(stage, f"{answer.text} ({answer.code})", answer)


class _Smtp(smtplib.SMTP):
    """smtplib with a socket that the guard can cut, TLS whose certificate is checked from the first byte on, and logins
    in UTF-8 (RFC 4616 §2): smtplib knows only ASCII, and its codec error quotes a character of the password.
    """

    def __init__(self, where: MailServer, guard: Guard) -> None:
        self._server, self._guard, self._asked = where, guard, 0
        # Without a name of its own smtplib asks DNS, which may take a minute and tells the server this machine's name.
        super().__init__(where.host, where.port, local_hostname="[127.0.0.1]", timeout=where.read)

    def auth(
        self, mechanism: str, authobject: Callable[..., str | None], *, initial_response_ok: bool = True
    ) -> tuple[int, bytes]:
        """Log in by one mechanism; :meth:`login` chooses it."""
        first = authobject() if initial_response_ok else None
        self._asked = int(first is not None)
        code, said = self.docmd("AUTH", mechanism if first is None else f"{mechanism} {_base64(first)}")
        for _ in range(_CHALLENGES):
            if code != 334:
                break
            self._asked += 1
            code, said = self.docmd(_base64(authobject(base64.decodebytes(said)) or ""))
        if code in (235, 503):
            return code, said
        raise smtplib.SMTPAuthenticationError(code, said)

    def auth_login(self, challenge: bytes | None = None) -> str:  # type: ignore[override]  # as smtplib does
        """First the name, then the password, whatever the server calls them."""
        return self.user if challenge is None or self._asked < 2 else self.password

    def auth_cram_md5(self, challenge: bytes | None = None) -> str | None:  # type: ignore[override]  # as smtplib does
        """RFC 2195."""
        if challenge is None:
            return None
        return f"{self.user} {hmac.new(self.password.encode(), challenge, 'md5').hexdigest()}"

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        raw = socket.create_connection((host, port), self._server.connect)
        raw.settimeout(timeout)
        self._guard.attach(raw)
        if self._server.tls != "implicit":
            return raw
        secure = ssl.create_default_context().wrap_socket(raw, server_hostname=host, do_handshake_on_connect=False)
        self._guard.attach(secure)
        try:
            secure.do_handshake()
        except BaseException:
            secure.close()
            raise
        return secure


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")


def _stuffed(message: bytes) -> bytes:
    """Every line ended by CRLF, a leading dot doubled (RFC 5321 §4.5.2)."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", message).removesuffix(b"\r\n")
    return re.sub(rb"(?m)^\.", b"..", lines) + b"\r\n"


def _answer(reply: tuple[int, bytes]) -> Answer:
    return Answer(code=reply[0], text=" ".join(_bytes(reply[1]).decode("utf-8", "replace").split())[:_MOST])


def _bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode()


_REASONS: tuple[tuple[type[Exception], str | Callable[[Exception], str]], ...] = (
    (ssl.SSLCertVerificationError, "its certificate is not valid"),
    (ssl.SSLError, "no secure connection could be made (TLS)"),
    (socket.gaierror, "the name cannot be found (DNS)"),
    (ConnectionRefusedError, "nothing is listening there (connection refused)"),
    (TimeoutError, "no answer in time"),
    (smtplib.SMTPServerDisconnected, "the connection was cut"),
    (smtplib.SMTPNotSupportedError, lambda error: f"the server cannot do what is needed: {error}"),
    (ConnectionError, "the connection was cut"),
)


def _reason(error: Exception) -> str:
    """One clause a person understands."""
    for kind, clause in _REASONS:
        if isinstance(error, kind):
            return clause if isinstance(clause, str) else clause(error)
    return said_by(error).split("\n")[0] or type(error).__name__

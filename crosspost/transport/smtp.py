"""A guarded connection to a mail server (SMTP submission, RFC 5321, 6409, 8314).

Everything has a connect time-out, a read time-out and a total deadline. An error says how far the message got: only
when the connection breaks after the final dot of the message is the outcome unknown; a reply to that dot, good or bad,
is final. No password is ever sent over an unencrypted connection.
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
from typing import Any, Self

from crosspost.config.secrecy import message_of
from crosspost.transport import send_permission
from crosspost.transport.connection_guard import Guard
from crosspost.transport.mail_server import Answer, MailServer, SmtpError, Stage

#: challenges of a server before a login is given up
_CHALLENGES = 5
#: characters of a reply; secrets must be removed before it is shortened further for display
_MOST = 20_000


class Connection:
    """One connection to a mail server, open inside ``with``. Creating one does no I/O.

    :param login: (user name, password), or None for a server that needs none
    """

    def __init__(self, where: MailServer, login: tuple[str, str] | None) -> None:
        self._where, self._login = where, login
        self._smtp: _Smtp | None = None

    def __enter__(self) -> Self:
        """Connect, start TLS, log in.

        :raises SmtpError: with stage "connect" or "login"
        """
        try:
            self._begin()
        except SmtpError:
            self._close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Send QUIT; a failure does not matter, because accepted messages stay accepted."""
        with contextlib.suppress(OSError, smtplib.SMTPException):
            if error is None and self._smtp is not None:
                self._smtp.quit()
        self._close()

    def try_sender(self, sender: str) -> None:
        """Check whether ``sender`` may send here, and reset: nothing is sent.

        :raises SmtpError: when it may not
        """
        with self._guarded("sender"):
            self._expect("sender", self._open.mail(sender))
            self._open.rset()

    def send(self, sender: str, recipients: Sequence[str], message: bytes) -> dict[str, Answer]:
        """Submit one message.

        :param message: with CRLF line ends, 7-bit
        :returns: refused recipient → reply, when others were accepted
        :raises SmtpError: when nobody gets it, or the outcome is unknown
        """
        with self._guarded("sender"):
            size = [f"size={len(message)}"] if self._open.has_extn("size") else []
            self._expect("sender", self._open.mail(sender, size))
        with self._guarded("recipients"):
            answers = {recipient: _answer(self._open.rcpt(recipient)) for recipient in recipients}
            refused = {recipient: answer for recipient, answer in answers.items() if answer.code not in (250, 251)}
            if len(refused) == len(answers):
                self._open.rset()
                first = next(iter(refused.values()))
                raise SmtpError("recipients", f"no recipient is accepted: {first.text} ({first.code})", first, refused)
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
        """Turn every error inside into an :class:`SmtpError` of this stage."""
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
        if not 400 <= answer.code < 600:  # neither yes nor no
            raise SmtpError(stage, f"a reply that is not SMTP: {answer.text[:80]} ({answer.code})")
        if stage == "final dot" and answer.code == 421:  # about the connection, not about the message (RFC 5321 §3.8)
            raise SmtpError(stage, f"{answer.text} ({answer.code})")
        if stage != "final dot":
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._open.rset()
        raise SmtpError(stage, f"{answer.text} ({answer.code})", answer)


class _Smtp(smtplib.SMTP):
    """smtplib with a socket that the guard can cut, TLS with a checked certificate from the first byte, and logins in
    UTF-8 (RFC 4616 §2): smtplib supports only ASCII, and its codec error quotes a character of the password.
    """

    def __init__(self, where: MailServer, guard: Guard) -> None:
        self._server, self._guard, self._asked = where, guard, 0
        # Without this name smtplib asks DNS, which may take a minute and tells the server this machine's name.
        super().__init__(where.host, where.port, local_hostname="[127.0.0.1]", timeout=where.read)

    def send(self, s: Any) -> None:
        """See the base class."""
        send_permission.ask()
        super().send(s)

    def auth(
        self, mechanism: str, authobject: Callable[..., str | None], *, initial_response_ok: bool = True
    ) -> tuple[int, bytes]:
        """Log in with one mechanism; :meth:`login` chooses it."""
        first = authobject() if initial_response_ok else None
        self._asked = int(first is not None)
        code, reply = self.docmd("AUTH", mechanism if first is None else f"{mechanism} {_base64(first)}")
        for _ in range(_CHALLENGES):
            if code != 334:
                break
            self._asked += 1
            code, reply = self.docmd(_base64(authobject(base64.decodebytes(reply)) or ""))
        if code in (235, 503):
            return code, reply
        raise smtplib.SMTPAuthenticationError(code, reply)

    def auth_login(self, challenge: bytes | None = None) -> str:  # type: ignore[override]  # as smtplib does
        """First the user name, then the password, whatever the server calls them."""
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
    """Every line ends with CRLF, a leading dot is doubled (RFC 5321 §4.5.2)."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", message).removesuffix(b"\r\n")
    return re.sub(rb"(?m)^\.", b"..", lines) + b"\r\n"


def _answer(reply: tuple[int, bytes]) -> Answer:
    return Answer(code=reply[0], text=" ".join(_bytes(reply[1]).decode("utf-8", "replace").split())[:_MOST])


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


_REASONS: tuple[tuple[type[Exception], str | Callable[[Exception], str]], ...] = (
    (send_permission.TooLateError, str),
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
    return message_of(error).split("\n")[0] or type(error).__name__

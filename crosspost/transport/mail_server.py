"""Where mail is submitted, and what a mail server answers; :mod:`.smtp` does the talking."""

import re
from typing import Literal
from urllib.parse import urlsplit

import msgspec

Tls = Literal["implicit", "starttls", "none"]
Stage = Literal["connect", "login", "sender", "recipients", "data", "final dot"]
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class MailServer(msgspec.Struct, frozen=True, kw_only=True):
    """Where to submit mail. ``connect``, ``read`` and ``deadline`` are seconds: until a connection must be
    established, without a byte, and for one whole message."""

    host: str
    port: int
    tls: Tls
    connect: float = 10
    read: float = 60
    deadline: float = 120


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A server's reply: the three-digit code and its text."""

    code: int
    text: str

    @property
    def enhanced(self) -> str:
        """The enhanced status code (RFC 3463), "" when it gave none: ``4.7.1`` …"""
        found = re.match(r"[245]\.\d{1,3}\.\d{1,3}", self.text)
        return found[0] if found else ""


class SmtpError(Exception):
    """The message was not accepted.

    :ivar stage: how far it got; at "final dot" without an ``answer`` it may be out
    :ivar answer: the server's reply; None when there was none, or it cannot be read
    :ivar refused: recipient → reply, when the recipients were the reason
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

    :param tls: ``implicit``, ``starttls`` or ``none``; "" follows the URL scheme, but uses none on this machine
    :param insecure: allow ``none`` for another machine
    :raises ValueError: with a sentence, when the address or the setting cannot be used
    """
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or port == -1 or parts.path.strip("/"):
        raise ValueError(
            f"base_url “{url}” is not the address of a mail server; write smtps://host:465 or smtp://host:587"
        )
    local = parts.hostname in _LOOPBACK
    chosen: Tls = "implicit" if parts.scheme == "smtps" else "none" if local else "starttls"
    if tls in ("implicit", "starttls", "none"):
        chosen = tls  # type: ignore[assignment]  # mypy does not narrow a str by "in"
    if chosen == "none" and not local and not insecure:
        raise ValueError(f'tls = "none" would send mail and password unencrypted to {parts.hostname}; use TLS')
    return MailServer(host=parts.hostname, port=port or (465 if chosen == "implicit" else 587), tls=chosen)

"""Stand-in of a mail server for newsletters: mailboxes, a list address, and faults."""

import re
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any, ClassVar

from crosspost.sandbox.core.faults import Fault
from crosspost.sandbox.core.host import Host
from crosspost.sandbox.core.http_messages import Reply
from crosspost.sandbox.core.standin import StandIn
from crosspost.sandbox.core.store import Account, Post
from crosspost.sandbox.networks.newsletter import mails
from crosspost.sandbox.networks.newsletter.smtp import SmtpServer
from crosspost.sandbox.networks.newsletter.smtp_session import Cut, Session

LIST = "rundbrief@lists.example.org"
_KINDS = {
    "delay": "waits `seconds` before it answers the final dot as usual",
    "delay-after": "takes the message, then waits `seconds` before it answers",
    "429": "answers the final dot with 451 4.7.1: too many mails",
    "4xx": "answers the final dot with 451 4.3.0",
    "5xx": "answers the final dot with 554 5.7.1",
    "cut-before": "closes the connection after the final dot; the message is lost",
    "cut-after": "takes the message, then closes the connection without an answer",
    "half-answer": "takes the message, sends two digits of its answer, then closes the connection",
    "bad-json": "takes the message, then answers something that is not SMTP",
}
_OWN: dict[str, tuple[str, str]] = {
    "expired-token": ("refuses the login", "AUTH /"),
    "refuse-sender": ("refuses the sender for now with 451", "MAIL /"),
    "refuse-recipient": ("refuses a recipient for good with 550", "RCPT /"),
    "refuse-recipient-later": ("refuses a recipient for the moment with 450", "RCPT /"),
}
_REPLIES = {
    "expired-token": "535 5.7.8 Authentication credentials invalid",
    "refuse-sender": "451 4.3.0 Temporary server failure",
    "refuse-recipient": "550 5.1.1 User unknown",
    "refuse-recipient-later": "450 4.2.0 Greylisted, try again later",
    "429": "451 4.7.1 Too many mails, slow down",
    "4xx": "451 4.3.0 Temporary server failure",
    "5xx": "554 5.7.1 Message refused as spam",
}


class Newsletter(StandIn):
    """A mail server on its own port: login required, senders only from their own mailbox."""

    key: ClassVar = "newsletter"
    name: ClassVar = "Newsletter"
    publishes: ClassVar = "DATA /"
    paths: ClassVar = r"/mail/\d+/html$"
    own_faults: ClassVar = _OWN
    options: ClassVar = {"tls": "offered"}
    """``tls``: ``offered``, ``required`` or ``none``; see :class:`SmtpServer`."""

    _sandbox: Host
    _server: SmtpServer | None = None
    _port = 0

    # ── what every stand-in has ───────────────────────────────────────────────────────────────────────────────────

    def account(self, number: int, name: str, display_name: str) -> Account:  # noqa: ARG002 - the name tells them apart
        """See :class:`StandIn`."""
        address = f"{name}@example.org"
        known = {"username": address, "password": self.store.token(self.key, name, "password")}
        return Account(self.key, name, address, address, display_name, known)

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """The mail server's own address, and the settings it goes with."""
        return super().access(account, base_url) | {
            "base_url": f"smtp://127.0.0.1:{self._port}",
            "settings": {"sender": f"{account.display_name} <{account.handle}>", "to": LIST},
        }

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {f"CROSSPOST_NEWSLETTER_{name.upper()}": value for name, value in account.credentials.items()}

    def kinds(self) -> dict[str, str]:
        """The faults of mail; those of HTTP do not exist here."""
        return _KINDS | {kind: what for kind, (what, _) in self.own_faults.items()}

    def refusal(self, status: int, message: str) -> Reply:
        """Only the pages with the mails' HTML are answered over HTTP."""
        return Reply.json({"error": message}, status)

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002 - SMTP names no time
        """See :class:`StandIn`."""
        return self.refusal(429, _REPLIES["429"])

    def expired(self) -> Reply:
        """See :class:`StandIn`."""
        return self.refusal(401, _REPLIES["expired-token"])

    def answer(self, request: Any) -> Reply:
        """The HTML of a mail."""
        return mails.html_page(self.store, self.key, request.path)

    def start(self, sandbox: Host, near: int) -> None:
        """Listen on the port of last time, else the one after the sandbox's own, else a free one."""
        self._sandbox = sandbox
        wanted = self._port or near
        try:
            self._server = SmtpServer(wanted, Session, self, sandbox.errors.append, self.settings["tls"])
        except OSError:
            self._server = SmtpServer(0, Session, self, sandbox.errors.append, self.settings["tls"])
        self._port = self._server.port

    def stop(self) -> None:
        """Close the port."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    # ── what the server asks ──────────────────────────────────────────────────────────────────────────────────────

    def login(self, username: str, password: str) -> str:
        """235 for a known mailbox with its password."""
        fault = self._sandbox.faults.take(self.key, "AUTH /")
        found = self.store.account(self.key, password=password)
        good = found is not None and found.handle == username and fault is None
        return self._logged(
            "AUTH", username, "235 2.7.0 Authentication successful" if good else _REPLIES["expired-token"], fault
        )

    def sender(self, username: str, address: str) -> str:
        """A mailbox sends as itself only."""
        fault = self._sandbox.faults.take(self.key, "MAIL /")
        reply = "250 2.1.0 Ok"
        if not username:
            reply = "530 5.7.0 Authentication required"
        elif address.casefold() != username.casefold():
            reply = f"553 5.7.1 <{address}>: Sender address rejected: not owned by user {username}"
        return self._logged("MAIL", username, _REPLIES[fault.kind] if fault else reply, fault)

    def recipient(self, address: str) -> str:
        """Every address of example.org and its sub-domains exists."""
        fault = self._sandbox.faults.take(self.key, "RCPT /")
        domain = address.rpartition("@")[2].casefold()
        there = re.fullmatch(r"([a-z0-9-]+\.)*example\.(org|com|net)|[a-z0-9.-]+\.example", domain)
        reply = "250 2.1.5 Ok" if there else "550 5.1.2 Domain not found"
        return self._logged("RCPT", "", _REPLIES[fault.kind] if fault else reply, fault)

    def message(self, username: str, sender: str, recipients: list[str], data: bytes) -> str:
        """Take the mail, or say why not; faults strike here, after the final dot."""
        fault = self._sandbox.faults.take(self.key, "DATA /")
        kind = fault.kind if fault else ""
        if kind == "delay" and fault is not None:
            self._sandbox.pause(fault.seconds)
        if kind in _REPLIES:
            return self._logged("DATA", username, _REPLIES[kind], fault)
        if kind == "cut-before":
            self._logged("DATA", username, "000 cut", fault)
            raise Cut
        with self.store.lock:
            reply = self._taken(username, sender, recipients, data)
        self._logged("DATA", username, reply, fault)
        if fault is None or not reply.startswith("250"):
            return reply
        if kind == "delay-after":
            self._sandbox.pause(fault.seconds)
        if kind in ("cut-after", "half-answer"):
            raise Cut(b"25" if kind == "half-answer" else b"")
        return "what?" if kind == "bad-json" else reply

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _taken(self, username: str, sender: str, recipients: list[str], data: bytes) -> str:
        mail = message_from_bytes(data, policy=policy.default)
        if not isinstance(mail, EmailMessage) or (wrong := _wrong(mail, data, sender)):
            return f"554 5.6.0 {wrong}"
        number = self.store.new_id()
        account = next(a for a in self.store.accounts.values() if a.network == self.key and a.handle == username)
        text, html = mails.parts(mail)
        extra = {
            "subject": str(mail["Subject"]),
            "from": str(mail["From"]),
            "to": ", ".join(recipients),
            "headers": {name: str(value) for name, value in mail.items()},
            "html": html,
            "html_path": f"/mail/{number}/html" if html else "",
        }
        post = Post(
            str(mail["Message-ID"]).strip("<> "),
            self.key,
            account.name,
            text,
            self.store.clock(),
            f"/mail/{number}",
            pictures=mails.pictures(html, f"{self.key}/{account.name}", self.store.clock()),
            language=str(mail["Content-Language"] or ""),
            extra=extra,
        )
        self.store.commit(post)
        return f"250 2.0.0 Ok: queued as {number}"

    def _logged(self, verb: str, username: str, reply: str, fault: Fault | None) -> str:
        self._sandbox.note(
            {
                "method": verb,
                "path": "/",
                "network": self.key,
                "account": username.partition("@")[0],
                "status": int(reply[:3]),
                "answered": fault is None or fault.kind not in ("cut-before", "cut-after", "half-answer"),
                "fault": fault.kind if fault else "",
                "time": self.store.clock().isoformat(),
            }
        )
        return reply


def _wrong(mail: EmailMessage, data: bytes, sender: str) -> str:
    """What is wrong with a message's form (RFC 5322 §3.6), "" when nothing is."""
    if not data.partition(b"\r\n\r\n")[0].isascii():
        return "Header fields must be ASCII"
    for name in ("From", "Date", "Message-ID", "Subject", "To"):
        if len(mail.get_all(name, [])) != 1:
            return f"There must be exactly one {name} field"
    if parseaddr(str(mail["From"]))[1].casefold() != sender.casefold():
        return "From and the envelope's sender differ"
    if not re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>", str(mail["Message-ID"]).strip()):
        return "Message-ID is not one"
    if mail.defects or any(part.defects for part in mail.walk()):
        return "The MIME structure is broken"
    if mail["List-Unsubscribe-Post"] and "<https://" not in str(mail["List-Unsubscribe"] or ""):
        return "List-Unsubscribe-Post without an https address in List-Unsubscribe (RFC 8058)"
    return ""

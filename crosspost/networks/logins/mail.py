"""A newsletter by mail: the server and its door, the login, who writes to whom, and a mail to oneself as the test.

Sources: RFC 6409 and RFC 8314 (ports 465 and 587 of submission); checked 2026-11-25.
"""

import re
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from crosspost.config import server_address
from crosspost.errors import ConfigError
from crosspost.networks.logins.base import Connected, Login
from crosspost.networks.logins.dialog import Question
from crosspost.text.lazy_pattern import lazy
from crosspost.transport.mail_server import SmtpError, server
from crosspost.transport.smtp import Connection

_ADDRESS = lazy(r"(?:.*<)?([^\s<>@,;]+@[^\s<>@,;]+)>?")
#: doors of a mail server, the better one first
_DOORS = ("smtps://{host}:465", "smtp://{host}:587", "smtp://{host}:25")


class MailLogin(Login):
    minutes = 3
    steps = (
        "Type the mail address that writes, and its password (an app password, where the provider wants one).",
        "Say who gets the mails: the address of a list, or several addresses.",
        "Look into your own mailbox for the test mail.",
    )

    def connect(self) -> list[Connected]:
        sender = self.dialog.ask(
            Question(
                "sender",
                "Who sends the mails? A name and a mail address:",
                "Such as Verein Beispiel <post@example.org>.",
                clean=_sender,
            )
        )
        own = _bare(sender)
        url = self.until_right(
            Question(
                "server",
                "The mail server?",
                "Its name is in your provider's help, as “outgoing server” or “SMTP”.",
                default=self.desk.base_url or f"smtp.{own.rpartition('@')[2]}",
                clean=str.strip,
            ),
            self._door,
        )
        secrets = self._login(url, own)
        to = self.dialog.ask(
            Question(
                "to", "Who gets the mails?", "The address of a list, or several addresses with commas.", clean=_people
            )
        )
        if self.dialog.confirm("test", f"Send a test mail to {own} now?", default=True):
            self._send_test(url, secrets, sender, own)
        people = to.split(", ")
        settings: dict[str, object] = {"sender": sender, "to": people[0] if len(people) == 1 else people}
        if not secrets:
            settings["login"] = False
        return [
            Connected(network=self.network.key, name="newsletter", base_url=url, settings=settings, secrets=secrets)
        ]

    def _door(self, answer: str) -> str:
        """The address at which the server takes mail: as it was written, else the first usual door that opens."""
        if "://" in answer or re.search(r":\d+$", answer):
            tried = [server_address.of_account(answer, schemes=self.network.schemes, at_root=False)]
        else:
            tried = [door.format(host=answer) for door in _DOORS]
        why = ""
        for url in tried:
            try:
                with Connection(server(url, ""), None):
                    return url
            except (SmtpError, OSError, ValueError) as error:
                why = why or str(error)
        raise ConfigError(f"no mail server answers at {answer}: {why}")

    def _login(self, url: str, own: str) -> dict[str, str]:
        name, password = own, self.secret("password", "The password?")
        while True:
            text = "The login name there? (“none”, where it wants none)"
            name = self.dialog.ask(Question("username", text, default=name, clean=str.strip))
            if name == "none":
                return {}
            secret = self.dialog.ask(password)
            try:
                with Connection(server(url, ""), (name, secret)) as line:
                    line.try_sender(own)
            except (SmtpError, OSError, ValueError) as error:  # a server does not say which of the two is wrong
                why = str(error).replace(secret, "***")
                self.dialog.wrong("password", f"the mail server does not take this login: {why}. Type both again")
            else:
                return {"username": name, "password": secret}

    def _send_test(self, url: str, secrets: dict[str, str], sender: str, own: str) -> None:
        mail = EmailMessage(policy=SMTP)  # CRLF and seven bits
        mail["From"], mail["To"], mail["Subject"] = sender, own, "crosspost can write mails"
        mail["Date"], mail["Message-ID"] = format_datetime(self.desk.clock()), make_msgid(domain=own.rpartition("@")[2])
        mail.set_content("This is the test mail you asked for. The next ones are your posts.\n")
        login = (secrets["username"], secrets["password"]) if secrets else None
        try:
            with Connection(server(url, ""), login) as line:
                line.send(own, [own], mail.as_bytes())
        except SmtpError as error:
            raise ConfigError(f"the test mail was not taken: {error}") from None
        self.dialog.say(f"A test mail is on its way to {own}.")


def _bare(sender: str) -> str:
    """The address in "Name <address>"."""
    found = _ADDRESS.fullmatch(sender.strip())
    return found[1] if found else ""


def _sender(answer: str) -> str:
    if not _bare(answer):
        raise ValueError("there is no mail address in it; write Name <name@example.org>")
    return answer.strip()


def _people(answer: str) -> str:
    addresses = [part.strip() for part in re.split(r"[,;]", answer) if part.strip()]
    if not addresses or not all(_ADDRESS.fullmatch(one) for one in addresses):
        raise ValueError("write mail addresses, with commas between them")
    return ", ".join(addresses)

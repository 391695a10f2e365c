"""A message as a mail, over the same guarded wire as the newsletter."""

import uuid
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Self

import msgspec

from crosspost.compose.formats.mail import address, message_id
from crosspost.config.credentials import Credentials, variable
from crosspost.config.installation_settings import Notify
from crosspost.errors import ConfigError
from crosspost.notifications.channels import WHO, ChannelError, Notification
from crosspost.transport.mail_server import MailServer, SmtpError, server
from crosspost.transport.smtp import Connection

_POLICY = SMTP.clone(cte_type="7bit")


class Mail:
    """Mails to one or more addresses. Making one does no I/O.

    :param login: user name and password, or None for a server that asks for none
    """

    key = "mail"

    def __init__(self, where: MailServer, sender: Address, to: list[Address], login: tuple[str, str] | None) -> None:
        self._where, self._sender, self._to, self._login = where, sender, to, login
        self.name = f"mail to {', '.join(one.addr_spec for one in to)}"

    @classmethod
    def of(cls, said: Notify, credentials: Credentials) -> Self:
        """As the settings say.

        :raises ConfigError: for an address or server that cannot be used, or a login that is not set
        """
        try:
            where = server(said.smtp, said.tls)
        except ValueError as error:
            raise ConfigError(f"[notify] smtp: {str(error).replace('base_url ', '')}") from None
        to = (said.mail_to,) if isinstance(said.mail_to, str) else said.mail_to
        login = _login(credentials, where.host) if said.login else None
        return cls(
            msgspec.structs.replace(where, connect=8, read=15, deadline=20),  # a run waits for this
            address(said.mail_from, "[notify] mail_from"),
            [address(one, "[notify] mail_to") for one in to],
            login,
        )

    def send(self, message: Notification) -> None:
        """See :class:`~crosspost.notifications.channels.Channel`. A lost answer counts as not told: rather twice."""
        made = EmailMessage(policy=_POLICY)
        made["From"], made["To"] = self._sender, self._to
        made["Subject"] = " ".join(message.title.split())
        made["Date"] = format_datetime(message.at)
        made["Message-ID"] = message_id(uuid.uuid4().hex, self._sender.domain)
        made["Auto-Submitted"] = "auto-generated"  # no holiday replies (RFC 3834 §5)
        made.set_content(message.text)
        try:
            with Connection(self._where, self._login) as line:
                refused = line.send(self._sender.addr_spec, [one.addr_spec for one in self._to], made.as_bytes())
        except SmtpError as error:
            raise ChannelError(self._redacted(str(error))[:1000]) from None
        if refused:
            said = ", ".join(f"{who}: {answer.text}" for who, answer in refused.items())
            raise ChannelError(self._redacted(f"not everybody was told: {said}"))

    def _redacted(self, text: str) -> str:
        for secret in self._login or ():
            text = text.replace(secret, "***")
        return text


def _login(credentials: Credentials, host: str) -> tuple[str, str]:
    username, password = credentials.get(WHO, "username"), credentials.get(WHO, "password")
    if username is None or password is None:
        names = " and ".join(variable(WHO, field) for field in ("username", "password"))
        raise ConfigError(
            f"[notify] {host} needs a login: set {names} in {credentials.place}, or login = false for a server that"
            " asks for none"
        )
    return username.reveal(), password.reveal()

"""An account at a mail server: the connection to it, and its errors as the six delivery errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from crosspost.config.credentials import variable
from crosspost.errors import ConfigError, DeliveryError
from crosspost.networks.base import Network
from crosspost.networks.mail.mail_settings import Settings
from crosspost.networks.mail.smtp_meaning import meaning
from crosspost.transport.mail_server import MailServer, SmtpError, server

if TYPE_CHECKING:
    from crosspost.transport.smtp import Connection

#: characters of a server's message that are shown
_SHOWN = 1000


class SmtpNetwork(Network):
    """Base of an adapter that sends through a mail server, with the credentials ``username`` and ``password``."""

    def _connection(self, where: MailServer, options: Settings) -> "Connection":
        from crosspost.transport.smtp import Connection

        return Connection(where, self._login(options))

    def _where(self, options: Settings) -> MailServer:
        try:
            where = server(self.base_url, options.tls, insecure=options.insecure)
        except ValueError as error:
            raise ConfigError(f"{self.account}: {error}") from None
        connect, answer, whole = self.session.timeouts
        return msgspec.structs.replace(where, connect=connect, read=answer, deadline=whole)

    def _login(self, options: Settings) -> tuple[str, str] | None:
        return (self.secret("username"), self.secret("password")) if options.login else None

    @contextmanager
    def _talking(self) -> Iterator[None]:
        """Turn an SMTP error inside into one of the six delivery errors."""
        try:
            yield
        except SmtpError as error:
            raise self._meaning_of(error) from error

    def _shown(self, message: str) -> str:
        """A server's message without secrets, which are removed before it is shortened."""
        return self.session.redact(message)[:_SHOWN]

    def _meaning_of(self, error: SmtpError) -> DeliveryError:
        variables = [variable(self.account, field) for field in self.credentials]
        return meaning(error, self._shown(f"{self.account}: {error}"), variables)

"""Who is told, and how: the settings of ``[notify]`` as channels."""

import importlib.util
import re
from collections.abc import Callable

from crosspost.config.credentials import Credentials, variable
from crosspost.config.installation_settings import Notify
from crosspost.errors import ConfigError
from crosspost.notifications.channels import WHO, Channel
from crosspost.text.mistakes import Mistakes


class NotificationConfig:
    """Who is told, and how: ``[notify]`` and its secrets. Making one does no I/O.

    :param place: gives ``file:line`` of a setting
    """

    def __init__(self, said: Notify, credentials: Credentials, place: Callable[..., str]) -> None:
        self.settings, self._credentials, self.place = said, credentials, place

    @property
    def wanted(self) -> bool:
        """Whether anybody is to be told what needs a person."""
        return bool(self.settings.mail_to) or self.settings.apprise

    @property
    def heartbeat(self) -> str:
        """The ping URL, "" without one. It is a secret."""
        secret = self._credentials.get(WHO, "heartbeat")
        return secret.reveal() if secret is not None else self.settings.heartbeat

    def check(self) -> None:
        """Whether the settings go together; reads no secrets and imports nothing.

        :raises ConfigError: for settings that contradict each other, naming file and line
        """
        said, wrong = self.settings, Mistakes(ConfigError)
        if said.mail_to:
            wrong.said += [
                f"{self.place('mail_to')}: a mail to `mail_to` needs `{name}` too"
                for name in ("smtp", "mail_from")
                if not getattr(said, name)
            ]
            if said.smtp and not re.match(r"smtps?://[^/\s]+/?$", said.smtp):
                wrong.said.append(f"{self.place('smtp')}: write `smtp` as smtps://host:465 or smtp://host:587")
        if said.heartbeat and not re.match(r"https?://[^/\s]+/\S*$", said.heartbeat):
            wrong.said.append(f"{self.place('heartbeat')}: `heartbeat` must be the address of a ping, https://…")
        wrong.tell()

    def channels(self) -> tuple[list[Channel], list[str]]:
        """Every channel that can be used, and a sentence for each that cannot."""
        found: list[Channel] = []
        wrong: list[str] = []
        for wanted, make in ((self.settings.mail_to, _mail), (self.settings.apprise, _apprise)):
            if not wanted:
                continue
            try:
                found += make(self.settings, self._credentials)
            except ConfigError as error:
                wrong.append(str(error))
        return found, wrong


def _mail(said: Notify, credentials: Credentials) -> list[Channel]:
    from crosspost.notifications.mail_channel import Mail  # with the code that talks to mail servers

    return [Mail.of(said, credentials)]


def _apprise(_said: Notify, credentials: Credentials) -> list[Channel]:
    from crosspost.notifications.apprise_channel import Service

    secret = credentials.get(WHO, "apprise")
    if secret is None:
        name = variable(WHO, "apprise")
        raise ConfigError(f"[notify] apprise = true needs {name} in {credentials.place}: one or more Apprise addresses")
    if importlib.util.find_spec("apprise") is None:
        from crosspost.config.installer import adding

        raise ConfigError(f"[notify] apprise = true needs one more package: {adding('notify')}")
    return [Service(url, number) for number, url in enumerate(secret.reveal().split(), 1)]

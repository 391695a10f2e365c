"""The ways a message takes to a person. Each either delivers it, or says in one sentence why not."""

import hashlib
import importlib.util
import re
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from crosspost.credentials import Credentials, variable
from crosspost.errors import ConfigError
from crosspost.model import Value
from crosspost.settings import Notify

#: the account under whose name the secrets of telling are looked up
WHO = "notify"


class NotToldError(Exception):
    """The message did not arrive, as far as anybody knows. The text is free of secrets."""


class Message(Value, frozen=True, kw_only=True):
    """What is told: a subject, plain text, and when."""

    title: str
    text: str
    at: datetime


class Way(Protocol):
    """One way. ``key`` stays the same from run to run and tells nothing secret; ``name`` is for people."""

    key: str
    name: str

    def send(self, message: Message) -> None:
        """Deliver the message, within half a minute.

        :raises NotToldError: when that failed
        """


def check(said: Notify, place: Callable[[str], str]) -> None:
    """Whether the settings go together; reads no secrets and imports nothing.

    :param place: gives ``file:line`` of a setting
    :raises ConfigError: for settings that contradict each other
    """
    if said.mail_to:
        for name in ("smtp", "mail_from"):
            if not getattr(said, name):
                raise ConfigError(f"{place('mail_to')}: a mail to `mail_to` needs `{name}` too")
        if not re.match(r"smtps?://[^/\s]+/?$", said.smtp):
            raise ConfigError(f"{place('smtp')}: write `smtp` as smtps://host:465 or smtp://host:587")
    if said.heartbeat and not re.match(r"https?://[^/\s]+/\S*$", said.heartbeat):
        raise ConfigError(f"{place('heartbeat')}: `heartbeat` must be the address of a ping, https://…")


def ways(said: Notify, credentials: Credentials) -> tuple[list[Way], list[str]]:
    """Every way of the settings that can be used, and a sentence for each that cannot."""
    found: list[Way] = []
    wrong: list[str] = []
    if said.mail_to:
        from crosspost.notices.mail import Mail

        try:
            found.append(Mail.of(said, credentials))
        except ConfigError as error:
            wrong.append(str(error))
    if said.apprise:
        try:
            found += _apprise(credentials)
        except ConfigError as error:
            wrong.append(str(error))
    return found, wrong


def _apprise(credentials: Credentials) -> list[Way]:
    from crosspost.notices.services import Service

    secret = credentials.get(WHO, "apprise")
    if secret is None:
        name = variable(WHO, "apprise")
        raise ConfigError(f"[notify] apprise = true needs {name} in {credentials.place}: one or more Apprise addresses")
    if importlib.util.find_spec("apprise") is None:
        raise ConfigError("[notify] apprise = true needs one more package: pip install 'crosspost[notify]'")
    return [Service(url, number) for number, url in enumerate(secret.reveal().split(), 1)]


def digest(secret: str) -> str:
    """32 bits of a digest: tell a way from another without telling its secret."""
    return hashlib.blake2s(secret.encode(), digest_size=4).hexdigest()

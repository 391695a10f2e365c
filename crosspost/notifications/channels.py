"""The channels a message takes to a person. Each either delivers it, or says in one sentence why not."""

import hashlib
from datetime import datetime
from typing import Protocol

from crosspost.model import Value

#: the account under whose name the secrets of telling are looked up
WHO = "notify"


class ChannelError(Exception):
    """The message did not arrive, as far as anybody knows. The text is free of secrets."""


class Notification(Value, frozen=True, kw_only=True):
    """What is told: a subject, plain text, and when."""

    title: str
    text: str
    at: datetime


class Channel(Protocol):
    """One channel. ``key`` stays the same from run to run and tells nothing secret; ``name`` is for people."""

    key: str
    name: str

    def send(self, message: Notification) -> None:
        """Deliver the message, within half a minute.

        :raises ChannelError: when that failed
        """


def digest(secret: str) -> str:
    """32 bits of a digest: tell a channel from another without telling its secret."""
    return hashlib.blake2s(secret.encode(), digest_size=4).hexdigest()

"""Any service Apprise knows, named by one of its addresses.

Apprise talks to the network on its own, for as long as it likes, and its log knows the addresses with their tokens. So
it works in a process of its own, which gets the address on standard input, no other secret, and half a minute.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec

from crosspost.notifications.channels import ChannelError, Notification, digest
from crosspost.text.lazy_pattern import lazy

#: seconds for importing Apprise and for one message
_DEADLINE = 30
_SCHEMA = lazy(r"([a-z][a-z0-9+.-]{0,20})://", re.IGNORECASE)


class Service:
    """One Apprise address; ``number`` is its place in the list, from 1."""

    def __init__(self, url: str, number: int, deadline: float = _DEADLINE) -> None:
        self._url, self._deadline = url, deadline
        self.key = f"apprise-{digest(url)}"
        schema = _SCHEMA.match(url)
        self.name = f"Apprise address {number}" + (f" ({schema[1].lower()})" if schema else "")

    def send(self, message: Notification) -> None:
        """See :class:`~crosspost.notifications.channels.Channel`."""
        order = {"url": self._url, "title": message.title, "text": message.text, "patience": self._deadline / 2}
        program = str(Path(__file__).with_name("apprise_process.py"))
        try:
            done = subprocess.run(  # noqa: S603  # our own program, by this interpreter; the address is on its input
                [sys.executable, "-P", program],  # -P: our file names must not shadow what Apprise imports
                input=msgspec.json.encode(order),
                capture_output=True,
                timeout=self._deadline,
                env={name: value for name, value in os.environ.items() if not name.startswith("CROSSPOST_")},
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ChannelError(f"no answer within {self._deadline:g} seconds") from None
        except OSError as error:
            raise ChannelError(f"it cannot be started: {error.strerror}") from None
        if done.returncode != 0:
            said = done.stdout.decode("utf-8", "replace").strip()
            raise ChannelError(redacted(said, self._url) or "it was not accepted")


def redacted(text: str, url: str) -> str:
    """A text without anything that stands in an Apprise address, in one line."""
    _, *parts = re.split(r"[/:?&=@,#%\s]+", url)  # the first is the schema, which is no secret
    for part in (url, *sorted({part for part in parts if len(part) >= 4}, key=len, reverse=True)):
        text = text.replace(part, "***")
    return " ".join(text.split())[:300]

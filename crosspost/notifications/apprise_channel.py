"""A person is told by any service Apprise knows, named by one of its addresses."""

from crosspost.notifications.channels import ChannelError, Notification, digest
from crosspost.transport import apprise_service

#: seconds for starting Apprise and for one message; seconds without a byte
_DEADLINE, _READ = 30, 4


class Service:
    """One Apprise address; ``number`` is its place in the list, from 1."""

    def __init__(self, url: str, number: int, deadline: float = _DEADLINE) -> None:
        self._url, self._deadline = url, deadline
        self.key = f"apprise-{digest(url)}"
        kind = apprise_service.schema(url)
        self.name = f"Apprise address {number}" + (f" ({kind})" if kind else "")

    def send(self, message: Notification) -> None:
        """See :class:`~crosspost.notifications.channels.Channel`."""
        try:
            told = apprise_service.ask(
                self._url, deadline=self._deadline, read=_READ, connect=_READ, title=message.title, text=message.text
            )
        except TimeoutError as error:
            raise ChannelError(str(error)) from None
        except OSError as error:
            raise ChannelError(f"it cannot be started: {error.strerror or error}") from None
        if not told.taken:
            raise ChannelError(told.why or "it was not accepted")

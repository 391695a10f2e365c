"""The running sandbox, as a stand-in sees it."""

from typing import Any, Protocol

from crosspost.sandbox.core.faults import Faults
from crosspost.sandbox.core.http_messages import Reply, Request
from crosspost.sandbox.core.store import Store


class Host(Protocol):
    """What a stand-in may ask of :class:`crosspost.sandbox.Sandbox`, which owns it."""

    store: Store
    faults: Faults
    errors: list[BaseException]

    @property
    def url(self) -> str:
        """The base URL of every network."""

    def answer(self, request: Request) -> Reply:
        """Answer a request, also one that came another way than by HTTP."""

    def pause(self, seconds: float) -> None:
        """Wait ``seconds``, or until the sandbox is stopped."""

    def note(self, entry: dict[str, Any]) -> None:
        """Log a request."""

"""What the pages show: the running sandbox, as they see it."""

from typing import Any, Protocol

from crosspost.sandbox.core.faults import Fault
from crosspost.sandbox.core.host import Host
from crosspost.sandbox.core.standin import StandIn


class Content(Host, Protocol):
    """What a page may ask of :class:`crosspost.sandbox.Sandbox`, which owns it."""

    networks: dict[str, StandIn]
    requests: list[dict[str, Any]]

    def posts(self, network: str = "", *, deleted: bool = False) -> list[dict[str, Any]]:
        """The posts, oldest first."""

    def describe(self) -> dict[str, Any]:
        """Addresses and tokens."""

    def fault(
        self, network: str, kind: str, times: int = 1, match: str = "", *, seconds: float = 1.0, retry_after: int = 60
    ) -> Fault:
        """Order a fault.

        :raises ValueError: on an unknown network or kind, or a number that makes no sense
        """

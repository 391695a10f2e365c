"""Who wants to know how a run gets on."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crosspost.ledger import Delivery


class Progress:
    """Is told how a run gets on, and does nothing with it. The calls come from any thread."""

    def expect(self, due: "Sequence[Delivery]") -> None:
        """Called once with what is due, before anything is begun."""

    def begin(self, delivery: "Delivery") -> None:
        """This delivery is taken on."""

    def report(self, delivery: "Delivery") -> None:
        """This delivery is settled, as it stands now."""

    def done(self, account: str) -> None:
        """This account has nothing more to do."""

    def stopping(self) -> None:
        """Somebody wants it to end: what is being sent is ended, and nothing else is begun."""

    def end(self) -> None:
        """Nothing more comes."""


class Stepping(Progress):
    """Passes everything on, and says at each step that the run is alive.

    :param alive: called whenever a delivery is begun or settled
    """

    def __init__(self, told: Progress, alive: Callable[[], None]) -> None:
        self._told, self._alive = told, alive
        self.expect, self.done = told.expect, told.done  # type: ignore[method-assign]  # as they are
        self.stopping, self.end = told.stopping, told.end  # type: ignore[method-assign]  # the same

    def begin(self, delivery: "Delivery") -> None:
        """This delivery is taken on."""
        self._alive()
        self._told.begin(delivery)

    def report(self, delivery: "Delivery") -> None:
        """This delivery is settled, as it stands now."""
        self._alive()
        self._told.report(delivery)

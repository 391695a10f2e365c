"""What threads want changed in the ledger, and what came of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

#: a row, in the order of the columns that were asked for
Row = tuple[Any, ...]
Made = TypeVar("Made")


class Step(NamedTuple):
    """One statement of a change, and its values."""

    sql: str
    values: Mapping[str, Any]


class Done(NamedTuple):
    """What a statement found or changed."""

    rows: list[Row]
    rowcount: int


class WriteRequest(Generic[Made]):
    """What a thread wants changed, and what came of it.

    :param change: runs its statements
    :param steps: the same as statements of which none needs what another one found; empty where they are not known
        before
    """

    def __init__(self, change: Callable[[Any], Made], steps: Sequence[Step] = ()) -> None:
        self.change, self.steps, self.settled = change, steps, False
        self._made: list[Made] = []
        self._error: BaseException | None = None

    def attempt(self, run: "Callable[[WriteRequest[Made]], Made]") -> None:
        """Carry it out. An error is raised in the thread whose change it is."""
        try:
            self.settle(run(self))
        except BaseException as error:
            self.refuse(error)

    def settle(self, made: Made) -> None:
        """It is committed."""
        self._made.append(made)
        self.settled = True

    def refuse(self, error: BaseException) -> None:
        """It failed."""
        self._error = error
        self.settled = True

    def result(self) -> Made:
        """What came of it; called when it is settled."""
        if self._error is not None:
            raise self._error
        return self._made[0]

"""What threads want changed in the ledger, and what came of it."""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from crosspost.errors import LedgerError

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


def settle(
    requests: Sequence[WriteRequest[Any]],
    together: Callable[[Sequence[WriteRequest[Any]]], Sequence[Any]],
    alone: Callable[[WriteRequest[Any]], Any],
    cut: Callable[[Exception], bool],
) -> None:
    """Settle all of them, whatever happens: other threads wait for it.

    :param together: carries out several in one transaction
    :param alone: carries out one
    :param cut: whether an error leaves open if the transaction was kept, so that it must not be tried again
    """
    try:
        if len(requests) < 2 or not _settled(requests, together, cut):
            for request in requests:
                request.attempt(alone)  # each one by itself tells whose error it was
    except BaseException:  # somebody interrupts this thread
        for request in requests:
            if not request.settled:  # whether it is committed nobody knows
                request.refuse(LedgerError("crosspost was interrupted here"))
        raise


def _settled(
    requests: Sequence[WriteRequest[Any]],
    together: Callable[[Sequence[WriteRequest[Any]]], Sequence[Any]],
    cut: Callable[[Exception], bool],
) -> bool:
    """Settle several in one transaction; False: it failed, and each is to be tried by itself."""
    try:
        made = together(requests)
    except Exception as error:
        if not cut(error):
            return False
        for request in requests:
            request.refuse(error)
        return True
    for request, one in zip(requests, made, strict=True):
        request.settle(one)
    return True


class WaitingLine:
    """Threads whose changes wait while somebody writes. One of them waits for the lock, with the changes of all. The
    others sleep until theirs is settled, and then go on at once: with all of them at the lock, the next one to write
    would often get it before those that have nothing more to do there.
    """

    def __init__(self) -> None:
        self._news, self._led = threading.Condition(), False

    def settled(self, request: "WriteRequest[Any]") -> bool:
        """Wait until a change is settled; False: it is this thread that must get the lock, then call :meth:`next`."""
        with self._news:
            while self._led and not request.settled:
                self._news.wait()
            if request.settled:
                return True
            self._led = True
            return False

    def next(self) -> None:
        """Somebody else who waits must get the lock."""
        with self._news:
            self._led = False
            self._news.notify_all()

    def told(self) -> None:
        """Some changes were settled."""
        with self._news:
            self._news.notify_all()

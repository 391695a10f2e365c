"""One machine of the simulated day: a ``crosspost worker`` under the day's clock.

    python -m tests.benchmarks.day_worker BOARD NUMBER MACHINES SITES CONFIG CONCURRENCY EVERY

It is the command itself. Only sites of which nothing is new and nothing is due are left out of its looks, as idle
minutes are; what a look at all of them costs is measured apart.
"""

import sys
import threading
from collections.abc import Callable, Container, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks import day_clock
from tests.benchmarks.day_clock import BEGUN, BUSY, CHOSEN, ENDED, LOOKED, Board, Clock


class _Counted:
    """The queue, which says how many deliveries it is at, or on the way to."""

    def __init__(self, queue: Any, count: Callable[[int], None]) -> None:
        self._queue, self._count = queue, count

    def offer(self, site: str, due: Sequence[Any]) -> None:
        self._queue.offer(site, due)

    def work(
        self, deliver: Callable[[str, int], None], concurrency: int, stop: threading.Event, able: Callable[[str], bool]
    ) -> None:
        def counted(site: str, number: int) -> None:
            self._count(1)
            try:
                deliver(site, number)
            finally:
                self._count(-1)

        def opened(site: str) -> bool:
            self._count(1)  # it may be opening a ledger
            try:
                return able(site)
            finally:
                self._count(-1)

        self._queue.work(counted, concurrency, stop, opened)

    def close(self) -> None:
        self._queue.close()


def work(board: Board, number: int, config: str, concurrency: str, every: str) -> None:
    """Be the machine until SIGTERM."""
    clock = Clock(board)
    day_clock.rule(clock)
    from crosspost import cli
    from crosspost.app.application import App
    from crosspost.cli import run_sites
    from crosspost.workers import worker

    class Watched(worker.Worker):
        """A worker that says what it does."""

        def __init__(self, sites: Any, queue: Any, look: Callable[[], object], **more: Any) -> None:
            def told() -> None:
                board.say(number, BEGUN, clock.seconds())
                try:
                    look()
                finally:
                    board.say(number, ENDED, clock.seconds())

            super().__init__(sites, _Counted(queue, lambda one: board.add(number, BUSY, one)), told, **more)

        def wanted(self, site: str, failed: Container[str], *more: Any) -> bool:
            """See the base class."""
            wanted = super().wanted(site, failed, *more)
            board.add(number, LOOKED, wanted)
            return wanted

    run = run_sites.run

    def run_some(found: Sequence[tuple[str, Any]], *rest: Any, **more: Any) -> int:
        some = [(name, app) for name, app in found if board.wanted[int(name[1:])]]
        board.say(number, CHOSEN, clock.seconds())
        return run(some, *rest, **more) if some else 0

    App.on_trial = lambda _: False  # type: ignore[method-assign]  # the stand-ins count as real
    worker.Worker = Watched  # type: ignore[misc]
    run_sites.run = run_some
    cli.main(["worker", "--concurrency", concurrency, "--every", every, "--config", config])


def main() -> None:
    file, number, machines, sites, *rest = sys.argv[1:]
    work(Board(Path(file), int(machines), int(sites)), int(number), *rest)


if __name__ == "__main__":
    main()

"""What a worker does itself: it looks beside its deliveries, ends in time, and tells whether it goes on."""

import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from crosspost.app.progress import Progress
from crosspost.errors import ConfigError, LedgerError
from crosspost.ledger import Delivery
from crosspost.ledger.postgresql.address import Address
from crosspost.workers import delivery_queue
from crosspost.workers import worker as module
from crosspost.workers.worker import HANGS, Worker


class Queue:
    """Hands out what the test puts into it, then waits for the end.

    :ivar begin: called before the first delivery
    """

    def __init__(self, *rows: tuple[str, int]) -> None:
        self.rows, self.offered, self.closed = rows, list[tuple[str, Sequence[Any]]](), False
        self.begin: Callable[[], object] = lambda: None
        self.concurrency = 0

    def offer(self, site: str, due: Sequence[Delivery]) -> None:
        self.offered.append((site, due))

    def work(
        self, deliver: Callable[[str, int], None], concurrency: int, stop: threading.Event, able: Callable[[str], bool]
    ) -> None:
        self.concurrency = concurrency
        self.begin()
        for site, number in self.rows:
            if able(site):
                deliver(site, number)
        stop.set()

    def close(self) -> None:
        self.closed = True


class Contexts:
    """Notes what it is asked for; nothing can be delivered for "bad".

    :ivar during: called in each delivery
    """

    def __init__(self, *_: object, most: int) -> None:
        self.most, self.begun, self.delivered, self.closed = most, list[str](), list[tuple[str, int]](), False
        self.during: Callable[[], object] = lambda: None

    def able(self, site: str) -> bool:
        return site != "bad"

    def begin(self, site: str) -> None:
        self.begun.append(site)
        raise LedgerError("the database is away")

    def deliver(self, site: str, number: int) -> None:
        self.during()
        self.delivered.append((site, number))

    def close(self) -> None:
        self.closed = True


class Looks:
    """The only site is due at once; of several, "fresh" was looked at by another worker."""

    def __init__(self, sites: object, contexts: object, every: float) -> None:
        assert (type(sites), type(contexts), every) == (Sites, Contexts, 0.01)

    def due(self) -> bool:
        return True

    def wanted(self, site: str, failed: object, *_: object) -> bool:
        return site != "fresh" or site in cast("list[str]", failed)


class Sites:
    several = False

    def only(self) -> str | None:
        return "site"


class Made:
    """A worker and all that is around it; ``steps`` grows with each step."""

    def __init__(self, queue: Queue, look: Callable[[], object] = lambda: None) -> None:
        self.queue, self.steps = queue, list[None]()
        self.worker = Worker(
            cast("Any", Sites()),
            queue,
            look,
            concurrency=3,
            every=0.01,
            owner="m-worker-1:1",
            progress=lambda _: Progress(),
            say=lambda *_: None,
            step=lambda: self.steps.append(None),
        )
        self.contexts = cast("Contexts", self.worker._contexts)


@pytest.fixture(autouse=True)
def _nothing_real(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SiteContexts", Contexts)
    monkeypatch.setattr(module, "Looks", Looks)


def test_it_looks_beside_its_deliveries_until_the_queue_ends() -> None:
    looked = threading.Event()
    made = Made(Queue(("site", 1), ("bad", 2), ("site", 3)), looked.set)
    made.queue.begin = lambda: looked.wait(60)
    assert made.worker.run(60)
    assert looked.is_set()
    assert (made.contexts.delivered, made.queue.concurrency) == ([("site", 1), ("site", 3)], 3)
    assert made.contexts.most > 3, "as many as it delivers from at a time, and some more"
    assert set(made.contexts.begun) == {"site"}, "what it left behind is looked for; the look says what is wrong"
    assert made.steps
    assert (made.contexts.closed, made.queue.closed) == (True, True)


def test_a_look_that_hangs_keeps_no_process_from_ending() -> None:
    hangs, go_on = threading.Event(), threading.Event()
    threads: list[threading.Thread] = []

    def look() -> None:
        threads.append(threading.current_thread())
        hangs.set()
        go_on.wait(60)

    made = Made(Queue(), look)
    made.queue.begin = lambda: hangs.wait(60)
    assert not made.worker.run(0), "the process is told that it ends in the middle of something"
    assert (made.contexts.closed, made.queue.closed) == (True, True)
    (thread,) = threads
    assert thread.daemon
    go_on.set()
    thread.join(60)


def test_what_goes_wrong_in_the_queue_ends_the_look_too() -> None:
    made = Made(Queue())

    def wrong() -> None:
        raise LedgerError("the database is away")

    made.queue.begin = wrong
    with pytest.raises(LedgerError):
        made.worker.run(60)
    assert made.worker.stop.is_set()
    assert (made.contexts.closed, made.queue.closed) == (True, True)


def test_of_several_sites_each_is_a_step_and_what_was_left_behind_there_comes_first() -> None:
    made = Made(Queue())
    assert [made.worker.wanted(site, ["b"]) for site in ("a", "fresh", "b")] == [True, False, True]
    assert made.worker.wanted("fresh", ["fresh"])
    assert (made.contexts.begun, len(made.steps)) == (["a", "fresh", "b", "fresh"], 4)
    made.worker.stop.set()
    assert not made.worker.wanted("a", [])
    assert made.contexts.begun[4:] == [], "nothing is begun any more"


def test_a_look_hands_out_what_is_due_for_its_site() -> None:
    made = Made(Queue())
    control = made.worker.control("club")
    due = cast("list[Delivery]", ["a delivery"])
    assert control.offer is not None
    control.offer(due)
    control.offer([])
    assert made.queue.offered == [("club", due)]
    control.progress()
    assert len(made.steps) == 1
    made.worker.stop.set()
    assert control.stop.is_set()


def test_a_way_to_hand_out_that_is_not_installed_is_told_by_the_command_that_adds_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "crosspost.workers.procrastinate_queue", None)
    nowhere = Address("postgresql://127.0.0.1:1/nothing", tmp_path / "ledger")
    with pytest.raises(ConfigError, match=r"^--queue procrastinate needs one more package: .*crosspost\[worker\]"):
        delivery_queue.opened("procrastinate", nowhere, [], several=False)


def test_a_look_or_a_delivery_that_takes_too_long_is_not_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    made, seen = Made(Queue()), list[bool]()
    now[0] += HANGS - 1
    assert made.worker.alive()
    now[0] += 1
    assert not made.worker.alive()
    made.worker.wanted("a", [])
    assert made.worker.alive(), "it went on"

    def during() -> None:
        for seconds in (HANGS - 1, 1.0):
            now[0] += seconds
            made.worker.wanted("a", [])
            seen.append(made.worker.alive())

    made.contexts.during = during
    made.worker._deliver("a", 1)
    assert seen == [True, False], "however well the looks go"
    assert made.worker.alive(), "it came to its end"

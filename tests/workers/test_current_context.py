"""One reading of config and posts serves many deliveries, and not for longer than it may."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from crosspost.app.application import App
from crosspost.app.progress import Progress
from crosspost.app.runner import RunControl
from crosspost.app.running.run import RunView, run
from crosspost.errors import ConfigError, LedgerError
from crosspost.ledger import Ledger
from crosspost.testing.harness import Place
from crosspost.workers import delivery_context
from crosspost.workers.delivery_context import CurrentContext, DeliveryContext


class Worker:
    """A worker's context on a site, and what it does for it.

    :ivar read: grows with each reading of the config; the context itself is the last of ``made``
    """

    def __init__(self, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        self.place, self.said, self.read = place, list[str](), 0
        self.made: list[DeliveryContext] = []
        self.wrong: ConfigError | None = None
        self.current = CurrentContext(self._app, "m-worker-1:1", lambda _: Progress(), RunControl(), self.said.append)

        class Noted(DeliveryContext):
            def __init__(noted, *given: Any, **more: Any) -> None:  # noqa: N805  # `self` is the worker
                super().__init__(*given, **more)
                self.made.append(noted)

        monkeypatch.setattr(delivery_context, "DeliveryContext", Noted)

    def _app(self) -> App:
        self.read += 1
        if self.wrong is not None:
            raise self.wrong
        return self.place.app

    def handed_out(self) -> list[int]:
        """What a look at the site hands out."""
        offered: list[int] = []
        run(self.place.app, RunView(), control=RunControl(offer=lambda due: offered.extend(row.id for row in due)))
        return offered

    def passes(self, seconds: float) -> None:
        self.made[-1].made -= seconds


@pytest.fixture
def worker(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    place.post.unlink()
    assert place.crosspost("run").code == 0
    made = Worker(place, monkeypatch)
    yield made
    made.current.close()


def test_a_reading_serves_for_a_minute(worker: Worker) -> None:
    worker.place.new_post("2026-11-21-new")
    first, second, *_ = worker.handed_out()
    assert worker.current.able()
    worker.passes(55)
    worker.current.deliver(first)
    assert len(worker.made) == 1
    worker.passes(6)
    worker.current.deliver(second)
    assert len(worker.made) == 2
    assert len(worker.place.sandbox.posts()) == 2


def test_for_a_post_it_does_not_know_it_reads_anew_and_not_at_once_again(worker: Worker) -> None:
    assert worker.current.able()
    worker.place.new_post("2026-11-21-new")
    first, second, *_ = worker.handed_out()
    worker.current.deliver(first)
    assert (len(worker.made), worker.place.sandbox.posts()) == (1, []), "it read a moment ago"
    worker.passes(6)
    worker.current.deliver(first)
    worker.current.deliver(second)
    assert (len(worker.made), len(worker.place.sandbox.posts())) == (2, 2)


def test_what_is_wrong_is_said_once_and_said_again_when_it_comes_back(worker: Worker) -> None:
    worker.place.new_post("2026-11-21-new")
    first, *_ = worker.handed_out()
    worker.wrong = ConfigError("line 3 is wrong")
    assert not worker.current.able()
    worker.current.deliver(first)
    assert worker.said == ["line 3 is wrong"]
    worker.wrong = None
    worker.current.deliver(first)
    assert len(worker.place.sandbox.posts()) == 1
    worker.passes(61)
    worker.wrong = ConfigError("line 3 is wrong")
    worker.current.deliver(first)
    assert worker.said == ["line 3 is wrong"] * 2


def test_what_a_worker_left_behind_is_looked_for_once(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    monkeypatch.setattr(Ledger, "orphaned", lambda _, owner: looked.append(owner))
    worker.current.begin()
    worker.current.begin()
    assert worker.current.able()
    assert looked == ["m-worker-1"], "whatever the number of its process was"


def test_an_open_context_is_asked_however_old_it_is_and_opens_none(worker: Worker) -> None:
    assert worker.current.asked(lambda ledger: ledger.counts()) is None
    assert not worker.current.open
    assert worker.current.able()
    worker.passes(3600)
    assert worker.current.asked(lambda ledger: ledger.counts()) == {}
    assert (len(worker.made), worker.read) == (1, 1)
    worker.current.rest()
    assert not worker.current.open
    with pytest.raises(LedgerError):
        worker.made[0].ledger.counts()
    assert worker.current.asked(lambda ledger: ledger.counts()) is None


def test_at_the_end_its_ledger_is_closed(worker: Worker) -> None:
    assert worker.current.able()
    worker.current.close()
    with pytest.raises(LedgerError):
        worker.made[0].ledger.counts()


def test_one_that_somebody_opens_is_waited_for_only_where_there_is_nothing_else_to_do(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_context, "_MOMENT", 0.0)
    found: list[bool] = []
    with worker.current._lock:
        assert not worker.current.able(alone=False)
        worker.current.rest()  # nor is it closed meanwhile
        waiting = threading.Thread(target=lambda: found.append(worker.current.able()))
        waiting.start()
        waiting.join(0.05)
        assert waiting.is_alive()
    waiting.join(60)
    assert found == [True]


@pytest.mark.parametrize(
    ("error", "rests"), [(LedgerError("the connection is gone"), [5.0]), (ConfigError("line 3 is wrong"), [])]
)
def test_after_a_failure_it_begins_anew_and_rests_only_where_the_ledger_failed(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, error: Exception, rests: list[float]
) -> None:
    rested: list[float] = []
    monkeypatch.setattr(worker.current._control.stop, "wait", rested.append)
    worker.place.new_post("2026-11-21-new")
    first, *_ = worker.handed_out()
    assert worker.current.able()

    def fail(_number: int) -> bool:
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(worker.made[0], "deliver", fail)
        worker.current.deliver(first)
    assert (worker.said, rested, worker.place.sandbox.posts()) == ([str(error)], rests, [])
    worker.current.deliver(first)
    assert (len(worker.made), len(worker.place.sandbox.posts())) == (2, 1), "with another context"
    with pytest.raises(LedgerError):
        worker.made[0].ledger.counts()

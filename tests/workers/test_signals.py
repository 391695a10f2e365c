"""A signal that the system gives to another thread than the main one is heard all the same, and what a worker is at is
known: to whoever ends it, and to a log."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest

from crosspost import tracing
from crosspost.app.application import App
from crosspost.workers.delivery_queue import Queue
from crosspost.workers.worker import Worker
from crosspost.workers.worker_sites import Sites

AN_APP = cast("App", SimpleNamespace(settings=None))

#: the timer's thread gets the signal, as happens now and then on a busy machine
SCRIPT = """
import pathlib, signal, threading
from crosspost.ledger.postgresql.address import Address
from crosspost.workers.claim_queue import ClaimQueue

stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
queue = ClaimQueue(Address("postgresql://127.0.0.1:1/nothing", pathlib.Path("x")), [])
queue._slot = lambda deliver, stop, able: stop.wait()
threading.Timer(0.2, lambda: signal.pthread_kill(threading.get_ident(), signal.SIGTERM)).start()
queue.work(print, 2, stop, lambda site: True)
print("ended")
"""


def test_a_worker_hears_a_signal_that_another_thread_got() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "ended\n", done.stderr


def at_work(names: list[str], does: Callable[[Worker], object]) -> Worker:
    """A worker for these sites, whose deliveries and questions do nothing but this."""
    sites = Sites(lambda: (), lambda app: app)
    sites.note([(name, AN_APP) for name in names])
    made = Worker(
        sites, cast("Queue", None), lambda: does(made), concurrency=1, every=60, owner="machine:1",
        progress=cast("Any", None), say=print,
    )  # fmt: skip
    contexts = SimpleNamespace(deliver=lambda _site, _number: does(made), able=lambda _site: does(made) or True)
    made._contexts = cast("Any", contexts)
    return made


@pytest.mark.parametrize(("names", "site"), [(["club", "youth"], "youth"), ([""], "")])
def test_what_is_told_of_a_delivery_has_its_site_where_there_are_several(names: list[str], site: str) -> None:
    told: list[Mapping[str, Any]] = []
    worker = at_work(names, lambda _: told.append(tracing.present()))
    assert worker._able("youth")
    worker._deliver("youth", 1)
    assert [one["site"] for one in told] == [site, site]
    assert not tracing.present()


def test_a_worker_is_busy_while_it_delivers() -> None:
    told: list[bool] = []
    worker = at_work([""], lambda made: told.append(made.busy()))
    assert not worker.busy()
    worker._deliver("", 1)
    assert told == [True]
    assert not worker.busy()

"""Workers on machines of their own (network namespaces), whose packets vanish for longer than a lease.

Where no namespace can be made these are skipped and say why.
"""

import multiprocessing
import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psycopg
import pytest

from crosspost.ledger.postgresql import reconnecting
from crosspost.ledger.postgresql.account_locks import SharedTurns
from crosspost.ledger.postgresql.address import Address
from tests import postgresql_server
from tests.torture import hosts, worker_victim
from tests.torture.books import Result
from tests.torture.course import Course
from tests.torture.series import Work, worker_storm
from tests.torture.tables import table

pytestmark = pytest.mark.long
_SPAWN = multiprocessing.get_context("spawn")
_LOCKS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"


def test_workers_that_are_cut_off_lose_nothing_and_repeat_nothing() -> None:
    result = _apart(_storm)
    print(table(result))  # noqa: T201  # shown when the test fails
    assert result.weather["cut off from the database"] or result.weather["cut off from the networks"]
    assert result.total("lost") == 0
    assert result.total("duplicates") == 0
    assert result.total("sent once") > result.total("held")


def test_a_cut_of_which_nobody_tells_is_noticed_on_both_sides() -> None:
    """The server keeps no lock of it, even where an answer was on its way, for which there are no probes."""
    here, there = _apart(_silence)
    assert here < 5 * worker_victim.SILENCE
    assert there < 5 * worker_victim.SILENCE


def _apart(work: Callable[..., Any], *given: Any) -> Any:
    """In a process of its own, which stays in its namespace."""
    with ProcessPoolExecutor(1, mp_context=_SPAWN) as pool:
        try:
            return pool.submit(work, *given).result()
        except (hosts.MissingError, postgresql_server.MissingError) as why:
            pytest.skip(str(why))


def _storm() -> Result:
    work = Work("hosts", 1, 1, queue="database", workers=3, hosts=True)
    return worker_storm(work, Course(), posts=16, seconds=20)


def _silence() -> tuple[float, float]:
    """Seconds until the worker notices, and until its lock is gone."""
    hosts.apart()
    with hosts.machines(1) as (host,), postgresql_server.running(hosts.DATABASE) as server:
        ours, theirs = _SPAWN.Pipe()
        worker = _SPAWN.Process(target=_waits, args=(host.namespace, server.address(), theirs))
        worker.start()
        try:
            assert ours.poll(30)
            assert ours.recv() == "waiting"
            assert server.ask(_LOCKS) == "1"
            host.pull("database")
            begun = time.monotonic()
            while server.ask(_LOCKS) != "0":
                assert time.monotonic() < begun + 60, "the server keeps the lock of a machine that is gone"
                time.sleep(0.1)
            freed = time.monotonic() - begun
            assert ours.poll(60), "the worker does not notice"
            return float(ours.recv()), freed
        finally:
            worker.kill()
            worker.join()


def _waits(namespace: str, address: str, said: "Connection[Any, Any]") -> None:
    """A worker that has a turn, and waits for a long answer."""
    hosts.enter(namespace)
    reconnecting.SILENCE = worker_victim.SILENCE
    turns = SharedTurns(Address(address, Path(os.devnull)))
    assert turns.take("mastodon")
    assert turns._connection is not None
    said.send("waiting")
    begun = time.monotonic()
    try:
        turns._connection.execute("SELECT pg_sleep(1), repeat('x', 100000)")
    except psycopg.OperationalError:
        said.send(time.monotonic() - begun)

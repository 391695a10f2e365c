"""What stands beside workers: Procrastinate with tasks that do nothing, and what exactly-once costs at least.

Its workers are processes of their own, as ours are, and begin together, when everything is in the queue.
"""

import asyncio
import contextlib
import multiprocessing
import os
import threading
import time
from collections.abc import AsyncIterator
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from tests.postgresql_server import Server

#: the bytes of a mark, see :mod:`crosspost.ledger.counter_marks`
_BLOCK = 512
#: seconds for which others are waited for
_PATIENCE = 300


def rate(server: Server, *, jobs: int, accounts: int, workers: int, concurrency: int) -> float:
    """Jobs a second of so many workers: each job has the lock of its account, and is deleted when it is done."""
    url = server.address(server.new_database())
    asyncio.run(_filled(url, jobs, accounts))
    spawn = multiprocessing.get_context("spawn")
    gate, ends = spawn.Barrier(workers + 1), spawn.Queue()
    members = [spawn.Process(target=_work, args=(url, concurrency, gate, ends)) for _ in range(workers)]
    for member in members:
        member.start()
    gate.wait(_PATIENCE)
    begun = time.monotonic()
    ended = [ends.get(timeout=_PATIENCE) for _ in members]
    for member in members:
        member.join()
    return jobs / (max(ended) - begun)


def floor(server: Server, folder: Path, *, deliveries: int, threads: int) -> float:
    """Deliveries a second that are nothing but three commits of one changed row and two blocks on the disk between
    them. Each thread has its own connection, row and files, so that none waits for another one.
    """
    import psycopg

    url = server.address(server.new_database())
    with psycopg.connect(url, autocommit=True) as made:
        made.execute("CREATE TABLE deliveries (id BIGINT PRIMARY KEY, state TEXT NOT NULL)")
        made.execute("INSERT INTO deliveries SELECT number, '' FROM generate_series(1, %s) number", [threads])
    gate, ends = threading.Barrier(threads + 1), list[float]()

    def deliver(number: int) -> None:
        files = [os.open(folder / f"{name}{number}", os.O_RDWR | os.O_CREAT) for name in ("near", "far")]
        with psycopg.connect(url, autocommit=True) as connection:
            for file in files:
                os.pwrite(file, bytes(_BLOCK), 0)
                os.fsync(file)
            gate.wait(_PATIENCE)
            for at in range(deliveries // threads):
                for state in ("sending", "begun", "sent"):
                    connection.execute("UPDATE deliveries SET state = %s WHERE id = %s", [state, number])
                    for file in files if state == "begun" else ():
                        os.pwrite(file, f"{at}".encode().ljust(_BLOCK), 0)
                        os.fdatasync(file)
        ends.append(time.monotonic())
        for file in files:
            os.close(file)

    slots = [threading.Thread(target=deliver, args=(number,)) for number in range(1, threads + 1)]
    for slot in slots:
        slot.start()
    gate.wait(_PATIENCE)
    begun = time.monotonic()
    for slot in slots:
        slot.join()
    return deliveries // threads * threads / (max(ends) - begun)


async def _filled(url: str, jobs: int, accounts: int) -> None:
    async with _app(url) as (app, nothing):
        await app.schema_manager.apply_schema_async()
        for number in range(jobs):
            job = nothing.configure(lock=f"a{number % accounts}", queueing_lock=f"d{number}")
            await job.defer_async(number=number)


def _work(url: str, concurrency: int, gate: Barrier, ends: "Queue[float]") -> None:
    async def work() -> None:
        async with _app(url) as (app, _):
            gate.wait(_PATIENCE)
            await app.run_worker_async(
                wait=False, concurrency=concurrency, delete_jobs="always", install_signal_handlers=False
            )

    asyncio.run(work())
    ends.put(time.monotonic())


@contextlib.asynccontextmanager
async def _app(url: str) -> AsyncIterator[tuple[Any, Any]]:
    import procrastinate

    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))

    @app.task(name="nothing")
    def nothing(number: int) -> None:
        pass

    async with app.open_async():
        yield app, nothing

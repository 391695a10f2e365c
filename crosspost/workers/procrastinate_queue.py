"""The queue as Procrastinate keeps it, in a schema of its own beside the ledger's.

Each delivery is a job: ``queueing_lock`` keeps it from waiting twice, ``lock`` lets one job at a time run on an
account. A job is never tried again by the queue, because only the ledger knows what became of it, and ended ones are
deleted. Jobs whose worker is gone are put back, and the ledger refuses what was claimed. See
https://procrastinate.readthedocs.io/en/stable/howto/production/retry_stalled_jobs.html
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any

import procrastinate
import psycopg
from procrastinate import exceptions

from crosspost.config.sites import MAIN
from crosspost.errors import CrosspostError
from crosspost.ledger import Delivery
from crosspost.ledger.account_locks import turn
from crosspost.ledger.postgresql.account_locks import SharedTurns
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.errors import translate
from crosspost.ledger.postgresql.reconnecting import PATIENCE, NoEntryError, connection_to, noticed, noticing

log = logging.getLogger("crosspost.workers")

_TASK = "crosspost.deliver"
#: seconds between two signs of life, without which a worker counts as gone, and between two looks for such
_BEAT, _GONE, _LOOK = 10.0, 30.0, 15.0
#: seconds until a worker begins anew whose database was away
_AWAY = 5.0


class ProcrastinateQueue:
    """See :class:`crosspost.workers.delivery_queue.Queue`."""

    def __init__(self, address: Address, accounts: Sequence[str], *, several: bool) -> None:
        self._address, self._only, self._several = address, list(accounts), several
        self._turns = SharedTurns(address)
        self._defer: procrastinate.App | None = None

    def offer(self, site: str, due: Sequence[Delivery]) -> None:
        with translate(self._address):
            if self._defer is None:
                connector = procrastinate.SyncPsycopgConnector(**self._connection(1))
                self._defer = procrastinate.App(connector=connector).open()
            for row in due:
                of = {} if site == MAIN else {"site": site}  # so that an older version understands the only site's
                job = self._defer.configure_task(
                    _TASK,
                    queue=row.account,
                    lock=f"account:{row.account}",
                    queueing_lock=f"delivery:{':'.join((*of.values(), str(row.id)))}",
                )
                with contextlib.suppress(exceptions.AlreadyEnqueued):
                    _entered(lambda job=job, row=row, of=of: job.defer(delivery=row.id, account=row.account, **of))  # type: ignore[misc]

    def work(
        self, deliver: Callable[[str, int], None], concurrency: int, stop: threading.Event, able: Callable[[str], bool]
    ) -> None:
        while not stop.is_set():
            try:
                asyncio.run(self._worked(deliver, concurrency, stop, able))
            except (psycopg.Error, CrosspostError, exceptions.ProcrastinateException) as error:
                log.warning("the queue cannot be reached: %s", " ".join(str(error).split())[:300])
                stop.wait(_AWAY)
            # others may be able: nothing is taken from them
            while not (stop.is_set() or self._several or able(MAIN)):
                stop.wait(_AWAY)

    def close(self) -> None:
        if self._defer is not None:
            self._defer.close()
        self._turns.close()

    async def _worked(
        self, deliver: Callable[[str, int], None], concurrency: int, stop: threading.Event, able: Callable[[str], bool]
    ) -> None:
        app = procrastinate.App(connector=procrastinate.PsycopgConnector(**self._connection(concurrency + 2)))

        unable = threading.Event()

        def job(delivery: int, account: str, site: str = MAIN) -> None:
            if not able(site):  # the next look hands it out again
                if not self._several:
                    unable.set()
                return
            with turn(self._turns, account) as mine:  # a run or a person's command may be at work there
                if mine:
                    deliver(site, delivery)

        app.task(name=_TASK, retry=False)(job)
        only: dict[str, Any] = {"queues": self._only} if self._only else {}
        async with app.open_async():
            working = asyncio.create_task(
                app.run_worker_async(
                    **only,
                    concurrency=concurrency,
                    fetch_job_polling_interval=1.0,
                    delete_jobs="always",
                    install_signal_handlers=False,
                    update_heartbeat_interval=_BEAT,
                    stalled_worker_timeout=_GONE,
                )
            )
            looking = asyncio.create_task(_put_back(app))
            while not (stop.is_set() or working.done() or unable.is_set()):
                await asyncio.sleep(0.2)
            looking.cancel()
            working.cancel()  # ends after the jobs in flight
            with contextlib.suppress(asyncio.CancelledError):
                await working

    def _connection(self, most: int) -> dict[str, Any]:
        options = {"search_path": _made(self._address), **noticed()}
        kwargs = {
            "password": self._address.password(),
            "options": " ".join(f"-c {name}={value}" for name, value in options.items()),
            "application_name": "crosspost queue",
            "connect_timeout": PATIENCE,
            **noticing(),
        }
        return {"conninfo": self._address.url, "min_size": 1, "max_size": most, "kwargs": kwargs}


async def _put_back(app: procrastinate.App) -> None:
    """Put back the jobs of workers that are gone."""
    while True:
        await asyncio.sleep(_LOOK)
        try:
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_GONE):
                with contextlib.suppress(exceptions.ConnectorException, exceptions.AlreadyEnqueued):
                    await app.job_manager.retry_job(job)
        except (psycopg.Error, exceptions.ProcrastinateException) as error:
            log.warning("jobs that were left cannot be looked for: %s", " ".join(str(error).split())[:300])


def _made(address: Address) -> str:
    """The schema of the queue; made when there is none."""
    with translate(address), contextlib.closing(connection_to(address)) as connection, connection.transaction():
        ((ledger,),) = connection.execute("SELECT current_schema()").fetchall()
        schema = f"{ledger}_queue"
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('crosspost queue'))")
        found = "SELECT 1 FROM pg_tables WHERE schemaname = %(schema)s AND tablename = 'procrastinate_jobs'"
        if not connection.execute(found, {"schema": schema}).fetchall():
            connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
            connection.execute(f'SET LOCAL search_path = "{schema}"')
            made = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
            connection.execute(made.schema_manager.get_schema(), prepare=False)
        return schema


def _entered(defer: Callable[[], object]) -> None:
    """:raises NoEntryError: where Procrastinate says that its connection failed"""
    try:
        defer()
    except exceptions.ConnectorException as error:
        raise NoEntryError(str(error)) from None

"""What is handed out through Procrastinate, as its own tables have it."""

import contextlib
import threading
from pathlib import Path
from typing import Any, cast

import pytest

from crosspost.config.sites import MAIN
from crosspost.ledger.postgresql.address import Address
from crosspost.workers import delivery_queue
from tests.postgresql_server import Server


class Row:
    """A delivery, as far as it is handed out."""

    def __init__(self, number: int, account: str) -> None:
        self.id, self.account = number, account


@pytest.mark.long
def test_a_delivery_waits_once_in_a_schema_beside_the_ledger_s(server: Server, tmp_path: Path) -> None:
    name = server.new_database()
    address = Address(server.address(name), tmp_path / "ledger")
    with contextlib.closing(delivery_queue.opened("procrastinate", address, [], several=True)) as queue:
        for site, number in ((MAIN, 7), (MAIN, 7), ("club", 7)):
            queue.offer(site, cast("Any", [Row(number, "x")]))
    jobs = server.ask("SELECT task_name, queue_name, lock, queueing_lock, args ->> 'delivery', args ->> 'site' "
                      "FROM public_queue.procrastinate_jobs ORDER BY id", name)  # fmt: skip
    assert jobs.splitlines() == [
        "crosspost.deliver|x|account:x|delivery:7|7|",
        "crosspost.deliver|x|account:x|delivery:club:7|7|club",
    ], "a worker of another version understands them, so none of it changes"


@pytest.mark.long
def test_a_worker_for_some_accounts_takes_nothing_of_others(server: Server, tmp_path: Path) -> None:
    name = server.new_database()
    address = Address(server.address(name), tmp_path / "ledger")
    done, stop = list[tuple[str, int]](), threading.Event()

    def deliver(site: str, number: int) -> None:
        done.append((site, number))
        if len(done) == 2:
            stop.set()

    with contextlib.closing(delivery_queue.opened("procrastinate", address, ["x", "y"], several=True)) as queue:
        for number, account in ((1, "x"), (2, "other"), (3, "y")):
            queue.offer("club", cast("Any", [Row(number, account)]))
        queue.work(deliver, 1, stop, lambda _: True)
    assert done == [("club", 1), ("club", 3)]
    assert server.ask("SELECT queue_name, status FROM public_queue.procrastinate_jobs", name) == "other|todo"

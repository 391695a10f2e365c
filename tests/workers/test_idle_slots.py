"""Slots that have nothing to do sleep, and wake as soon as there is a reason to."""

import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from crosspost.ledger.postgresql.address import Address
from crosspost.workers import claim_queue
from crosspost.workers.claim_queue import ClaimQueue


class Empty:
    """Nothing was handed out until somebody adds it; ``looked`` is set with each look that finds nothing."""

    def __init__(self) -> None:
        self.rows, self.looked = list[tuple[str, str, int]](), threading.Event()

    def add(self, site: str, offers: Iterable[tuple[int, str]]) -> None:
        self.rows += [(site, account, number) for number, account in offers]

    def next_site(self, _after: str) -> str:
        if not self.rows:
            self.looked.set()
        return next((site for site, _, _ in self.rows), "")

    def next_accounts(self, _site: str, after: str, _only: Sequence[str], most: int) -> list[str]:
        return sorted({name for _, name, _ in self.rows if name > after})[:most]

    def take(self, _site: str, account: str, most: int, ended: tuple[str, Sequence[int]] | None = None) -> list[int]:
        if ended is not None:
            self.give_back(_site, *ended)
        return [number for _, name, number in self.rows if name == account][:most]

    def give_back(self, _site: str, _account: str, done: Sequence[int]) -> None:
        self.rows = [row for row in self.rows if row[2] not in done]


def test_what_this_process_hands_out_wakes_who_has_nothing_to_do_and_so_does_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claim_queue, "_IDLE", 3600.0)  # nobody wakes by himself
    stop, said, table = threading.Event(), list[int](), Empty()
    queue = ClaimQueue(Address("postgresql://127.0.0.1:1/nothing", tmp_path / "ledger"), [])
    queue._offers, queue._turns = (
        cast("Any", table),
        cast("Any", SimpleNamespace(take=lambda _: True, give_back=lambda _: None)),
    )
    out = threading.Event()

    def deliver(_: str, number: int) -> None:
        said.append(number)
        out.set()

    worker = threading.Thread(target=queue.work, args=(deliver, 1, stop, lambda _: True), daemon=True)
    worker.start()
    for number in (1, 2):
        assert table.looked.wait(60)
        table.looked.clear()
        queue.offer("one", [cast("Any", SimpleNamespace(id=number, account="a"))])
        assert out.wait(60)
        out.clear()
    assert table.looked.wait(60)
    stop.set()
    worker.join(60)
    assert (said, worker.is_alive()) == ([1, 2], False)

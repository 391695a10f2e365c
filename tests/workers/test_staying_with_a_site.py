"""A slot stays with a site for a few deliveries: what it delivers with is open then."""

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from crosspost.ledger.postgresql.address import Address
from crosspost.workers.claim_queue import ClaimQueue
from tests.workers.test_site_turns import Table, delivered


def test_accounts_with_little_to_send_come_one_after_the_other_before_the_next_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [(site, account, at) for site in ("ant", "bee") for at, account in enumerate("abcdefghij")]
    order = [site for site, _ in delivered(rows, tmp_path, monkeypatch, taken=["c"])]
    first, second = order[0], order[5]
    assert order == [first] * 5 + [second] * 5 + [first] * 4 + [second] * 4, "five of each in a row at most"
    assert {first, second} == {"ant", "bee"}


def test_where_it_cannot_work_any_more_it_tries_no_other_account(tmp_path: Path) -> None:
    stop, asked, took = threading.Event(), list[str](), list[str]()

    class Watched(Table):
        def take(self, site: str, account: str, *more: Any) -> list[int] | None:
            took.append(account)
            return super().take(site, account, *more)

    def able(site: str) -> bool:
        asked.append(site)
        if len(asked) == 5:
            stop.set()
        return len(asked) < 4  # it is asked when it comes to the site, and before each delivery

    queue = ClaimQueue(Address("postgresql://127.0.0.1:1/nothing", tmp_path / "ledger"), [])
    table = Watched([("one", account, at) for at, account in enumerate("abcde")], stop)
    queue._offers = cast("Any", table)
    queue.work(lambda *_: None, 1, stop, able)
    assert (len(took), len(table.rows)) == (3, 3)


def test_who_had_nothing_to_do_begins_with_what_this_process_handed_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, said, table = threading.Event(), list[tuple[str, int]](), Table([], threading.Event())
    queue = ClaimQueue(Address("postgresql://127.0.0.1:1/nothing", tmp_path / "ledger"), [])
    queue._offers = cast("Any", table)
    monkeypatch.setattr(
        table, "add", lambda site, rows: table.rows.extend((site, "a", n) for n, _ in rows), raising=False
    )

    def wait(_heard: int, _seconds: float) -> bool:
        if said:
            stop.set()
            return False
        table.add("ant", [(1, "a")])  # type: ignore[attr-defined]  # another process
        queue.offer("cat", [cast("Any", SimpleNamespace(id=2, account="a"))])
        table.add("dog", [(3, "a")])  # type: ignore[attr-defined]
        return True

    monkeypatch.setattr(queue._bell, "wait", wait)
    queue.work(lambda site, number: said.append((site, number)), 1, stop, lambda _: True)
    assert said == [("cat", 2), ("dog", 3), ("ant", 1)]

"""A ledger of many years is read in pieces."""

import contextlib
import sqlite3
import tracemalloc
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from crosspost.ledger import Ledger
from crosspost.ledger.listing import Wanted, _matching
from crosspost.testing.harness import Clock


def test_a_long_history_is_not_read_as_a_whole(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "ledger.sqlite3"
    Ledger(path, clock).close()
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    at = begin.isoformat(timespec="microseconds")
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO posts (id, path, url, title, seen_at) VALUES (?, '', '', ?, ?)",
            ((f"post{number}", "Titel " * 20, at) for number in range(30_000)),
        )
        connection.executemany(
            "INSERT INTO deliveries (post, account, network, part, state, due_at, why, attempts, remote, url, sent_at,"
            " error, updated_at) VALUES (?, 'x', 'x', 1, 'sent', ?, '', 1, '{}', ?, ?, '', ?)",
            (
                (
                    f"post{n}",
                    at,
                    f"https://x.example/{n}",
                    (begin + timedelta(seconds=n)).isoformat(timespec="microseconds"),
                    at,
                )
                for n in range(30_000)
            ),
        )
    connection.close()
    ledger = Ledger(path, clock, read_only=True)
    tracemalloc.start()
    try:
        newest = list(ledger.history.out(limit=3))
        assert sum(1 for _ in ledger.history.out()) == 30_000
        assert next(islice(ledger.history.out(), 1)).id == newest[0].id
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        ledger.close()
    assert peak < 8_000_000, "bytes; all rows at once would be more than twenty million"


def test_deliveries_whose_numbers_are_known_are_read_and_no_others(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "ledger.sqlite3"
    Ledger(path, clock).close()
    where, values = _matching(Wanted(accounts=("x", "m"), states=("sent",), ids=(3, 7)))
    with contextlib.closing(sqlite3.connect(path)) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN SELECT id FROM deliveries{where}", values).fetchall()
    assert [step[3] for step in plan] == ["SEARCH deliveries USING INTEGER PRIMARY KEY (rowid=?)"]

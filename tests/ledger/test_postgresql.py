"""A ledger in PostgreSQL: cuts, and that changes come one after the other.

What is promised of every ledger is in the other tests, which run on both.
"""

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from crosspost.errors import LedgerError
from crosspost.ledger import Ledger
from crosspost.ledger.connection import connect
from crosspost.ledger.postgresql import reconnecting
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.database import PostgresDatabase
from crosspost.ledger.postgresql.reconnecting import Link
from crosspost.ledger.write_requests import Done, Step
from crosspost.testing.harness import Clock
from tests.ledger.rows import begun, entry, facts
from tests.postgresql_server import Server

pytestmark = pytest.mark.long
_KEEP = "INSERT INTO facts (name, value) VALUES (:name, 'x')"


@pytest.fixture
def opened(address: Address) -> Iterator[PostgresDatabase]:
    with contextlib.closing(connect(address)) as database:
        assert isinstance(database, PostgresDatabase)
        yield database


# ── cuts ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_cut_between_changes_is_mended(server: Server, address: Address, clock: Clock) -> None:
    ledger = Ledger(address, clock)
    ledger.keep_fact("a", "1")
    server.cut()
    assert ledger.fact("a") == "1"
    server.cut()
    ledger.keep_fact("b", "2")
    server.cut()
    ledger.add([(entry(), "m", "mastodon", "planned", clock(), "")])
    ledger.close()
    assert facts(address) == {"a": "1", "b": "2"}


def test_a_cut_inside_a_change_is_told_and_nothing_of_it_stays(server: Server, address: Address, clock: Clock) -> None:
    ledger = Ledger(address, clock)

    def change() -> None:
        with ledger._transaction() as statements:
            statements.change(_KEEP, {"name": "a"})
            server.cut()
            statements.change(_KEEP, {"name": "b"})

    with pytest.raises(LedgerError, match=r"the connection to the database was cut\. Nothing more was sent"):
        change()
    assert facts(address) == {}
    ledger.keep_fact("c", "3")  # the next change has a connection of its own
    ledger.close()
    assert facts(address) == {"c": "3"}


@pytest.mark.parametrize("when", ["after the statement", "before it, and nobody looks at its error"])
def test_a_cut_at_the_commit_is_told(server: Server, opened: PostgresDatabase, address: Address, when: str) -> None:
    def change() -> None:
        with opened.transaction() as statements:
            if when.startswith("before"):
                server.cut()
                with contextlib.suppress(psycopg.Error):
                    statements.change(_KEEP, {"name": "a"})
            else:
                statements.change(_KEEP, {"name": "a"})
                server.cut()

    with pytest.raises(psycopg.OperationalError):
        change()
    assert facts(address) == {}


def test_what_failed_inside_is_not_taken_for_committed(opened: PostgresDatabase, address: Address) -> None:
    def change() -> None:
        with opened.transaction() as statements:
            statements.change(_KEEP, {"name": "a"})
            with contextlib.suppress(psycopg.Error):
                statements.change(_KEEP, {"name": "a"})

    with pytest.raises(psycopg.Error, match="had failed before"):
        change()
    assert facts(address) == {}


def test_changes_that_were_cut_together_are_not_tried_again(server: Server, opened: PostgresDatabase) -> None:
    """Nobody knows whether they are committed."""
    tried: list[str] = []

    def change(name: str) -> None:
        def body(statements: object) -> None:
            tried.append(name)
            if len(tried) == 3:
                server.cut()

        with pytest.raises(psycopg.OperationalError):
            opened.together(body)

    threads = [threading.Thread(target=change, args=(name,)) for name in "abc"]
    with opened._lock:
        for thread in threads:
            thread.start()
        while len(opened._requests) < 3:
            threading.Event().wait(0.001)
    for thread in threads:
        thread.join()
    assert sorted(tried) == ["a", "b", "c"]


def test_statements_of_several_threads_are_one_question(opened: PostgresDatabase, address: Address) -> None:
    """One of several that fails takes its own along, and no other one."""
    failed: list[str] = []
    sent: list[str] = []

    def change(*names: str) -> None:
        try:
            done = opened.at_once([Step(f"{_KEEP} RETURNING name", {"name": name}) for name in names])
            assert [one.rows for one in done] == [[(name,)] for name in names]
            sent.extend(names)
        except psycopg.errors.UniqueViolation:
            failed.extend(names)

    def all_at_once(*wanted: tuple[str, ...]) -> int:
        threads = [threading.Thread(target=change, args=names) for names in wanted]
        asked = 0
        real = Link.at_once

        def at_once(*arguments: Any) -> list[Done]:
            nonlocal asked
            asked += 1
            return real(*arguments)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Link, "at_once", at_once)
            with opened._lock:
                for thread in threads:
                    thread.start()
                while len(opened._requests) < len(wanted):
                    threading.Event().wait(0.001)
            for thread in threads:
                thread.join()
        return asked

    assert all_at_once(("a", "b"), ("50 % ' \\ ä; --",)) == 1
    assert (sorted(sent), failed) == (["50 % ' \\ ä; --", "a", "b"], [])
    assert all_at_once(("c", "a"), ("d",)) == 3
    assert (sent[3:], failed) == (["d"], ["c", "a"])
    assert set(facts(address)) == {"50 % ' \\ ä; --", "a", "b", "d"}


def test_a_process_that_stands_still_in_a_change_loses_it_before_others_give_up(address: Address, clock: Clock) -> None:
    """It hears of that in words when it wakes; nothing of its change stays."""
    frozen, other = Ledger(address, clock), Ledger(address, clock)
    asked = "SELECT extract(epoch FROM current_setting(:name)::interval)::int"
    patience, still = (
        other._database.rows(asked, {"name": name})[0][0]
        for name in ("lock_timeout", "idle_in_transaction_session_timeout")
    )
    assert still < patience

    def change() -> None:
        with frozen._transaction() as statements:
            statements.change(_KEEP, {"name": "a"})
            statements.change("SET LOCAL idle_in_transaction_session_timeout = '50ms'")  # from now on it stands still
            other.keep_fact("b", "1")  # waits for the lock, and gets it
            statements.change(_KEEP, {"name": "c"})

    with pytest.raises(LedgerError, match="this process stood still in the middle of a change"):
        change()
    assert facts(address) == {"b": "1"}
    frozen.keep_fact("d", "1")
    assert facts(address) == {"b": "1", "d": "1"}
    for ledger in (frozen, other):
        ledger.close()


def test_a_restarted_server(server: Server, address: Address, clock: Clock) -> None:
    ledger = Ledger(address, clock)
    row = begun(ledger)
    server.restart()
    assert ledger.get(row.id) == row
    server.stop()
    with pytest.raises(LedgerError, match="cannot be reached"):
        ledger.get(row.id)
    server.start()
    assert ledger.get(row.id) == row
    ledger.close()


def test_a_standby_that_took_over_is_not_written_to_in_the_middle(
    server: Server, address: Address, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may lack what was committed last, which the next opening looks at."""
    ledger = Ledger(address, clock)
    ledger.keep_fact("a", "1")
    real = reconnecting._line
    monkeypatch.setattr(reconnecting, "_line", lambda connection: f"{int(real(connection), 16) + 1:08X}")
    server.cut()
    for _ in range(2):
        with pytest.raises(LedgerError, match="another server answers now than the one this began with"):
            ledger.keep_fact("b", "2")
    with pytest.raises(LedgerError, match="another server answers now"):
        ledger.fact("a")
    ledger.close()
    assert facts(address) == {"a": "1"}
    ledger = Ledger(address, clock)
    assert ledger.fact("a") == "1"
    ledger.close()

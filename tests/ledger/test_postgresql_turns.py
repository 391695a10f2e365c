"""A ledger in PostgreSQL: one after the other, and what it keeps of texts."""

import contextlib
import threading
from pathlib import Path

import pytest

from crosspost.errors import LedgerError
from crosspost.ledger import Busy, Ledger
from crosspost.ledger.connection import connect
from crosspost.ledger.facts import count_on
from crosspost.ledger.postgresql import reconnecting
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.lock import everywhere
from crosspost.testing.harness import Clock
from tests.ledger.rows import begun, facts, planned
from tests.postgresql_server import Server

pytestmark = pytest.mark.long


def test_what_is_read_inside_a_change_is_still_true_when_it_writes(address: Address, clock: Clock) -> None:
    """The counter is read, then written; each process has a connection of its own."""

    def count() -> None:
        with contextlib.closing(connect(address)) as database:
            for _ in range(50):
                with database.transaction() as statements:
                    count_on(statements, clock())

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert '"number":200' in facts(address)["count"]


def test_only_one_of_many_processes_gets_it(address: Address, clock: Clock) -> None:
    ledgers = [Ledger(address, clock) for _ in range(4)]
    rows = [planned(ledgers[0], f"p{number}") for number in range(20)]
    got: list[str] = []

    def take(ledger: Ledger) -> None:
        got.extend(row.post for row in rows if ledger.claim(row, "machine:1") is not None)

    threads = [threading.Thread(target=take, args=(ledger,)) for ledger in ledgers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for ledger in ledgers:
        ledger.close()
    assert sorted(got) == sorted(row.post for row in rows)


def test_a_change_waits_for_the_one_before_it_and_not_for_ever(
    address: Address, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconnecting, "SETTINGS", "SET lock_timeout = '200ms'")
    one, other = Ledger(address, clock), Ledger(address, clock)
    with one._transaction() as statements:
        statements.rows("SELECT 1")
        assert other.fact("a") == "", "reading waits for nobody"
        with pytest.raises(LedgerError, match="another program has kept the ledger locked for half a minute"):
            other.keep_fact("a", "1")
    other.keep_fact("a", "1")
    for ledger in (one, other):
        ledger.close()


def test_two_first_runs_make_one_ledger(server: Server) -> None:
    found = Address(server.address(server.new_database()), Path("x"))
    threads = [threading.Thread(target=lambda: connect(found).close()) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with contextlib.closing(connect(found)) as database:
        assert len(database.rows("SELECT value FROM facts WHERE name = 'id'")) == 1


def test_one_run_at_a_time(server: Server, address: Address) -> None:
    waited: list[float] = []
    here = contextlib.nullcontext
    with everywhere(address, here()):
        with pytest.raises(Busy, match=r"crosspost run on .*, process [0-9]+"), everywhere(address, here()):
            pass
        with pytest.raises(Busy), everywhere(address, here(), 0.2, sleep=lambda s: waited.append(s) or cut_short(s)):
            pass
    assert waited
    with everywhere(address, here()):
        server.cut()  # a machine that lost its power
        with everywhere(address, here()):
            pass
    nowhere = Address("postgresql://u@127.0.0.1:1/x", Path("x"))
    with pytest.raises(LedgerError, match="cannot be reached"), everywhere(nowhere, here()):
        pass


def cut_short(seconds: float) -> None:
    threading.Event().wait(seconds / 10)


# ── texts ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_character_that_has_no_place_there_is_replaced(address: Address, clock: Clock) -> None:
    ledger = Ledger(address, clock)
    row = ledger.failed(begun(ledger), "a\0b 💶 % :a")
    assert row.error == "a\N{REPLACEMENT CHARACTER}b 💶 % :a"
    ledger.close()


def test_posts_are_read_in_the_order_in_which_they_came(address: Address, clock: Clock) -> None:
    ledger = Ledger(address, clock)
    names = [f"p{number % 7}{number}" for number in range(60)]
    for name in names:
        planned(ledger, name)
    ledger.posts.gone(names[::3])
    assert list(ledger.posts.known()) == names
    ledger.close()

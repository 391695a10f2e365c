"""A ledger in PostgreSQL with several processes at once: turns, the run lock that is lost, clocks that are wrong."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosspost.errors import LedgerError
from crosspost.ledger import Ledger, opening
from crosspost.ledger.account_locks import Alone, turn
from crosspost.ledger.moving import move
from crosspost.ledger.opening import Outside
from crosspost.ledger.postgresql import clock_and_lock
from crosspost.ledger.postgresql.account_locks import SharedTurns
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.lock import everywhere, held_here
from crosspost.ledger.postgresql.offers import Offers
from crosspost.testing.harness import Clock
from tests.ledger.rows import OWNER, frozen, planned
from tests.postgresql_server import Server
from tests.workers.watching import until

pytestmark = pytest.mark.long


@pytest.fixture
def fresh(server: Server, prepared_database: str, tmp_path: Path) -> Address:
    """A database of its own: the table of the offers is none of the ledger's, and would stay."""
    name = server.new_database(like=prepared_database)
    return Address(server.address(name), tmp_path / "state/ledger.sqlite3")


@pytest.fixture
def two(address: Address) -> Iterator[tuple[SharedTurns, SharedTurns]]:
    one, other = SharedTurns(address), SharedTurns(address)
    yield one, other
    one.close()
    other.close()


# ── turns ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_process_at_a_time_has_the_turn_on_an_account(two: tuple[SharedTurns, SharedTurns]) -> None:
    one, other = two
    assert one.take("m")
    assert not one.take("m"), "neither has another thread of it"
    assert not other.take("m")
    assert other.take("x"), "accounts do not wait for each other"
    one.give_back("m")
    assert other.take("m")


def test_a_turn_ends_with_its_process(two: tuple[SharedTurns, SharedTurns]) -> None:
    one, other = two
    one.take("m")
    one.close()
    until(lambda: other.take("m"), 60)  # the server ends a session a moment after its connection was closed


def test_a_cut_is_mended(server: Server, two: tuple[SharedTurns, SharedTurns]) -> None:
    one, other = two
    one.take("m")
    other.take("x")
    server.cut()
    assert other.take("m"), "with its connection the turn is gone; what is sent is decided by leases"
    one.give_back("m")
    assert not one.take("m")


def test_whoever_waits_gets_the_turn(two: tuple[SharedTurns, SharedTurns]) -> None:
    one, other = two
    one.take("m")
    with turn(other, "m") as mine:
        assert not mine
    begun = time.monotonic()
    with turn(other, "m", wait=0.25) as mine:
        assert not mine
        assert time.monotonic() - begun >= 0.25
    one.give_back("m")
    with turn(other, "m", wait=5) as mine:
        assert mine
        assert not one.take("m")
    assert one.take("m")


def test_in_a_file_it_is_always_ones_turn(file_ledger: Ledger) -> None:
    assert isinstance(file_ledger.turns, Alone)
    with turn(file_ledger.turns, "m") as mine:
        assert mine


# ── the run lock ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_run_whose_lock_is_gone_begins_no_irreversible_request(
    server: Server, address: Address, clock: Clock, outside: Outside
) -> None:
    with everywhere(address, contextlib.nullcontext()):
        ledger = opening.open_to_write(address, clock, outside)
        held, waiting = frozen(ledger), planned(ledger, "other")
        server.cut()
        with pytest.raises(LedgerError, match="the connection that keeps other runs away was cut"):
            ledger.begin(held)
        with pytest.raises(LedgerError, match="another one may be at work"):
            ledger.claim(waiting, OWNER)
        assert ledger.get(held.id).publishing_at is None
        ledger.close()
    assert held_here(address) is None


def test_a_worker_needs_no_run_lock(server: Server, address: Address, clock: Clock, outside: Outside) -> None:
    with everywhere(address, contextlib.nullcontext()):  # as its own look has just now
        ledger = opening.open_to_write(address, clock, outside, leased=True)
        held = frozen(ledger)
        server.cut()
        assert ledger.begin(held).publishing_at is not None
        ledger.close()


# ── clocks ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("ahead", "said"), [(3600, "3600 seconds ahead of"), (-121, "121 seconds behind")])
def test_nothing_is_sent_with_a_clock_that_is_wrong(
    address: Address, clock: Clock, outside: Outside, monkeypatch: pytest.MonkeyPatch, ahead: float, said: str
) -> None:
    monkeypatch.setattr(clock_and_lock, "here", lambda: time.time() + ahead)
    with pytest.raises(LedgerError, match=f"this machine's clock is {said} the database's") as refused:
        opening.open_to_write(address, clock, outside)
    assert str(refused.value).endswith("other machines go on meanwhile. See `crosspost help workers`")
    Ledger(address, clock, read_only=True).close()  # whoever looks may do so


def test_a_clock_that_differs_a_little_is_right(
    address: Address, clock: Clock, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock_and_lock, "here", lambda: time.time() + 110)
    opening.open_to_write(address, clock, outside).close()


def test_a_clock_that_is_set_wrong_in_the_middle_is_noticed(
    address: Address, clock: Clock, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = opening.open_to_write(address, clock, outside)
    row = planned(ledger)
    monkeypatch.setattr(clock_and_lock, "here", lambda: time.time() - 900)
    monkeypatch.setattr(clock_and_lock, "_EVERY", 0)
    with pytest.raises(LedgerError, match="900 seconds behind"):
        ledger.claim(row, OWNER)
    assert ledger.get(row.id).state == "planned"
    ledger.close()


# ── offers ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_offer_is_there_until_it_is_done_and_the_oldest_first(fresh: Address) -> None:
    one, other = Offers(fresh), Offers(fresh)
    one.add("s", [(3, "b"), (1, "a"), (2, "a")])
    other.add("s", [(1, "a")])
    assert (one.next_accounts("s", "", [], 1), one.next_accounts("s", "a", [], 9)) == (["a"], ["b"])
    assert one.next_accounts("s", "", ["b"], 9) == ["b"]
    assert other.take("s", "a", 9) == [1, 2]
    assert one.take("s", "a", 9) is None, "one process at a time"
    other.give_back("s", "a", [1, 2])
    assert one.take("s", "a", 9) == []
    one.add("s", [(1, "a")])
    one.give_back("s", "a", [])
    assert other.take("s", "a", 9) == [1], "what was done may be handed out again"
    assert other.take("s", "b", 9) == [3]
    one.close()
    other.close()


def test_offers_survive_nothing_and_need_nothing(server: Server, fresh: Address) -> None:
    offers = Offers(fresh)
    offers.add("s", [(1, "a")])
    server.cut()
    with pytest.raises(LedgerError, match="cut"):
        offers.next_accounts("s", "", [], 9)
    server.restart()
    assert offers.next_accounts("s", "", [], 9) == [], "the table is not logged: the next look fills it again"
    offers.close()


def test_a_ledger_goes_its_way_without_the_offers(fresh: Address, tmp_path: Path, clock: Clock) -> None:
    offers = Offers(fresh)
    offers.add("s", [(1, "a")])
    offers.close()
    Ledger(fresh, clock).close()
    assert move(fresh, tmp_path / "ledger.sqlite3", clock()) > 0

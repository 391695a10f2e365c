"""A copy that was put back into a database: known on every machine, also where nothing was ever sent."""

from pathlib import Path

import psycopg
import pytest

from crosspost.ledger import Ledger, opening
from crosspost.ledger.facts import ORIGIN, Suspicion
from crosspost.ledger.moving import move
from crosspost.ledger.opening import Outside
from crosspost.ledger.postgresql import origin
from crosspost.ledger.postgresql.address import Address
from crosspost.testing.harness import Clock
from tests.ledger.rows import claimed
from tests.postgresql_server import Server


@pytest.mark.parametrize(
    ("was", "said"),
    [
        ("", ""),
        ("9/5/7/00000001", ""),
        ("/5/7/00000001", ""),
        ("9/5/7/", ""),
        ("8/5/7/00000001", "other tables"),
        ("9/4/7/00000001", "other tables"),
        ("9/5/6/", "other tables"),
        ("/4/7/00000001", "other tables"),
        ("9/5/7/00000002", "set back to an earlier time"),
        ("8/5/7/00000002", "other tables"),
    ],
)
def test_only_what_both_know_is_compared(was: str, said: str) -> None:
    why = origin.changed(was, "9/5/7/00000001", "the ledger")
    assert said in why
    assert bool(why) == bool(said)


@pytest.fixture
def used_address(server: Server, clock: Clock, tmp_path: Path) -> Address:
    """A database with whose ledger something was sent, on a machine of which nothing is known later."""
    there = Address(server.address(server.new_database()), tmp_path / "other/ledger.sqlite3")
    ledger = opening.open_to_write(there, clock, Outside(moves=True))
    ledger.note("m", started_at=clock())
    ledger.begin(claimed(ledger))
    ledger.close()
    return Address(there.url, tmp_path / "new/ledger.sqlite3")


def doubt_of(address: Address, clock: Clock) -> Suspicion | None:
    """What a run on a new machine doubts."""
    ledger = opening.open_to_write(address, clock, Outside(moves=True))
    try:
        return ledger.open_doubt
    finally:
        ledger.close()


@pytest.mark.long
def test_a_copy_put_back_elsewhere_is_doubted_until_now(server: Server, used_address: Address, clock: Clock) -> None:
    name = server.new_database(like=used_address.url.partition("?")[0].rpartition("/")[2])
    copy = Address(server.address(name), used_address.beside)
    clock.pass_by(hours=1)
    doubt = doubt_of(copy, clock)
    assert doubt is not None
    assert "is in other tables than after the last run" in doubt.why
    assert doubt.until == clock(), "any machine may have sent until now"
    ledger = Ledger(copy, clock)
    assert opening.adopt(ledger, Outside(moves=True)) is not None
    ledger.close()
    assert doubt_of(copy, clock) is None, "a person has accepted it"


@pytest.mark.long
def test_tables_that_were_made_anew_in_their_place_are_doubted(used_address: Address, clock: Clock) -> None:
    with psycopg.connect(used_address.url) as connection:
        connection.execute("CREATE TABLE again (LIKE facts INCLUDING ALL); INSERT INTO again SELECT * FROM facts")
        connection.execute("DROP TABLE facts; ALTER TABLE again RENAME TO facts")
    read = Ledger(used_address, clock, read_only=True)
    assert opening.doubt(read, Outside(moves=True)) is not None, "verify and doctor say so, too"
    read.close()
    assert doubt_of(used_address, clock) is not None


@pytest.mark.long
def test_care_of_the_server_is_no_reason_to_doubt(used_address: Address, clock: Clock) -> None:
    with psycopg.connect(used_address.url, autocommit=True) as connection:
        connection.execute("VACUUM FULL")
        connection.execute("REINDEX TABLE facts")
    assert doubt_of(used_address, clock) is None


@pytest.mark.long
def test_a_server_that_does_not_tell_its_number_is_known_by_the_others(server: Server, used_address: Address) -> None:
    server.ask("CREATE ROLE kept_out LOGIN")
    with psycopg.connect(used_address.url) as connection:
        connection.execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO kept_out")
        connection.execute("GRANT USAGE ON SCHEMA public TO kept_out")
    guest = Address(used_address.url.replace("postgres@", "kept_out@"), used_address.beside)
    asking = Ledger(guest, Clock(), read_only=True)
    told = asking.origin()
    asking.close()
    with psycopg.connect(used_address.url) as connection:
        connection.execute("DROP OWNED BY kept_out; DROP ROLE kept_out")
    assert told.startswith("/")
    assert all(told.split("/")[1:])


@pytest.mark.long
def test_a_ledger_that_moves_to_a_file_and_back_is_not_doubted(
    server: Server, used_address: Address, clock: Clock, tmp_path: Path
) -> None:
    file = tmp_path / "moved.sqlite3"
    move(used_address, file, clock())
    ledger = Ledger(file, clock)
    assert (ledger.origin(), ledger.fact(ORIGIN)) == ("", "")
    ledger.close()
    back = Address(server.address(server.new_database()), used_address.beside)
    move(file, back, clock())
    assert doubt_of(back, clock) is None

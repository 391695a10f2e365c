"""What was handed to workers: in its order, each delivery once, and an account at a time."""

import contextlib
from pathlib import Path

import pytest

from crosspost.ledger.account_locks import turns_of
from crosspost.ledger.postgresql import renewed_tokens
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.connection import found_in
from crosspost.ledger.postgresql.offers import Offers
from tests.postgresql_server import Server

pytestmark = pytest.mark.long


@pytest.fixture
def address(server: Server) -> Address:
    """A database of its own: what was handed out is not part of the ledger, so nobody clears it away."""
    return Address(server.address(server.new_database()), Path("x"))


def test_each_is_there_once_and_the_oldest_first_until_it_is_done(address: Address) -> None:
    with contextlib.closing(Offers(address)) as offers:
        assert (offers.first("s", "a", 9), offers.next_account("s", "", [])) == ([], "")
        offers.add("s", [(7, "a"), (5, "a"), (6, "b")])
        offers.add("s", [(5, "b"), (3, "a")])
        assert offers.first("s", "a", 2) == [7, 5]
        offers.done("s", [7, 6])
        offers.done("t", [5])
        assert offers.first("s", "a", 9) == [5, 3], "what is there already stays as it is"
        assert offers.first("s", "b", 9) == []


def test_the_accounts_come_by_their_names(address: Address) -> None:
    with contextlib.closing(Offers(address)) as offers:
        offers.add("s", [(1, "b"), (2, "a"), (3, "c"), (4, "B")])
        names = [""]
        while name := offers.next_account("s", names[-1], []):
            names.append(name)
        assert names[1:] == ["B", "a", "b", "c"]
        assert offers.next_account("s", "", ["b", "c"]) == "b"
        assert offers.next_account("s", "b", ["b", "c"]) == "c"
        assert offers.next_account("s", "c", ["b", "c"]) == ""


def test_another_process_sees_them_and_a_cut_is_mended(address: Address) -> None:
    one, other = Offers(address), Offers(address)
    one.add("s", [(1, "a"), (2, "a")])
    other.done("s", other.first("s", "a", 1))
    one.close()
    one.close()
    assert one.first("s", "a", 9) == [2], "a connection is made anew"
    one.close()
    other.close()


def test_a_database_with_nothing_but_what_is_beside_a_ledger_is_empty(address: Address) -> None:
    """So a first run makes the ledger there, whoever was first."""
    with contextlib.closing(Offers(address)) as offers:
        offers.add("s", [(1, "a")])
    renewed_tokens.Logins(address).remove("a")
    assert found_in(address) == "empty"


def test_turns_are_those_of_the_whole_database_and_end_with_their_connection(address: Address) -> None:
    one, other = turns_of(address), turns_of(address)
    other.close()
    other.give_back("a")
    assert one.take("a")
    assert not one.take("a"), "another thread of the same process"
    assert not other.take("a")
    assert other.take("b")
    one.give_back("a")
    assert other.take("a")
    other.close()
    one.give_back("never had")
    one.close()

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


def first(offers: Offers, site: str, account: str, most: int) -> list[int]:
    """The oldest of an account, which are left there."""
    found = offers.take(site, account, most)
    assert found is not None
    offers.give_back(site, account, [])
    return found


def test_each_is_there_once_and_the_oldest_first_until_it_is_done(address: Address) -> None:
    with contextlib.closing(Offers(address)) as offers:
        assert (first(offers, "s", "a", 9), offers.next_accounts("s", "", [], 9)) == ([], [])
        offers.add("s", [(7, "a"), (5, "a"), (6, "b")])
        offers.add("s", [(5, "b"), (3, "a")])
        assert first(offers, "s", "a", 2) == [7, 5]
        assert offers.take("s", "a", 2) == [7, 5]
        offers.give_back("s", "a", [7, 6])
        assert offers.take("t", "a", 2) == []
        offers.give_back("t", "a", [5])
        assert first(offers, "s", "a", 9) == [5, 3], "what is there already stays as it is"
        assert first(offers, "s", "b", 9) == []


def test_the_accounts_come_by_their_names(address: Address) -> None:
    with contextlib.closing(Offers(address)) as offers:
        offers.add("s", [(1, "b"), (2, "a"), (3, "c"), (4, "B")])
        offers.add("s", [(number, "a") for number in range(5, 9)])
        offers.add("t", [(1, "bb")])
        assert offers.next_accounts("s", "", [], 3) == ["B", "a", "b"]
        assert offers.next_accounts("s", "b", [], 3) == ["c"]
        assert offers.next_accounts("s", "", ["b", "c"], 1) == ["b"]
        assert offers.next_accounts("s", "b", ["b", "c"], 9) == ["c"]
        assert offers.next_accounts("s", "c", ["b", "c"], 9) == []


def test_another_process_sees_them_and_a_cut_is_mended(address: Address) -> None:
    one, other = Offers(address), Offers(address)
    one.add("s", [(1, "a"), (2, "a")])
    assert other.take("s", "a", 1) == [1]
    assert one.take("s", "a", 1) is None, "it is the other one's turn"
    other.give_back("s", "a", [1])
    one.close()
    one.close()
    assert first(one, "s", "a", 9) == [2], "a connection is made anew"
    one.close()
    other.close()


def test_what_is_taken_is_read_when_the_turn_is_there_and_gone_when_it_ends(address: Address, server: Server) -> None:
    one, other = Offers(address), Offers(address)
    one.add("s", [(1, "a"), (2, "a"), (3, "b")])
    assert one.take("s", "a", 9) == [1, 2]
    assert one.take("s", "a", 9) is None, "another thread of the same process"
    one.give_back("s", "a", [1])
    assert other.take("s", "a", 9) == [2]
    server.cut()
    assert other.take("s", "b", 9) == [3], "a cut is mended"
    assert one.take("s", "a", 9) == [2], "the other one's turn has ended with its connection"
    other.give_back("s", "a", [])
    one.give_back("s", "a", [2])
    one.close()
    one.give_back("s", "b", [3])
    one.close()
    other.close()
    with contextlib.closing(Offers(address)) as third:
        assert third.next_site("") == "", "what is done is taken out all the same"


def test_one_question_gives_a_turn_back_and_takes_the_next_one(address: Address) -> None:
    one, other = Offers(address), Offers(address)
    one.add("s", [(1, "a"), (2, "a"), (3, "b"), (4, "c")])
    assert one.take("s", "a", 9) == [1, 2]
    assert one.take("s", "b", 9, ("a", [1])) == [3]
    assert other.take("s", "a", 9) == [2], "what is done is out of the table, and the turn is free"
    assert one.take("s", "a", 9, ("b", [3])) is None, "the next one may be another one's"
    assert other.take("s", "b", 9) == [], "but the last one is given back all the same"
    other.give_back("s", "b", [])
    assert one.take("s", "c", 9) == [4]
    assert one.take("s", "b", 9) == []
    assert one.take("s", "c", 9, ("b", [])) is None, "or another thread's of the same process"
    assert other.take("s", "b", 9) == []
    one.give_back("s", "c", [])
    assert other.take("s", "c", 9, ("b", [])) == [4]
    one.close()
    other.close()


def test_after_the_last_site_comes_the_first_one(address: Address) -> None:
    with contextlib.closing(Offers(address)) as offers:
        assert offers.next_site("b") == ""
        for site in ("b", "a"):
            offers.add(site, [(1, "x")])
        assert [offers.next_site(after) for after in ("", "a", "b", "c")] == ["a", "b", "a", "a"]


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

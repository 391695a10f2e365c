"""The same with the ledger in PostgreSQL and two machines that work on it by turns, as each other dies."""

import pytest

from crosspost.ledger.postgresql.address import Address
from tests.torture.storm import Storm
from tests.torture.tables import table

pytestmark = pytest.mark.long
#: those whose logins are renewed keep them on one machine
ACCOUNTS = ("mastodon", "x", "facebook", "telegram", "newsletter-each")


def test_killed_processes_on_two_machines_lose_nothing_and_repeat_nothing(address: Address) -> None:
    result = Storm(ACCOUNTS, seed=1, faults=0.3, database=address.url).rage(1, kills=len(ACCOUNTS) + 3, changes=5)
    print(table(result))  # noqa: T201  # shown when the test fails
    assert result.killed >= len(ACCOUNTS), "too few processes died: the points are not where they should be"
    assert result.total("lost") == 0
    assert result.total("duplicates") == 0
    assert result.total("sent once") > result.total("held")

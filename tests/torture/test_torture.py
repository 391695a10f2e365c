"""The short form of `make torture`, for every test run: each account dies a few times."""

import pytest

from tests.torture.accounts import everybody
from tests.torture.storm import Storm
from tests.torture.tables import table

pytestmark = pytest.mark.long


@pytest.mark.parametrize("part", range(3))
def test_killed_processes_lose_nothing_and_repeat_nothing(part: int) -> None:
    accounts = everybody()[part::3]
    result = Storm(accounts, seed=part, faults=0.3).rage(1, kills=len(accounts) + 3, changes=5)
    print(table(result))  # noqa: T201  # shown when the test fails
    assert result.killed >= len(accounts), "too few processes died: the points are not where they should be"
    assert result.total("lost") == 0
    assert result.total("duplicates") == 0
    assert result.total("sent once") > result.total("held")
    assert result.total("edited") or result.total("taken back")
    assert result.died("change, "), "nothing died while it changed a post"

"""The short form of `make torture`, for every test run."""

from tests.harness import NETWORKS
from tests.torture.storm import Storm, table


def test_killed_processes_lose_nothing_and_repeat_nothing() -> None:
    result = Storm(NETWORKS, seed=7).rage(8, kills_per_post=2)
    print(table(result))  # noqa: T201  # shown when the test fails
    assert result.killed >= 8, "too few processes died: the points are not where they should be"
    assert sum(result.lost.values()) == 0
    assert sum(result.duplicates.values()) == 0
    assert sum(result.sent.values()) > sum(result.held.values())

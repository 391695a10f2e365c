"""Four workers on two machines, killed, frozen past their leases and cut off, and a fifth whose clock is wrong."""

import pytest

from tests.postgresql_server import running
from tests.torture.tables import table
from tests.torture.workers import WorkerStorm

pytestmark = pytest.mark.long


@pytest.mark.parametrize("queue", ["database", "procrastinate"])
def test_workers_that_die_lose_nothing_and_repeat_nothing(queue: str) -> None:
    with running() as server:  # its own: it is restarted again and again
        storm = WorkerStorm(server, queue=queue)
        result = storm.storm(posts=10, seconds=20)
    print(table(result))  # noqa: T201  # shown when the test fails
    assert result.killed >= 3, "too few processes died"
    assert result.total("lost") == 0
    assert result.total("duplicates") == 0
    assert result.total("sent once") > result.total("held")
    assert "ahead of the database's, so nothing is sent from here" in storm.wrong_clock_said
    assert ": sent http" not in storm.wrong_clock_said

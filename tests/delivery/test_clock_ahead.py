"""A clock that is wrong for good: what is out is found all the same, and said once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from crosspost.transport.exchange import server_time
from crosspost.transport.rate_limits import retry_at
from tests.delivery.engine_runs import Runs

NETWORKS = ["mastodon", "x", "facebook", "bluesky", "threads"]
WRONG = [timedelta(hours=2), timedelta(days=3), timedelta(hours=-2)]


@dataclass
class Ours(Clock):
    """This machine's clock: so much ahead of the servers'."""

    servers: Clock = None  # type: ignore[assignment]  # always given
    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return self.servers() + self.ahead

    def pass_by(self, **duration: float) -> None:
        self.servers.pass_by(**duration)


@pytest.fixture(params=WRONG, ids=str)
def ours(request: pytest.FixtureRequest, clock: Clock) -> Ours:
    return Ours(servers=clock, ahead=request.param)


@pytest.fixture(params=NETWORKS)
def runs(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox, ours: Ours) -> Iterator[Runs]:
    made = Runs(Place(tmp_path, sandbox, networks=[request.param], clock=ours, more=HOST.get(request.param, "")))
    yield made
    made.ledger.close()


HOST = {"threads": 'host = "page"\n'}


@pytest.mark.parametrize("put_right", [False, True], ids=["for good", "put right before the look"])
def test_what_is_out_is_found(runs: Runs, ours: Ours, put_right: bool) -> None:
    (name,) = runs.place.networks
    runs.place.sandbox.fault(name, "cut-after")
    runs.place.sandbox.fault(name, "503-before", times=1, match=LOOK[name])  # the look in the same run fails
    runs.run()
    assert len(runs.place.sandbox.posts(name)) == 1
    if put_right:
        ours.ahead = timedelta()
    for hours in (0.4, 0.4, 1, 1, 24, 24, 24):  # what waits for a moment of the wrong clock waits that long
        ours.pass_by(hours=hours)
        runs.run()
    assert runs.states() == {name: "sent"}
    assert len(runs.place.sandbox.posts(name)) == 1


LOOK = {
    "mastodon": "GET /api/v1/accounts/*/statuses",
    "x": "GET /2/users/*/tweets",
    "facebook": "GET /*/*/published_posts",
    "bluesky": "GET /xrpc/com.atproto.repo.getRecord",
    "threads": "GET /*/*/threads",
}


@pytest.mark.parametrize("name", ["mastodon", "x"])
def test_a_process_that_has_heard_no_time_yet_looks_back_far_enough(
    name: str, tmp_path: Path, sandbox: Sandbox, clock: Clock
) -> None:
    ours = Ours(servers=clock, ahead=timedelta(hours=5))
    place = Place(tmp_path, sandbox, networks=[name], clock=ours)
    network = place.network(name)
    prepared = place.prepared(network)
    begun, receipt = ours(), network.publish(prepared)
    fresh = place.network(name)
    fresh.identity = network.identity
    assert fresh.session.ahead is None
    found = fresh.find(prepared, begun)
    assert found is not None
    assert found.id == receipt.id
    assert fresh.session.ahead == timedelta(hours=5)


def test_it_is_told_once_and_over_when_it_is_right(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    ours = Ours(servers=clock, ahead=timedelta(hours=2))
    runs = Runs(Place(tmp_path, sandbox, networks=["mastodon", "x"], clock=ours))
    from crosspost.delivery import clock_skew
    from crosspost.notifications.alerts import alerts, over
    from crosspost.notifications.situation import Situation

    runs.run()
    said = clock_skew.said(["mastodon", "x"], runs.ledger)
    assert said == "this machine's clock is 2 hours ahead of that of mastodon, x"
    (matter,) = alerts(Situation(now=ours(), clock=said))
    assert matter.key == "clock:"
    assert over("clock:")
    ours.ahead = timedelta(seconds=40)
    runs.place.new_post("2026-11-21-neu")
    runs.run()
    assert clock_skew.said(["mastodon", "x"], runs.ledger) == ""
    runs.ledger.close()


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"date": "Sun, 22 Nov 2026 12:00:00 GMT"}, 0),
        ({"date": "Sun, 22 Nov 2026 11:00:00 GMT", "age": "3600"}, 0),
        ({"date": "Sun, 22 Nov 2026 13:00:00 +0100"}, 0),
        ({"date": "yesterday"}, None),
        ({"date": "Sun, 99 Nov 2026 12:00:00 GMT"}, None),
        ({"date": "Sun, 22 Nov 2026 12:00:00 GMT", "age": "soon"}, None),
        ({}, None),
    ],
)
def test_the_servers_time(headers: dict[str, str], told: int | None, clock: Clock) -> None:
    assert server_time(headers) == (clock() + timedelta(seconds=told) if told is not None else None)


def test_a_limit_ends_by_the_servers_clock(clock: Clock) -> None:
    """Its moment is the server's: our clock, two hours ahead, would take it for over."""
    headers: dict[str, Any] = {
        "date": "Sun, 22 Nov 2026 12:00:00 GMT",
        "x-rate-limit-reset": str(int((clock() + timedelta(minutes=15)).timestamp())),
    }
    ours = clock() + timedelta(hours=2)
    assert retry_at(headers, ours) == ours + timedelta(minutes=15)

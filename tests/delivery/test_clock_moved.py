"""This machine's clock is set between an attempt in doubt and the look at it: absence proves as little as before."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crosspost.testing.harness import Clock
from tests.delivery.promise import Killed, Obedient, Server
from tests.delivery.scripted import Quick

pytestmark = pytest.mark.long

#: hours the clock is ahead (behind: negative) at the attempt, and afterwards
AHEAD = [-100_000, -1, 0, 1, 30]


class Moved:
    """One account on a server whose clock is right; each run is a process of its own."""

    def __init__(self, root: Path, clock: Clock, kind: str) -> None:
        self.ours, self.right, self.kind = clock, Clock(), kind
        self.server = Server(kind, self.right)
        self.quick = Quick(root, clock, kind)
        self.first = datetime(2010, 1, 1, tzinfo=UTC)  # no clock here calls that the future

    def run(self, *, heard: bool = True) -> str:
        """:param heard: whether the server has told its time before anything is published"""
        network = Obedient(self.server, self.kind, self.ours)
        if heard:
            network.answered()
        self.quick.networks = {self.kind: network}  # type: ignore[dict-item]  # it needs no script
        self.quick.run()
        return self.quick.ledger.deliveries(account=self.kind)[-1].state

    def write(self) -> None:
        """A post, after one that is out: so the account is known, and nothing is asked before the next is sent."""
        self.quick.write("first", date=self.first)
        self.run()
        self.server.posts.clear()
        self.quick.write(date=self.first)

    def set(self, hours: int) -> None:
        self.ours.now = self.right() + timedelta(hours=hours)

    def pass_by(self, **duration: float) -> None:
        for clock in (self.ours, self.right):
            clock.pass_by(**duration)


@pytest.fixture(params=["keyed", "proving"])
def moved(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Moved]:
    made = Moved(tmp_path, clock, request.param)
    yield made
    made.quick.ledger.close()


@pytest.mark.parametrize("heard", [True, False], ids=["its time was heard", "its time was not heard"])
@pytest.mark.parametrize("fault", ["lost-late", "odd-late", "killed-late"])
@pytest.mark.parametrize("after", AHEAD)
@pytest.mark.parametrize("before", AHEAD)
def test_what_is_not_shown_yet_is_never_sent_again(
    moved: Moved, before: int, after: int, fault: str, heard: bool
) -> None:
    moved.set(before)
    moved.write()
    moved.server.faults.append(fault)
    with contextlib.suppress(Killed):
        moved.run(heard=heard)
    moved.pass_by(seconds=1)
    moved.set(after)
    for seconds in (1, 10, 25, 60, 61, 3600, 7 * 3600, 90_000):
        moved.run()
        assert len(moved.server.posts) == 1
        moved.pass_by(seconds=seconds)
    moved.run()
    assert len(moved.server.posts) == 1
    assert moved.quick.row(account=moved.kind).state in ("sent", "planned", "unknown")


@pytest.mark.parametrize("after", AHEAD)
@pytest.mark.parametrize("before", AHEAD)
def test_what_did_not_go_out_goes_out_in_the_end(moved: Moved, before: int, after: int) -> None:
    moved.set(before)
    moved.write()
    moved.server.faults.append("lost-before")
    moved.run()
    moved.set(after)
    for _ in range(8):
        moved.run()
        moved.pass_by(hours=7)
    moved.set(0)
    for _ in range(12):
        moved.run()
        moved.pass_by(hours=7)
    assert moved.quick.row(account=moved.kind).state == "sent"
    assert len(moved.server.posts) == 1

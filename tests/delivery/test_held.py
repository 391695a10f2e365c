"""Where nobody can look up what was sent, a lost answer is held for a person, and nothing is sent twice."""

from pathlib import Path

import pytest

from crosspost.config import registry
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place


@pytest.mark.parametrize("network", ["telegram", "signal"])
@pytest.mark.parametrize(("fault", "out"), [("cut-after", 1), ("500-before", 0)])
def test_a_lost_answer_is_held_for_a_person(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, network: str, fault: str, out: int
) -> None:
    place = Place(tmp_path, sandbox, networks=[network], clock=clock)
    sandbox.fault(network, fault)
    first = place.crosspost("publish", str(place.post))
    assert first.code == 3
    assert "waits for you" in first.out
    assert registry.load(network).doubt.look in first.out
    for _ in range(2):
        clock.pass_by(hours=1)
        place.crosspost("publish", str(place.post))
    assert len(sandbox.posts()) == out


def test_who_is_told_each_time_that_it_is_a_duplicate_asks_a_person_in_the_end(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same text is out since before the ledger was lost, too long ago to be this delivery's own."""
    monkeypatch.setattr("crosspost.cli.common.now", clock)
    place = Place(tmp_path, sandbox, networks=["x"], clock=clock)
    assert place.crosspost("publish", str(place.post)).code == 0
    for file in (tmp_path / "config/state").glob("*"):
        file.unlink()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another home"))  # else the ledger would be missed
    clock.pass_by(hours=2)
    place.crosspost("publish", str(place.post))
    for _ in range(14):
        clock.pass_by(hours=1)
        place.crosspost("run")
    assert "12 attempts, each left in doubt, and X shows none of them" in place.crosspost("status").out
    assert len(sandbox.posts()) == 1

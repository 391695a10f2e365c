"""Where nobody can look up what was sent, a lost answer is held for a person, and nothing is sent twice."""

from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from tests.harness import Clock, Place


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
    assert "look at the account" in first.out
    for _ in range(2):
        clock.pass_by(hours=1)
        place.crosspost("publish", str(place.post))
    assert len(sandbox.posts()) == out

"""Two machines, one ledger: what a person sees."""

from pathlib import Path

import pytest

from crosspost.ledger import Ledger, filesystem, machine_guard
from crosspost.testing.harness import Place


@pytest.fixture
def left_behind(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Another machine began a run ten minutes ago and was cut off."""
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)
    place.crosspost("run")
    ledger = Ledger(place.root / "config/state/ledger.sqlite3", place.clock)
    machine_guard.arrive(ledger, "elsewhere-1")
    ledger.leave = lambda: None
    place.clock.pass_by(minutes=10)
    place.new_post("2026-11-21-neu")
    return place


def test_refused_with_a_sentence_until_it_is_safe(left_behind: Place) -> None:
    ran = left_behind.crosspost("run")
    assert ran.code == 1
    assert "has not ended" in ran.err
    assert left_behind.sandbox.posts() == []
    assert left_behind.crosspost("status").code == 0, "looking is always possible"
    left_behind.clock.pass_by(minutes=6)
    assert left_behind.crosspost("run").code == 0
    assert len(left_behind.sandbox.posts()) == 3


def test_a_person_adopts_the_ledger(left_behind: Place) -> None:
    assert "no longer counts as at work" in left_behind.crosspost("ledger", "adopt").out
    assert left_behind.crosspost("run").code == 0
    assert len(left_behind.sandbox.posts()) == 3
    assert left_behind.crosspost("ledger", "adopt").out == "No other machine is at work, and this is not a copy.\n"


def test_a_network_drive_is_refused_unless_the_config_allows_it(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = place.write("mounts", f"server:/home {place.root} nfs4 rw 0 0\n")
    monkeypatch.setattr(filesystem.refuse_shared, "__defaults__", (Path(mounts),))
    ran = place.crosspost("run")
    assert ran.code == 1
    assert "network drive (nfs4)" in ran.err
    place.config.write_text(place.config.read_text() + "[state]\nshared = true\n")
    assert place.crosspost("run").code == 0

"""Until when a ledger has nothing to do: never past what is due, and not at all while anything is open."""

import os
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from crosspost.ledger import Ledger, filesystem, integrity_stamp
from crosspost.ledger.idle_state import rests
from crosspost.ledger.rows import State
from crosspost.model import Entry
from crosspost.testing.harness import Clock


@pytest.fixture
def latest(clock: Clock) -> datetime:
    return clock() + timedelta(minutes=30)


def closed_with(path: Path, clock: Clock, state: State, due: timedelta = timedelta()) -> None:
    """A ledger with one delivery in that state."""
    ledger = Ledger(path, clock)
    ledger.add([(Entry(id="a", path="a.md"), "x", "x", state, clock() + due, "")])
    ledger.close()


@pytest.mark.parametrize("state", ["sending", "unknown", "held"])
def test_what_is_open_lets_nothing_rest(path: Path, clock: Clock, latest: datetime, state: State) -> None:
    closed_with(path, clock, state)
    assert rests(path, latest) is None


@pytest.mark.parametrize("state", ["sent", "before", "skipped", "failed"])
def test_what_is_done_rests_as_long_as_may_be(path: Path, clock: Clock, latest: datetime, state: State) -> None:
    closed_with(path, clock, state)
    found = rests(path, latest)
    assert found is not None
    assert found[0] == latest
    assert found[1].st_ino == path.stat().st_ino


@pytest.mark.parametrize(("minutes", "rest"), [(-1, -1), (10, 10), (40, 30)])
def test_nothing_rests_past_what_is_due(path: Path, clock: Clock, latest: datetime, minutes: int, rest: int) -> None:
    closed_with(path, clock, "planned", timedelta(minutes=minutes))
    found = rests(path, latest)
    assert found is not None
    assert found[0] == clock() + timedelta(minutes=rest)


def test_a_change_that_is_planned_lets_nothing_rest(path: Path, clock: Clock, latest: datetime) -> None:
    closed_with(path, clock, "sent")
    ledger = Ledger(path, clock)
    (row,) = ledger.deliveries(post="a")
    ledger.changes.put(row.id, "delete", "planned")
    ledger.close()
    assert rests(path, latest) is None


def test_a_ledger_in_use_does_not_rest(ledger: Ledger, path: Path, latest: datetime) -> None:
    ledger.keep_fact("about", "a test")
    assert rests(path, latest) is None


def test_asking_changes_nothing(path: Path, clock: Clock, latest: datetime) -> None:
    closed_with(path, clock, "before")
    content, at = path.read_bytes(), path.stat().st_mtime_ns
    rests(path, latest)
    assert path.read_bytes() == content
    assert 0 <= at - path.stat().st_mtime_ns <= 1
    assert not path.with_name(f"{path.name}-wal").exists()


@pytest.mark.parametrize(
    ("age", "drive", "least", "most"),
    [(0.001, "ext4", 0.0, 0.0), (5.0, "ext4", 0.0, 0.0), (0.5, "ext4", 0.0, 0.0), (5.0, "nfs4", 0.01, 0.1),
     (5.0, "", 0.01, 0.1), (-60.0, "ext4", 0.0, 0.0)],
)  # fmt: skip
def test_a_change_right_after_is_noticed_and_nobody_waits_for_nothing(
    path: Path, clock: Clock, latest: datetime, monkeypatch: pytest.MonkeyPatch,
    age: float, drive: str, least: float, most: float,
) -> None:  # fmt: skip
    """Linux gives files made within one tick, 10 ms at most, the same time. A drive that is another machine's has
    another clock, and this one's may be set back."""
    closed_with(path, clock, "before")
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    changed = max(path.stat().st_mtime, path.stat().st_ctime)
    monkeypatch.setattr("time.time", lambda: changed + age)
    monkeypatch.setattr(filesystem, "kind", lambda _folder, _mounts=None: drive)
    assert rests(path, latest) is not None
    assert least <= sum(slept) <= most


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filesystem, "kind", lambda _folder, _mounts=None: "ext4")


@pytest.mark.usefixtures("local")
def test_a_change_right_after_has_another_time(path: Path, clock: Clock, latest: datetime) -> None:
    closed_with(path, clock, "before")
    for number in range(20):
        found = rests(path, latest)
        assert found is not None
        ledger = Ledger(path, clock)
        ledger.keep_fact("about", str(number % 2))  # the file keeps its size
        ledger.close()
        assert path.stat().st_mtime_ns != found[1].st_mtime_ns


@pytest.mark.usefixtures("local")
def test_a_drive_that_rounds_times_has_it_wait(
    path: Path, clock: Clock, latest: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed_with(path, clock, "before")
    os.utime(path)
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    monkeypatch.setattr("os.utime", lambda *_given, **_named: None)
    assert rests(path, latest) is not None
    assert slept


@pytest.mark.usefixtures("local")
def test_what_was_checked_stays_checked(path: Path, clock: Clock, latest: datetime) -> None:
    closed_with(path, clock, "before")
    os.utime(path)
    integrity_stamp.vouch(path, clock())
    at = path.stat().st_mtime_ns
    assert rests(path, latest) is not None
    assert path.stat().st_mtime_ns in (at, at - 1)
    assert integrity_stamp.vouched(path, clock()) == clock()
    os.utime(path)  # somebody else was there
    assert rests(path, latest) is not None
    assert integrity_stamp.vouched(path, clock()) is None


def test_a_ledger_that_is_taken_away_meanwhile_does_not_rest(
    path: Path, clock: Clock, latest: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed_with(path, clock, "before")
    monkeypatch.setattr(filesystem, "kind", lambda _folder, _mounts=None: "")
    monkeypatch.setattr("time.sleep", lambda _: path.unlink())
    assert rests(path, latest) is None


def test_a_file_that_is_no_ledger_does_not_rest(tmp_path: Path, latest: datetime) -> None:
    file = tmp_path / "other.sqlite3"
    sqlite3.connect(file).close()
    assert rests(file, latest) is None

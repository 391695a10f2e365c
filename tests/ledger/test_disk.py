"""Disks that fill up, ledgers that are cut or scrambled, power that fails: never a traceback, never a second post."""

import random
import shutil
import sqlite3
from typing import Any

import pytest

from crosspost.errors import LedgerError
from crosspost.ledger import Ledger, backups, maintenance
from crosspost.ledger.database import Database
from crosspost.testing.harness import NETWORKS, Place

pytestmark = pytest.mark.long

LEDGER = "config/state/ledger.sqlite3"


@pytest.fixture
def place(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)
    place.crosspost("run")
    return place


def said(place: Place) -> list[str]:
    return sorted(f"{post['network']} {post['text'].splitlines()[0]}" for post in place.sandbox.posts())


def once_each(place: Place, *titles: str) -> bool:
    return said(place) == sorted(f"{network} {title}" for network in NETWORKS for title in titles)


def go_on(place: Place) -> None:
    """Runs until all is quiet; what waits for a person is looked at and decided as a person would."""
    for _ in range(6):
        place.crosspost("run")
        place.clock.pass_by(minutes=20)
    ledger = Ledger(place.root / LEDGER, place.clock, read_only=True)
    waiting = ledger.deliveries(states=["held"])
    ledger.close()
    for row in waiting:
        out = any(f"{row.account} {row.post}" == one for one in said(place))
        place.crosspost("settle", str(row.id), *(["--sent", "https://a.example/1"] if out else ["--not-sent"]))
    place.crosspost("run")


class Full:
    """The disk is full from the n-th write of a run on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
        self.left, self.struck = after, False
        begin, alone = Database._begin, Database._alone

        def filling(database: Database) -> None:
            begin(database)
            self._begun(database._connection)

        def filling_alone(database: Database, change: Any) -> Any:
            self._begun(database._connection)
            return alone(database, change)

        monkeypatch.setattr(Database, "_begin", filling)
        monkeypatch.setattr(Database, "_alone", filling_alone)

    def _begun(self, connection: sqlite3.Connection) -> None:
        self.left -= 1
        if self.left <= 0:
            self.struck = True
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count = {pages}").fetchone()
            connection.execute("CREATE TABLE IF NOT EXISTS ballast (x)")  # needs a page that is not there


@pytest.mark.parametrize("after", [1, 2, 5, 12, *range(17, 27), 38])
def test_a_disk_that_fills_up_in_the_middle(place: Place, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    place.new_post("2026-11-21-neu")
    with monkeypatch.context() as patch:
        full = Full(patch, after)
        ran = place.crosspost("run")
        if full.struck:
            assert ran.code == 1
            assert "the disk is full, so nothing can be recorded and nothing is sent" in ran.err
    assert "Traceback" not in ran.err
    go_on(place)
    assert once_each(place, "neu")


def test_a_disk_that_is_full_when_a_run_signs_off(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The registration of this machine stays, and other machines would wait for it: that is told."""
    place.new_post("2026-11-21-neu")
    close = Ledger.close
    with monkeypatch.context() as patch:

        def full_by_then(ledger: Ledger) -> None:
            Full(patch, 1)
            close(ledger)

        patch.setattr(Ledger, "close", full_by_then)
        ran = place.crosspost("run")
    assert (ran.code, "the disk is full" in ran.err) == (1, True), ran
    go_on(place)
    assert once_each(place, "neu")


def test_a_folder_that_cannot_be_written(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.new_post("2026-11-21-neu")

    def refused(*_: object) -> None:
        raise sqlite3.OperationalError("attempt to write a readonly database")

    with monkeypatch.context() as patch:
        patch.setattr(Database, "_begin", refused)
        patch.setattr(Database, "_alone", refused)
        ran = place.crosspost("run")
        assert ran.code == 1
        assert "read-only" in ran.err
        assert place.sandbox.posts() == []
    go_on(place)
    assert once_each(place, "neu")


@pytest.mark.parametrize("seed", [*range(9), 101, 140])
def test_a_scrambled_or_cut_ledger_is_refused_or_still_right(place: Place, seed: int) -> None:
    place.new_post("2026-11-21-neu")
    assert place.crosspost("run").code == 0
    file = place.root / LEDGER
    assert not file.with_name(file.name + "-wal").exists(), "closed properly: one file has everything"
    data, chance = bytearray(file.read_bytes()), random.Random(seed)
    if seed % 3 == 0:
        del data[chance.randrange(len(data)) :]
    else:
        for _ in range(1 if seed % 3 == 1 else 200):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    file.write_bytes(data)
    before = said(place)
    for arguments in (("run",), ("status",), ("ledger", "verify"), ("ledger", "export"), ("plan",)):
        ran = place.crosspost(*arguments)
        assert "mistake in crosspost" not in ran.err, (arguments, ran.err)
    assert said(place) == before


def test_the_newest_copy_is_named(place: Place) -> None:
    place.clock.pass_by(days=1)
    place.crosspost("run")
    place.clock.pass_by(days=1)
    place.crosspost("run")
    file = place.root / LEDGER
    file.write_bytes(b"\xff" * 9000)
    newest = backups.newest(file)
    assert newest is not None
    assert newest.name == "ledger-2026-11-24.sqlite3"
    ran = place.crosspost("run")
    assert (ran.code, str(newest) in ran.err) == (1, True)
    assert maintenance.verify(newest) == []
    with pytest.raises(LedgerError, match="damaged"):
        Ledger(file, place.clock)


@pytest.mark.parametrize("stop", [2, 5, 8, 11, 14, 17, 20])
def test_the_power_fails(place: Place, monkeypatch: pytest.MonkeyPatch, stop: int) -> None:
    """Ledger and write-ahead log as they are at a commit, copied aside; later all goes on from there."""
    place.new_post("2026-11-21-neu")
    file, aside, commits = place.root / LEDGER, place.root / "aside", [0]
    aside.mkdir()
    commit, alone = Database._commit, Database._alone

    def committed() -> None:
        commits[0] += 1
        if commits[0] <= stop:  # threads may share a commit, so that there are fewer than that
            for one in file.parent.glob("ledger.sqlite3*"):
                shutil.copy(one, aside / one.name)

    def snapshot(database: Database) -> None:
        commit(database)
        committed()

    def snapshot_alone(database: Database, change: Any) -> Any:
        changed = alone(database, change)
        committed()
        return changed

    with monkeypatch.context() as patch:
        patch.setattr(Database, "_commit", snapshot)
        patch.setattr(Database, "_alone", snapshot_alone)
        assert place.crosspost("run").code == 0
    assert commits[0] >= min(stop, 12), "a run commits less often now"
    for one in file.parent.glob("ledger.sqlite3*"):
        one.unlink()
    for one in aside.iterdir():
        if not one.name.endswith(("-shm", ".lock")):  # the memory that processes shared is gone
            shutil.copy(one, file.parent / one.name)
    go_on(place)
    assert once_each(place, "neu")

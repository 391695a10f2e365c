"""Copies of the ledger: complete, private, marked as copies, and never in the way of a run."""

import contextlib
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crosspost.errors import LedgerError
from crosspost.ledger import Ledger, backups, maintenance
from crosspost.ledger.audit import Person
from crosspost.model import NetworkUser
from crosspost.testing.harness import Clock
from tests.ledger.rows import begun, draft, planned, put, sent


@pytest.fixture
def ledger(file_ledger: Ledger) -> Ledger:
    """All of this is about the file."""
    return file_ledger


def facts(path: Path) -> dict[str, str]:
    with contextlib.closing(sqlite3.connect(path)) as opened:
        return dict(opened.execute("SELECT name, value FROM facts"))


def test_a_plain_copy_has_everything_and_one_file(ledger: Ledger, clock: Clock, tmp_path: Path) -> None:
    sent(ledger)
    ledger.keep_fact("machine", "m")
    target = tmp_path / "copy.sqlite3"
    backups.copy(ledger.path, target)
    assert facts(target) == ledger.facts()
    assert target.stat().st_mode & 0o777 == 0o600
    with contextlib.closing(sqlite3.connect(target)) as opened:
        assert opened.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["copy.sqlite3", "state"]
    reader = Ledger(target, clock, read_only=True)
    assert reader.deliveries() == ledger.deliveries()


def test_a_backup_says_when_it_was_made_and_who_worked_then_is_gone(ledger: Ledger, clock: Clock) -> None:
    ledger.keep_fact("machine", "m")
    ledger.keep_fact("copy", "an earlier one")
    target = ledger.path.with_name("copy.sqlite3")
    backups.copy(ledger.path, target, clock())
    before = {name: value for name, value in ledger.facts().items() if name != "machine"}
    assert facts(target) == before | {"copy": clock().isoformat()}


def test_a_copy_that_is_cut_off_leaves_nothing(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    target = ledger.path.with_name("copy.sqlite3")
    target.with_name("copy.sqlite3.unfinished").write_text("from an earlier one")

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", cut)
        with pytest.raises(KeyboardInterrupt):
            backups.copy(ledger.path, target)
    assert list(ledger.path.parent.glob("copy*")) == []
    backups.copy(ledger.path, target)
    assert facts(target) == ledger.facts()


def test_one_copy_a_day_and_the_last_seven(ledger: Ledger, clock: Clock) -> None:
    folder = ledger.path.parent / "backups"
    for _ in range(9):
        backups.daily(ledger.path, clock())
        clock.pass_by(days=1)
    names = [f"ledger-2026-11-{day}.sqlite3" for day in range(24, 31)]
    assert [file.name for file in backups.of(ledger.path)] == names
    assert sorted(file.name for file in folder.iterdir()) == names
    assert folder.stat().st_mode & 0o777 == 0o700
    newest = backups.newest(ledger.path)
    assert newest == folder / names[-1]
    assert facts(newest)["copy"] == (clock() - timedelta(days=1)).isoformat()
    before = newest.read_bytes()
    ledger.keep_fact("a", "1")
    backups.daily(ledger.path, clock() - timedelta(days=1))
    assert newest.read_bytes() == before, "the first of a day is the day's"


def test_a_copy_that_cannot_be_made_stops_nobody(
    ledger: Ledger, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    (ledger.path.parent / "backups").write_text("")
    backups.daily(ledger.path, clock())
    assert f"{ledger.path} could not be copied to" in caplog.text
    assert backups.newest(ledger.path) is None


def test_the_ledger_before_a_migration_is_kept_once(ledger: Ledger) -> None:
    backups.before_migration(ledger.path, "0002")
    target = ledger.path.with_name("ledger.sqlite3.schema-0002")
    assert "copy" not in facts(target)
    target.write_bytes(b"kept")
    backups.before_migration(ledger.path, "0002")
    assert target.read_bytes() == b"kept"


def test_what_shows_that_there_was_a_ledger(ledger: Ledger, clock: Clock) -> None:
    assert backups.traces(ledger.path) == []
    backups.daily(ledger.path, clock())
    cache = ledger.path.with_name("posts.cache")
    assert backups.traces(ledger.path) == backups.of(ledger.path)
    cache.touch()
    assert backups.traces(ledger.path) == [*backups.of(ledger.path), cache]
    assert backups.listing(ledger.path) == cache
    assert backups.listing(ledger.path.with_name("test.sqlite3")) == ledger.path.with_name("test.cache")
    assert backups.of(ledger.path.with_name("test.sqlite3")) == []


# ── what a person asks for ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_backup_never_writes_over_a_file(ledger: Ledger, tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite3"
    before = datetime.now(UTC)
    maintenance.backup(ledger.path, target)
    assert before <= datetime.fromisoformat(facts(target)["copy"]) <= datetime.now(UTC)
    with pytest.raises(LedgerError, match="exists already; name another file"):
        maintenance.backup(ledger.path, target)
    with pytest.raises(LedgerError, match="does not exist yet; there is nothing to copy"):
        maintenance.backup(tmp_path / "none.sqlite3", tmp_path / "other.sqlite3")
    nowhere = tmp_path / "none" / "copy.sqlite3"
    with pytest.raises(LedgerError) as told:
        maintenance.backup(ledger.path, nowhere)
    assert str(told.value) == f"{ledger.path} could not be copied to {nowhere}: No such file or directory"
    other = tmp_path / "other.txt"
    other.write_text("not a database" * 100, "utf-8")
    with pytest.raises(
        LedgerError, match=rf"^{other} could not be copied to {nowhere.parent}: file is not a database$"
    ):
        maintenance.backup(other, nowhere.parent)


def test_a_sound_ledger_has_no_faults(ledger: Ledger) -> None:
    sent(ledger)
    planned(ledger, "other")
    assert maintenance.verify(ledger.path) == []


def test_every_fault_is_told(ledger: Ledger) -> None:
    row = put(ledger, begun(ledger), draft=None)
    ledger.close()
    with contextlib.closing(sqlite3.connect(ledger.path)) as opened:
        opened.execute("DELETE FROM posts")
        opened.commit()
    assert maintenance.verify(ledger.path) == [
        f"row {row.id} of deliveries names something that does not exist",
        f"delivery {row.id} was begun without a draft",
    ]


def test_an_index_that_lost_its_rows_is_told(ledger: Ledger) -> None:
    planned(ledger)
    ledger.close()
    with contextlib.closing(sqlite3.connect(ledger.path)) as opened:
        ((root,),) = opened.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_deliveries_account_state_due_at'"
        )
        ((size,),) = opened.execute("PRAGMA page_size")
    data = bytearray(ledger.path.read_bytes())
    cells = (root - 1) * size + 3  # how many there are on the page, two bytes (SQLite's file format, 1.6)
    data[cells : cells + 2] = b"\0\0"
    ledger.path.write_bytes(data)
    found = maintenance.verify(ledger.path)
    assert found
    assert "ok" not in found


def test_everything_is_exported_with_its_table(ledger: Ledger) -> None:
    row = sent(ledger)
    ledger.changes.put(row.id, "edit", "asked", draft("Geändert"))
    ledger.note("m", credential="ab12", voice=NetworkUser(network="mastodon", id="5", handle="verein"))
    ledger.notices.note({"a": "eins"})
    rows = list(maintenance.export(ledger.path))
    assert [one["table"] for one in rows] == ["posts", "deliveries", "changes", "accounts", "notices", "facts", "facts"]
    by_table = {one["table"]: one for one in rows}
    assert by_table["deliveries"]["draft"]["text"] == "Grüße"
    assert by_table["deliveries"]["remote"] == {}
    assert by_table["changes"]["draft"]["text"] == "Geändert"
    assert (by_table["accounts"]["identity"], by_table["accounts"]["voice"]["handle"]) == (None, "verein")
    assert {type(name) for one in rows for name in one} == {str}


def test_each_moment_is_exported_as_one(ledger: Ledger, clock: Clock) -> None:
    sent(ledger)
    ledger.notices.note({"a": "eins"})
    ledger.audit.note(Person(name="Eva"), "approve")
    ledger.note("m", paused_until=clock())
    by_table = {one["table"]: one for one in maintenance.export(ledger.path)}
    wanted = {("posts", "seen_at"), ("deliveries", "sent_at"), ("accounts", "paused_until")}
    wanted |= {("notices", "since"), ("audit", "at")}
    assert {(table, name) for table, name in wanted if by_table[table][name] == clock()} == wanted
    assert by_table["deliveries"]["lease_until"] is None

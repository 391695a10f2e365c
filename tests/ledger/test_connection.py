"""What is said when the ledger's file cannot be used, and that nothing is changed then."""

import contextlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from crosspost.errors import LedgerError
from crosspost.ledger import KnownPost, Ledger, backups
from crosspost.ledger.connection import (
    _pragmas,
    connect,
    connect_to_read,
    translate_errors,
)
from crosspost.ledger.database import Database, Row
from crosspost.ledger.listing import Wanted
from crosspost.ledger.schema import TABLES
from crosspost.testing.harness import Clock
from tests.ledger.rows import claimed, draft, entry, planned, receipt


@pytest.fixture
def ledger(file_ledger: Ledger) -> Ledger:
    """All of this is about the file."""
    return file_ledger


def version(path: Path, number: str | None) -> None:
    with contextlib.closing(sqlite3.connect(path)) as opened:
        opened.execute("DELETE FROM alembic_version")
        if number is not None:
            opened.execute("INSERT INTO alembic_version VALUES (?)", (number,))
        opened.commit()


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("database disk image is malformed", "the ledger is damaged and is not touched. Nothing was sent. Restore a"),
        ("file is not a database", "the ledger is damaged and is not touched"),
        ("database is CORRUPT", "the ledger is damaged and is not touched"),
        ("database or disk is full", "the disk is full, so nothing can be recorded and nothing is sent. Free some"),
        ("attempt to write a readonly database", "the ledger cannot be written (read-only), so nothing is sent"),
        ("the file system is read-only", "the ledger cannot be written (read-only), so nothing is sent. Check"),
        ("database is locked", "another program has kept the ledger locked for half a minute; run again"),
        ("unable to open database file", "the ledger cannot be opened. Check that the folder exists"),
        ("no such table: songs", "the ledger cannot be used: no such table: songs"),
    ],
)
@pytest.mark.parametrize("wrapped", [True, False])
def test_each_trouble_has_its_sentence(tmp_path: Path, message: str, said: str, wrapped: bool) -> None:
    error = sqlite3.OperationalError(message)
    path = tmp_path / "ledger.sqlite3"
    with pytest.raises(LedgerError) as raised, translate_errors(path):
        raise sa.exc.OperationalError("SELECT", {}, error) if wrapped else error
    assert str(raised.value).startswith(f"{path}: {said}")
    assert raised.value.__suppress_context__


@pytest.mark.parametrize("error", [ValueError("Invalid isoformat string"), msgspec.DecodeError("bad JSON")])
def test_what_is_stored_and_cannot_be_read_is_damage(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(LedgerError, match="is damaged and is not touched"), translate_errors(tmp_path / "l"):
        raise error


def test_what_the_system_says_is_told(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="l: the ledger cannot be opened: Permission denied"):  # noqa: SIM117
        with translate_errors(tmp_path / "l"):
            raise PermissionError(13, "Permission denied")


@pytest.mark.parametrize("open_it", [connect, connect_to_read])
def test_damage_names_the_newest_copy_and_the_way_on(
    ledger: Ledger, clock: Clock, open_it: Callable[[Path], object]
) -> None:
    backups.daily(ledger.path, clock())
    clock.pass_by(days=1)
    backups.daily(ledger.path, clock())
    ledger.close()
    ledger.path.write_bytes(b"\xff" * 9000)
    newest = backups.newest(ledger.path)
    with pytest.raises(LedgerError, match=rf"Put its newest copy, {newest}, in its place; then `crosspost ledger reb"):
        open_it(ledger.path)
    assert newest is not None
    assert newest.name == "ledger-2026-11-23.sqlite3"


CALLS: dict[str, Callable[[Ledger], object]] = {
    "account": lambda ledger: ledger.account("m"),
    "note": lambda ledger: ledger.note("m", failures=1),
    "rename": lambda ledger: ledger.rename_account("m", "n"),
    "set aside": lambda ledger: ledger.set_aside("m", ""),
    "hold": lambda ledger: ledger.hold_open("m", ""),
    "add": lambda ledger: ledger.add([(entry(), "m", "m", "planned", ledger.clock(), "")]),
    "deliveries": lambda ledger: ledger.deliveries(),
    "get": lambda ledger: ledger.get(1),
    "fact": lambda ledger: ledger.keep_fact("a", "1"),
    "advance": lambda ledger: ledger.advance(),
    "orphaned": lambda ledger: ledger.orphaned("m"),
    "posts": lambda ledger: ledger.posts.known(),
    "post": lambda ledger: ledger.posts.note({"a": KnownPost(id="a", path="", url="", title="")}),
    "history": lambda ledger: list(ledger.history.out()),
    "notice": lambda ledger: ledger.notices.note({"a": "b"}),
    "change": lambda ledger: ledger.changes.put(1, "edit", "asked"),
    "edits": lambda ledger: ledger.edits.all(),
    "approvals": lambda ledger: ledger.approvals.pairs(),
    "audit": lambda ledger: ledger.audit.newest(),
    "listing": lambda ledger: ledger.listing.count(Wanted()),
    "responses": lambda ledger: ledger.responses.said(),
    "deletions": lambda ledger: ledger.deletions.undo(["a"]),
    "search": lambda ledger: ledger.search.find("a"),
}


@pytest.mark.parametrize("call", CALLS)
def test_whatever_fails_names_the_file(ledger: Ledger, call: str) -> None:
    with ledger._database.transaction() as connection:
        connection.change("PRAGMA defer_foreign_keys = ON")
        for table in reversed(TABLES):
            connection.change(f"DROP TABLE {table}")
    with pytest.raises(LedgerError, match=rf"^{ledger.path}: the ledger cannot be used: no such table"):
        CALLS[call](ledger)


def test_a_change_that_is_cut_off_names_the_file(ledger: Ledger) -> None:
    held = claimed(ledger)
    change = ledger.changes.put(held.id, "edit", "planned", draft())
    full = "CREATE TRIGGER full BEFORE UPDATE ON deliveries BEGIN SELECT RAISE(ABORT, 'full'); END"
    with ledger._database.transaction() as connection:
        connection.change(full)
    for act in (lambda: ledger.begin(held), lambda: ledger.changes.edited(change, draft(), receipt(ledger))):
        with pytest.raises(LedgerError, match=rf"^{ledger.path}: the disk is full"):
            act()


def test_a_new_ledger_is_its_owners_alone(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "a/b/ledger.sqlite3"
    ledger = Ledger(path, clock)
    assert path.stat().st_mode & 0o777 == 0o600
    number = ledger.fact("id")
    assert len(number) == 32
    path.chmod(0o640)
    ledger.close()
    other = Ledger(path, clock)
    assert other.fact("id") == number
    assert path.stat().st_mode & 0o777 == 0o640, "a person's own choice stays"


def test_each_connection_is_safe(ledger: Ledger) -> None:
    with contextlib.closing(ledger._database._opened()) as another:
        for connection in (ledger._database._connection, another):
            values = [
                connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            ]
            assert values == ["wal", 2, 1, 30000]


def test_a_reader_waits_as_long_as_a_writer(ledger: Ledger, clock: Clock) -> None:
    with contextlib.closing(Ledger(ledger.path, clock, read_only=True)) as reader:
        assert reader._database.rows("PRAGMA busy_timeout") == [(30000,)]


@pytest.mark.parametrize(("version", "good"), [((3, 34, 1), False), ((3, 35, 0), True)])
def test_an_sqlite_that_is_too_old_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int], good: bool
) -> None:
    monkeypatch.setattr("sqlite3.sqlite_version_info", version)
    monkeypatch.setattr("sqlite3.sqlite_version", "3.x")
    refused = pytest.raises(LedgerError, match=r"^Python's SQLite is 3.x; the ledger needs 3.35 or newer. Install a")
    with contextlib.nullcontext() if good else refused:
        connect(tmp_path / "ledger.sqlite3").close()


def test_of_two_that_begin_at_the_same_time_one_makes_the_ledger(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, rows, others = tmp_path / "ledger.sqlite3", Database.rows, []

    def overtaken(database: Database, *asked: Any) -> list[Row]:
        found = rows(database, *asked)
        monkeypatch.setattr(Database, "rows", rows)
        others.append(Ledger(path, clock))
        return found

    monkeypatch.setattr(Database, "rows", overtaken)
    with contextlib.closing(Ledger(path, clock)) as ledger, contextlib.closing(others[0]) as other:
        assert len(ledger.fact("id")) == 32
        assert ledger.fact("id") == other.fact("id")


def test_a_change_waits_for_the_one_before_it_from_its_beginning(ledger: Ledger) -> None:
    with (
        ledger._database.transaction(),
        contextlib.closing(sqlite3.connect(ledger.path, timeout=0)) as other,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("INSERT INTO facts VALUES ('a', '1')")


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "songs.sqlite3"
    with contextlib.closing(sqlite3.connect(path)) as opened:
        opened.execute("CREATE TABLE songs (title TEXT)")
    with pytest.raises(LedgerError, match=r"songs.sqlite3 is another program's database; name another file in \[state"):
        connect(path)
    with contextlib.closing(sqlite3.connect(path)) as opened:
        assert opened.execute("SELECT name FROM sqlite_master").fetchall() == [("songs",)]


@pytest.mark.parametrize("number", ["9999", None])
def test_a_newer_versions_ledger_is_left_alone(ledger: Ledger, number: str | None) -> None:
    ledger.close()
    version(ledger.path, number)
    before = ledger.path.read_bytes()
    said = (
        f"{ledger.path} was written by a newer crosspost, and this one would spoil it. Nothing was changed; update "
        "crosspost on this machine"
    )
    for opens in (connect, connect_to_read):
        with pytest.raises(LedgerError) as refused:
            opens(ledger.path)
        assert str(refused.value) == said
    assert ledger.path.read_bytes() == before
    assert list(ledger.path.parent.glob("*.schema-*")) == []


def test_a_reader_does_not_move_an_older_ledger_up(ledger: Ledger) -> None:
    ledger.close()
    version(ledger.path, "0001")
    with pytest.raises(LedgerError, match="is from an older crosspost; `crosspost run` brings it up to date"):
        connect_to_read(ledger.path)


def test_a_reader_sees_what_a_run_has_written_so_far(ledger: Ledger, clock: Clock) -> None:
    planned(ledger)
    assert ledger.path.with_name(f"{ledger.path.name}-wal").exists()
    reader = Ledger(ledger.path, clock, read_only=True)
    assert len(reader.deliveries()) == 1
    planned(ledger, "other")
    assert len(reader.deliveries()) == 2


def test_a_reader_of_a_closed_ledger_needs_no_right_to_write(ledger: Ledger, clock: Clock) -> None:
    planned(ledger)
    ledger.close()
    reader = Ledger(ledger.path, clock, read_only=True)
    assert len(reader.deliveries()) == 1
    assert os.listdir(ledger.path.parent) == [ledger.path.name]  # noqa: PTH208  # names


def test_a_folder_is_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="does not exist yet; the first `crosspost run` makes it"):
        connect_to_read(tmp_path)


@pytest.mark.parametrize("open_it", [connect, connect_to_read])
@pytest.mark.parametrize("damaged", [True, False])
def test_what_is_refused_is_not_kept_open(ledger: Ledger, open_it: Callable[[Path], object], damaged: bool) -> None:
    ledger.close()
    if damaged:
        ledger.path.write_bytes(b"\xff" * 9000)
    else:
        version(ledger.path, "9999")
    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        pytest.skip("this system does not tell what is open")
    with pytest.raises(LedgerError) as raised:
        open_it(ledger.path)
    still = [file for file in descriptors.iterdir() if file.exists() and file.resolve() == ledger.path.resolve()]
    assert still == [], raised.value


def test_only_macos_has_to_be_told_to_write_to_the_disk_itself() -> None:
    assert set(_pragmas("darwin")) - set(_pragmas("linux")) == {"fullfsync=ON", "checkpoint_fullfsync=ON"}
    assert _pragmas("linux") == ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000")

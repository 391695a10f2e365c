"""Opening a ledger: which file is refused and why, what a run leaves, and what a person ends by adopting it."""

import contextlib
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from crosspost.errors import LedgerError
from crosspost.ledger import Ledger, backups, opening
from crosspost.ledger.counter_marks import beside
from crosspost.ledger.opening import Outside
from crosspost.testing.harness import Clock
from tests.ledger.rows import planned

# ── is there one ──────────────────────────────────────────────────────────────────────────────────────────────────────


def missing(path: Path) -> None:
    path.unlink()


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def without_tables(path: Path) -> None:
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as opened:
        opened.execute("PRAGMA user_version = 3")


def foreign(path: Path) -> None:
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as opened:
        opened.execute("CREATE TABLE songs (title TEXT)")


def foreign_and_in_use(path: Path) -> None:
    foreign(path)
    path.with_name(f"{path.name}-wal").touch()


ACCIDENTS: list[tuple[Callable[[Path], None], str]] = [
    (missing, "is missing, although there was one"),
    (emptied, "is empty, although there was a ledger"),
    (without_tables, "is empty, although there was a ledger"),
    (foreign, "is another program's database, although there was a ledger"),
    (foreign_and_in_use, "is another program's database, although there was a ledger"),
]


@pytest.mark.parametrize(("accident", "said"), ACCIDENTS)
def test_no_first_run_begins_where_there_was_a_ledger(
    used: Path, clock: Clock, outside: Outside, accident: Callable[[Path], None], said: str
) -> None:
    accident(used)
    mark = beside(used)
    assert opening.lost(used, outside).startswith(f"{used} {said} (as {mark} shows). Nothing was sent.")
    with pytest.raises(LedgerError, match=said):
        opening.open_to_write(used, clock, outside)


@pytest.mark.parametrize("accident", [missing, emptied, without_tables])
def test_a_first_run_begins_where_there_never_was_one(
    path: Path, clock: Clock, outside: Outside, accident: Callable[[Path], None]
) -> None:
    path.parent.mkdir(parents=True)
    path.touch()
    accident(path)
    assert opening.lost(path, outside) == ""
    opening.open_to_write(path, clock, outside).close()


@pytest.mark.parametrize("trace", ["beside", "home", "copy", "cache"])
def test_one_trace_is_enough(used: Path, clock: Clock, outside: Outside, trace: str) -> None:
    home = list((outside.home or used).glob("*.json"))
    kept = {"beside": beside(used), "home": home[0], "copy": backups.newest(used), "cache": backups.listing(used)}
    backups.daily(used, clock())
    backups.listing(used).touch()
    kept["copy"] = backups.newest(used)
    traces = [beside(used), *home, *backups.traces(used)]
    for file in traces:
        if file != kept[trace]:
            file.unlink()
    used.unlink()
    assert f"(as {kept[trace]} shows)" in opening.lost(used, outside)


def test_what_can_not_be_read_is_told_by_opening_it(used: Path, clock: Clock, outside: Outside) -> None:
    used.write_bytes(b"\xff" * 5000)
    assert opening.lost(used, outside) == ""
    with pytest.raises(LedgerError, match="damaged"):
        opening.open_to_write(used, clock, outside)


@pytest.mark.parametrize("log", [True, False])
def test_a_crash_leaves_a_ledger_behind_with_its_log_or_without(used: Path, outside: Outside, log: bool) -> None:
    with contextlib.closing(sqlite3.connect(used)) as opened:
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute("INSERT INTO facts VALUES ('a', '1')")
        opened.commit()
        aside = used.with_name("aside.sqlite3")
        shutil.copy(used, aside)
        if log:
            shutil.copy(used.with_name(f"{used.name}-wal"), aside.with_name(f"{aside.name}-wal"))
    backups.listing(aside).touch()
    assert opening.lost(aside, outside) == ""
    aside.write_bytes(b"")
    assert "is empty, although there was a ledger" in opening.lost(aside, outside)
    assert aside.with_name(f"{aside.name}-wal").exists() == log, "a look changes nothing"


def test_a_first_run_is_seen_while_its_words_are_only_in_the_log(path: Path, clock: Clock, outside: Outside) -> None:
    ledger = Ledger(path, clock)
    backups.listing(path).touch()
    assert path.with_name(f"{path.name}-wal").exists()
    assert opening.lost(path, outside) == ""
    ledger.close()
    assert opening.lost(path, outside) == ""
    assert not path.with_name(f"{path.name}-wal").exists(), "a look leaves nothing behind"


def test_a_ledger_that_was_emptied_inside_is_no_first_run(used: Path, clock: Clock, outside: Outside) -> None:
    used.unlink()
    Ledger(used, clock).close()
    with pytest.raises(LedgerError, match=r"is empty, although there was a ledger \(as .*shows\)"):
        opening.open_to_write(used, clock, outside)
    ledger = Ledger(used, clock)
    planned(ledger)
    ledger.close()
    opening.open_to_write(used, clock, outside).close()  # it has posts; the marks of another ledger make it doubtful


def test_an_interrupted_first_run_may_begin_again(path: Path, clock: Clock, outside: Outside) -> None:
    opening.open_to_write(path, clock, outside).close()
    backups.listing(path).touch()
    opening.open_to_write(path, clock, outside).close()
    ledger = Ledger(path, clock)
    ledger.keep_fact("id", "")
    ledger.close()
    with pytest.raises(LedgerError, match="is empty, although there was a ledger"):
        opening.open_to_write(path, clock, outside)


def test_a_copy_is_not_used_before_a_person_says_so(used: Path, clock: Clock, outside: Outside) -> None:
    ledger = Ledger(used, clock)
    ledger.keep_fact(backups.COPY, "2026-11-21T12:00:07+00:00")
    ledger.close()
    with pytest.raises(LedgerError, match=r"is a copy made at 2026-11-21T12:00; what went out since is not in it"):
        opening.open_to_write(used, clock, outside)
    opening.open_to_write(used, clock, outside, anew=True).close()
    ledger = Ledger(used, clock)
    opening.adopt(ledger, outside)
    ledger.close()
    opening.open_to_write(used, clock, outside).close()


def test_an_unfinished_rebuild_is_not_used(used: Path, clock: Clock, outside: Outside) -> None:
    ledger = Ledger(used, clock)
    ledger.keep_fact("rebuilt", "since")  # the name it has in every version
    ledger.close()
    with pytest.raises(LedgerError, match=r"was being rebuilt.*Run `crosspost ledger rebuild` again"):
        opening.open_to_write(used, clock, outside)
    ledger = Ledger(used, clock)
    opening.adopt(ledger, outside)
    assert ledger.fact("rebuilt") == ""
    ledger.close()


@pytest.mark.parametrize("started", [True, False])
def test_a_ledger_is_empty_before_its_first_run(path: Path, clock: Clock, started: bool) -> None:
    ledger = Ledger(path, clock)
    assert opening.is_empty(ledger)
    ledger.note("m", failures=1)
    assert opening.is_empty(ledger)
    if started:
        ledger.note("m", started_at=clock())
    else:
        planned(ledger)
    assert not opening.is_empty(ledger)

"""When the ledger's file is checked for damage, and that it is not read as a whole at each opening."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crosspost.ledger import Ledger, integrity_stamp, opening
from crosspost.ledger.opening import Outside
from crosspost.testing.harness import Clock
from tests.ledger.rows import planned


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each check that is made from now on."""
    found: list[str] = []
    connect = sqlite3.connect

    def watched(*given: Any, **named: Any) -> sqlite3.Connection:
        connection = connect(*given, **named)
        connection.set_trace_callback(lambda text: found.append(text) if "quick_check" in text else None)
        return connection

    monkeypatch.setattr("sqlite3.connect", watched)
    return found


def again(path: Path, clock: Clock, outside: Outside, *, write: bool = True) -> None:
    ledger = opening.open_to_write(path, clock, outside)
    if write:
        planned(ledger, f"post {clock()}")
    ledger.close()


def test_a_clean_end_vouches_for_a_day(used: Path, clock: Clock, outside: Outside, checks: list[str]) -> None:
    again(used, clock, outside)
    checks.clear()
    for _ in range(3):
        clock.pass_by(hours=7, minutes=59)
        again(used, clock, outside)
    assert checks == []
    clock.pass_by(minutes=3)
    again(used, clock, outside)
    assert len(checks) == 1
    again(used, clock, outside)
    assert len(checks) == 1, "the day begins anew"


def other_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as opened:
        opened.execute("INSERT INTO facts VALUES ('other', '1')")
        opened.commit()


def restored(path: Path) -> None:
    shutil.copy2(path, path.with_name("aside"))
    path.with_name("aside").replace(path)


def torn(path: Path) -> None:
    """As a killed run leaves it."""
    path.with_name(f"{path.name}-wal").write_bytes(b"")


def scrambled(path: Path) -> None:
    path.with_suffix(".stamp").write_text("{")


def deleted(path: Path) -> None:
    path.with_suffix(".stamp").unlink()


@pytest.mark.parametrize("done", [other_program, restored, torn, scrambled, deleted])
def test_whatever_touched_the_file_or_its_stamp_has_it_checked(
    used: Path, clock: Clock, outside: Outside, checks: list[str], done: Callable[[Path], None]
) -> None:
    again(used, clock, outside)
    checks.clear()
    done(used)
    with closing(Ledger(used, clock, vouched=integrity_stamp.vouched(used, clock()) is not None)):
        assert len(checks) == 1


def test_a_clock_that_was_set_back_vouches_for_nothing(used: Path, clock: Clock, outside: Outside) -> None:
    again(used, clock, outside)
    assert integrity_stamp.vouched(used, clock()) is not None
    assert integrity_stamp.vouched(used, clock() - timedelta(seconds=1)) is None


def test_a_ledger_that_is_at_work_elsewhere_is_not_vouched_for(used: Path, clock: Clock, outside: Outside) -> None:
    again(used, clock, outside)
    with closing(Ledger(used, clock)) as other:
        planned(other, "other")
        integrity_stamp.vouch(used, clock())
        assert integrity_stamp.vouched(used, clock()) is None


def test_a_folder_that_takes_no_stamp_does_no_harm(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "ledger.stamp").mkdir()
    (tmp_path / "ledger.sqlite3").touch()
    integrity_stamp.vouch(tmp_path / "ledger.sqlite3", clock())
    assert integrity_stamp.vouched(tmp_path / "ledger.sqlite3", clock()) is None


@pytest.mark.parametrize(("vouched", "times"), [({}, 1), ({"vouched": False}, 1), ({"vouched": True}, 0)])
def test_a_file_is_checked_unless_somebody_vouches_for_it(
    used: Path, clock: Clock, checks: list[str], vouched: dict[str, bool], times: int
) -> None:
    Ledger(used, clock, **vouched).close()
    assert len(checks) == times

"""A ledger that moves from one file to another: all of it, but for what belongs to its old place."""

from pathlib import Path

import pytest

from crosspost.errors import LedgerError
from crosspost.ledger import Ledger, backups, moving
from crosspost.ledger.maintenance import export
from crosspost.testing.harness import Clock
from tests.ledger.rows import planned, sent


def rows(path: Path) -> list[dict[str, object]]:
    return sorted((row for row in export(path) if row["table"] != "facts"), key=str)


@pytest.fixture
def full(path: Path, clock: Clock) -> Path:
    ledger = Ledger(path, clock)
    for number in range(3):
        sent(ledger, f"p{number}")
    ledger.keep_fact("machine", "this one")
    ledger.keep_fact("homes", "{}")
    ledger.keep_fact("about", "stays")
    ledger.close()
    return path


@pytest.mark.parametrize("at_once", [1, 2, 500])
def test_every_row_is_counted_and_arrives(
    full: Path, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(moving, "_AT_ONCE", at_once)
    target, many = tmp_path / "new.sqlite3", len(list(export(full)))
    assert moving.move(full, target, clock()) == many
    assert rows(target) == rows(full)
    new, old = Ledger(target, clock), Ledger(full, clock)
    facts, before = new.facts(), old.facts()
    assert before[backups.COPY] == clock().isoformat(), "the old one is a copy from now on"
    assert before[moving.MOVED] == str(target), "and says where it went"
    left = (backups.COPY, moving.MOVED, "machine", "homes")
    assert facts == {name: value for name, value in before.items() if name not in left}
    assert facts["about"] == "stays"
    planned(new, "later")
    new.close()
    old.close()


def test_a_place_that_has_a_ledger_is_left_alone(full: Path, tmp_path: Path, clock: Clock) -> None:
    target = tmp_path / "used.sqlite3"
    ledger = Ledger(target, clock)
    ledger.keep_fact("about", "mine")
    ledger.close()
    with pytest.raises(LedgerError, match=rf"^{target} has a ledger already, so nothing was copied\. Name an empty"):
        moving.move(full, target, clock())
    assert backups.COPY not in {row.get("name") for row in export(full)}


def test_a_copy_is_not_moved(full: Path, tmp_path: Path, clock: Clock) -> None:
    moving.move(full, tmp_path / "new.sqlite3", clock())
    with pytest.raises(
        LedgerError, match=rf"^{full} went to {tmp_path / 'new.sqlite3'}; `crosspost ledger adopt` says"
    ):
        moving.move(full, tmp_path / "other.sqlite3", clock())

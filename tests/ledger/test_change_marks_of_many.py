"""The marks of many ledgers, which are asked for together, and the looks that are noted with them."""

import contextlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from crosspost.app.running import last_run
from crosspost.ledger import Ledger
from crosspost.ledger.postgresql import change_mark
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.change_mark import ChangeMarks
from crosspost.testing.harness import Clock
from tests.ledger.marked import asked, rest
from tests.postgresql_server import Server


@pytest.mark.long
def test_a_look_without_a_look_is_noted(shared: Ledger, marks: ChangeMarks, clock: Clock) -> None:
    def noted() -> datetime | None:
        return marks.of([""])[""].looked

    shared.idle.mark()
    assert shared.idle.last_look() is None
    assert noted() is None
    shared.keep_fact("last_run", clock().isoformat())
    run = clock()
    assert noted() == run
    mark = asked(marks)
    clock.pass_by(minutes=1)
    marks.note(["", "gone"], clock(), clock() - timedelta(seconds=30))
    assert noted() == clock() == shared.idle.last_look()
    assert asked(marks) == mark
    before = clock()
    clock.pass_by(seconds=29)
    marks.note([""], clock(), clock() - timedelta(seconds=30))
    assert noted() == before, "a moment ago is good enough"
    clock.pass_by(minutes=-10)
    marks.note([""], clock(), clock() - timedelta(seconds=30))
    assert shared.idle.last_look() == clock(), "a clock that was put back"


@pytest.mark.long
def test_a_look_of_another_worker_is_no_change(shared: Ledger, marks: ChangeMarks, clock: Clock) -> None:
    """Else each would take the other one's stamps away, and none would ever hold."""
    last_run.note(shared)
    mark = shared.idle.mark()
    clock.now += timedelta(minutes=1)
    last_run.note(shared)
    assert asked(marks) == mark
    assert rest(shared, mark) is not None
    shared.keep_fact("about", "something else")
    assert asked(marks) != mark


@pytest.mark.long
@pytest.mark.parametrize(
    "by_hand",
    [
        "DELETE FROM facts WHERE name = 'last_run'",
        "UPDATE facts SET name = 'another' WHERE name = 'last_run'",
        "UPDATE facts SET value = '' WHERE name = 'about'",
    ],
)
def test_only_the_moment_of_a_look_is_no_change(
    shared: Ledger, marks: ChangeMarks, psql: psycopg.Connection[Any], by_hand: str
) -> None:
    last_run.note(shared)
    shared.keep_fact("about", "a test")
    mark = shared.idle.mark()
    assert psql.execute(by_hand.encode()).rowcount == 1
    psql.commit()
    assert asked(marks) != mark


@pytest.mark.long
def test_a_wrong_clock_is_a_matter_for_a_look(
    shared: Ledger, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared.idle.mark()
    right = change_mark.here
    for seconds, known in ((0, 1), (121, 0), (-121, 0)):
        monkeypatch.setattr(change_mark, "here", lambda by=seconds: right() + by)
        with contextlib.closing(ChangeMarks(address)) as made:
            assert len(made.of([""])) == known


@pytest.mark.long
def test_a_database_that_is_away_has_no_marks(
    server: Server,
    shared: Ledger,
    marks: ChangeMarks,
    tmp_path: Path,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shared.idle.mark()
    assert asked(marks)
    server.cut()
    assert marks.of([""]) == {}
    marks.note([""], clock(), clock())
    with contextlib.closing(ChangeMarks(Address("postgresql://127.0.0.1:1/none", tmp_path / "x"))) as nowhere:
        assert nowhere.of([""]) == {}
        monkeypatch.setattr(change_mark, "connection_to", None)
        assert nowhere.of(["a"]) == {}, "a server that does not answer is waited for once"
        nowhere.note(["a"], clock(), clock())


def test_a_file_needs_no_note_of_a_look(file_ledger: Ledger) -> None:
    assert file_ledger.idle.last_look() is None

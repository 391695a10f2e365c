"""Whoever changes a ledger is noticed by the look that leaves a stamp, and by the one that wants to rest by it."""

import contextlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from crosspost.app.running import last_run
from crosspost.ledger import Ledger
from crosspost.ledger.idle_state import Rest
from crosspost.ledger.postgresql import change_mark
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.change_mark import ChangeMarks
from crosspost.ledger.rows import State
from crosspost.ledger.schema import TABLES
from crosspost.testing.harness import Clock
from tests.ledger.rows import planned
from tests.postgresql_server import Server

LATER = timedelta(minutes=30)


def rest(ledger: Ledger, mark: str) -> Rest | None:
    return ledger.idle.rest(mark, ledger.clock() + LATER)


# ── one in a database ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def shared(address: Address, clock: Clock) -> Iterator[Ledger]:
    with contextlib.closing(Ledger(address, clock)) as made:
        planned(made, state="before")
        yield made


@pytest.fixture
def marks(address: Address) -> Iterator[ChangeMarks]:
    with contextlib.closing(ChangeMarks(address)) as made:
        yield made


@pytest.fixture
def psql(address: Address) -> Iterator[psycopg.Connection[Any]]:
    """A person at the database."""
    with psycopg.connect(address.url) as connection:
        yield connection
        connection.rollback()


def asked(marks: ChangeMarks) -> str:
    return marks.of([""])[""].mark


@pytest.mark.long
@pytest.mark.parametrize("state", ["sending", "unknown", "held"])
def test_what_is_open_lets_nothing_rest(shared: Ledger, state: State) -> None:
    planned(shared, "open", state=state)
    assert rest(shared, shared.idle.mark()) is None


@pytest.mark.long
@pytest.mark.parametrize(("minutes", "left"), [(-1, -1), (10, 10), (40, 30)])
def test_nothing_rests_past_what_is_due(shared: Ledger, minutes: int, left: int) -> None:
    planned(shared, "open", due=timedelta(minutes=minutes))
    assert (found := rest(shared, shared.idle.mark())) is not None
    assert found.until == shared.clock() + timedelta(minutes=left)


@pytest.mark.long
def test_a_change_that_is_planned_lets_nothing_rest(shared: Ledger) -> None:
    shared.changes.put(shared.deliveries(post="beet")[0].id, "delete", "planned")
    assert rest(shared, shared.idle.mark()) is None


@pytest.mark.long
def test_what_the_look_itself_writes_counts_too(shared: Ledger) -> None:
    mark = shared.idle.mark()
    shared.keep_fact("about", "a test")
    assert rest(shared, mark) is None


@pytest.mark.long
@pytest.mark.parametrize("table", [*TABLES, "alembic_version"])
def test_no_table_is_changed_by_hand_without_a_new_mark(
    shared: Ledger, marks: ChangeMarks, psql: psycopg.Connection[Any], table: str
) -> None:
    mark = shared.idle.mark()
    assert asked(marks) == mark
    kept = psql.execute("SELECT version_num FROM alembic_version").fetchall()
    psql.execute(f"TRUNCATE {table} CASCADE".encode())
    psql.commit()
    assert asked(marks) != mark
    assert rest(shared, mark) is None
    if table == "alembic_version":
        psql.execute("INSERT INTO alembic_version VALUES (%s)", kept[0])
        psql.commit()


@pytest.mark.long
def test_a_change_counts_when_it_is_committed(
    shared: Ledger, marks: ChangeMarks, psql: psycopg.Connection[Any]
) -> None:
    """It takes no lock of ours, began before the mark was asked for, and is committed after a look has rested by it."""
    shared.idle.mark()
    psql.execute("UPDATE deliveries SET why = 'by hand'")
    mark = shared.idle.mark()
    assert (found := rest(shared, mark)) is not None
    assert found.mark == mark == asked(marks)
    psql.commit()
    assert asked(marks) != mark


@pytest.mark.long
def test_what_was_taken_back_or_found_nothing_is_no_change(
    shared: Ledger, marks: ChangeMarks, psql: psycopg.Connection[Any]
) -> None:
    mark = shared.idle.mark()
    psql.execute("UPDATE deliveries SET why = 'by hand'")
    psql.rollback()
    psql.execute("UPDATE deliveries SET why = 'by hand' WHERE post = 'none'")
    psql.commit()
    assert shared.orphaned("nobody") == 0
    assert asked(marks) == mark


@pytest.mark.long
def test_what_follows_a_part_that_was_taken_back_is_one(
    shared: Ledger, marks: ChangeMarks, psql: psycopg.Connection[Any]
) -> None:
    mark = shared.idle.mark()
    psql.execute("SAVEPOINT part")
    psql.execute("UPDATE deliveries SET why = 'by hand'")
    psql.execute("ROLLBACK TO part")
    psql.execute("UPDATE deliveries SET why = 'by hand, too'")
    psql.commit()
    assert asked(marks) != mark


@pytest.mark.long
def test_ledgers_of_two_sites_in_one_change_are_both_changed(
    shared: Ledger, marks: ChangeMarks, address: Address, clock: Clock, psql: psycopg.Connection[Any], tmp_path: Path
) -> None:
    psql.execute("DROP SCHEMA IF EXISTS two CASCADE")
    psql.execute("CREATE SCHEMA two")
    psql.commit()
    place = Address(f"{address.url}&options=-csearch_path%3Dtwo", tmp_path / "two/ledger.sqlite3")
    with contextlib.closing(Ledger(place, clock)) as second:
        second.idle.mark()
        shared.idle.mark()
        before = marks.of(["", "two", "three"])
        assert list(before) == ["", "two"]
        psql.execute("UPDATE deliveries SET why = 'by hand'")
        psql.execute("INSERT INTO two.facts VALUES ('about', 'a test')")
        psql.execute("UPDATE deliveries SET why = 'again'")
        psql.commit()
        after = marks.of(["", "two"])
        assert [before[name].mark == after[name].mark for name in after] == [False, False]
    psql.execute("ALTER SCHEMA two RENAME TO other")
    psql.execute("UPDATE other.facts SET value = 'a test'")  # it is found under its new name
    psql.execute("DROP SCHEMA other CASCADE")
    psql.commit()


@pytest.mark.long
def test_an_older_copy_is_another_state(server: Server, shared: Ledger, marks: ChangeMarks, address: Address) -> None:
    """Also after as many changes as the one that was lost."""
    old = shared.idle.mark()
    shared.close()
    database = address.url.partition("?")[0].rpartition("/")[2]
    marks.close()
    with contextlib.closing(Ledger(Address(server.address(server.new_database(like=database)), address.beside),
                                   shared.clock)) as copy:  # fmt: skip
        assert copy.idle.mark() == old
        copy.keep_fact("about", "a test")
        with contextlib.closing(Ledger(address, shared.clock)) as first:
            first.keep_fact("about", "a test")
            assert len({old, copy.idle.mark(), first.idle.mark()}) == 3


@pytest.mark.long
@pytest.mark.parametrize(
    "done",
    [
        f"DROP TRIGGER {change_mark._NAME} ON posts",
        f"ALTER TABLE facts DISABLE TRIGGER {change_mark._NAME}",
        f"DROP TABLE {change_mark.TABLE}",
    ],
)
def test_where_changes_are_not_noticed_nothing_rests_and_the_next_look_repairs_it(
    shared: Ledger, psql: psycopg.Connection[Any], done: str
) -> None:
    mark = shared.idle.mark()
    psql.execute(done.encode())
    psql.commit()
    shared.keep_fact("about", "a test")
    assert rest(shared, mark) is None
    mark = shared.idle.mark()
    assert rest(shared, mark) is not None


@pytest.mark.long
def test_who_may_not_make_a_mark_has_none(
    shared: Ledger, server: Server, address: Address, psql: psycopg.Connection[Any]
) -> None:
    psql.execute(f"DROP TABLE IF EXISTS {change_mark.TABLE}".encode())
    psql.execute(f"DROP FUNCTION IF EXISTS {change_mark._NAME} CASCADE".encode())
    helper = server.new_user()
    psql.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {helper}".encode())
    psql.commit()
    try:
        limited = Address(address.url.replace("postgres@", f"{helper}@"), address.beside)
        with contextlib.closing(Ledger(limited, shared.clock)) as theirs:
            assert theirs.idle.mark() == ""
            assert rest(theirs, "") is None
            mark = shared.idle.mark()
            assert theirs.idle.mark() == ""
            theirs.keep_fact("about", "a test")  # whoever may change the ledger may go on doing so
            assert shared.idle.mark() not in ("", mark)
    finally:
        psql.execute(f"DROP OWNED BY {helper}".encode())
        psql.commit()


# ── many at a time ────────────────────────────────────────────────────────────────────────────────────────────────────


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
    server: Server, shared: Ledger, marks: ChangeMarks, tmp_path: Path, clock: Clock
) -> None:
    shared.idle.mark()
    assert asked(marks)
    server.cut()
    assert marks.of([""]) == {}
    marks.note([""], clock(), clock())
    with contextlib.closing(ChangeMarks(Address("postgresql://127.0.0.1:1/none", tmp_path / "x"))) as nowhere:
        assert nowhere.of([""]) == {}


def test_a_file_needs_no_note_of_a_look(file_ledger: Ledger) -> None:
    assert file_ledger.idle.last_look() is None

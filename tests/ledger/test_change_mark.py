"""Whoever changes a ledger is noticed by the look that leaves a stamp, and by the one that wants to rest by it."""

import contextlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from crosspost.ledger import Ledger
from crosspost.ledger.postgresql import change_mark
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.change_mark import ChangeMarks
from crosspost.ledger.rows import State
from crosspost.ledger.schema import TABLES
from crosspost.testing.harness import Clock
from tests.ledger.marked import asked, rest
from tests.ledger.rows import planned
from tests.postgresql_server import Server


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
        "CREATE OR REPLACE FUNCTION "  # another version's
        f"{change_mark._NAME}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
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

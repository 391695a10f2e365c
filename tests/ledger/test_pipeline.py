"""Statements as one question to a PostgreSQL server: values, prepared ones, mistakes and cuts."""

import os
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from psycopg.pq import PipelineStatus, TransactionStatus

from crosspost.ledger.postgresql import pipeline
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.pipeline import Pipeline
from crosspost.ledger.postgresql.reconnecting import connection_to
from crosspost.ledger.postgresql.statements import numbered
from tests.postgresql_server import Server

pytestmark = pytest.mark.long


@pytest.fixture
def connection(address: Address) -> Iterator[psycopg.Connection[Any]]:
    with connection_to(address) as made:
        yield made


@pytest.fixture
def asked(connection: psycopg.Connection[Any]) -> Pipeline:
    return Pipeline(connection)


def prepared(connection: psycopg.Connection[Any]) -> list[str]:
    found = connection.execute("SELECT statement FROM pg_prepared_statements WHERE name LIKE 'crosspost%'")
    return sorted(text for (text,) in found.fetchall())


def test_names_become_numbers() -> None:
    found = numbered("SELECT :a, ':b', x::text, '%' -- :c\n WHERE y = :d OR z = :a")
    assert found == (b"SELECT $1, ':b', x::text, '%' -- :c\n WHERE y = $2 OR z = $1", ("a", "d"))


@pytest.mark.parametrize(
    ("sql", "value", "found"),
    [
        ("SELECT :v", "50 % ' \\ ä €; --", "50 % ' \\ ä €; --"),
        ("SELECT :v", "", ""),
        ("SELECT :v", "a\0b", "a\N{REPLACEMENT CHARACTER}b"),
        ("SELECT :v::varchar", "x", "x"),
        ("SELECT :v::bigint", None, None),
        ("SELECT :v", 2**31 - 1, 2**31 - 1),
        ("SELECT :v", -(2**31), -(2**31)),
        ("SELECT :v", 2**31, 2**31),
        ("SELECT :v", -(2**31) - 1, -(2**31) - 1),
        ("SELECT :v", True, 1),
        ("SELECT :v > 1", 2, True),
        ("SELECT :v > 1", 1, False),
        ("SELECT :v::int2", 7, 7),
        ("SELECT :v::float8", 0.5, 0.5),
        ("SELECT :v::bytea", b"\0\xff", b"\0\xff"),
        ("SELECT substr('abc', :v)", 2, "bc"),
        ("SELECT ARRAY[:v, 'b']", "a", ["a", "b"]),
        ("SELECT array_length(:v::text[], 1)", ["a", "b"], 2),
    ],
)
def test_values_come_back_as_they_were(asked: Pipeline, sql: str, value: object, found: object) -> None:
    for _ in range(4):  # the third time it is prepared
        rows = asked.run([(sql, {"v": value})])[0].fetchall()
        assert rows == [(found,)]
        assert type(rows[0][0]) is type(found)


def test_what_each_one_found_and_changed(asked: Pipeline) -> None:
    made, added, changed, rows, none = asked.run(
        [
            ("CREATE TEMPORARY TABLE t (a BIGINT)", {}),
            ("INSERT INTO t VALUES (:a), (:b) RETURNING a", {"a": 1, "b": 2}),
            ("UPDATE t SET a = a + 1", {}),
            ("SELECT a FROM t ORDER BY a", {}),
            ("SELECT a FROM t WHERE false", {}),
        ]
    )
    assert (made.description, made.fetchall(), made.statusmessage) == (None, [], "CREATE TABLE")
    assert (added.rowcount, list(added)) == (2, [(1,), (2,)])
    assert (changed.rowcount, changed.description) == (2, None)
    assert (rows.fetchmany(1), rows.fetchmany(9), rows.fetchmany(9)) == ([(2,)], [(3,)], [])
    assert (none.fetchall(), bool(none.description)) == ([], True)


def test_what_comes_again_is_prepared_and_the_oldest_of_many_is_forgotten(
    asked: Pipeline, connection: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "_MOST", 2)
    same = [("SELECT 1 + :a", {"a": 1})] * 2
    asked.run(same)
    assert prepared(connection) == []
    assert [one.fetchall() for one in asked.run(same * 2)] == [[(2,)]] * 4
    assert prepared(connection) == ["SELECT 1 + $1"], "once, although it is there four times"
    asked.run([("SELECT 2", {})] * 3)
    asked.run(same)
    asked.run([("SELECT 3", {})] * 3)
    asked.run([("SELECT 4", {})])
    assert prepared(connection) == ["SELECT 1 + $1", "SELECT 3"]
    assert asked.run([("SELECT 2", {})])[0].fetchall() == [(2,)]


def test_one_that_fails_takes_all_along_and_the_connection_serves_on(
    asked: Pipeline, connection: psycopg.Connection[Any]
) -> None:
    connection.execute("CREATE TEMPORARY TABLE t (a BIGINT PRIMARY KEY)")
    one = ("INSERT INTO t VALUES (:a)", {"a": 1})
    for _ in range(3):
        with pytest.raises(psycopg.errors.UniqueViolation, match="duplicate key"):
            asked.run([("SELECT 5", {}), one, one, ("SELECT 6", {})])
    assert connection.info.transaction_status == TransactionStatus.IDLE
    assert connection.pgconn.pipeline_status == PipelineStatus.OFF
    assert [found.fetchall() for found in asked.run([("SELECT count(*) FROM t", {}), ("SELECT 6", {})])] == [
        [(0,)],
        [(6,)],
    ]
    with pytest.raises(psycopg.errors.UniqueViolation):
        asked.run([("BEGIN", {}), one, one, ("COMMIT", {})])
    assert connection.info.transaction_status == TransactionStatus.INERROR


def test_a_question_is_a_transaction(asked: Pipeline, connection: psycopg.Connection[Any], address: Address) -> None:
    """Its lock is held until all of it is committed, and each statement sees what others committed before the lock."""
    connection.execute("CREATE TABLE IF NOT EXISTS of_a_question (a BIGINT)")
    lock = ("SELECT pg_advisory_xact_lock(5)", {})
    free = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 5"
    count = ("SELECT count(*) FROM of_a_question", {})
    found: list[list[Any]] = []
    with connection_to(address) as other:
        other.execute("BEGIN; SELECT pg_advisory_xact_lock(5); INSERT INTO of_a_question VALUES (1)")
        waiting = threading.Thread(target=lambda: found.extend(one.fetchall() for one in asked.run([lock, count])))
        waiting.start()
        while other.execute(f"{free} AND NOT granted").fetchall() != [(1,)]:
            threading.Event().wait(0.001)
        other.execute("COMMIT")
        waiting.join(60)
        assert found[1] == [(1,)]
        held = asked.run([lock, (free, {}), ("DELETE FROM of_a_question", {}), count])
        assert [one.fetchall() for one in (held[1], held[3])] == [[(1,)], [(0,)]]
        assert other.execute(free).fetchall() == [(0,)]
    connection.execute("DROP TABLE of_a_question")


def test_one_of_which_the_end_never_came_changes_nothing(
    asked: Pipeline, connection: psycopg.Connection[Any], server: Server, address: Address
) -> None:
    connection.execute("CREATE TABLE of_a_cut (a BIGINT)")
    backend = connection.pgconn
    backend.enter_pipeline_mode()
    asked._send(backend, "INSERT INTO of_a_cut VALUES (:a)", {"a": 1}, {})
    backend.send_flush_request()
    backend.flush()
    assert asked._next(backend).command_tuples == 1, "it is done, but not committed"
    number = connection.info.backend_pid
    connection.close()
    with connection_to(address) as other:
        while other.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [number]).fetchall():
            threading.Event().wait(0.001)
        assert other.execute("SELECT count(*) FROM of_a_cut").fetchall() == [(0,)]
        other.execute("DROP TABLE of_a_cut")
    assert server.ask("SELECT 1") == "1"


def test_what_only_the_commit_finds_wrong_is_told_as_what_it_is(
    asked: Pipeline, connection: psycopg.Connection[Any]
) -> None:
    connection.execute("CREATE TEMPORARY TABLE t (a BIGINT PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)")
    one = ("INSERT INTO t VALUES (:a)", {"a": 1})
    with pytest.raises(psycopg.errors.UniqueViolation, match="duplicate key"):
        asked.run([one, one])


def test_more_than_fits_on_the_way_in_both_directions(asked: Pipeline) -> None:
    """Neither side waits for the other to take what it sends."""
    long = "ä" * 3_000_000
    found = asked.run([("SELECT :a", {"a": long})] * 3)
    assert [one.fetchall() == [(long,)] for one in found] == [True] * 3


def test_a_server_that_ends_the_connection_says_why(
    asked: Pipeline, connection: psycopg.Connection[Any], server: Server
) -> None:
    with pytest.raises(psycopg.errors.AdminShutdown):
        asked.run([("SELECT 1", {}), ("SELECT pg_terminate_backend(pg_backend_pid())", {}), ("SELECT 2", {})])
    assert connection.closed
    with pytest.raises(psycopg.OperationalError):
        asked.run([("SELECT 1", {})])
    assert server.ask("SELECT 1") == "1"


def test_whoever_is_interrupted_leaves_nothing_half_read(
    asked: Pipeline, connection: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(asked, "_got", interrupted)
    with pytest.raises(KeyboardInterrupt):
        asked.run([("SELECT 1", {})])
    assert connection.closed


def test_it_is_quiet_until_the_server_says_something_or_it_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "Transformer", lambda _: None)
    here, there = os.pipe()
    try:
        stand_in: Any = SimpleNamespace(closed=False, fileno=lambda: here)
        made = Pipeline(stand_in)
        assert made.quiet()
        os.write(there, b"terminating connection")
        assert not made.quiet()
        os.read(here, 100)
        assert made.quiet()
        stand_in.closed = True
        assert not made.quiet()
    finally:
        os.close(here)
        os.close(there)

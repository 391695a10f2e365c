"""Whether a process may work on a ledger in PostgreSQL: by the clocks, the lock, and the server itself; without one."""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from crosspost.errors import LedgerError
from crosspost.ledger.postgresql import account_locks, clock_and_lock, connection, lock, renewed_tokens
from crosspost.ledger.postgresql import database as postgres
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.clock_and_lock import Certainty, refuse_wrong_clock
from crosspost.ledger.postgresql.database import lock_number
from crosspost.ledger.postgresql.reconnecting import NoEntryError

ADDRESS = Address("postgresql://u@h/x", Path("state/x"), "geheim")


def database(*rows: Any, schema: str = "public") -> Any:
    """One that answers this to every question, and counts them."""
    asked: list[str] = []
    return SimpleNamespace(
        rows=lambda sql: asked.append(sql) or list(rows), asked=asked, address=ADDRESS, schema=schema
    )


@pytest.mark.parametrize(
    ("before", "there", "after", "said"),
    [
        (1000, 1000, 1000, ""),
        (1120, 1000, 1120, ""),
        (880, 1000, 880, ""),
        (1121, 1000, 1121, "121 seconds ahead of"),
        (879, 1000, 879, "121 seconds behind"),
        # the answer took its time: the clocks may well be the same
        (1000, 1500, 2000, ""),
        (1121, 1000, 2000, "121 seconds ahead of"),
        (0, 1000, 879, "121 seconds behind"),
    ],
)
def test_a_clock_that_differs_by_more_than_two_minutes_sends_nothing(
    monkeypatch: pytest.MonkeyPatch, before: float, there: float, after: float, said: str
) -> None:
    times = iter([before, after])
    monkeypatch.setattr(clock_and_lock, "here", lambda: next(times))
    if not said:
        refuse_wrong_clock(ADDRESS, database((float(there),)))
        return
    with pytest.raises(LedgerError) as told:
        refuse_wrong_clock(ADDRESS, database((float(there),)))
    assert str(told.value).startswith(
        f"postgresql://u@h/x: this machine's clock is {said} the database's, so nothing is sent from here. Put it right"
    )


def test_the_clock_is_compared_every_half_minute_and_the_lock_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now, held = [50.0], list[str]()
    monkeypatch.setattr(clock_and_lock, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(clock_and_lock, "here", lambda: 1000.0)
    monkeypatch.setitem(lock._HELD, "state/x", lambda: held.append("asked"))
    base = database((1000.0,))
    run, worker = Certainty(ADDRESS, base, leased=False), Certainty(ADDRESS, base, leased=True)
    run()
    for seconds, compared in ((79.9, 1), (80, 2), (109.9, 2), (110, 3)):
        now[0] = seconds
        run()
        assert len(base.asked) == compared
    assert len(held) == 5
    worker()
    assert len(held) == 5, "a worker has no run lock"


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What this machine's clock shows; the steady one stands still."""
    shown = [1000.0]
    monkeypatch.setattr(clock_and_lock, "time", SimpleNamespace(monotonic=lambda: 50.0))
    monkeypatch.setattr(clock_and_lock, "here", lambda: shown[0])
    return shown


@pytest.mark.parametrize("moved", [-3600.0, 3600.0])
def test_a_clock_that_is_put_wrong_at_work_is_noticed_before_the_next_request(wall: list[float], moved: float) -> None:
    base = database((1000.0,))
    worker = Certainty(ADDRESS, base, leased=True)
    worker()
    worker()
    assert len(base.asked) == 1
    wall[0] += moved
    for _ in range(2):
        with pytest.raises(LedgerError, match="3600 seconds"):
            worker()
    wall[0] -= moved
    worker()
    assert len(base.asked) == 3, "as it was compared last"


def test_a_database_that_stops_while_the_clock_is_compared_ends_no_worker() -> None:
    def stopping(_: str) -> None:
        raise NoEntryError("FATAL: the database system is shutting down")

    with pytest.raises(LedgerError, match="just starting or stopping"):
        refuse_wrong_clock(ADDRESS, SimpleNamespace(rows=stopping))  # type: ignore[arg-type]


def test_a_clock_that_was_put_right_is_compared_once(wall: list[float]) -> None:
    wall[0] += 61
    base = database((1000.0,))
    worker = Certainty(ADDRESS, base, leased=True)
    worker()
    wall[0] -= 61
    for _ in range(3):
        worker()
    assert len(base.asked) == 2


def test_where_no_run_is_at_work_there_is_no_lock_to_ask_for() -> None:
    assert lock.held_here(ADDRESS) is None


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, "a run on another machine"),
        (("", None), "a run on another machine"),
        (("crosspost run on a, process 7", None), "crosspost run on a, process 7"),
        (("crosspost run on a, process 7", "10.0.0.7"), "crosspost run on a, process 7 (10.0.0.7)"),
    ],
)
def test_who_has_the_run_lock(found: Any, said: str) -> None:
    assert lock._described(found) == said


@pytest.mark.parametrize(
    ("version", "encoding", "schema", "said"),
    [
        ("130000", "UTF8", "public", ""),
        ("129999", "UTF8", "public", "this is PostgreSQL 12; the ledger needs 13 or newer"),
        ("90624", "UTF8", "public", "this is PostgreSQL 9; the ledger needs 13 or newer"),
        ("170002", "SQL_ASCII", "public", "the database keeps its texts as SQL_ASCII, which cannot hold many"),
        ("170002", "UTF8", "", "the search path of this user names no schema that exists and that it may use"),
    ],
)
def test_which_servers_can_have_a_ledger(version: str, encoding: str, schema: str, said: str) -> None:
    base = database((version, encoding), schema=schema)
    if not said:
        connection._check_server(base)
        return
    with pytest.raises(LedgerError) as told:
        connection._check_server(base)
    assert str(told.value).startswith(f"postgresql://u@h/x: {said}")


@pytest.mark.parametrize(
    ("what", "schema"), [("run", "public"), ("change", "public"), ("account x", ""), ("run", ""), ("run", "own")]
)
def test_the_numbers_of_the_locks_are_the_same_in_every_version(what: str, schema: str) -> None:
    """Old and new workers are at work on one database at the same time."""
    digest = hashlib.sha256(f"crosspost/{what}/{schema}".encode()).hexdigest()[:16]
    number = int(digest, 16)
    assert lock_number(what, schema) == (number if number < 2**63 else number - 2**64)


@pytest.mark.parametrize("schema", ["public", None])
def test_a_database_is_changed_under_the_lock_of_its_schema(
    monkeypatch: pytest.MonkeyPatch, schema: str | None
) -> None:
    linked: list[dict[str, Any]] = []

    def link(address: Address, **how: Any) -> Any:
        linked.append(how)
        assert address is ADDRESS
        return SimpleNamespace(execute=lambda *_: SimpleNamespace(fetchall=lambda: [(schema,)]))

    monkeypatch.setattr(postgres, "Link", link)
    made = postgres.PostgresDatabase(ADDRESS)
    assert (made.address, made.schema) == (ADDRESS, schema or "")
    assert made.change_lock == f"SELECT pg_advisory_xact_lock({lock_number('change', schema or '')})"
    postgres.PostgresDatabase(ADDRESS, read_only=True)
    assert linked == [{"read_only": False}, {"read_only": True}]


@pytest.mark.parametrize("ask", [connection.connect, connection.connect_to_read, connection.found_in])
def test_whoever_cannot_reach_the_database_is_told_which(monkeypatch: pytest.MonkeyPatch, ask: Any) -> None:
    def away(*_: object, **__: object) -> None:
        raise CUT

    monkeypatch.setattr(connection, "PostgresDatabase", away)
    with pytest.raises(LedgerError, match=r"^postgresql://u@h/x: "):
        ask(ADDRESS)


# ── connections of their own ──────────────────────────────────────────────────────────────────────────────────────────

CUT = psycopg.OperationalError("server closed the connection")
REFUSED = psycopg.errors.UndefinedTable("no such table")


def connections(monkeypatch: pytest.MonkeyPatch, module: Any, *fails: list[Exception]) -> list[str]:
    """Those that it gets, one after the other, each of which fails so; their names are noted."""
    made: list[str] = []

    def connected(address: Address, *, name: str) -> Any:
        errors = fails[len(made)]
        made.append(name)

        def execute(*_: Any, **__: Any) -> Any:
            if errors:
                raise errors.pop(0)
            return SimpleNamespace(fetchall=lambda: [(True,)])

        one = SimpleNamespace(execute=execute, closed=False)
        one.close = lambda: setattr(one, "closed", True)
        return one

    monkeypatch.setattr(module, "connection_to", connected)
    monkeypatch.setattr(module, "settle", lambda *_: None)
    monkeypatch.setattr(
        account_locks,
        "Pipeline",
        lambda one: SimpleNamespace(run=lambda steps: [one.execute(sql, values) for sql, values in steps]),
    )
    return made


def use(module: Any) -> Any:
    return account_locks.SharedTurns(ADDRESS).take if module is account_locks else renewed_tokens.Logins(ADDRESS).remove


@pytest.mark.parametrize("module", [account_locks, renewed_tokens])
def test_a_connection_is_made_once_and_anew_after_a_cut(monkeypatch: pytest.MonkeyPatch, module: Any) -> None:
    cut: list[Exception] = []
    made = connections(monkeypatch, module, cut, [])
    ask = use(module)
    ask("a")
    ask("b")
    assert len(made) == 1
    cut.append(CUT)
    ask("c")
    assert len(made) == 2
    assert made[0] == ("crosspost turns" if module is account_locks else f"crosspost logins, process {os.getpid()}")


@pytest.mark.parametrize("module", [account_locks, renewed_tokens])
def test_a_refusal_is_told_and_not_asked_again(monkeypatch: pytest.MonkeyPatch, module: Any) -> None:
    refused: list[Exception] = []
    made = connections(monkeypatch, module, refused, [])
    ask = use(module)
    ask("a")
    refused.append(REFUSED)
    with pytest.raises(LedgerError, match="a table of the ledger is missing"):
        ask("b")
    assert len(made) == 1


@pytest.mark.parametrize("there", [True, False])
def test_the_table_of_logins_is_made_by_one_at_a_time(monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    done: list[str] = []

    @contextlib.contextmanager
    def transaction() -> Iterator[None]:
        done.append("begin")
        yield
        done.append("commit")

    def execute(sql: str, *_: object, **__: object) -> Any:
        done.append(" ".join(sql.split()[:2]))
        return SimpleNamespace(fetchall=lambda: [(there,)] if "to_regclass" in sql else [])

    made = SimpleNamespace(execute=execute, transaction=transaction, close=lambda: None)
    monkeypatch.setattr(renewed_tokens, "connection_to", lambda *_, **__: made)
    monkeypatch.setattr(renewed_tokens, "settle", lambda *_: done.append("settle"))
    renewed_tokens.Logins(ADDRESS).remove("a")
    alone = [] if there else ["begin", "SELECT pg_advisory_xact_lock(hashtext('crosspost", "CREATE TABLE", "commit"]
    assert done == ["settle", "SELECT to_regclass(quote_ident(current_schema())", *alone, "DELETE FROM"]

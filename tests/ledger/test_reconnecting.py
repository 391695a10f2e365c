"""A connection to PostgreSQL without a server: how it is made, what is repeated after a cut, and what never is."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from psycopg.pq import TransactionStatus

from crosspost.ledger.postgresql import reconnecting
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.reconnecting import Link, NoEntryError, TookOverError

ADDRESS = Address("postgresql://u@h/x", Path("x"), "geheim")
CUT = psycopg.OperationalError("server closed the connection")
REFUSED = psycopg.errors.UndefinedTable("no such table")
PROBES = "SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 15; SET tcp_keepalives_count = 4"
OURS = (
    "SET lock_timeout = '30s'; SET idle_in_transaction_session_timeout = '20s'; SET jit = off; "
    f"{PROBES}; SET tcp_user_timeout = 90000; "
)


class Connection:
    """Stands for psycopg's: notes what is asked, and fails as told, once for each error.

    :ivar line: what it tells of the history of the server's changes
    """

    def __init__(self, line: Any = "00000001", /, **fails: list[Exception]) -> None:
        self.line, self.fails = line, fails
        self.asked: list[str] = []
        self.closed = False
        self.status, self.said = TransactionStatus.INTRANS, "COMMIT"
        self.adapters = SimpleNamespace(register_dumper=lambda *_: None)

    @property
    def info(self) -> Any:
        return SimpleNamespace(transaction_status=self.status)

    def execute(self, sql: str, values: Any = None, *, prepare: bool | None = None) -> Any:
        self.asked.append(sql if values is None else f"{sql} {values}")
        assert prepare is False or ";" not in sql, "several statements cannot be prepared"
        word = "line" if sql == reconnecting._LINE else sql.partition(" ")[0].lower()
        if self.fails.get(word):
            raise self.fails[word].pop(0)
        rows = [(self.line,)] if sql == reconnecting._LINE else [("found",)]
        return SimpleNamespace(fetchall=lambda: rows, statusmessage=self.said)

    def close(self) -> None:
        self.closed = True


class OneByOne:
    """Stands for a pipeline: its connection notes what is asked."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def run(self, steps: list[tuple[str, Any]]) -> list[Any]:
        return [self._connection.execute(sql, values) for sql, values in steps]


@pytest.fixture
def linked(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Link, list[Connection]]]:
    """A link that gets these connections, one after the other; what was asked before it was ready is forgotten."""

    def make(*connections: Connection, **how: bool) -> tuple[Link, list[Connection]]:
        left = list(connections)
        monkeypatch.setattr(reconnecting, "_line", _line)
        monkeypatch.setattr(reconnecting, "Pipeline", OneByOne)
        monkeypatch.setattr(reconnecting, "connection_to", lambda address: left.pop(0) if address is ADDRESS else None)
        made = Link(ADDRESS, **how)
        connections[0].asked.clear()
        return made, left

    def _line(connection: Any) -> str:
        return str(connection.line)

    return make


# ── how it is made ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["", "crosspost worker"])
def test_what_a_connection_is_made_with(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    made: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(psycopg, "connect", lambda url, **how: made.append((url, how)))
    reconnecting.connection_to(ADDRESS, **({"name": name} if name else {}))
    assert made == [
        (
            "postgresql://u@h/x",
            {
                "password": "geheim",
                "autocommit": True,
                "connect_timeout": 10,
                "client_encoding": "utf-8",
                "application_name": name or "crosspost",
                "keepalives_idle": 30,
                "keepalives_interval": 15,
                "keepalives_count": 4,
                "tcp_user_timeout": 90_000,
            },
        )
    ]


def test_where_there_is_none_the_servers_words_are_kept_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> Any:
        raise psycopg.OperationalError("sorry, too many clients already")

    monkeypatch.setattr(psycopg, "connect", refused)
    with pytest.raises(NoEntryError, match=r"^sorry, too many clients already$") as raised:
        reconnecting.connection_to(ADDRESS)
    assert raised.value.__context__ is None


@pytest.mark.parametrize(
    ("how", "more"),
    [
        ({}, f" {reconnecting.SAFE}"),
        ({"read_only": True}, " SET default_transaction_read_only = on"),
        (
            {"read_only": True, "patient": True},
            "SET idle_in_transaction_session_timeout = 0; SET default_transaction_read_only = on",
        ),
    ],
)
def test_its_settings(monkeypatch: pytest.MonkeyPatch, how: dict[str, bool], more: str) -> None:
    made = Connection()
    monkeypatch.setattr(reconnecting, "connection_to", lambda _: made)
    monkeypatch.setattr(reconnecting, "Pipeline", OneByOne)
    Link(ADDRESS, **how)
    assert made.asked == [OURS + more, reconnecting._LINE]


def test_one_that_takes_no_settings_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Connection(set=[REFUSED])
    monkeypatch.setattr(reconnecting, "connection_to", lambda _: made)
    with pytest.raises(psycopg.errors.UndefinedTable):
        Link(ADDRESS)
    assert made.closed


def test_a_server_that_does_not_tell_its_history_is_taken_as_it_is_and_a_cut_is_a_cut() -> None:
    line: Callable[[Any], str] = reconnecting._line
    assert line(Connection("0000000A")) == "0000000A"
    assert line(Connection(line=[REFUSED])) == ""
    with pytest.raises(psycopg.OperationalError, match="server closed"):
        line(Connection(line=[CUT]))


# ── after a cut ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_only_reads_is_asked_once_more_on_a_new_connection(linked: Any) -> None:
    first, second = Connection(select=[CUT]), Connection()
    made, left = linked(first, second)
    assert made.execute("SELECT :a", {"a": 1}).fetchall() == [("found",)]
    assert (first.asked, first.closed) == (["SELECT :a {'a': 1}"], True)
    assert (second.asked[-1], second.closed, left) == ("SELECT :a {'a': 1}", False, [])


def test_it_is_asked_twice_and_no_more(linked: Any) -> None:
    made, left = linked(Connection(select=[CUT]), Connection(select=[CUT]), Connection())
    with pytest.raises(psycopg.OperationalError, match="server closed"):
        made.execute("SELECT 1")
    assert len(left) == 1


def test_a_refusal_is_not_asked_again(linked: Any) -> None:
    first = Connection(select=[REFUSED])
    made, left = linked(first, Connection())
    with pytest.raises(psycopg.errors.UndefinedTable):
        made.execute("SELECT 1")
    assert (first.closed, len(left)) == (False, 1)


def test_a_server_with_another_history_is_not_asked(linked: Any) -> None:
    second = Connection("00000002")
    made, _ = linked(Connection(select=[CUT]), second)
    with pytest.raises(TookOverError):
        made.execute("SELECT 1")
    assert second.closed
    assert "SELECT 1" not in second.asked


def test_inside_a_transaction_nothing_is_asked_again(linked: Any) -> None:
    made, left = linked(Connection(update=[CUT]), Connection())
    assert not made.in_transaction
    made.begin("SELECT lock")
    assert made.in_transaction
    with pytest.raises(psycopg.OperationalError):
        made.execute("UPDATE x")
    assert len(left) == 1


def test_its_beginning_is_repeated_because_nothing_was_done_before(linked: Any) -> None:
    second = Connection()
    made, _ = linked(Connection(**{"begin;": [CUT]}), second)
    made.begin("SELECT lock")
    assert second.asked[-1] == "BEGIN; SELECT lock"
    assert made.in_transaction


# ── the end of a transaction ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_commit_counts_when_the_server_says_so(linked: Any) -> None:
    first = Connection()
    made, _ = linked(first)
    made.begin("SELECT lock")
    made.commit()
    assert (first.asked[-1], made.in_transaction) == ("COMMIT", False)
    first.said = "ROLLBACK"
    made.begin("SELECT lock")
    with pytest.raises(psycopg.errors.InFailedSqlTransaction, match="the transaction had failed before"):
        made.commit()
    assert not made.in_transaction


def test_a_commit_that_is_cut_is_never_repeated(linked: Any) -> None:
    made, left = linked(Connection(commit=[CUT]), Connection())
    made.begin("SELECT lock")
    with pytest.raises(psycopg.OperationalError):
        made.commit()
    assert (made.in_transaction, len(left)) == (False, 1)


@pytest.mark.parametrize(
    ("status", "fails", "asked", "closed"),
    [
        (TransactionStatus.IDLE, [], [], False),
        (TransactionStatus.INTRANS, [], ["ROLLBACK"], False),
        (TransactionStatus.INERROR, [], ["ROLLBACK"], False),
        (TransactionStatus.UNKNOWN, [CUT], ["ROLLBACK"], True),
    ],
)
def test_a_transaction_is_ended_where_there_is_one(
    linked: Any, status: TransactionStatus, fails: list[Exception], asked: list[str], closed: bool
) -> None:
    first = Connection(rollback=fails)
    made, _ = linked(first)
    made.begin("SELECT lock")
    first.asked.clear()
    first.status = status
    made.rollback()
    assert (first.asked, first.closed, made.in_transaction) == (asked, closed, False)

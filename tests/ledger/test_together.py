"""Changes that several threads want at the same moment share one commit, and none takes another one along."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from crosspost.errors import LedgerError
from crosspost.ledger.connection import connect
from crosspost.ledger.database import Database, Statements
from crosspost.ledger.write_requests import Step

_KEEP = "INSERT INTO facts (name, value) VALUES (:name, 'x')"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = connect(tmp_path / "ledger.sqlite3")
    yield made
    made.close()


def keep(name: str) -> Callable[[Statements], int]:
    return lambda statements: statements.change(_KEEP, {"name": name})


def names(database: Database) -> set[str]:
    return {name for (name,) in database.rows("SELECT name FROM facts WHERE value = 'x'")}


def kept(*wanted: str) -> list[Step]:
    return [Step(_KEEP, {"name": name}) for name in wanted]


def all_at_once(database: Database, changes: Sequence[Callable[[Statements], int] | list[Step]]) -> list[object]:
    """What each thread got, an error or a number; all of them wait while another one has the ledger."""
    found: list[object] = [None] * len(changes)

    def one(number: int) -> None:
        try:
            wanted = changes[number]
            if isinstance(wanted, list):
                found[number] = sum(done.rowcount for done in database.at_once(wanted))
            else:
                found[number] = database.together(wanted)
        except (sqlite3.Error, LookupError, LedgerError, KeyboardInterrupt) as error:
            found[number] = error

    threads = [threading.Thread(target=one, args=(number,)) for number in range(len(changes))]
    with database._lock:
        for thread in threads:
            thread.start()
        while len(database._requests) < len(changes):
            threading.Event().wait(0.001)
    for thread in threads:
        thread.join()
    return found


@pytest.mark.parametrize("wanted", ["ab", "abcdef"])
def test_they_share_one_commit(database: Database, monkeypatch: pytest.MonkeyPatch, wanted: str) -> None:
    commit, commits = Database._commit, []
    monkeypatch.setattr(Database, "_commit", lambda it: (commits.append(it), commit(it)))
    assert all_at_once(database, [keep(name) for name in wanted]) == [1] * len(wanted)
    assert names(database) == set(wanted)
    assert len(commits) == 1


def test_one_that_fails_takes_no_other_along(database: Database) -> None:
    def lost(statements: Statements) -> int:
        statements.change(_KEEP, {"name": "lost"})
        raise LookupError

    database.together(keep("there"))
    found = all_at_once(database, [keep("a"), keep("there"), lost, keep("b")])
    assert [type(one) for one in found] == [int, sqlite3.IntegrityError, LookupError, int]
    assert names(database) == {"a", "b", "there"}
    assert database.together(keep("c")) == 1


def test_statements_that_are_known_before_share_one_commit_too(database: Database) -> None:
    """One of several that fails takes its own along, and no other one."""
    database.together(keep("there"))
    found = all_at_once(database, [kept("a", "b"), kept("c", "there"), keep("d"), kept("e")])
    assert [one if isinstance(one, int) else type(one) for one in found] == [2, sqlite3.IntegrityError, 1, 1]
    assert names(database) == {"a", "b", "d", "e", "there"}


def test_who_is_settled_goes_on_while_the_next_ones_are_written(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two wait while somebody writes, and share a commit. During the next one, a third one's, both are through."""
    alone, through, go_on = Database._one, threading.Semaphore(0), threading.Event()
    late = threading.Thread(target=lambda: database.together(keep("late")))

    def one(it: Database, request: Any) -> Any:
        if threading.current_thread() is late:
            for _ in range(2):
                assert through.acquire(timeout=60), "it waits for somebody else's commit"
            go_on.set()
        return alone(it, request)

    def all_of_them(it: Database, requests: Any) -> list[Any]:
        late.start()  # it comes while the two are written, and has the lock next
        while len(it._requests) < 1:
            threading.Event().wait(0.001)
        return together(it, requests)

    together = Database._all
    monkeypatch.setattr(Database, "_one", one)
    monkeypatch.setattr(Database, "_all", all_of_them)
    threads = [
        threading.Thread(target=lambda name=name: (database.together(keep(name)), through.release())) for name in "ab"
    ]
    with database._lock:
        for thread in threads:
            thread.start()
        while len(database._requests) < 2:
            threading.Event().wait(0.001)
    for thread in (*threads, late):
        thread.join(60)
    assert go_on.is_set()
    assert names(database) == {"a", "b", "late"}


def test_an_interrupted_thread_leaves_nobody_waiting(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Database, "_all", interrupted)
    found = all_at_once(database, [keep("a"), keep("b"), kept("c")])
    assert sorted(type(one).__name__ for one in found) == ["KeyboardInterrupt", "LedgerError", "LedgerError"]
    monkeypatch.undo()
    assert database.together(keep("d")) == 1


def test_nobody_waits_to_read(database: Database) -> None:
    seen: list[set[str]] = []
    with database.transaction() as statements:
        keep("mine")(statements)
        assert names(database) == {"mine"}, "a transaction reads what it wrote"
        reader = threading.Thread(target=lambda: seen.append(names(database)))
        reader.start()
        reader.join(5)
        assert seen == [set()], "others read what is committed, at once"
    assert names(database) == {"mine"}
    database.close()


def test_who_reads_keeps_nobody_from_writing(database: Database) -> None:
    """Once there is a connection to read with; and a transaction goes on reading what it wrote."""
    with database.transaction():
        reader = threading.Thread(target=lambda: names(database))
        reader.start()
        reader.join(60)
    written: list[int] = []

    def write_meanwhile(row: tuple[str]) -> str:
        writer = threading.Thread(target=lambda: written.append(database.together(keep(f"while {row[0]}"))))
        writer.start()
        writer.join(60)
        return row[0]

    database.together(keep("a"))
    assert database.each(write_meanwhile, "SELECT name FROM facts WHERE value = 'x'") == ["a"]
    assert written == [1]
    with database.transaction() as statements:
        keep("mine")(statements)
        assert names(database) == {"a", "while a", "mine"}


def test_closing_waits_for_who_reads(database: Database) -> None:
    """SQLite ends the process when a connection is closed under a statement of another thread."""
    database.together(keep("a"))
    database.together(keep("b"))
    closing: list[threading.Thread] = []

    def close_meanwhile(row: tuple[str]) -> str:
        if not closing:
            closing.append(threading.Thread(target=database.close))
            closing[0].start()
            closing[0].join(0.05)
        return row[0]

    assert database.each(close_meanwhile, "SELECT name FROM facts WHERE value = 'x' ORDER BY name") == ["a", "b"]
    closing[0].join(10)
    assert not closing[0].is_alive()
    with pytest.raises(sqlite3.ProgrammingError):
        names(database)


def test_who_reads_beside_a_writer_leaves_nothing_open_after_the_end(tmp_path: Path) -> None:
    opened = []

    def connected() -> Any:
        opened.append(sqlite3.connect(tmp_path / "own.sqlite3", check_same_thread=False, isolation_level=None))
        return opened[-1]

    database = Database(connected)

    def read(row: tuple[int]) -> int:
        database.close()
        return row[0]

    with database.transaction():
        reader = threading.Thread(target=lambda: database.each(read, "SELECT 1"))
        reader.start()
        reader.join(0.05)
    reader.join(10)
    assert len(opened) == 2
    for connection in opened:
        with pytest.raises(sqlite3.ProgrammingError):
            connection.execute("SELECT 1")

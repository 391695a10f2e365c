"""A ledger in PostgreSQL: what is said when it cannot be used, and that nothing is changed then."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from crosspost.errors import LedgerError
from crosspost.ledger import Ledger
from crosspost.ledger.connection import connect, connect_to_read
from crosspost.ledger.database import Database
from crosspost.ledger.opening import inside
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.schema import VERSION
from crosspost.testing.harness import Clock
from tests.ledger.rows import facts
from tests.postgresql_server import Server

pytestmark = pytest.mark.long


@pytest.mark.parametrize("opening", [connect, connect_to_read])
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://u@127.0.0.1:1/x", "the database cannot be reached, so nothing is sent. Is the server running"),
        ("postgresql://u@nowhere.invalid/x", "there is no host of that name"),
        ("postgresql://u@127.0.0.1:1/x?colour=red", "the address has a parameter that PostgreSQL does not know"),
    ],
)
def test_no_server(opening: Callable[[Address], Database], url: str, said: str) -> None:
    with pytest.raises(LedgerError) as refused:
        opening(Address(url, Path("x"), "geheim"))
    assert str(refused.value).startswith(f"{url}: {said}")


def test_no_such_database_or_user(server: Server) -> None:
    with pytest.raises(LedgerError, match=r"there is no such database. Create it \(`createdb`\)"):
        connect(Address(server.address("nowhere"), Path("x")))
    with pytest.raises(LedgerError, match=r"the database does not know this user. Create it \(`createuser`\)"):
        connect(Address(server.address(user="nobody"), Path("x")))


def test_a_password_is_asked_for_and_never_told(server: Server) -> None:
    guarded = server.new_user("richtig-geheim")
    url = server.address(server.new_database(owner=guarded), guarded)
    for password in ("", "falsch-geheim"):
        with pytest.raises(LedgerError, match="CROSSPOST_DATABASE_PASSWORD") as refused:
            connect(Address(url, Path("x"), password))
        error: BaseException | None = refused.value
        while error is not None:  # whoever logs all that is known of an error logs no password
            assert "geheim" not in f"{error} {error.args} {vars(error)}"
            error = error.__context__
    connect(Address(url, Path("x"), "richtig-geheim")).close()


def test_another_programs_tables_are_left_alone_and_a_schema_helps(server: Server) -> None:
    name = server.new_database()
    server.ask("CREATE TABLE songs (a int); CREATE TABLE alembic_version (version_num text)", name)
    with pytest.raises(LedgerError, match="has tables of another program in its schema public"):
        connect(Address(server.address(name), Path("x")))
    assert server.ask(
        "SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_tables WHERE schemaname = 'public'", name
    ) == ("alembic_version songs")
    own = Address(f"{server.address(name)}&options=-csearch_path%3Down", Path("x"))
    for open_or_look in (connect, inside):  # else a doctor says that the first run makes it
        with pytest.raises(LedgerError, match='there is no schema "own" that this user may use'):
            open_or_look(own)
    server.ask("CREATE SCHEMA own", name)
    connect(own).close()
    assert server.ask("SELECT count(*) FROM own.facts", name) == "1"


def test_texts_must_fit(server: Server) -> None:
    latin = server.new_database(encoding="LATIN1")
    with pytest.raises(LedgerError, match="keeps its texts as LATIN1"):
        connect(Address(server.address(latin), Path("x")))


def test_rights_are_missing(server: Server, address: Address) -> None:
    reader = server.new_user()
    url = address.url.replace("postgres@", f"{reader}@")
    with psycopg.connect(address.url) as owner:
        owner.execute(f"GRANT USAGE ON SCHEMA public TO {reader}".encode())
    with pytest.raises(
        LedgerError,
        match=r"lacks the rights that are needed \(permission denied for .*\), so",
    ):
        connect(Address(url, Path("x")))


def test_reading_cannot_change_anything(address: Address, clock: Clock) -> None:
    reader = Ledger(address, clock, read_only=True)
    with pytest.raises(LedgerError, match="cannot be written"):
        reader.note("m", paused_why="x")
    reader.close()
    assert facts(address) == {}


def test_reading_makes_no_ledger(server: Server) -> None:
    name = server.new_database()
    with pytest.raises(LedgerError, match="has no ledger in it yet; the first `crosspost run` makes it"):
        connect_to_read(Address(server.address(name), Path("x")))
    assert server.ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", name) == "0"


@pytest.mark.parametrize(
    ("version", "written", "read"),
    [
        ("9999", "was written by a newer crosspost", "from a newer crosspost; update crosspost on this machine"),
        (None, "a copy of it is just being put back", "a copy of it is just being put back"),
    ],
    ids=["newer", "while a copy is put back"],
)
def test_a_ledger_that_this_version_cannot_use_is_left_alone(
    address: Address, version: str | None, written: str, read: str
) -> None:
    with psycopg.connect(address.url, autocommit=True) as changed:
        changed.execute("DELETE FROM alembic_version")
        if version:
            changed.execute("INSERT INTO alembic_version VALUES (%s)", (version,))
        try:
            with pytest.raises(LedgerError, match=written):
                connect(address)
            with pytest.raises(LedgerError, match=read):
                connect_to_read(address)
        finally:
            changed.execute("DELETE FROM alembic_version")
            changed.execute("INSERT INTO alembic_version VALUES (%s)", (VERSION,))


def test_an_older_ledger_is_moved_up_to_what_a_new_one_is(server: Server) -> None:
    fresh, old = server.new_database(), server.new_database()
    for name in (fresh, old):
        connect(Address(server.address(name), Path("x"))).close()
    since = "figures, replies, webmention_pages, webmentions, mentions"
    server.ask(f"DROP TABLE {since}; UPDATE alembic_version SET version_num = '0005'", old)
    with pytest.raises(LedgerError, match="from an older crosspost; `crosspost run` brings it up to date"):
        connect_to_read(Address(server.address(old), Path("x")))
    connect(Address(server.address(old), Path("x"))).close()
    shape = """SELECT table_name, column_name, data_type, collation_name, is_nullable, character_maximum_length,
        column_default FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, ordinal_position"""
    assert server.ask(shape, old) == server.ask(shape, fresh)
    rules = """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2"""
    assert server.ask(rules, old) == server.ask(rules, fresh)
    assert server.ask("SELECT version_num FROM alembic_version", old) == VERSION


def test_a_ledger_that_cannot_be_moved_up_stays_what_it_was(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    name = server.new_database()
    connect(Address(server.address(name), Path("x"))).close()
    server.ask("DROP TABLE figures, replies; UPDATE alembic_version SET version_num = '0005'", name)
    tables = "SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_tables WHERE schemaname = 'public'"
    before = server.ask(tables, name)
    assert "webmentions" in before
    for _ in range(2):  # 0006 can be made, 0007 finds its tables there
        with pytest.raises(LedgerError, match="already exists"):
            connect(Address(server.address(name), Path("x")))
        assert server.ask(tables, name) == before
        assert server.ask("SELECT version_num FROM alembic_version", name) == "0005"

"""What goes to PostgreSQL in other words than to SQLite, and addresses; without a server."""

import pickle
from pathlib import Path

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.errors import LedgerError
from crosspost.ledger.connection import translate_errors
from crosspost.ledger.postgresql import reconnecting
from crosspost.ledger.postgresql.address import Address, is_address
from crosspost.ledger.postgresql.reconnecting import NoEntryError, is_cut
from crosspost.ledger.postgresql.statements import created, named, stored
from crosspost.ledger.schema import CREATE, KEYS, TABLES


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("SELECT 1 WHERE a = :a", "SELECT 1 WHERE a = %(a)s"),
        ("id IN (:id_0, :id_1)", "id IN (%(id_0)s, %(id_1)s)"),
        ("a LIKE 'x%' AND b = :b", "a LIKE 'x%%' AND b = %(b)s"),
        ("""remote LIKE '%"doubt":["%' AND a = :a""", """remote LIKE '%%"doubt":["%%' AND a = %(a)s"""),
        ("a = ':no' AND b = 'it''s :no' AND c = :c", "a = ':no' AND b = 'it''s :no' AND c = %(c)s"),
        ("a::bigint = :a % 2", "a::bigint = %(a)s %% 2"),
        ("a = :a -- the person's :no\nAND b = :b", "a = %(a)s -- the person's :no\nAND b = %(b)s"),
    ],
)
def test_named_values(ours: str, theirs: str) -> None:
    assert named(ours) == theirs


@given(st.dictionaries(st.text(min_size=1), st.one_of(st.text(), st.booleans(), st.none(), st.integers())))
def test_values_are_of_the_types_of_the_columns(values: dict[str, object]) -> None:
    found = stored(values)
    assert found.keys() == values.keys()
    for name, value in found.items():
        assert not isinstance(value, bool)
        assert not (isinstance(value, str) and "\0" in value)
        if "\0" not in str(values[name]):
            assert value == values[name]


def test_each_table_is_made_with_64_bits_and_bytewise_texts() -> None:
    for statement in CREATE:
        made = created(statement)
        assert "INTEGER" not in made
        if statement.lstrip().startswith("CREATE TABLE"):
            assert made.count("TEXT") + made.count("VARCHAR") == made.count('COLLATE "C"')
        else:
            assert made == statement


def test_each_table_has_a_key() -> None:
    assert KEYS.keys() == TABLES.keys()
    for table, key in KEYS.items():
        first = key.partition(",")[0]
        assert f"{first} TEXT NOT NULL" in TABLES[table] or f"{first} INTEGER NOT NULL PRIMARY KEY" in TABLES[table]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///crosspost",
        "postgres://crosspost@db.example.org:5433/crosspost?sslmode=verify-full",
        "postgresql://a@one.example,two.example:5433/x?target_session_attrs=read-write",
        "postgresql://a@[::1]/x",
        "postgresql://",
    ],
)
def test_addresses(url: str) -> None:
    found = Address(url, Path("state/ledger.sqlite3"), "geheim")
    assert is_address(url)
    assert (str(found), found.password()) == (url, "geheim")
    assert "geheim" not in f"{found} {found!r} {vars(found).keys()}"
    with pytest.raises(TypeError):
        pickle.dumps(found)
    assert Address(url, Path("x")).password() is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "postgres",
        "ledger.sqlite3",
        "mysql://a@b/c",
        "postgresql:crosspost",
        "postgresql://a:geheim@b/c",
        "postgresql://a@b/c?password=geheim",
        "postgresql://a@b/c?sslmode=require&PassWord=geheim",
        "postgresql://a@b/c?sslpassword=geheim",
        "postgresql://a@b/c?oauth_client_secret=geheim",
        "postgresql://a@b/c?p%61ssword=geheim",
        "postgresql://a:ge@heim@b/c",
        "postgresql://a@geheim@b/c",
        "postgresql://a@[b/geheim",
        "postgresql://a@b/c geheim",
        "postgresql://a@b/c\ngeheim",
        "postgresql://a@b/c#geheim",
    ],
)
def test_what_is_no_address_is_not_repeated(url: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        Address(url, Path("x"), "geheim")
    assert "geheim" not in str(refused.value)
    assert "b/c" not in str(refused.value)


def test_a_file_is_no_address() -> None:
    assert not any(map(is_address, ["postgresql.sqlite3", "/var/lib/postgres", "state/ledger.sqlite3", ""]))


@pytest.mark.parametrize(
    ("error", "said", "cut"),
    [
        (psycopg.errors.DiskFull("No space"), "the disk of the database is full, so nothing can be recorded", False),
        (
            psycopg.errors.InsufficientPrivilege("no\nLINE 2: CREATE TABLE posts (\n ^"),
            "this user lacks the rights that are needed (no), so nothing",
            False,
        ),
        (psycopg.errors.ReadOnlySqlTransaction("no"), "the database cannot be written (a standby, or set to", False),
        (psycopg.errors.InvalidSqlStatementName("no"), "connections to the database are shared with others", False),
        (psycopg.errors.DuplicatePreparedStatement("no"), "connections to the database are shared with others", False),
        (psycopg.errors.LockNotAvailable("no"), "another program has kept the ledger locked for half a minute", False),
        (psycopg.errors.UndefinedTable("no"), "a table of the ledger is missing, so nothing is sent", False),
        (psycopg.errors.DataCorrupted("invalid page"), "the ledger is damaged and is not touched", False),
        (psycopg.errors.AdminShutdown("no"), "the connection to the database was cut. Nothing more was sent", True),
        (psycopg.OperationalError("server closed"), "the connection to the database was cut", True),
        (psycopg.InterfaceError("the connection is closed"), "the connection to the database was cut", True),
        (NoEntryError('FATAL: password authentication failed for user "u"'), "the database refuses the password", True),
        (NoEntryError("no password supplied"), "the database refuses the password, or there is none", True),
        (NoEntryError("no pg_hba.conf entry for host"), "the database lets nobody in from here under this name", True),
        (NoEntryError('FATAL: database "x" does not exist'), "there is no such database. Create it", True),
        (NoEntryError('FATAL: permission denied for database "x"'), "this user may not connect to that", True),
        (NoEntryError('FATAL: database "x" is not currently accepting connections'), "that database lets", True),
        (NoEntryError('FATAL: too many connections for database "x"'), "the database has no connection left", True),
        (NoEntryError('FATAL: role "x" does not exist'), "the database does not know this user", True),
        (NoEntryError('FATAL: role "x" is not permitted to log in'), "this user may not log in", True),
        (NoEntryError("sorry, too many clients already"), "the database has no connection left", True),
        (NoEntryError("the database system is starting up"), "the database is just starting or stopping", True),
        (NoEntryError("FATAL: could not write init file"), "the database cannot write, most likely because its", True),
        (NoEntryError("could not extend file: No space left on device"), "the database cannot write, most", True),
        (NoEntryError("certificate verify failed"), "no safe connection could be made", True),
        (NoEntryError("Connection refused"), "the database cannot be reached, so nothing is sent", True),
        (psycopg.errors.CheckViolation("odd\nthing"), "the ledger cannot be used: odd thing. Nothing more", False),
        (ValueError("odd"), "the ledger is damaged and is not touched. Nothing was sent. Restore the database", False),
    ],
)
def test_what_an_error_means(error: Exception, said: str, cut: bool) -> None:
    assert is_cut(error) == cut
    with pytest.raises(LedgerError) as told, translate_errors(Address("postgresql://u@h/x", Path("x"), "geheim")):
        raise error
    assert str(told.value).startswith(f"postgresql://u@h/x: {said}")
    assert told.value.__suppress_context__


@pytest.mark.parametrize(("silence", "idle", "interval"), [(30, 10, 5), (600, 200, 100), (5, 1, 1), (1, 1, 1)])
def test_a_silent_server_is_asked_after_a_third_of_the_time_and_four_times(
    monkeypatch: pytest.MonkeyPatch, silence: int, idle: int, interval: int
) -> None:
    monkeypatch.setattr(reconnecting, "SILENCE", silence)
    assert reconnecting._probes() == {"idle": idle, "interval": interval, "count": 4}

"""A ledger that is new in each test, and what is around it."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from crosspost.ledger import Ledger, opening
from crosspost.ledger.connection import connect
from crosspost.ledger.opening import Outside
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.schema import TABLES
from crosspost.testing.harness import Clock
from tests.ledger.rows import claimed
from tests.postgresql_server import MissingError, Server, running


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server for all tests of this process; each test gets the reason where there can be none."""
    try:
        with running() as started:
            yield started
    except MissingError as why:
        pytest.skip(str(why))


@pytest.fixture(scope="session")
def prepared_database(server: Server) -> str:
    """The name of a database with an empty ledger in it."""
    name = server.new_database()
    connect(Address(server.address(name), Path("unused"))).close()
    return name


@pytest.fixture
def address(server: Server, prepared_database: str, tmp_path: Path) -> Address:
    """A database with an empty ledger in it: the same one in each test, emptied."""
    found = Address(server.address(prepared_database), tmp_path / "state/ledger.sqlite3")
    with psycopg.connect(found.url, autocommit=True) as connection:
        try:
            connection.execute(f"TRUNCATE {', '.join(TABLES)} RESTART IDENTITY CASCADE".encode())
            connection.execute("INSERT INTO facts (name, value) VALUES ('id', gen_random_uuid()::text)")
        except psycopg.Error:  # a test has changed the tables themselves
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
            connect(found).close()
    return found


@pytest.fixture
def file_ledger(path: Path, clock: Clock) -> Iterator[Ledger]:
    """For what only a file has."""
    made = Ledger(path, clock)
    yield made
    made.close()


@pytest.fixture(params=["SQLite", pytest.param("PostgreSQL", marks=pytest.mark.long)])
def ledger(request: pytest.FixtureRequest, path: Path, clock: Clock) -> Iterator[Ledger]:
    """Whatever is promised of a ledger is promised of both."""
    made = Ledger(path if request.param == "SQLite" else request.getfixturevalue("address"), clock)
    yield made
    made.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state/ledger.sqlite3"


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    return Outside(home=tmp_path / "home")


@pytest.fixture
def used(path: Path, clock: Clock, outside: Outside) -> Path:
    """A ledger with which something was sent."""
    ledger = opening.open_to_write(path, clock, outside)
    ledger.note("m", started_at=clock())
    ledger.begin(claimed(ledger))
    ledger.close()
    return path

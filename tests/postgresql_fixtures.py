"""A PostgreSQL server for whichever test asks for one, and an empty ledger on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crosspost.ledger.connection import connect
from crosspost.ledger.postgresql import renewed_tokens
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.schema import TABLES
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
    import psycopg  # not for each test of everything

    found = Address(server.address(prepared_database), tmp_path / "state/ledger.sqlite3")
    with psycopg.connect(found.url, autocommit=True) as connection:
        connection.execute(f"DROP TABLE IF EXISTS {renewed_tokens.TABLE}".encode())
        try:
            connection.execute(f"TRUNCATE {', '.join(TABLES)} RESTART IDENTITY CASCADE".encode())
            connection.execute("INSERT INTO facts (name, value) VALUES ('id', gen_random_uuid()::text)")
        except psycopg.Error:  # a test has changed the tables themselves
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
            connect(found).close()
    return found

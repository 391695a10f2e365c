"""A ledger that is new in each test, and what is around it."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from crosspost.ledger import Ledger, opening
from crosspost.ledger.opening import Outside
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.change_mark import ChangeMarks
from crosspost.testing.harness import Clock
from tests.ledger.rows import claimed, planned


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

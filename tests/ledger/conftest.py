"""A ledger that is new in each test, and what is around it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crosspost.ledger import Ledger, opening
from crosspost.ledger.opening import Outside
from crosspost.testing.harness import Clock
from tests.ledger.rows import claimed


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

"""A ledger that is new in each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crosspost.ledger import Ledger
from tests.harness import Clock


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    made = Ledger(tmp_path / "state/ledger.sqlite3", clock)
    yield made
    made.close()

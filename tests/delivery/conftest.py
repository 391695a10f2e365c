"""One account of a scripted network with one post."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.delivery.scripted import Quick
from tests.harness import Clock


@pytest.fixture
def quick(tmp_path: Path, clock: Clock) -> Iterator[Quick]:
    made = Quick(tmp_path, clock)
    made.write()
    yield made
    made.ledger.close()

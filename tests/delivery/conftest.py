"""One account of a scripted network with one post; a site of four of which two are out."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crosspost.testing.harness import Clock
from tests.delivery.listing import Site
from tests.delivery.scripted import Quick


@pytest.fixture
def quick(tmp_path: Path, clock: Clock) -> Iterator[Quick]:
    made = Quick(tmp_path, clock)
    made.write()
    yield made
    made.ledger.close()


@pytest.fixture
def site(tmp_path: Path, clock: Clock) -> Iterator[Site]:
    made = Site(tmp_path, clock)
    made.write("a", "b", "c", "d")
    made.look()
    made.send("a", "b")
    made.look()
    yield made
    made.ledger.close()

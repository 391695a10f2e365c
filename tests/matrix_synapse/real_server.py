"""The contract and Matrix's quirks against real Synapse. Not part of ``make test``: run ``make test-matrix``."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crosspost.testing import Clock, NetworkContract, Place
from tests.matrix_synapse.relay import RealSandbox
from tests.matrix_synapse.server import running


@pytest.fixture(scope="session")
def synapse() -> Iterator[str]:
    with running() as url:
        yield url


@pytest.fixture
def sandbox(synapse: str, clock: Clock) -> Iterator[RealSandbox]:
    with RealSandbox(synapse, clock=clock) as server:
        yield server
    assert server.errors == []


@pytest.fixture
def place(tmp_path: Path, sandbox: RealSandbox, clock: Clock) -> Place:
    return Place(tmp_path, sandbox, networks=("matrix",), clock=clock)


class TestRealMatrix(NetworkContract):
    key = "matrix"
    uploads = "POST /_matrix/media/v3/upload"


def test_five_at_once_are_one_event(place: Place) -> None:
    network = place.network("matrix")
    prepared = place.prepared(network)
    others = [place.network("matrix") for _ in range(5)]
    for other in others:
        other.identity = network.identity
    with ThreadPoolExecutor(5) as pool:
        receipts = list(pool.map(lambda other: other.publish(prepared), others))
    assert len({receipt.id for receipt in receipts}) == 1
    assert len(place.sandbox.posts()) == 1


def test_what_was_taken_away_is_known_by_its_transaction(place: Place) -> None:
    network, since = place.network("matrix"), place.clock()
    prepared = place.prepared(network)
    receipt = network.publish(prepared)
    network.delete(receipt)
    assert place.sandbox.posts() == []
    found = network.find(prepared, since)
    assert found is not None
    assert found.id == receipt.id


@pytest.mark.parametrize("letter", ["&", "😀"])
def test_the_longest_text_fits_an_event(place: Place, letter: str) -> None:
    text = letter * (10_000 // len(letter.encode()))
    place.post.write_text(
        f"---\ntitle: T\ncrosspost: {{matrix: {{text: '{text}', link: none, images: false}}}}\n---\n", "utf-8"
    )
    network = place.network("matrix")
    network.publish(place.prepared(network))
    assert place.sandbox.posts()[0]["text"] == text

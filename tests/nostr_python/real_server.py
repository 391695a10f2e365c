"""The contract and Nostr's quirks against a real relay. Not part of ``make test``: run ``make test-nostr``."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crosspost.testing import Clock, NetworkContract, Place
from tests.nostr_python.relay import RealSandbox, said
from tests.nostr_python.server import running


@pytest.fixture(scope="session")
def relay() -> Iterator[str]:
    with running() as url:
        yield url


@pytest.fixture
def clock() -> Clock:
    """Now: the relay has a clock of its own."""
    return Clock(datetime.now(UTC))


@pytest.fixture
def sandbox(relay: str, clock: Clock) -> Iterator[RealSandbox]:
    with RealSandbox(relay, clock=clock) as server:
        yield server
    assert server.errors == []


@pytest.fixture
def place(tmp_path: Path, sandbox: RealSandbox, clock: Clock) -> Place:
    return Place(tmp_path, sandbox, networks=("nostr",), clock=clock)


class TestRealNostr(NetworkContract):
    key = "nostr"
    uploads = ""


def test_five_at_once_are_one_note(place: Place) -> None:
    network = place.network("nostr")
    prepared = place.prepared(network)
    others = [place.network("nostr") for _ in range(5)]
    for other in others:
        other.identity = network.identity
    with ThreadPoolExecutor(5) as pool:
        receipts = list(pool.map(lambda other: other.publish(prepared), others))
    assert len({receipt.id for receipt in receipts}) == 1
    assert len(place.sandbox.posts()) == 1


def test_a_note_is_found_by_its_id_and_by_its_key(place: Place) -> None:
    network, since = place.network("nostr"), place.clock()
    prepared = place.prepared(network)
    assert network.find(prepared, since) is None
    receipt = network.publish(prepared)
    for asked in (prepared, type(prepared)(draft=prepared.draft, handle=prepared.handle)):
        found = network.find(asked, since)
        assert found is not None
        assert found.id == receipt.id
    network.delete(receipt)
    assert network.find(prepared, since) is None


def test_a_forged_note_is_refused(place: Place, sandbox: RealSandbox) -> None:
    network = place.network("nostr")
    network.publish(place.prepared(network))
    (event,) = (one[2] for one in said(sandbox.target, ["REQ", "x", {"kinds": [1], "limit": 1}]) if one[0] == "EVENT")
    (answer,) = said(sandbox.target, ["EVENT", event | {"content": "Anders"}])
    assert (answer[0], answer[2]) == ("OK", False)
    assert answer[3].startswith("invalid:")

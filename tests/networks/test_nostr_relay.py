"""Nostr on a relay that nobody here wrote: nostr-sdk's own, in this process."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import nostr_sdk as sdk
import pytest

from crosspost.networks.base import Network
from crosspost.networks.nostr import Nostr
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place


@pytest.fixture
def relay() -> Iterator[str]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def begin() -> tuple[sdk.LocalRelay, str]:
        made = sdk.LocalRelayBuilder().build()
        await made.run()
        return made, str(await made.url())

    made, address = asyncio.run_coroutine_threadsafe(begin(), loop).result(20)
    yield address
    made.shutdown()
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    return Place(tmp_path, sandbox, networks=("nostr",), clock=clock)


@pytest.fixture
def network(place: Place, relay: str, monkeypatch: pytest.MonkeyPatch) -> Network:
    monkeypatch.setattr(Nostr, "_told_by_relays", lambda _: {})  # this relay does not describe itself
    network = place.network("nostr")
    network.base_url = relay.rstrip("/")
    return network


def test_a_note_is_taken_once_found_answered_and_deleted(network: Network, place: Place) -> None:
    prepared = place.prepared(network)
    since = place.clock()
    assert network.find(prepared, since) is None
    receipt = network.publish(prepared)
    assert network.publish(prepared).id == receipt.id
    found = network.find(prepared, since)
    assert found is not None
    assert found.id == receipt.id
    bare = type(prepared)(draft=prepared.draft, handle=prepared.handle)
    by_key = network.find(bare, since)
    assert by_key is not None
    assert by_key.id == receipt.id
    network.delete(receipt)
    assert network.find(prepared, since) is None

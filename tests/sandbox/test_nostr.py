"""How strict the relay and the Blossom server of the sandbox are, and nostr-sdk's own client against them."""

import asyncio
import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import nostr_sdk as sdk
import pytest
import requests
from websockets.sync.client import connect

from crosspost.sandbox import Sandbox
from crosspost.sandbox.networks.nostr.schnorr import public_key, verified
from tests.sandbox.conftest import picture


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """By the real time: nostr-sdk's client dates its events itself."""
    with Sandbox() as running:
        yield running
    assert running.errors == []


@pytest.fixture
def pair(sandbox: Sandbox) -> sdk.Keys:
    return sdk.Keys.parse(sandbox.accounts()["nostr"]["credentials"]["private_key"])


@pytest.fixture
def relay(sandbox: Sandbox) -> str:
    return sandbox.url.replace("http", "ws") + "/nostr"


def event(pair: sdk.Keys, text: str, *tags: list[str], kind: int = 1, at: int = 0) -> dict[str, Any]:
    made = sdk.EventBuilder(sdk.Kind(kind), text).tags([sdk.Tag.parse(tag) for tag in tags])
    made = made.custom_created_at(sdk.Timestamp.from_secs(at)) if at else made
    found: dict[str, Any] = json.loads(made.finalize(pair).as_json())
    return found


def tell(relay: str, *message: Any) -> Any:
    with connect(relay) as line:
        line.send(json.dumps(message))
        return json.loads(line.recv(timeout=5))


def test_nostr_sdks_own_client_sends_reads_and_deletes(pair: sdk.Keys, relay: str, sandbox: Sandbox) -> None:
    async def talk() -> tuple[int, int, int]:
        client = sdk.ClientBuilder().build()
        await client.add_relay(sdk.RelayUrl.parse(relay))
        await client.connect()
        note = sdk.EventBuilder(sdk.Kind(1), "Grüße 🎉").finalize(pair)
        sent = await client.send_event(note)
        wanted = sdk.ReqTarget.auto([sdk.Filter().id(note.id())])
        before = await client.fetch_events(wanted, timeout=timedelta(seconds=5))
        gone = sdk.EventBuilder(sdk.Kind(5), "").tags([sdk.Tag.parse(["e", note.id().to_hex()])]).finalize(pair)
        await client.send_event(gone)
        after = await client.fetch_events(wanted, timeout=timedelta(seconds=5))
        await client.shutdown()
        return len(sent.success), len(before), len(after)

    assert asyncio.run(talk()) == (1, 1, 0)
    (post,) = sandbox.posts("nostr", deleted=True)
    assert (post["text"], post["deleted"]) == ("Grüße 🎉", True)


def test_the_same_event_is_taken_once(pair: sdk.Keys, relay: str, sandbox: Sandbox) -> None:
    note = event(pair, "Einmal")
    assert tell(relay, "EVENT", note) == ["OK", note["id"], True, ""]
    assert tell(relay, "EVENT", note)[2:] == [True, "duplicate: have it already"]
    assert len(sandbox.posts("nostr")) == 1


def test_what_is_wrong_is_refused(pair: sdk.Keys, relay: str, sandbox: Sandbox) -> None:
    right = event(pair, "Ja")
    stranger = event(sdk.Keys.generate(), "Fremd")
    wrong = {
        "the id is not the hash": right | {"content": "Nein"},
        "bad signature": right | {"sig": right["sig"][::-1]},
        "seven fields": {name: value for name, value in right.items() if name != "tags"},
        "nobody with this key": stranger,
        "from the future": event(pair, "Bald", at=4_000_000_000),
        "an imeta names": event(pair, "Bild", ["imeta", "url https://a.example/b.jpg", "m image/jpeg"]),
    }
    for why, note in wrong.items():
        answer = tell(relay, "EVENT", note)
        assert answer[2] is False, why
        assert why in answer[3]
    assert sandbox.posts("nostr") == []


def test_what_matches_a_filter_comes_newest_first(pair: sdk.Keys, relay: str) -> None:
    notes = [event(pair, f"Nr. {n}", at=1_790_000_000 + n) for n in range(3)]
    for note in notes:
        tell(relay, "EVENT", note)
    with connect(relay) as line:
        line.send(json.dumps(["REQ", "x", {"kinds": [1], "since": 1_790_000_001, "limit": 5}]))
        said = [json.loads(line.recv(timeout=5)) for _ in range(3)]
        line.ping().wait(5)
    assert [one[2]["content"] for one in said[:2]] == ["Nr. 2", "Nr. 1"]
    assert said[2] == ["EOSE", "x"]


def test_blossom_wants_a_permission_for_this_very_file(pair: sdk.Keys, sandbox: Sandbox) -> None:
    data = picture()
    digest = hashlib.sha256(data).hexdigest()
    soon = str(int(sandbox.store.clock().timestamp()) + 60)

    def put(about: str, until: str = soon) -> int:
        allowed = event(pair, "Upload", ["t", "upload"], ["x", about], ["expiration", until], kind=24242)
        token = base64.urlsafe_b64encode(json.dumps(allowed).encode()).rstrip(b"=").decode()
        headers = {"Authorization": f"Nostr {token}", "Content-Type": "image/png"}
        address = f"{sandbox.url}/nostr/media/upload"
        return requests.put(address, data=data, headers=headers, timeout=10).status_code

    assert [put("ab" * 32), put(digest, "1"), put(digest), put(digest)] == [401, 401, 201, 200]
    assert requests.get(f"{sandbox.url}/nostr/media/{digest}", timeout=10).content == data
    assert requests.put(f"{sandbox.url}/nostr/media/upload", data=data, timeout=10).status_code == 401


def test_signatures_are_checked_as_the_standard_says() -> None:
    """BIP-340's own test vectors 0 and 1, and 1 with the message of 0."""
    zero, one = "0" * 63 + "3", "B7E151628AED2A6ABF7158809CF4F3C762E7160F38B4DA56A784D9045190CFEF"
    publics = (
        "F9308A019258C31049344F85F89D5229B531C845836F99B08601F113BCE036F9",
        "DFF1D77F2A671C5F36183726DB2341BE58FEAE1DA2DECED843240F7B502BA659",
    )
    message = bytes.fromhex("243F6A8885A308D313198A2E03707344A4093822299F31D0082EFA98EC4E6C89")
    signed = (
        "E907831F80848D1069A5371B402410364BDF1C5F8307B0084C55F1CE2DCA821525F66A4A85EA8B71E482A74F382D2CE5EBEEE8FDB2172F477DF4900D310536C0",
        "6896BD60EEAE296DB48A229FF71DFE071BDE413E6D43F917DC8DCF8C78DE33418906D11AC976ABCCB20B091292BFF4EA897EFCB639EA871CFA95F6DE339E4B0A",
    )
    assert [public_key(private).upper() for private in (zero, one)] == list(publics)
    assert verified(publics[0], bytes(32), signed[0])
    assert verified(publics[1], message, signed[1])
    assert not verified(publics[1], bytes(32), signed[1])

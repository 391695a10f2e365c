"""Nostr keeps the contract; then its quirks."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crosspost.errors import NotSent, RateLimited, Rejected
from crosspost.model import Prepared
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, NetworkContract, Place


class TestNostr(NetworkContract):
    key = "nostr"
    uploads = ""


class TestWithBlossom(NetworkContract):
    key = "nostr"
    uploads = "PUT /nostr/media/upload"

    @pytest.fixture
    def place(self, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
        return with_settings(tmp_path, sandbox, clock, "blossom")


def with_settings(folder: Path, sandbox: Sandbox, clock: Clock, *names: str, **more: Any) -> Place:
    known = sandbox.accounts()["nostr"]["settings"]
    said = {name: known[name] for name in names} | more
    lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in said.items())
    return Place(folder, sandbox, networks=("nostr",), clock=clock, more=lines)


@pytest.fixture
def two(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> tuple[Network, Place]:
    place = with_settings(tmp_path, sandbox, clock, "relays")
    return place.network("nostr"), place


def test_both_relays_get_the_same_note(two: tuple[Network, Place]) -> None:
    network, place = two
    receipt = network.publish(place.prepared(network))
    assert receipt.notes == ()
    asked = [r["path"] for r in place.sandbox.requests_to("nostr") if r["method"] == "EVENT"]
    assert asked == ["/nostr", "/nostr/second"]
    assert len(place.sandbox.posts()) == 1


@pytest.mark.parametrize("fault", ["429", "cut-before", "500-before", "expired-token"])
def test_a_relay_that_did_not_take_it_is_told(two: tuple[Network, Place], fault: str) -> None:
    network, place = two
    prepared = place.prepared(network)
    place.sandbox.fault("nostr", fault)
    receipt = network.publish(prepared)
    (note,) = receipt.notes
    assert note.startswith("not on every relay: nostr: ")
    assert f"127.0.0.1:{place.sandbox.url.rpartition(':')[2]}" in note
    found = network.find(prepared, place.clock())
    assert found is not None
    assert found.id == receipt.id


def test_a_relay_that_cannot_be_asked_may_have_it(two: tuple[Network, Place]) -> None:
    network, place = two
    prepared = place.prepared(network)
    place.sandbox.fault("nostr", "cut-before", match="REQ /nostr/second")
    with pytest.raises(Exception, match="cut"):
        network.find(prepared, place.clock())
    assert network.find(prepared, place.clock()) is None


def test_a_note_that_one_relay_has_is_out_whatever_the_other_says(
    two: tuple[Any, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    network, place = two
    prepared = place.prepared(network)
    receipt = network.publish(prepared)
    first, second = network._relays()
    asked: list[tuple[str, str]] = []
    real = network._by_id

    def by_id(relay: str, number: str) -> Any:
        asked.append((relay, number))
        if relay == first:
            raise NotSent("nostr: it does not answer")
        return real(relay, number)

    monkeypatch.setattr(network, "_by_id", by_id)
    found = network.find(prepared, place.clock())
    assert found is not None
    assert found.id == receipt.id
    assert asked == [(first, receipt.id), (second, receipt.id)]


def test_the_same_note_again_is_the_same_note(two: tuple[Network, Place]) -> None:
    network, place = two
    prepared = place.prepared(network)
    first = network.publish(prepared)
    place.clock.pass_by(days=400)
    assert network.publish(prepared).id == first.id
    assert len(place.sandbox.posts()) == 1


def test_what_a_note_says_beside_its_text(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = with_settings(tmp_path, sandbox, clock, content_warning="Regen")
    network = place.network("nostr")
    network.publish(place.prepared(network, "schluessel"))
    (post,) = place.sandbox.posts()
    tags = post["extra"]["tags"]
    assert ["crosspost", "schluessel"] in tags
    assert ["content-warning", "Regen"] in tags
    assert ["t", "garten"] in tags
    assert post["language"] == "de"
    (imeta,) = [tag for tag in tags if tag[0] == "imeta"]
    assert imeta == [
        "imeta", f"url {place.url}/images/beet.jpg", "m image/jpeg", "alt Ein Hochbeet im Regen",
    ]  # fmt: skip


def test_a_thread_names_its_root_and_the_part_above(network: Network, place: Place) -> None:
    network.me()
    draft = network.draft(place.the_post())
    bare = msgspec.structs.replace(draft, images=())
    first = network.publish(network.prepare(Prepared(draft=bare, handle="1"), _nowhere))
    tags = []
    above = first.id
    for number in ("2", "3"):
        remote = {"reply_to": above, "root": first.id}
        part = network.prepare(
            Prepared(draft=msgspec.structs.replace(bare, text=number), handle=number, remote=remote), _nowhere
        )
        tags.append([tag[:4] for tag in part.remote["event"]["tags"] if tag[0] == "e"])
        above = network.publish(part).id
    assert tags[0] == [["e", first.id, "", "root"]]
    assert [tag[3] for tag in tags[1]] == ["root", "reply"]


@pytest.mark.parametrize(("said", "kind"), [("blocked: not you", Rejected), ("rate-limited: wait", RateLimited)])
def test_a_refusal_means_what_it_begins_with(
    network: Network, place: Place, monkeypatch: pytest.MonkeyPatch, said: str, kind: type
) -> None:
    from crosspost.sandbox.core.http_messages import Malformed

    prepared = place.prepared(network)

    def refuse(*_: Any) -> None:
        raise Malformed(said)

    monkeypatch.setattr(place.sandbox.networks["nostr"], "_check", refuse)
    with pytest.raises(kind, match=said.partition(":")[2]):
        network.publish(prepared)


def test_the_shortest_limit_of_the_relays_counts(tmp_path: Path, clock: Clock) -> None:
    options = {"longest": 120, "limitation": {"payment_required": True}}
    with Sandbox(clock=clock, options={"nostr": options}) as sandbox:
        place = Place(tmp_path, sandbox, networks=("nostr",), clock=clock)
        place.post.write_text(f"---\ntitle: {'Wort ' * 60}\n---\n\nText\n", "utf-8")
        network = place.network("nostr")
        prepared = place.prepared(network)
        assert 50 < len(prepared.draft.text) <= 120
        network.publish(prepared)
        assert ["takes notes of those who pay only" in one.said for one in network.remarks()] == [True]


def test_a_picture_that_is_nowhere_on_the_web_is_said(network: Network, place: Place) -> None:
    post = place.the_post()
    assert post.thumbnail is not None
    bare = msgspec.structs.replace(post, thumbnail=msgspec.structs.replace(post.thumbnail, url=""), images=())
    draft = network.draft(bare)
    assert draft.images == ()
    assert "set `blossom`" in draft.lost_pictures[0]


def test_the_id_of_a_note_in_its_address(network: Network) -> None:
    number = "89ff5eb581342041f6ceea78717e7137570d9c665e100a1d4212ca1023b00511"
    note = "note138l4advpxssyrakwafu8zln3xatsm8rxtcgq582zzt9pqgasq5gsxclek7"
    assert type(network).id_in(f"https://njump.me/{note}") == number
    assert type(network).id_in(f"http://127.0.0.1/nostr/{number}") == number
    assert type(network).id_in("https://njump.me/npub1abc") == ""


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    return Place(tmp_path, sandbox, networks=("nostr",), clock=clock)


@pytest.fixture
def network(place: Place) -> Network:
    return place.network("nostr")


def _nowhere(*_: object) -> None:
    """Nothing is stored."""

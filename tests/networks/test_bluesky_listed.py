"""Bluesky's list of an account's posts: what is asked for, and which of them is ours."""

import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from crosspost.errors import KeyTaken, NotSent, Rejected, Unsupported
from crosspost.model import Draft, Prepared, Receipt
from crosspost.networks import bluesky_repository as repository
from crosspost.networks.post_search import Page
from crosspost.networks.protocols.xrpc import Xrpc
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place

DRAFT = Draft(account="bluesky", network="bluesky", text="Gruß", length=4, limit=300, unit="graphemes")
URI = "at://did:plc:a/app.bsky.feed.post/3k"


class Server:
    """As much of an adapter as the questions need: what is asked, and prepared answers."""

    account = "bluesky"

    def __init__(self, *answers: Any) -> None:
        self.answers, self.asked = list(answers), cast("list[tuple[str, dict[str, Any]]]", [])

    def me(self) -> Any:
        return SimpleNamespace(id="did:plc:a")

    def call(self, verb: str, method: str, *, params: dict[str, Any]) -> Any:
        assert verb == "GET"
        self.asked.append((method, dict(params)))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def as_xrpc(server: Server) -> Xrpc:
    return cast("Xrpc", server)


def test_pages_are_asked_for_until_there_is_no_more() -> None:
    server = Server({"records": [1], "cursor": "next"}, {"records": [2]})
    assert list(repository.records(as_xrpc(server))) == [Page([1], more=True), Page([2], more=False)]
    where = {"repo": "did:plc:a", "collection": "app.bsky.feed.post", "limit": 100}
    method = "com.atproto.repo.listRecords"
    assert server.asked == [(method, where | {"cursor": None}), (method, where | {"cursor": "next"})]


def test_a_list_that_is_missing_proves_nothing() -> None:
    with pytest.raises(ValueError, match="records"):
        list(repository.records(as_xrpc(Server({"cursor": "next"}))))


@pytest.mark.parametrize(
    ("value", "reply_to", "same"),
    [
        ({"text": "Gruß"}, "", True),
        ({"text": "Gruß "}, "", False),
        ({"text": "Gruß"}, URI, False),
        ({"text": "Gruß", "reply": {"parent": {"uri": URI}}}, URI, True),
        ({"text": "Gruß", "reply": {"parent": {"uri": URI}}}, "at://verein.test/app.bsky.feed.post/3k", True),
        ({"text": "Gruß", "reply": {"parent": {"uri": URI}}}, URI.replace("3k", "3l"), False),
        ({"text": "Gruß", "reply": {"parent": {"uri": URI}}}, "", False),
        ({"text": "Gruß", "reply": None}, "", True),
        ({"text": None}, "", None),
        ({}, "", None),
    ],
)
def test_the_same_text_in_the_same_place(value: dict[str, Any], reply_to: str, same: bool | None) -> None:
    assert (
        repository.same(value, Prepared(draft=DRAFT, handle="key", remote={"reply_to": reply_to} if reply_to else {}))
        is same
    )


def test_a_reply_needs_the_hash_of_what_it_answers() -> None:
    server = Server({"uri": URI, "cid": "bafy"}, {"uri": URI}, {"cid": "bafy"})
    assert repository.reference(as_xrpc(server), URI) == {"uri": URI, "cid": "bafy"}
    assert server.asked == [
        ("com.atproto.repo.getRecord", {"repo": "did:plc:a", "collection": "app.bsky.feed.post", "rkey": "3k"})
    ]
    for _ in range(2):
        with pytest.raises(NotSent, match="bluesky: the server does not return the hash"):
            repository.reference(as_xrpc(server), URI)


def test_only_people_who_exist_are_mentioned() -> None:
    server = Server({"did": "did:plc:b"}, Rejected("nobody"), {"did": "nonsense"}, {})
    text = "@eins.test @zwei.test @drei.test @vier.test"
    assert repository.resolved(as_xrpc(server), text) == {"eins.test": "did:plc:b"}
    assert [params["handle"] for _, params in server.asked] == text.replace("@", "").split()


# ── on an account ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    return Place(tmp_path, sandbox, networks=("bluesky",), clock=clock)


def published(place: Place) -> tuple[Any, Prepared, Receipt]:
    network = place.network("bluesky")
    prepared = place.prepared(network)
    return network, prepared, network.publish(prepared)


def test_a_post_under_its_own_key_is_found_by_that_alone(place: Place) -> None:
    network, prepared, receipt = published(place)
    before = len(place.sandbox.requests_to("bluesky", "GET /xrpc/com.atproto.repo.listRecords"))
    found = network.look_back(prepared, place.clock())
    assert (found.id, found.url) == (receipt.id, receipt.url)
    bare = msgspec.structs.replace(prepared, remote={})
    assert network.look_back(bare, place.clock()).id == receipt.id, "the key is the same wherever it is sent from"
    assert len(place.sandbox.requests_to("bluesky", "GET /xrpc/com.atproto.repo.listRecords")) == before


def test_the_key_that_was_written_down_is_looked_under(place: Place) -> None:
    network, prepared, receipt = published(place)
    before = len(place.sandbox.requests_to("bluesky", "GET /xrpc/com.atproto.repo.listRecords"))
    assert network.look_back(msgspec.structs.replace(prepared, handle="another"), place.clock()).id == receipt.id
    assert len(place.sandbox.requests_to("bluesky", "GET /xrpc/com.atproto.repo.listRecords")) == before


def test_what_cannot_be_done_names_the_post(place: Place) -> None:
    network, prepared, receipt = published(place)
    with pytest.raises(Unsupported, match=re.escape(f"cannot change a post that is out ({receipt.url})")):
        network.edit(receipt, prepared)


def test_a_post_under_another_key_is_found_in_the_list(place: Place) -> None:
    network, prepared, receipt = published(place)
    other = msgspec.structs.replace(prepared, handle="another", remote={})
    since = place.clock() - timedelta(minutes=1)
    found = network.look_back(other, since)
    assert found.id == receipt.id
    (one,) = network.listed
    assert (one.text, one.url) == (prepared.draft.text.strip(), receipt.url)
    assert one.at is not None
    changed = msgspec.structs.replace(other, draft=msgspec.structs.replace(prepared.draft, text="Anderes"))
    assert network.look_back(changed, since) is None
    assert network.look_back(other, place.clock() + timedelta(hours=1)) is None, "it is older than what is looked for"


def test_a_refusal_is_no_absence(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is what is found under another text ours."""
    network, prepared, _ = published(place)

    def refused(*_: Any, **__: Any) -> Any:
        raise Rejected("bluesky: not this one")

    with monkeypatch.context() as patched:
        patched.setattr(network, "call", refused)
        with pytest.raises(Rejected, match="not this one"):
            network.find(prepared, place.clock())
    (post,) = place.sandbox.store.posts
    post.extra["record"] = {"text": "Anderes", "createdAt": post.extra["record"]["createdAt"]}
    with pytest.raises(KeyTaken, match="another post has our key"):
        network.find(prepared, place.clock())


def test_a_record_that_cannot_be_read_under_our_key_is_ours(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    network, prepared, receipt = published(place)
    for value in (None, {}, {"text": 7}):
        monkeypatch.setattr(network, "call", lambda *_, value=value, **__: {"uri": receipt.id, "value": value})
        assert network.find(prepared, place.clock()).id == receipt.id


def test_without_a_record_nothing_was_ever_sent(place: Place) -> None:
    network, prepared, _ = published(place)
    assert network.find(msgspec.structs.replace(prepared, remote={}), place.clock()) is None
    assert network.find(prepared, place.clock()) is not None

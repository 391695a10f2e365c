"""Replies to a note: all pages and depths, nothing that only some may see."""

from pathlib import Path
from typing import Any

import pytest

from crosspost.model import Receipt
from crosspost.networks import misskey_responses
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from crosspost.testing.readers import MisskeyReader

AT = "2026-11-22T12:00:00.000Z"


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    return Place(tmp_path, sandbox, clock=clock, networks=("misskey",))


@pytest.fixture
def network(place: Place) -> Network:
    return place.network("misskey")


@pytest.fixture
def receipt(network: Network, place: Place) -> Receipt:
    return network.publish(place.prepared(network))


def note(number: str = "7", **more: Any) -> dict[str, Any]:
    user = {"id": "9", "username": "ida", "host": "b.example", "name": "Ida"}
    told = {"id": number, "createdAt": AT, "userId": "9", "user": user, "text": "Schön", "visibility": "public"}
    return told | {"replyId": "1", "repliesCount": 0, **more}


def asked(*pages: list[dict[str, Any]], **post: Any) -> Any:
    left = [*pages]
    return misskey_responses.responses_of({"id": "1", **post}, lambda **_: left.pop(0), "2", "https://a.example")


def test_all_pages_are_read(network: Network, place: Place, receipt: Receipt) -> None:
    reader = MisskeyReader(place.sandbox)
    for number in range(misskey_responses.SIZE + 5):
        reader.answer(receipt.id, f"Nr. {number}")
    found = network.responses(receipt)
    assert found is not None
    assert len(found.replies) == found.figures.replies == misskey_responses.SIZE + 5
    assert found.whole


def test_a_conversation_that_is_too_deep_is_not_whole(
    network: Network, place: Place, receipt: Receipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(misskey_responses, "QUESTIONS", 3)
    reader, above = MisskeyReader(place.sandbox), receipt.id
    for number in range(4):
        above = reader.answer(above, f"Nr. {number}")
    found = network.responses(receipt)
    assert found is not None
    assert (len(found.replies), found.whole) == (3, False)


def test_what_only_some_may_see_is_not_kept_and_quiet_replies_are_not_for_the_site() -> None:
    kinds = [note(str(n), visibility=kind) for n, kind in enumerate(("public", "home", "followers", "specified"), 7)]
    member = note("20", user=note()["user"] | {"requireSigninToViewContents": True})
    here = note("21", localOnly=True)
    found = asked([*kinds, member, here])
    assert [(one.id, one.public) for one in found.replies] == [("7", True), ("8", False), ("20", False), ("21", False)]


def test_who_wrote_it_and_where() -> None:
    (one,) = asked([note(cw="Essen", uri="https://b.example/notes/x")]).replies
    assert (one.handle, one.author, one.text) == ("@ida@b.example", "Ida", "Essen\n\nSchön")
    assert (one.url, one.author_url) == ("https://b.example/notes/x", "https://a.example/@ida@b.example")
    (local,) = asked([note(user=note()["user"] | {"host": None, "name": None})]).replies
    assert (local.handle, local.author, local.url) == ("@ida", "ida", "https://a.example/notes/7")


@pytest.mark.parametrize(
    ("told", "likes"),
    [({"reactionCount": 3, "reactions": {"a": 1}}, 3), ({"reactions": {"a": 1, "b": 2}}, 3), ({}, None)],
)
def test_reactions_of_every_kind_are_likes(told: dict[str, Any], likes: int | None) -> None:
    assert asked([], **told).figures.likes == likes

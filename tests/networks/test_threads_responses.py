"""Figures and conversations on Threads: each only with its permission, and nothing that was hidden."""

from pathlib import Path
from typing import Any

import pytest

from crosspost.errors import AuthExpired
from crosspost.model import Receipt
from crosspost.networks import threads_responses
from crosspost.networks.base import Network
from crosspost.networks.meta import meta_responses
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from crosspost.testing.readers import ThreadsReader
from tests.networks.meta_scopes import without

AT = "2026-11-22T12:00:00+0000"


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    return Place(tmp_path, sandbox, clock=clock, networks=("threads",), more='host = "page"\n')


@pytest.fixture
def network(place: Place) -> Network:
    return place.network("threads")


@pytest.fixture
def receipt(network: Network, place: Place) -> Receipt:
    return network.publish(place.prepared(network))


@pytest.fixture
def reader(place: Place) -> ThreadsReader:
    return ThreadsReader(place.sandbox)


def test_without_the_permission_replies_come_and_it_is_said_how_to_get_the_figures(
    place: Place, receipt: Receipt, reader: ThreadsReader
) -> None:
    reader.answer(receipt.id, "Da")
    found = without(place, "threads", "threads_manage_insights").responses(receipt)
    assert found is not None
    assert [one.text for one in found.replies] == ["Da"]
    assert found.figures.likes is found.figures.views is found.figures.replies is None
    assert found.whole, "the permission for replies is there"
    assert "threads_manage_insights" in found.unread
    assert "`crosspost accounts renew threads`" in found.unread


def test_without_the_permission_for_replies_nothing_is_taken_for_deleted(
    place: Place, receipt: Receipt, reader: ThreadsReader
) -> None:
    reader.answer(receipt.id, "Da")
    found = without(place, "threads", "threads_read_replies").responses(receipt)
    assert found is not None
    assert (found.figures.replies, found.replies, found.whole) == (1, (), False)
    assert "threads_read_replies" in found.unread


def test_a_post_that_is_only_out_of_sight_is_not_gone(
    network: Network, place: Place, receipt: Receipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    network.delete(receipt)
    monkeypatch.setattr(type(place.sandbox.networks["threads"]), "needs", ())
    with pytest.raises(AuthExpired, match="threads_basic"):
        without(place, "threads", "threads_basic").responses(receipt)
    assert network.responses(receipt) is None


def test_all_pages_of_a_conversation_are_read(
    network: Network, receipt: Receipt, reader: ThreadsReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meta_responses, "SIZE", 2)
    for number in range(5):
        reader.answer(receipt.id, f"Nr. {number}")
    found = network.responses(receipt)
    assert found is not None
    assert [one.text for one in found.replies] == [f"Nr. {number}" for number in range(5)]
    assert found.whole


def test_views_likes_and_reposts_are_counted(network: Network, place: Place, receipt: Receipt) -> None:
    (post,) = [one for one in place.sandbox.store.posts if one.network == "threads"]
    post.extra |= {"views": 40, "liked_by": ["a", "b"], "reposted_by": ["a"]}
    found = network.responses(receipt)
    assert found is not None
    assert (found.figures.views, found.figures.likes, found.figures.reposts) == (40, 2, 1)


def reply(**more: Any) -> dict[str, Any]:
    return {"id": "7", "text": "Da", "username": "ida", "timestamp": AT, "hide_status": "NOT_HUSHED"} | more


@pytest.mark.parametrize(
    ("more", "public"),
    [
        ({}, True),
        ({"hide_status": "UNHUSHED"}, True),
        ({"hide_status": "HIDDEN"}, False),
        ({"hide_status": "RESTRICTED"}, False),
        ({"hide_status": None}, False),
        ({"username": None}, False),
    ],
)
def test_hidden_replies_and_those_of_private_profiles_are_not_for_the_site(more: dict[str, Any], public: bool) -> None:
    (one,) = threads_responses.replies_of([reply(**more)], "1", "https://www.threads.net")
    assert one.public is public


def test_a_reply_has_its_authors_page() -> None:
    (one,) = threads_responses.replies_of([reply()], "1", "https://www.threads.net")
    assert (one.handle, one.author_url, one.parent) == ("@ida", "https://www.threads.net/@ida", "1")
    (nobody,) = threads_responses.replies_of([reply(username=None)], "1", "https://www.threads.net")
    assert (nobody.handle, nobody.author, nobody.author_url) == ("", "", "")

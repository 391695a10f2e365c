"""Comments on Instagram: only with the permission, with what answers them, and never taken for deleted without it."""

from pathlib import Path
from typing import Any

import pytest

from crosspost.model import Receipt
from crosspost.networks import instagram_responses
from crosspost.networks.base import Network
from crosspost.networks.meta.meta_responses import Listed
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from crosspost.testing.readers import InstagramReader
from tests.networks.meta_scopes import without

AT = "2026-11-22T12:00:00+0000"
URL, HOME = "https://www.instagram.com/p/x/", "https://www.instagram.com"


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    return Place(tmp_path, sandbox, clock=clock, networks=("instagram",), more='host = "page"\n')


@pytest.fixture
def network(place: Place) -> Network:
    return place.network("instagram")


@pytest.fixture
def receipt(network: Network, place: Place) -> Receipt:
    return network.publish(place.prepared(network))


@pytest.fixture
def reader(place: Place) -> InstagramReader:
    return InstagramReader(place.sandbox)


def test_all_pages_of_comments_are_read(network: Network, receipt: Receipt, reader: InstagramReader) -> None:
    for number in range(instagram_responses.SIZE + 5):
        reader.answer(receipt.id, f"Nr. {number}")
    found = network.responses(receipt)
    assert found is not None
    assert len({one.id for one in found.replies}) == found.figures.replies == instagram_responses.SIZE + 5
    assert found.whole


def test_without_the_permission_figures_come_and_it_is_said_how_to_get_the_comments(
    place: Place, receipt: Receipt, reader: InstagramReader
) -> None:
    reader.answer(receipt.id, "Da")
    found = without(place, "instagram", "instagram_manage_comments").responses(receipt)
    assert found is not None
    assert (found.figures.replies, found.replies, found.whole) == (1, (), False)
    for word in ("instagram_manage_comments", "[accounts.instagram]", "`crosspost accounts renew instagram`"):
        assert word in found.unread


def test_likes_that_the_account_hides_are_not_told(network: Network, place: Place, receipt: Receipt) -> None:
    (post,) = [one for one in place.sandbox.store.posts if one.network == "instagram"]
    post.extra["likes_hidden"] = True
    found = network.responses(receipt)
    assert found is not None
    assert found.figures.likes is None


def comment(number: str, **more: Any) -> dict[str, Any]:
    return {"id": number, "text": "Da", "username": "ida", "timestamp": AT, "hidden": False} | more


def test_what_answers_a_comment_stands_below_it() -> None:
    found = instagram_responses.flat(Listed([comment("7", replies={"data": [comment("8", username="verein")]})], True))
    one, below = instagram_responses.replies_of(found.rows, "1", URL, "@verein", HOME)
    assert (one.parent, below.parent, one.mine, below.mine) == ("1", "7", False, True)
    assert (one.url, one.author_url, one.handle) == (URL, f"{HOME}/ida/", "@ida")
    assert found.whole


def test_answers_that_go_on_are_not_whole() -> None:
    more = {"data": [comment("8")], "paging": {"next": "https://graph.example/more"}}
    assert not instagram_responses.flat(Listed([comment("7", replies=more)], True)).whole


@pytest.mark.parametrize(("hidden", "public"), [(False, True), (True, False), (None, False)])
def test_hidden_comments_are_not_for_the_site(hidden: bool | None, public: bool) -> None:
    (one,) = instagram_responses.replies_of([comment("7", hidden=hidden)], "1", URL, "@verein", HOME)
    assert one.public is public

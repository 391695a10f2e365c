"""Comments on a Page's posts: page by page, only with the permission, and never taken for deleted without it."""

import pytest

from crosspost.errors import AuthExpired
from crosspost.model import Receipt
from crosspost.networks.base import Network
from crosspost.networks.meta import meta_responses
from crosspost.sandbox.networks.facebook.comments import Comments
from crosspost.testing.harness import Place
from crosspost.testing.readers import FacebookReader
from tests.networks.meta_scopes import without

READING = "pages_read_user_content"


@pytest.fixture
def network(place: Place) -> Network:
    return place.network("facebook")


@pytest.fixture
def reader(place: Place) -> FacebookReader:
    return FacebookReader(place.sandbox)


@pytest.fixture
def receipt(network: Network, place: Place) -> Receipt:
    return network.publish(place.prepared(network))


def test_all_pages_of_comments_are_read(network: Network, receipt: Receipt, reader: FacebookReader) -> None:
    for number in range(meta_responses.SIZE + 20):
        reader.answer(receipt.id, f"Nr. {number}")
    found = network.responses(receipt)
    assert found is not None
    assert len({one.id for one in found.replies}) == found.figures.replies == meta_responses.SIZE + 20
    assert found.whole


def test_a_list_that_does_not_end_is_not_whole(
    network: Network, receipt: Receipt, reader: FacebookReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meta_responses, "SIZE", 2)
    monkeypatch.setattr(meta_responses, "PAGES", 2)
    for number in range(5):
        reader.answer(receipt.id, f"Nr. {number}")
    found = network.responses(receipt)
    assert found is not None
    assert (len(found.replies), found.figures.replies, found.whole) == (4, 5, False)


def test_without_the_permission_figures_come_and_it_is_said_how_to_get_the_comments(
    network: Network, place: Place, receipt: Receipt, reader: FacebookReader
) -> None:
    reader.answer(receipt.id, "Da")
    found = without(place, "facebook", READING).responses(receipt)
    assert found is not None
    assert (found.figures.replies, found.replies, found.whole) == (1, (), False)
    for word in (READING, "`responses = true` in [accounts.facebook]", "`crosspost accounts renew facebook`"):
        assert word in found.unread


def test_comments_that_are_left_out_in_silence_are_not_taken_for_deleted(
    network: Network, place: Place, receipt: Receipt, reader: FacebookReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network may leave out what a token may not see, instead of refusing it."""
    reader.answer(receipt.id, "Da")
    monkeypatch.setattr(type(place.sandbox.networks["facebook"]), "needs", ())
    monkeypatch.setattr(meta_responses, "listed", lambda _: meta_responses.Listed([], whole=True))
    found = without(place, "facebook", READING).responses(receipt)
    assert found is not None
    assert not found.whole
    assert READING in found.unread


def test_a_post_that_is_only_out_of_sight_is_not_gone(network: Network, place: Place, receipt: Receipt) -> None:
    network.delete(receipt)
    with pytest.raises(AuthExpired, match="pages_read_engagement"):
        without(place, "facebook", "pages_read_engagement").responses(receipt)
    assert network.responses(receipt) is None


def test_the_pages_own_comments_and_hidden_ones_are_known(
    network: Network, place: Place, receipt: Receipt, reader: FacebookReader
) -> None:
    first, other = reader.answer(receipt.id, "Da"), reader.answer(receipt.id, "Werbung")
    stand_in = place.sandbox.networks["facebook"]
    assert isinstance(stand_in, Comments)
    spam = stand_in.comment_of(other)
    assert spam is not None
    spam.hidden = True
    reader.access = place.sandbox.accounts()["facebook"]
    reader.answer(first, "Danke")
    found = network.responses(receipt)
    assert found is not None
    assert [(one.text, one.mine, one.public) for one in found.replies] == [
        ("Da", False, True),
        ("Werbung", False, False),
        ("Danke", True, True),
    ]


def test_a_share_is_counted(network: Network, place: Place, receipt: Receipt) -> None:
    (post,) = place.sandbox.store.posts
    post.extra["shares"] = 3
    found = network.responses(receipt)
    assert found is not None
    assert found.figures.reposts == 3

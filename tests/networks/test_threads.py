"""Threads keeps the contract; then its quirks."""

from pathlib import Path

import pytest

from crosspost.errors import NotSent, Unsupported
from crosspost.model import Prepared
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import POST, Clock, Place
from tests.networks.on_the_site import Containers, OnTheSite
from tests.networks.renewing import Renews


class TestThreads(Renews, Containers):
    key = "threads"
    uploads = "POST /*/*/threads"


class TestPictureOnThePage(OnTheSite):
    """Threads with a Page token beside its own, for the picture."""

    key = "threads"
    uploads = "POST /*/*/threads"
    more = 'host = "page"\n'

    @pytest.fixture
    def place(self, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
        return Place(tmp_path, sandbox, networks=[self.key], more=self.more, clock=clock)

    def test_without_the_page_token_it_says_which(self, place: Place) -> None:
        lines = place.secrets.read_text("utf-8").splitlines()
        place.secrets.write_text("\n".join(line for line in lines if "THREADS_PAGE" not in line), "utf-8")
        with pytest.raises(NotSent, match="CROSSPOST_THREADS_PAGE_TOKEN"):
            place.prepared(place.network(self.key))


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    return Place(tmp_path, sandbox, networks=["threads"], more='host = "page"\n', clock=clock)


@pytest.fixture
def network(place: Place) -> Network:
    return place.network("threads")


def say(place: Place, front: str) -> Prepared:
    place.post.write_text(POST.replace("---\n\nEin", f"crosspost: {{threads: {{{front}}}}}\n---\n\nEin"))
    return place.prepared(place.network("threads"))


def test_a_text_post_has_its_link_attached(network: Network, place: Place) -> None:
    network.publish(say(place, "images: false"))
    (post,) = place.sandbox.posts()
    assert post["images"] == []
    assert post["link"] == "https://tal.example.org/2026/11/20/gruesse.html"
    (made,) = [box for key, box in place.sandbox.store.memory.items() if key[1] == "container"]
    assert made.params["link_attachment"] == post["link"]


def test_without_a_card_nothing_is_attached(network: Network, place: Place) -> None:
    network.publish(say(place, "images: false, card: false"))
    (made,) = [box for key, box in place.sandbox.store.memory.items() if key[1] == "container"]
    assert "link_attachment" not in made.params


@pytest.mark.parametrize(("front", "topic"), [("", "Garten"), ("topic_tag: Hochbeet im Tal", "Hochbeet im Tal")])
def test_one_topic(network: Network, place: Place, front: str, topic: str) -> None:
    network.publish(say(place, front))
    (post,) = place.sandbox.posts()
    assert post["extra"] == {"topic_tag": topic}
    assert post["text"].count("#") == 1


@pytest.mark.parametrize("topic", ["a.b", "a&b", "x" * 51])
def test_an_invalid_topic(place: Place, topic: str) -> None:
    with pytest.raises(Unsupported, match="topic_tag"):
        say(place, f"topic_tag: {topic}")


def test_five_links_and_no_more(network: Network, place: Place) -> None:
    links = " ".join(f"https://example.org/{number}" for number in range(4))
    network.publish(say(place, f"text: '{links}'"))
    with pytest.raises(Unsupported, match="5 links"):
        say(place, f"text: '{links} www.example.org'")


@pytest.mark.parametrize("unit", ["🎪", "👩‍👩‍👧‍👦", "🇩🇪", "é", "ไทย ", "漢字", "عربي "])
def test_500_with_emoji_by_their_bytes(network: Network, place: Place, unit: str) -> None:
    prepared = say(place, f"text: '{unit * 400}'")
    assert 400 < prepared.draft.length <= 500
    network.publish(prepared)
    assert len(place.sandbox.posts()) == 1

"""The servers that speak Mastodon's language keep the contract too; then where each differs."""

from collections.abc import Iterator
from typing import ClassVar

import msgspec
import pytest

from crosspost.errors import RateLimited, Rejected, Unsupported
from crosspost.model import Prepared
from crosspost.networks.base import Network
from crosspost.networks.mastodon_flavours import flavour_of
from crosspost.sandbox import Sandbox
from crosspost.testing import NetworkContract
from crosspost.testing.harness import Clock, Place

#: what is tried here is the same on each Python
pytestmark = pytest.mark.long


class Relative(NetworkContract):
    """The same adapter against another kind of server."""

    key = "mastodon"
    uploads = "POST /api/v2/media"
    flavour: ClassVar[str]
    __test__ = False

    def say(self, place: Place, settings: str) -> Network:
        """The account, for a post that says this about it."""
        text = place.post.read_text("utf-8").replace("---\n", f"---\ncrosspost: {{mastodon: {{{settings}}}}}\n", 1)
        place.post.write_text(text, "utf-8")
        network = place.network("mastodon")
        network.me()
        return network

    def test_it_is_known_by_its_own_name(self, network: Network) -> None:
        assert network.me().server.lower().startswith(self.flavour)
        assert network.able.idempotent_for == 0

    @pytest.fixture
    def sandbox(self, clock: Clock) -> Iterator[Sandbox]:
        with Sandbox(clock=clock, options={"mastodon": {"flavour": self.flavour}}) as server:
            yield server
        assert server.errors == [], "the sandbox itself made a mistake"

    def test_no_path_ends_in_a_slash(self, network: Network, place: Place) -> None:
        """GoToSocial answers such a path with a redirect, and a write is never redirected."""
        receipt = network.publish(place.prepared(network))
        network.find(place.prepared(network, "other"), place.clock())
        network.delete(receipt)
        assert not [r["path"] for r in place.sandbox.requests_to("mastodon") if r["path"].endswith("/")]

    def test_a_failed_post_can_be_sent_again(self, network: Network, place: Place) -> None:
        """Some refuse a key for good, or repeat their first answer, also when that was a failure."""
        prepared = place.prepared(network)
        long = msgspec.structs.replace(prepared.draft, text="ü" * 200_001)
        with pytest.raises(Rejected):
            network.publish(msgspec.structs.replace(prepared, draft=long))
        assert network.publish(prepared).id
        assert len(place.sandbox.posts()) == 1


class TestGoToSocial(Relative):
    flavour = "gotosocial"
    __test__ = True


class TestAkkoma(Relative):
    flavour = "akkoma"
    __test__ = True


class TestPixelfed(Relative):
    flavour = "pixelfed"
    __test__ = True

    def test_a_visibility_it_does_not_have_is_refused_before_anything_is_sent(self, place: Place) -> None:
        network = self.say(place, "visibility: direct")
        with pytest.raises(Unsupported, match="Pixelfed has no `visibility` “direct”"):
            network.draft(place.the_post())
        assert self.published(place) == 0

    def test_its_limits_are_known_though_it_writes_numbers_as_text(self, network: Network) -> None:
        network.me()
        images = network.allowed.images
        assert (images.count, images.formats, images.alt) == (4, ("JPEG", "PNG", "GIF"), 1000)

    def test_a_post_without_a_picture_gets_a_title_card(self, network: Network, place: Place) -> None:
        network.me()
        draft = network.draft(msgspec.structs.replace(place.the_post(), thumbnail=None, images=()))
        assert [picture.drawn is not None for picture in draft.images] == [True]
        network.publish(network.prepare(Prepared(draft=draft, handle="key"), lambda *_: None))
        assert [len(post["images"]) for post in place.sandbox.posts()] == [1]


class TestFriendica(Relative):
    flavour = "friendica"
    __test__ = True

    def test_a_content_warning_hides_nothing_and_that_is_said(self, place: Place) -> None:
        network = self.say(place, "content_warning: Wetter")
        prepared = place.prepared(network)
        assert any("as the post's title and hides nothing" in said for said in prepared.draft.warnings)
        network.publish(prepared)
        (post,) = place.sandbox.posts()
        assert (post["extra"]["title"], post["extra"]["sensitive"]) == ("Wetter", False)

    def test_the_days_posts_are_used_up(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        bare = msgspec.structs.replace(prepared.draft, images=())
        for number in range(20):
            network.publish(Prepared(draft=bare, handle=f"{number}"))
        assert isinstance(error := self.fails(network, prepared), RateLimited)
        assert "Daily posting limit of 20 posts reached" in str(error)


class TestIceshrimp(Relative):
    flavour = "iceshrimp"
    __test__ = True


@pytest.mark.parametrize(
    ("software", "version", "name", "keys"),
    [
        ("mastodon", "", "Mastodon", True),
        ("hometown", "", "Hometown", True),
        ("brandnew", "4.5.0", "brandnew", False),
        ("", "4.5.2", "Mastodon", True),
        ("", "3.5.3 (compatible; Pixelfed 0.12.3)", "Pixelfed", False),
        ("", "2.7.2 (compatible; Brandnew 1)", "unknown", False),
        ("", "", "unknown", False),
    ],
)
def test_the_kind_of_a_server(software: str, version: str, name: str, keys: bool) -> None:
    """Only what is known to remember a key is trusted with a repetition."""
    found = flavour_of(software, {"version": version})
    assert (found.name, found.keys) == (name, keys)

"""Pinterest keeps the contract; then its quirks."""

import pytest

from crosspost.errors import Rejected
from crosspost.networks.base import Network
from crosspost.testing import NetworkContract, Place


class TestPinterest(NetworkContract):
    key = "pinterest"
    uploads = ""  # the picture goes with the pin

    def test_a_pin_nobody_sees_is_not_told_as_if_it_were_seen(self, network: Network, place: Place) -> None:
        assert network.publish(place.prepared(network)).notes == ("only you can see it: the app has Trial access",)
        (remark,) = network.remarks()
        assert (remark.weight, remark.said) == ("warn", "with Trial access nobody but you sees the pins")
        place.config.write_text(f'{place.config.read_text("utf-8")}access = "standard"\n', "utf-8")
        network = place.network("pinterest")
        assert network.publish(place.prepared(network)).notes == ()
        assert network.remarks() == []

    def test_title_description_and_link_have_their_places(self, network: Network, place: Place) -> None:
        text = place.post.read_text("utf-8").replace("title: Grüße aus dem Tal", f"title: {'Sehr lange Grüße ' * 9}")
        place.post.write_text(text.replace("Zwölf", "Zwölf " * 300), "utf-8")
        network.publish(place.prepared(network))
        pin = place.sandbox.posts()[0]["extra"]
        assert len(pin["title"]) <= 100
        assert 400 < len(pin["description"]) <= 800
        assert pin["link"] == place.the_post().url

    def test_a_post_without_a_picture_gets_a_card_with_its_title(self, network: Network, place: Place) -> None:
        place.post.write_text("---\ntitle: Ohne\n---\n\nText\n", "utf-8")
        network.publish(place.prepared(network))
        assert len(place.sandbox.posts()[0]["images"]) == 1

    def test_a_board_that_does_not_exist_is_told(self, place: Place) -> None:
        own = place.sandbox.accounts()["pinterest"]["settings"]["board"]
        place.config.write_text(place.config.read_text("utf-8").replace(own, "4711"), "utf-8")
        with pytest.raises(Rejected, match="Board not found"):
            place.network("pinterest").connect()

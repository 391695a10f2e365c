"""A picture that no program can show is left out everywhere, and a network that cannot show one says so."""

from pathlib import Path

import pytest

from crosspost.app.preview_model import look
from crosspost.config import registry
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    made = Place(tmp_path, sandbox, networks=registry.names(), clock=clock)
    text = made.config.read_text("utf-8").replace("images = false", "images = true")
    for name in registry.names():
        text = text.replace(f"[accounts.{name}]\n", f"[accounts.{name}]\ntitle_card = true\n")
    made.config.write_text(text, "utf-8")
    return made


def takes_pictures(place: Place) -> list[Network]:
    made = [place.network(name) for name in registry.names()]
    return [network for network in made if network.allowed.images.count]


def test_a_damaged_file_is_left_out_and_told_the_same_way_everywhere(place: Place) -> None:
    file = place.root / "site/images/beet.jpg"
    file.write_bytes(file.read_bytes()[:300])
    entry = place.app.source().entry(place.post)
    post = place.app.source().load(entry)
    for network in takes_pictures(place):
        shown = look(network, post, entry, drawn=False)
        if network.able.needs_image:
            assert "does not accept a post without a picture" in shown.error, network.key
            continue
        assert (shown.error, shown.pictures) == ("", ()), network.key
        assert shown.draft is not None
        assert any("damaged or incomplete" in said for said in shown.draft.lost_pictures), network.key
        assert "beet.jpg" not in str(shown.draft.options), f"{network.key}: a mail has it in its HTML"


def test_a_picture_without_an_address_is_missed_where_only_its_address_goes_along(place: Place) -> None:
    text = place.post.read_text("utf-8").replace("thumbnail: ", "no_thumbnail: ")
    place.post.write_text(text, "utf-8")
    post = place.the_post()
    for network in takes_pictures(place):
        draft = network.draft(post)
        assert draft.images or draft.card or any("no address on the web" in s for s in draft.lost_pictures), network.key

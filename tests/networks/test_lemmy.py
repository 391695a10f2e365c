"""Lemmy 0.19, Lemmy 1.0 and PieFed keep the contract; then their quirks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from crosspost.errors import RateLimited, Rejected
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, NetworkContract, Place


class TestLemmy(NetworkContract):
    key = "lemmy"
    uploads = ""
    flavour: ClassVar = "lemmy"
    says_when = False

    @pytest.fixture
    def sandbox(self, clock: Clock) -> Iterator[Sandbox]:
        with Sandbox(clock=clock, options={"lemmy": {"flavour": self.flavour}}) as server:
            yield server
        assert server.errors == [], "the sandbox itself made a mistake"

    def test_a_used_up_limit_is_no_refusal(self, network: Network, place: Place) -> None:
        """0.19 answers it with the status of a mistake."""
        prepared = place.prepared(network)
        for _ in range(6):
            network.publish(prepared)
        assert type(self.fails(network, prepared)) is RateLimited


class TestLemmy1(TestLemmy):
    flavour = "lemmy1"
    says_when = True


class TestPieFed(TestLemmy):
    flavour = "piefed"
    says_when = False


def on(folder: Path, sandbox: Sandbox, clock: Clock, **more: Any) -> tuple[Network, Place]:
    place = Place(folder, sandbox, networks=("lemmy",), clock=clock)
    text = place.config.read_text("utf-8")
    for name, value in more.items():
        text = text.replace('community = "garten@sandbox.example"', f'{name} = "{value}"')
    place.config.write_text(text, "utf-8")
    return place.network("lemmy"), place


def test_a_community_of_another_server_is_fetched_first(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    network, place = on(tmp_path, sandbox, clock, community="garten@elsewhere.example")
    assert place.prepared(network).remote == {"community": 7}


def test_a_community_that_takes_no_posts_is_named(tmp_path: Path, clock: Clock) -> None:
    with Sandbox(clock=clock, options={"lemmy": {"mods_only": True}}) as sandbox:
        network, place = on(tmp_path, sandbox, clock)
        with pytest.raises(Rejected, match=r"The community garten@sandbox\.example does not take your posts"):
            network.publish(place.prepared(network))


def test_title_text_link_and_thumbnail_go_where_they_belong(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    network, place = on(tmp_path, sandbox, clock)
    text = place.post.read_text("utf-8").replace("title: Grüße aus dem Tal", f"title: {'Sehr lange Grüße ' * 20}")
    place.post.write_text(text, "utf-8")
    network.me()
    draft = network.draft(place.the_post())
    assert "title shortened by" in draft.lost[-1]
    network.publish(place.prepared(network))
    (post,) = sandbox.posts()
    assert post["text"] == draft.text
    assert len(post["extra"]["title"]) <= 200
    assert post["link"] == place.the_post().url
    assert "Zwölf Leute" in post["extra"]["body"]
    assert post["link"] not in post["extra"]["body"]
    assert post["images"][0]["url"] == f"{place.url}/images/beet.jpg"

"""ntfy keeps the contract; then its quirks."""

from pathlib import Path

import pytest

from crosspost.errors import AuthExpired, RateLimited
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, NetworkContract, Place


class TestNtfy(NetworkContract):
    key = "ntfy"
    uploads = ""

    def test_a_message_has_a_title_a_text_a_link_and_a_picture(self, place: Place) -> None:
        more = "crosspost: {ntfy: {priority: 4, emoji: [seedling]}}"
        text = place.post.read_text("utf-8").replace("---\n", f"---\n{more}\n", 1)
        place.post.write_text(text, "utf-8")
        network = place.network("ntfy")
        network.publish(place.prepared(network))
        (post,) = place.sandbox.posts()
        extra = post["extra"]
        assert (extra["title"], extra["click"]) == ("Grüße aus dem Tal", place.the_post().url)
        assert (extra["priority"], extra["tags"]) == (4, ["seedling"])
        assert extra["message"].startswith("Zwölf Leute")
        assert post["images"][0]["url"] == f"{place.url}/images/beet.jpg"


def test_the_days_messages_are_used_up(tmp_path: Path, clock: Clock) -> None:
    with Sandbox(clock=clock, options={"ntfy": {"daily": 1}}) as sandbox:
        place = Place(tmp_path, sandbox, networks=("ntfy",), clock=clock)
        network = place.network("ntfy")
        network.publish(place.prepared(network))
        with pytest.raises(RateLimited) as caught:
            network.publish(place.prepared(network, "other"))
        assert caught.value.retry_at is not None


def test_a_server_that_keeps_nothing_is_not_asked(tmp_path: Path, clock: Clock) -> None:
    with Sandbox(clock=clock, options={"ntfy": {"cache": False}}) as sandbox:
        place = Place(tmp_path, sandbox, networks=("ntfy",), clock=clock, more="kept = false\n")
        network = place.network("ntfy")
        prepared = place.prepared(network)
        network.publish(prepared)
        assert network.find(prepared, place.clock()) is None
        assert (network.able.read_back, network.able.absence_after) == (False, None)


def test_a_topic_of_somebody_else_is_said(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = Place(tmp_path, sandbox, networks=("ntfy",), clock=clock)
    config = place.config.read_text("utf-8").replace("news-verein", "somebody-elses")
    place.config.write_text(config, "utf-8")
    with pytest.raises(AuthExpired, match="may not write and read the topic somebody-elses"):
        place.network("ntfy").connect()

"""Tumblr keeps the contract; then its quirks."""

from pathlib import Path

import pytest

from crosspost.errors import AuthExpired, RateLimited, Rejected
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.http_messages import Reply
from crosspost.testing import Clock, NetworkContract, Place


class TestTumblr(NetworkContract):
    key = "tumblr"
    uploads = ""  # the pictures go with the post

    def test_the_post_has_its_blocks_and_tags(self, network: Network, place: Place) -> None:
        network.publish(place.prepared(network))
        (post,) = place.sandbox.posts()
        assert [block["type"] for block in post["extra"]["content"]] == ["text"] * 3 + ["image", "link"]
        assert post["extra"]["content"][0]["subtype"] == "heading1"
        assert post["extra"]["tags"] == ["Garten", "Erneuerbare Energien"]
        assert post["extra"]["slug"].startswith("gruesse-")

    @pytest.mark.parametrize(("code", "kind"), [(8023, RateLimited), (8004, RateLimited), (8001, Rejected)])
    def test_a_limit_is_told_from_a_refusal(
        self, network: Network, place: Place, monkeypatch: pytest.MonkeyPatch, code: int, kind: type
    ) -> None:
        prepared = place.prepared(network)
        answer = Reply.json({"meta": {"status": 403}, "errors": [{"title": "No.", "code": code}]}, 403)
        monkeypatch.setattr(place.sandbox.networks["tumblr"], "answer", lambda _: answer)
        assert type(self.fails(network, prepared)) is kind

    def test_a_foreign_blog_is_told_with_those_there_are(self, place: Place) -> None:
        text = place.config.read_text("utf-8").replace('blog = "verein"', 'blog = "other"')
        place.config.write_text(text, "utf-8")
        with pytest.raises(AuthExpired, match="may not post to “other”; it has verein, verein-garten"):
            place.network("tumblr").connect()


def test_what_is_only_in_the_queue_is_not_called_sent(tmp_path: Path, clock: Clock) -> None:
    options = {"tumblr": {"queues": True}}
    with Sandbox(clock=clock, options=options) as sandbox:
        place = Place(tmp_path, sandbox, networks=("tumblr",), clock=clock)
        network = place.network("tumblr")
        with pytest.raises(Rejected, match="kept it as “queued”, so nobody sees it"):
            network.publish(place.prepared(network))

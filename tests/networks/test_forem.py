"""dev.to keeps the contract; then its quirks."""

import pytest

from crosspost.errors import Rejected, Unknown
from crosspost.networks.base import Network
from crosspost.sandbox.core.http_messages import Reply
from crosspost.testing import NetworkContract, Place


class TestForem(NetworkContract):
    key = "forem"
    uploads = ""

    def test_the_whole_article_goes_out_with_its_canonical_address(self, network: Network, place: Place) -> None:
        more = "# Beete\n\n[Plan](/plan.html) und ![Erde](erde.jpg)\n\n```\n[nicht](/hier)\n```\n"
        place.post.write_text(place.post.read_text("utf-8") + more, "utf-8")
        network.publish(place.prepared(network))
        (post,) = place.sandbox.posts()
        assert post["extra"]["canonical_url"] == place.the_post().url
        assert post["extra"]["tags"] == ["garten", "erneuerbareenergien"]
        assert f"[Plan]({place.url}/plan.html) und ![Erde]({place.url}/2026/11/20/erde.jpg)" in post["text"]
        assert "[nicht](/hier)" in post["text"]
        assert post["images"][0]["url"] == f"{place.url}/images/beet.jpg"

    def test_nobody_is_called_by_accident(self, network: Network, place: Place) -> None:
        """dev.to tells whomever an article names, and refuses one that names more than seven."""
        named = " ".join(f"@reader{number}" for number in range(8))
        more = f"{named}, @here (ann@tal.example)\n\n```py\n@cache\n```\n\n    @property\n\nSay `@override`.\n"
        place.post.write_text(place.post.read_text("utf-8") + more, "utf-8")
        prepared = place.prepared(network)
        network.publish(prepared)
        (post,) = place.sandbox.posts()
        assert post["extra"]["called"] == []
        assert (
            "reader7, here (ann@tal.example)\n\n```py\n@cache\n```\n\n    @property\n\nSay `@override`." in post["text"]
        )
        assert any("@reader7 and @here are said without the “@”" in one for one in prepared.draft.warnings)

    def test_whom_the_table_knows_is_called(self, place: Place) -> None:
        table = 'mentions = { "@ann@social.example" = "@ann" }\n'
        place.config.write_text(place.config.read_text("utf-8") + table, "utf-8")
        place.post.write_text(place.post.read_text("utf-8") + "With @ann@social.example and @bob.\n", "utf-8")
        network = place.network("forem")
        network.publish(place.prepared(network))
        assert place.sandbox.posts()[0]["extra"]["called"] == ["@ann"]

    def test_an_article_never_begins_like_front_matter(self, network: Network, place: Place) -> None:
        text = place.post.read_text("utf-8").replace("Ein langer Tag.", "---\ntitle: Falsch\n---\n\nEin langer Tag.")
        place.post.write_text(text, "utf-8")
        network.publish(place.prepared(network))
        assert place.sandbox.posts()[0]["extra"]["title"] == "Grüße aus dem Tal"

    def test_an_address_that_is_ours_already_is_doubt(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        receipt = network.publish(prepared)
        assert type(self.fails(network, prepared)) is Unknown
        found = network.find(prepared, place.clock())
        assert found is not None
        assert found.id == receipt.id

    def test_an_address_that_somebody_else_has_is_a_refusal(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        network.publish(prepared)
        place.sandbox.store.posts[0].account = "zweitkonto"
        assert type(self.fails(network, prepared)) is Rejected

    @pytest.mark.parametrize(("why", "kind"), [("Tag is not alphanumeric", Rejected), ("something", Unknown)])
    def test_a_refusal_that_names_nothing_may_be_none(
        self, network: Network, place: Place, monkeypatch: pytest.MonkeyPatch, why: str, kind: type
    ) -> None:
        prepared = place.prepared(network)
        answer = Reply.json({"error": why, "status": 422}, 422)
        monkeypatch.setattr(place.sandbox.networks["forem"], "answer", lambda _: answer)
        assert type(self.fails(network, prepared)) is kind

    def test_what_was_taken_back_can_go_out_again(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        network.delete(network.publish(prepared))
        assert network.find(prepared, place.clock()) is None
        network.publish(prepared)
        assert len(place.sandbox.posts()) == 1

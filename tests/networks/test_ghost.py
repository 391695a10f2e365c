"""Ghost keeps the contract; then its quirks."""

from datetime import timedelta
from typing import ClassVar

import pytest

from crosspost.errors import Rejected, Unknown
from crosspost.networks.base import Network
from crosspost.testing import AheadContract, NetworkContract, Place


class TestGhost(NetworkContract, AheadContract):
    key = "ghost"
    uploads = "POST /press/ghost/api/admin/images/upload/"
    tells_by_id: ClassVar = True  # by its slug, which no other delivery has

    def published(self, place: Place) -> int:
        """How often an article was published: the request is the same as that of a change."""
        return len(place.sandbox.store.posts)

    def test_the_article_has_its_canonical_address_and_no_mail_is_sent(self, network: Network, place: Place) -> None:
        network.publish(place.prepared(network))
        (post,) = place.sandbox.posts()
        assert post["extra"]["canonical_url"] == place.the_post().url
        assert post["extra"]["newsletter"] is None
        assert post["extra"]["tags"] == ["Garten", "Erneuerbare Energien"]

    def test_a_mail_is_sent_only_when_the_post_says_so(self, place: Place) -> None:
        more = "crosspost: {ghost: {newsletter: weekly, visibility: members}}"
        place.post.write_text(place.post.read_text("utf-8").replace("---\n", f"---\n{more}\n", 1), "utf-8")
        network = place.network("ghost")
        network.publish(place.prepared(network))
        (post,) = place.sandbox.posts()
        assert (post["extra"]["newsletter"], post["extra"]["visibility"]) == ("weekly", "members")

    def test_doctor_knows_whether_the_newsletter_is_there(self, place: Place) -> None:
        assert place.network("ghost").remarks() == []
        config = place.config.read_text("utf-8")
        place.config.write_text(f'{config}newsletter = "weekly"\n', "utf-8")
        assert place.network("ghost").remarks() == []
        place.config.write_text(f'{config}newsletter = "Weekly "\n', "utf-8")
        (remark,) = place.network("ghost").remarks()
        assert (remark.weight, remark.todo) == ("fail", "correct `newsletter` under [accounts.ghost]")
        assert remark.said == "Ghost has no newsletter “Weekly ”. There is: “default-newsletter”, “weekly”"

    def test_a_newsletter_that_is_not_there_is_told_before(self, place: Place) -> None:
        text = place.post.read_text("utf-8").replace("---\n", "---\ncrosspost: {ghost: {newsletter: daily}}\n", 1)
        place.post.write_text(text, "utf-8")
        network = place.network("ghost")
        there = "“daily”. There is: “default-newsletter”, “weekly”"
        with pytest.raises(Rejected, match=f"Ghost has no newsletter {there}"):
            place.prepared(network)
        assert [r["method"] for r in place.sandbox.requests_to("ghost")].count("POST") == 0

    def test_a_draft_that_somebody_changed_is_doubt(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        place.sandbox.networks["ghost"]._articles()[prepared.remote["post"]]["updated_at"] = "later"  # type: ignore[attr-defined]
        doubt = self.fails(network, prepared)
        assert type(doubt) is Unknown
        assert "Someone else is editing this post" in str(doubt)
        assert network.find(prepared, place.clock()) is None

    def test_an_article_without_a_status_proves_nothing(
        self, network: Network, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        prepared = place.prepared(network)
        for article in ({"id": "1"}, {"id": "1", "status": ""}):
            monkeypatch.setattr(network, "_by_slug", lambda _, article=article: article)
            with pytest.raises(Unknown, match="without the article's status"):
                network.find(prepared, place.clock())
        for article in (None, {"id": "1", "status": "draft"}):
            monkeypatch.setattr(network, "_by_slug", lambda _, article=article: article)
            assert network.find(prepared, place.clock()) is None

    def test_the_draft_of_an_attempt_before_is_used_again(self, network: Network, place: Place) -> None:
        first = place.prepared(network)
        assert place.prepared(network).remote["post"] == first.remote["post"]

    def test_a_wrong_clock_does_no_harm(self, network: Network, place: Place) -> None:
        """A token is good for minutes, by the server's clock."""
        network.clock = network.session._clock = lambda: place.clock() + timedelta(days=3)
        assert network.connect().handle == "Sandbox"

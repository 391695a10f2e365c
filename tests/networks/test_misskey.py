"""Misskey keeps the contract; then its quirks."""

from pathlib import Path

import msgspec
import pytest

from crosspost.errors import AuthExpired, Rejected
from crosspost.model import Prepared
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.http_messages import Reply
from crosspost.testing import Clock, NetworkContract, Place


class TestMisskey(NetworkContract):
    key = "misskey"
    uploads = "POST /api/drive/files/create"

    def test_the_servers_own_limit_counts(self, tmp_path: Path, clock: Clock) -> None:
        with Sandbox(clock=clock, options={"misskey": {"longest": 100}}) as sandbox:
            place = Place(tmp_path, sandbox, networks=("misskey",), clock=clock)
            place.post.write_text(f"---\ntitle: {'Wort ' * 60}\n---\n\nText\n", "utf-8")
            network = place.network("misskey")
            prepared = place.prepared(network)
            assert 50 < len(prepared.draft.text) <= 100
            network.publish(prepared)

    def test_the_same_picture_twice_keeps_its_new_description(self, network: Network, place: Place) -> None:
        """A server gives back the old file for the same bytes, unless it is told not to."""
        network.publish(place.prepared(network))
        text = place.post.read_text("utf-8").replace("Ein Hochbeet im Regen", "Ein anderes Wort")
        place.post.write_text(text, "utf-8")
        again = place.network("misskey")
        again.publish(place.prepared(again))
        assert [post["images"][0]["alt"] for post in place.sandbox.posts()] == [
            "Ein Hochbeet im Regen",
            "Ein anderes Wort",
        ]

    def test_settings_of_a_post_reach_the_note(self, place: Place) -> None:
        more = "crosspost: {misskey: {visibility: home, content_warning: Wetter, sensitive: true, local_only: true}}"
        text = place.post.read_text("utf-8").replace("---\n", f"---\n{more}\n", 1)
        place.post.write_text(text, "utf-8")
        network = place.network("misskey")
        network.publish(place.prepared(network))
        (post,) = place.sandbox.store.posts
        assert (post.visibility, post.extra["cw"], post.extra["local_only"]) == ("home", "Wetter", True)
        assert post.pictures[0].extra["sensitive"]

    def test_the_search_reads_on_from_page_to_page(self, network: Network, place: Place) -> None:
        prepared, since = place.prepared(network), place.clock()
        receipt = network.publish(prepared)
        for number in range(130):
            place.clock.pass_by(seconds=20)
            draft = msgspec.structs.replace(prepared.draft, text=f"Nr. {number}", images=())
            network.publish(Prepared(draft=draft, handle=f"n{number}"))
        found = network.find(prepared, since)
        assert found is not None
        assert found.id == receipt.id

    @pytest.mark.parametrize(
        ("code", "status", "kind"),
        [("PERMISSION_DENIED", 403, AuthExpired), ("CONTAINS_PROHIBITED_WORDS", 400, Rejected)],
    )
    def test_a_refusal_means_what_its_code_says(
        self, network: Network, place: Place, monkeypatch: pytest.MonkeyPatch, code: str, status: int, kind: type
    ) -> None:
        prepared = place.prepared(network)
        answer = Reply.json({"error": {"message": "No.", "code": code, "id": "1"}}, status)
        monkeypatch.setattr(place.sandbox.networks["misskey"], "answer", lambda _: answer)
        assert type(self.fails(network, prepared)) is kind

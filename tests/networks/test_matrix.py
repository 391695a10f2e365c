"""Matrix keeps the contract; then its quirks."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from crosspost.errors import AuthExpired, Unknown
from crosspost.model import Prepared
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, NetworkContract, Place

UPLOAD = "POST /_matrix/media/v3/upload"


def bare(place: Place, text: str) -> Prepared:
    network = place.network("matrix")
    network.me()
    draft = msgspec.structs.replace(network.draft(place.the_post()), text=text, title="", images=(), card=None)
    return Prepared(draft=draft, handle="key")


class TestMatrix(NetworkContract):
    key = "matrix"
    uploads = UPLOAD

    def test_the_same_request_again_is_the_same_event(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        assert network.publish(prepared).id == network.publish(prepared).id
        assert len(place.sandbox.posts()) == 1

    def test_after_a_day_only_the_history_tells(self, network: Network, place: Place) -> None:
        prepared, since = place.prepared(network), place.clock()
        place.sandbox.fault(self.key, "cut-after")
        assert isinstance(self.fails(network, prepared), Unknown)
        place.clock.pass_by(hours=25)
        found = network.find(prepared, since)
        assert found is not None
        assert found.id == place.sandbox.posts()[0]["id"]

    def test_what_a_moderator_took_away_is_known_by_its_transaction(self, network: Network, place: Place) -> None:
        prepared, since = place.prepared(network), place.clock()
        receipt = network.publish(prepared)
        network.delete(receipt)
        found = network.find(prepared, since)
        assert found is not None
        assert found.id == receipt.id
        assert network.find(msgspec.structs.replace(prepared, handle="other"), since) is None

    def test_the_title_is_bold_and_nothing_else_is_markup(self, place: Place) -> None:
        place.post.write_text("---\ntitle: 'A & B > C'\n---\n\nText *x* \\<i>.\n", "utf-8")
        network = place.network("matrix")
        network.publish(place.prepared(network))
        html = place.sandbox.posts()[0]["extra"]["content"]["formatted_body"]
        assert html.startswith("<strong>A &amp; B &gt; C</strong><br>")
        url = place.the_post().url
        assert f'<a href="{url}">{url}</a>' in html

    @pytest.mark.parametrize("text", ["&" * 10_000, "<" * 10_000, "😀" * 2500, "\n" * 5000 + "ä" * 2500])
    def test_the_longest_text_fits_an_event(self, place: Place, text: str) -> None:
        place.network("matrix").publish(bare(place, text))
        assert place.sandbox.posts()[0]["text"] == text

    def test_a_server_before_version_1_11_has_the_usual_limit(self, tmp_path: Path, clock: Clock) -> None:
        with Sandbox(clock=clock, options={"matrix": {"media_config": False}}) as sandbox:
            place = Place(tmp_path, sandbox, networks=("matrix",), clock=clock)
            assert place.network("matrix").connect().limits is None

    def test_an_encrypted_room_is_refused(self, tmp_path: Path, clock: Clock) -> None:
        with Sandbox(clock=clock, options={"matrix": {"encrypted": True}}) as sandbox:
            place = Place(tmp_path, sandbox, networks=("matrix",), clock=clock)
            with pytest.raises(AuthExpired, match="is encrypted"):
                place.network("matrix").connect()

    @pytest.mark.parametrize(
        ("room", "why"),
        [
            ("#nirgends:sandbox.example", "there is no room"),
            ("#zweitkonto:sandbox.example", "not a member"),
            ("", "set room"),
        ],
    )
    def test_a_wrong_room_is_told_when_connecting(self, place: Place, room: str, why: str) -> None:
        text = place.config.read_text("utf-8").replace("#verein:sandbox.example", room)
        place.config.write_text(text, "utf-8")
        with pytest.raises(AuthExpired, match=why):
            place.network("matrix").connect()

    def test_a_notice_is_one(self, place: Place) -> None:
        place.config.write_text(place.config.read_text("utf-8") + '\nkind = "notice"\n', "utf-8")
        place.network("matrix").publish(bare(place, "Nur so"))
        assert place.sandbox.posts()[0]["extra"]["content"]["msgtype"] == "m.notice"

    def test_an_edit_back_to_the_first_words_is_made(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        receipt = network.publish(prepared)
        for text in ("Zweitens", prepared.draft.text, "Zweitens"):
            draft = msgspec.structs.replace(prepared.draft, text=text)
            network.edit(receipt, msgspec.structs.replace(prepared, draft=draft))
            (post,) = place.sandbox.posts()
            assert post["text"] == text
            assert post["images"], "the picture stays"

    def test_history_of_others_is_no_proof_against_us(self, network: Network, place: Place) -> None:
        """Many events after ours: the search reads on until it is old enough."""
        prepared, since = place.prepared(network), place.clock()
        receipt = network.publish(prepared)
        for number in range(120):
            place.clock.pass_by(seconds=3)
            place.network("matrix").publish(msgspec.structs.replace(bare(place, f"Nr. {number}"), handle=f"n{number}"))
        found = network.find(prepared, since - timedelta(minutes=1))
        assert found is not None
        assert found.id == receipt.id


def test_a_picture_is_made_to_fit_the_server(place_with_small_uploads: Any) -> None:
    place = place_with_small_uploads
    Image.effect_noise((900, 900), 90).convert("RGB").save(place.root / "site/images/beet.jpg")
    network = place.network("matrix")
    network.publish(place.prepared(network))
    (post,) = place.sandbox.posts()
    (image,) = post["images"]
    assert image["width"] < 900
    told = {"w": image["width"], "h": image["height"], "mimetype": "image/jpeg"}
    assert told.items() <= post["extra"]["content"]["info"].items(), "clients make room for it before it is there"


@pytest.fixture
def place_with_small_uploads(tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr("crosspost.sandbox.networks.matrix.standin.UPLOAD", 60_000)
    return Place(tmp_path, sandbox, clock=clock, networks=("matrix",))

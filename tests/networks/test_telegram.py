"""Telegram keeps the contract; then its quirks."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from crosspost.errors import AuthExpired, NotSent, RateLimited, Rejected, Unknown
from crosspost.model import Draft, Prepared, Receipt
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.testing import NetworkContract
from crosspost.testing.harness import Clock, Place

LONG = "Wörter " * 300
TITLE = "Grüße 👨‍👩‍👧 aus dem Tal"


def said(title: str = TITLE, description: str = "Kurz.", more: str = "") -> str:
    return f"---\ntitle: {title}\ndescription: {description}\nthumbnail: /images/beet.jpg\n{more}---\n\nText.\n"


def written(place: Place, text: str) -> Draft:
    place.post.write_text(text, "utf-8")
    network = place.network("telegram")
    network.me()
    return network.draft(place.the_post())


class TestTelegram(NetworkContract):
    key = "telegram"
    uploads = ""

    @pytest.fixture
    def place(self, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
        return Place(tmp_path, sandbox, networks=["telegram"], clock=clock)

    def publish(self, place: Place, text: str) -> tuple[Receipt, dict[str, Any]]:
        draft = written(place, text)
        receipt = place.network(self.key).publish(Prepared(draft=draft, handle="key"))
        (post,) = place.sandbox.posts(self.key)
        return receipt, post

    def test_the_title_is_bold_and_nothing_needs_escaping(self, place: Place) -> None:
        title = "👨‍👩‍👧 <Fest> & 2*3*4 ไทย שלום"
        _, post = self.publish(place, said(f"'{title}'"))
        (entity,) = post["extra"]["entities"]
        units = post["text"].encode("utf-16-le")
        start, end = 2 * entity["offset"], 2 * (entity["offset"] + entity["length"])
        assert entity["type"] == "bold"
        assert units[start:end].decode("utf-16-le") == title

    def test_a_long_text_is_shortened_to_stay_below_the_picture(self, place: Place) -> None:
        _, post = self.publish(place, said(description=LONG))
        assert 900 < len(post["text"]) <= 1024
        assert post["images"]
        assert post["link"] in post["text"]

    def test_or_it_goes_out_whole_without_the_picture(self, place: Place) -> None:
        _, post = self.publish(
            place, said(description=LONG, more="crosspost: {telegram: {long_text: message, preview: large}}\n")
        )
        assert len(post["text"]) > 2000
        assert post["images"] == []
        assert post["extra"]["link_preview"] == {"url": post["link"], "prefer_large_media": True}
        assert place.sandbox.requests_to("telegram", "POST /bot/sendMessage")

    def test_a_text_that_fits_keeps_its_picture_either_way(self, place: Place) -> None:
        _, post = self.publish(place, said(more="crosspost: {telegram: {long_text: message}}\n"))
        assert post["images"]

    def test_an_unusable_picture_leaves_room_for_the_whole_text(self, place: Place) -> None:
        (place.root / "site/images/beet.jpg").write_bytes(b"no picture")
        draft = written(place, said(description=LONG))
        assert draft.images == ()
        assert draft.length > 2000
        assert any("without a picture" in warning for warning in draft.warnings)

    def test_no_preview_when_cards_are_off(self, place: Place) -> None:
        _, post = self.publish(place, said(more="crosspost: {telegram: {card: false, images: false, silent: true}}\n"))
        assert post["extra"]["link_preview"] == {"is_disabled": True}
        assert post["extra"]["silent"] is True

    @pytest.mark.parametrize("length", [1024, 1025])
    def test_exactly_what_fits_is_not_cut(self, place: Place, length: int) -> None:
        text = "😀" * length
        draft = written(place, said(more=f"crosspost: {{telegram: {{text: '{text}', link: none}}}}\n"))
        assert (draft.text == text) == (length == 1024)
        assert draft.limit == 1024

    def test_public_and_private_channels_have_their_addresses(self, place: Place) -> None:
        receipt, _ = self.publish(place, said())
        assert receipt.url == f"{place.sandbox.url}/t.me/verein/{receipt.id}", "what only the sandbox has is there only"
        network: Any = place.network(self.key)
        network.base_url = network.home
        public = {"message_id": 7, "chat": {"id": -1001234567890, "username": "verein"}}
        assert network._receipt(public).url == "https://t.me/verein/7"
        private = {"message_id": 7, "chat": {"id": -1001234567890}}
        assert network._receipt(private).url == "https://t.me/c/1234567890/7"

    def test_the_token_in_the_address_never_shows(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        token = network.secret("bot_token")
        for fault in ("", "html-503", "cut-before", "redirect", "429"):
            if fault:
                place.sandbox.fault(self.key, fault)
                with pytest.raises((NotSent, Unknown)) as caught:
                    network.publish(prepared)
                assert token not in f"{caught.value!r}{caught.value.__cause__!r}"
            else:
                network.publish(prepared)
            last = network.session.last
            assert last is not None
            assert last.url.endswith("/bot***/sendPhoto")
            assert token not in last.failure
        assert token not in repr(place.sandbox.requests)

    def test_a_rate_limit_says_when(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        place.sandbox.fault(self.key, "429", retry_after=35)
        error = self.fails(network, prepared)
        assert isinstance(error, RateLimited)
        assert error.retry_at is not None
        assert (error.retry_at - place.clock()).total_seconds() == 35

    @pytest.mark.parametrize(
        ("chat", "words"),
        [("", "channel is missing"), ("@nirgendwo", "chat not found")],
    )
    def test_a_wrong_channel_is_reported_when_connecting(self, place: Place, chat: str, words: str) -> None:
        text = place.config.read_text("utf-8").replace('"@verein"', f'"{chat}"')
        place.config.write_text(text, "utf-8")
        with pytest.raises(AuthExpired, match=words):
            place.network(self.key).connect()

    def test_a_bot_that_may_not_post_pauses_the_account(self, place: Place) -> None:
        text = place.config.read_text("utf-8").replace('"@verein"', '"@zweitkonto"')
        place.config.write_text(text, "utf-8")
        network = place.network(self.key)
        error = self.fails(network, place.prepared(network))
        assert isinstance(error, AuthExpired)
        assert "administrator" in str(error)

    def test_another_channel_is_another_mark(self, network: Network, place: Place) -> None:
        text = place.config.read_text("utf-8").replace('"@verein"', "-1002000000002")
        place.config.write_text(text, "utf-8")
        other = place.network(self.key)
        assert other.mark() != network.mark()
        assert other.connect().handle == "@zweitkonto"

    def test_editing_and_deleting_may_be_repeated(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        receipt = network.publish(prepared)
        new = msgspec.structs.replace(prepared, draft=msgspec.structs.replace(prepared.draft, text="Neu", title=""))
        for _ in range(2):
            assert network.edit(receipt, new) == receipt
        assert place.sandbox.posts()[0]["text"] == "Neu"
        for _ in range(2):
            network.delete(receipt)
        assert place.sandbox.posts() == []
        with pytest.raises(Rejected, match="not found"):
            network.edit(receipt, new)

    def test_text_messages_are_edited_as_text(self, place: Place) -> None:
        more = "crosspost: {telegram: {images: false}}\n"
        receipt, post = self.publish(place, said(more=more))
        assert post["images"] == []
        draft = written(place, said(title="Neuer Titel", more=more))
        place.network(self.key).edit(receipt, Prepared(draft=draft, handle="key"))
        assert place.sandbox.posts()[0]["text"].startswith("Neuer Titel")
        assert place.sandbox.requests_to(self.key, "POST /bot/editMessageText")

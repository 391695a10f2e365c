"""Signal keeps the contract, through the daemon and through signal-cli-rest-api; then its quirks."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crosspost.compose.formats.message_entities import Span
from crosspost.errors import AuthExpired, DeliveryError, RateLimited, Rejected, Unknown
from crosspost.networks.base import Network
from crosspost.networks.protocols.signal_rpc import SignalMessage, _styled
from crosspost.sandbox import Sandbox
from crosspost.sandbox.networks.signal.server import group_id
from crosspost.testing import NetworkContract
from crosspost.testing.harness import Clock, Place
from tests.raw_server import RawServer, reply

TITLE = "Grüße aus dem Tal"


def bold(post: dict[str, Any]) -> str:
    (style,) = post["extra"]["styles"]
    start, length, kind = style.split(":")
    assert kind == "BOLD"
    return post["text"].encode("utf-16-le")[2 * int(start) : 2 * (int(start) + int(length))].decode("utf-16-le")


class SignalContract(NetworkContract):
    key = "signal"
    not_reached: str
    uploads = ""

    def configured(self, place: Place, **settings: str) -> Network:
        lines = place.config.read_text("utf-8").splitlines()
        kept = [line for line in lines if line.partition(" = ")[0] not in settings]
        more = [f'{key} = "{value}"' for key, value in settings.items()]
        place.config.write_text("\n".join([*kept, *more, ""]), "utf-8")
        return place.network(self.key)

    def post(self, place: Place) -> dict[str, Any]:
        (post,) = place.sandbox.posts(self.key)
        return post

    def test_preview_with_title_description_and_picture_and_a_bold_title(self, network: Network, place: Place) -> None:
        receipt = network.publish(place.prepared(network))
        post = self.post(place)
        assert post["extra"]["preview"] == {
            "url": "https://tal.example.org/2026/11/20/gruesse.html",
            "title": TITLE,
            "description": "Zwölf Leute, ein Beet – und viel Regen.",
        }
        assert [image["format"] for image in post["images"]] == ["JPEG"]
        assert post["extra"]["card"]["title"] == TITLE
        assert bold(post) == TITLE
        assert receipt.notes == ()

    def test_without_a_preview_the_picture_is_attached(self, place: Place) -> None:
        network = self.configured(place)
        place.post.write_text(
            place.post.read_text("utf-8").replace("lang: de", "crosspost: {signal: {card: false}}"), "utf-8"
        )
        network.publish(place.prepared(network))
        post = self.post(place)
        assert post["extra"]["preview"] == {}
        assert len(post["images"]) == 1

    def test_an_unusable_picture_leaves_the_preview(self, network: Network, place: Place) -> None:
        (place.root / "site/images/beet.jpg").write_bytes(b"no picture")
        prepared = place.prepared(network)
        assert any("without a picture" in warning for warning in prepared.draft.warnings)
        network.publish(prepared)
        assert self.post(place)["images"] == []
        assert self.post(place)["extra"]["preview"]["title"] == TITLE

    def test_two_thousand_bytes_are_the_limit(self, network: Network, place: Place) -> None:
        text = f"---\ntitle: ไทย\ndescription: {'ยาว ' * 400}\n---\n\nText.\n"
        place.post.write_text(text, "utf-8")
        network.publish(place.prepared(network))
        assert 1500 < len(self.post(place)["text"].encode()) <= 2000
        assert bold(self.post(place)) == "ไทย"

    def test_a_member_not_reached_is_reported_and_the_post_is_out(
        self, network: Network, place: Place, caplog: pytest.LogCaptureFixture
    ) -> None:
        prepared = place.prepared(network)
        place.sandbox.fault(self.key, "partial")
        receipt = network.publish(prepared)
        assert receipt.id == self.post(place)["id"]
        (note,) = receipt.notes
        assert self.not_reached in note
        assert note in caplog.text

    def test_the_group_may_be_named_by_its_id(self, place: Place) -> None:
        network = self.configured(place, group=group_id(1))
        network.publish(place.prepared(network))
        assert self.post(place)["extra"]["group"] == group_id(1)

    @pytest.mark.parametrize(
        ("settings", "words"),
        [
            ({"group": "Vorstand"}, "has 2 groups called “Vorstand”"),
            ({"group": "Chor"}, "has no group “Chor”; its groups: “Verein Beispiel”"),
            ({"group": ""}, "`group` is missing"),
            ({"number": ""}, "`number` is missing"),
            ({"number": "+4917139200999"}, "Register or link"),
        ],
    )
    def test_a_wrong_account_or_group_is_reported(self, place: Place, settings: dict[str, str], words: str) -> None:
        with pytest.raises(AuthExpired, match=words):
            self.configured(place, **settings).connect()

    def test_editing_and_deleting(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        receipt = network.publish(prepared)
        draft = msgspec.structs.replace(prepared.draft, text="Neu", title="", card=None)
        assert network.edit(receipt, msgspec.structs.replace(prepared, draft=draft)) == receipt
        assert self.post(place)["text"] == "Neu"
        network.delete(receipt)
        assert place.sandbox.posts() == []

    def refused(self, network: Network, place: Place, fault: str) -> DeliveryError:
        prepared = place.prepared(network)
        place.sandbox.fault(self.key, fault)
        error = self.fails(network, prepared)
        assert place.sandbox.posts() == []
        return error


class TestSignal(SignalContract):
    """signal-cli daemon --http."""

    not_reached = "no longer on Signal"

    @pytest.fixture
    def place(self, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
        return Place(tmp_path, sandbox, networks=["signal"], clock=clock)

    def test_a_network_failure_may_hide_a_message_that_arrived(self, network: Network, place: Place) -> None:
        assert type(self.refused(network, place, "network-failure")) is Unknown

    def test_refused_for_every_member_is_refused(self, network: Network, place: Place) -> None:
        assert "safety numbers" in str(self.refused(network, place, "untrusted"))
        assert type(self.refused(network, place, "all-unregistered")) is Rejected

    def test_a_captcha_is_asked_of_a_person(self, network: Network, place: Place) -> None:
        error = self.refused(network, place, "captcha")
        assert isinstance(error, RateLimited)
        assert error.retry_at == place.clock() + timedelta(days=1)
        assert "submitRateLimitChallenge" in str(error)
        assert "challenge-4711" in str(error)

    def test_a_group_one_has_left(self, place: Place) -> None:
        with pytest.raises(AuthExpired, match="not a member"):
            self.configured(place, group="Ehemalige").connect()

    @pytest.mark.parametrize(
        ("error", "means"),
        [
            ({"code": -6, "message": "Captcha rejected"}, AuthExpired),
            ({"code": -1, "message": "User is not a member in group"}, Rejected),
            ({"code": -3, "message": "Failed to send message: timeout"}, Unknown),
            ({"code": -5, "message": "Rate limit"}, RateLimited),
            ({"code": -32603, "message": "Internal error"}, Unknown),
            ({"code": -32601, "message": "Method not implemented"}, Rejected),
            ({"code": -32602, "message": "Method requires valid account parameter"}, AuthExpired),
            ({}, Unknown),
        ],
    )
    def test_what_an_error_means(
        self, network: Network, place: Place, error: dict[str, Any], means: type[DeliveryError]
    ) -> None:
        prepared = place.prepared(network)
        body = msgspec.json.encode({"jsonrpc": "2.0", "id": "1", "error": error})
        with RawServer(reply("200 OK", body)) as server:
            network.base_url = server.url
            assert type(self.fails(network, prepared)) is means

    def test_success_without_recipients_is_an_error(self, network: Network, place: Place) -> None:
        """Older daemons answer so."""
        prepared = place.prepared(network)

        def answer(connection: Any, request: bytes) -> None:
            call = msgspec.json.decode(request.partition(b"\r\n\r\n")[2])
            result = {"timestamp": 1, "results": [{"type": "UNREGISTERED_FAILURE"}]}
            body = msgspec.json.encode({"jsonrpc": "2.0", "id": call["id"], "result": result})
            reply("200 OK", body)(connection, request)

        with RawServer(answer) as server:
            network.base_url = server.url
            error = self.fails(network, prepared)
        assert type(error) is Rejected
        assert "1 of 1 members" in str(error)

    def test_another_host_name_is_explained(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        with RawServer(reply("421 Misdirected Request")) as server:
            network.base_url = server.url
            error = self.fails(network, prepared)
        assert isinstance(error, Rejected)
        assert "--http" in str(error)


class TestSignalRest(SignalContract):
    """signal-cli-rest-api."""

    not_reached = "Unregistered user"

    @pytest.fixture
    def place(self, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
        return Place(tmp_path, sandbox, networks=["signal"], more='kind = "rest"\n', clock=clock)

    def test_the_address_may_say_it_too(self, place: Place) -> None:
        network = self.configured(place, kind="json-rpc", base_url=f"rest+{place.sandbox.url}")
        network.publish(place.prepared(network))
        assert place.sandbox.requests_to(self.key, "POST /v2/send")

    def test_an_error_after_which_the_message_is_out_is_doubt(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        place.sandbox.fault(self.key, "partial-400")
        error = self.fails(network, prepared)
        assert type(error) is Unknown
        assert self.post(place)["text"] == prepared.draft.text

    def test_its_own_refusal_is_certain(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        network.identity = msgspec.structs.replace(network.me(), id="bm8gZ3JvdXA=")
        assert type(self.fails(network, prepared)) is Rejected

    def test_a_challenge_is_named(self, network: Network, place: Place) -> None:
        assert "challenge-4711" in str(self.refused(network, place, "429"))

    def test_only_harmless_text_gets_markup(self) -> None:
        span = Span(3, 2)
        assert _styled(SignalMessage("👋 Ab cd", span)) == "👋 **Ab** cd"
        assert _styled(SignalMessage("👋 Ab c*d", span)) == ""
        assert _styled(SignalMessage("Ab", None)) == ""

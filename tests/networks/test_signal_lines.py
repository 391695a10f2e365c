"""signal-cli daemon --tcp and --socket keep the same promises without HTTP."""

from pathlib import Path
from typing import Any

import pytest

from crosspost.errors import AuthExpired, DeliveryError, NotSent, RateLimited, Unknown
from crosspost.model import Prepared
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.sandbox.networks.signal.jsonrpc_server import Lines
from crosspost.testing.harness import Clock, Place
from crosspost.transport import jsonrpc
from tests.networks.test_signal import TITLE, bold


@pytest.fixture(params=["tcp", "unix"])
def door(request: pytest.FixtureRequest, sandbox: Sandbox, tmp_path: Path) -> Any:
    with Lines(sandbox, tmp_path / "socket" if request.param == "unix" else None) as lines:
        yield lines


class TestSignalLines:
    """signal-cli daemon --tcp and --socket: the same promises without HTTP."""

    @pytest.fixture
    def place(self, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
        return Place(tmp_path, sandbox, networks=["signal"], clock=clock)

    @pytest.fixture
    def network(self, place: Place, door: Lines) -> Network:
        network = place.network("signal")
        network.base_url = door.url
        return network

    def fails(self, network: Network, prepared: Prepared) -> DeliveryError:
        with pytest.raises(DeliveryError) as caught:
            network.publish(prepared)
        return caught.value

    def test_publishes_the_draft_once(self, network: Network, place: Place) -> None:
        receipt = network.publish(place.prepared(network))
        (post,) = place.sandbox.posts("signal")
        assert (post["id"], bold(post), len(post["images"])) == (receipt.id, TITLE, 1)
        assert network.session.last is not None
        assert (network.session.last.status, network.session.last.method) == (200, "send")

    @pytest.mark.parametrize("fault", ["cut-after", "half-answer", "500-after", "bad-json", "cut-before", "html-503"])
    def test_unheard_is_unknown(self, network: Network, place: Place, fault: str) -> None:
        prepared = place.prepared(network)
        place.sandbox.fault("signal", fault)
        error = self.fails(network, prepared)
        assert type(error) is Unknown
        assert len(place.sandbox.requests_to("signal", "POST /api/v1/rpc#send")) == 1

    def test_too_slow_is_unknown(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        network.session._timeout = (1, 0.2)
        place.sandbox.fault("signal", "delay-after", seconds=0.6)
        error = self.fails(network, prepared)
        assert type(error) is Unknown
        assert "no answer in time" in str(error)

    def test_a_daemons_refusal(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        place.sandbox.fault("signal", "429", retry_after=600)
        assert isinstance(self.fails(network, prepared), RateLimited)
        place.sandbox.fault("signal", "expired-token")
        assert isinstance(self.fails(network, prepared), AuthExpired)

    def test_an_endless_answer_is_cut_off(
        self, network: Network, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        prepared = place.prepared(network)
        monkeypatch.setattr(jsonrpc, "MAX_ANSWER", 100)
        assert type(self.fails(network, prepared)) is Unknown

    def test_without_a_server_it_is_not_sent(self, network: Network, place: Place, tmp_path: Path) -> None:
        prepared = place.prepared(network)
        for address in ("tcp://127.0.0.1:1", f"unix:{tmp_path}/nothing", f"unix://{tmp_path}/nothing"):
            network.base_url = address
            error = self.fails(network, prepared)
            assert type(error) is NotSent
            assert "nothing is listening there" in str(error)

"""Apprise keeps the contract, on the library itself; then what the library does not tell, and addresses."""

import contextlib
import json
import socket
from pathlib import Path
from typing import Any

import pytest

from crosspost.errors import AuthExpired, DeliveryError, NotSent, RateLimited, Rejected, Unknown
from crosspost.model import Identity
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, NetworkContract, Place
from crosspost.transport import apprise_process, apprise_service
from crosspost.transport.apprise_service import Report

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # the library's own


def directly(url: str, *, deadline: float, read: float, connect: float = 10, **message: str) -> Report:
    """The same without a process of its own, whose start is most of the time a test takes."""
    told = apprise_process.answer({"url": url, "connect": connect, "read": read} | message)
    return apprise_service.report(json.dumps(told).encode(), url)


class TestApprise(NetworkContract):
    key = "apprise"
    uploads = ""
    alts = ()  # it takes no pictures along

    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(apprise_service, "ask", directly)

    def test_a_service_with_a_place_for_titles_gets_it_there(self, network: Network, place: Place) -> None:
        network.publish(place.prepared(network))
        (post,) = place.sandbox.posts()
        assert post["extra"]["title"] == "Grüße aus dem Tal"
        assert post["extra"]["message"].startswith("Zwölf Leute")
        assert post["images"] == []

    def test_the_limit_is_the_services_own(self, network: Network) -> None:
        assert network.allowed.text == 32768
        network.identity = network.connect()
        assert network.allowed.text == 32768

    def test_a_redirect_of_a_message_is_not_taken_for_its_success(self, network: Network, place: Place) -> None:
        """A library that followed it would ask there without the message, and be told that all is well."""
        prepared = place.prepared(network)
        place.sandbox.fault("apprise", "redirect")
        assert isinstance(self.fails(network, prepared), NotSent)
        assert place.sandbox.posts() == []


def elsewhere(place: Place, address: str) -> Network:
    """The account with another address, at the server that stands in it."""
    config = place.config.read_text("utf-8")
    place.config.write_text("".join(line for line in config.splitlines(True) if "base_url" not in line), "utf-8")
    place.secrets.write_text(f"CROSSPOST_APPRISE_URL={address}\n", "utf-8")
    return place.network("apprise")


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    return Place(tmp_path, sandbox, networks=("apprise",), clock=clock)


def test_another_service_in_a_process_of_its_own(place: Place) -> None:
    """ntfy, by Apprise's own code for it, which knows ntfy's limits."""
    token = place.sandbox.accounts()["ntfy"]["credentials"]["token"]
    network = elsewhere(place, f"ntfy://{token}@{place.sandbox.url[7:]}/news-verein?auth=token")
    assert (network.me().handle, network.allowed.text) == ("ntfy", 7800)
    network.publish(place.prepared(network))
    (post,) = place.sandbox.posts()
    assert (post["network"], post["extra"]["title"]) == ("ntfy", "Grüße aus dem Tal")
    assert post["extra"]["message"].endswith(place.the_post().url)
    place.sandbox.fault("ntfy", "500-after")
    with pytest.raises(Unknown) as caught:
        network.publish(place.prepared(network, "other"))
    assert token not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("json://a.example/hook?retry=2", "retry="),
        ("json://a.example/hook?overflow=split", "overflow=split"),
        ("rocket://user:password@a.example/%23one/%23two", "2 receivers"),
        ("json://a.example/,json://b.example", "2 receivers"),
        ("slack://T1JJ3T3L2", "Apprise does not understand the address"),
        ("https://a.example", "Apprise does not understand the address"),
    ],
)
def test_an_address_that_might_say_something_twice_is_refused(
    place: Place, monkeypatch: pytest.MonkeyPatch, address: str, why: str
) -> None:
    monkeypatch.setattr(apprise_service, "ask", directly)
    with pytest.raises(AuthExpired, match=why) as caught:
        elsewhere(place, address).connect()
    assert address not in str(caught.value)


def test_a_base_url_goes_only_with_addresses_that_have_a_server(place: Place) -> None:
    place.secrets.write_text("CROSSPOST_APPRISE_URL=tgram://123456789:abcdefg_hijklmnop/12345/\n", "utf-8")
    with pytest.raises(AuthExpired, match="remove `base_url`"):
        place.network("apprise").connect()


_LOST = {"method": "POST", "sent": True, "status": None}
_NEVER = {"method": "POST", "sent": False, "status": None}


def answered(status: int) -> dict[str, Any]:
    return {"method": "POST", "sent": True, "status": status}


@pytest.mark.parametrize(
    ("connections", "requests", "error"),
    [
        (0, [], NotSent),  # mail, a socket of its own, to which nothing listened
        (1, [], Unknown),  # … nobody knows how far it came
        (None, [], Unknown),  # a library in C: nothing of it is seen
        (0, [_NEVER], NotSent),
        (1, [_NEVER], NotSent),  # another connection, such as a proxy's, was made before
        (1, [_LOST], Unknown),
        (1, [answered(400)], Rejected),
        (1, [answered(404)], AuthExpired),
        (1, [answered(429)], RateLimited),
        (1, [answered(408)], Unknown),
        (1, [answered(502)], Unknown),
        (1, [answered(200)], Unknown),  # the service took it, and its answer says no in words
        (2, [answered(200), answered(403)], Unknown),  # a log-in, then a refusal; or one of two messages
        (2, [answered(400), answered(403)], AuthExpired),
        (2, [answered(400), _LOST], Unknown),
        (1, [answered(403), _NEVER], AuthExpired),
    ],
)
def test_what_went_over_the_wire_says_whether_it_is_out(
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    connections: int | None,
    requests: list[dict[str, Any]],
    error: type[DeliveryError],
) -> None:
    told = {"service": "Some", "why": "no", "requests": requests}
    told |= {"asked": 0, "connections": 0} if connections is None else {"asked": 3, "connections": connections}
    network = place.network("apprise")
    network.identity = Identity(id="1", handle="Some")
    prepared = place.prepared(network)
    monkeypatch.setattr(apprise_service, "ask", lambda url, **_: apprise_service.report(json.dumps(told).encode(), url))
    with pytest.raises(error) as caught:
        network.publish(prepared)
    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("failure", "error"),
    [(TimeoutError("late"), Unknown), (ChildProcessError("died"), Unknown), (PermissionError(13, "no"), NotSent)],
)
def test_a_process_that_dies_or_hangs_leaves_a_doubt(
    place: Place, monkeypatch: pytest.MonkeyPatch, failure: OSError, error: type[DeliveryError]
) -> None:
    network = place.network("apprise")
    network.identity = Identity(id="1", handle="Some")
    prepared = place.prepared(network)

    def fails(*_: object, **__: object) -> Report:
        raise failure

    monkeypatch.setattr(apprise_service, "ask", fails)
    with pytest.raises(error):
        network.publish(prepared)


def test_a_process_that_prints_nothing_has_died() -> None:
    with pytest.raises(ChildProcessError):
        apprise_service.report(b"", "json://a.example/hook")


@pytest.mark.parametrize("blocking", [True, False])
def test_connections_are_seen_however_they_are_made(blocking: bool) -> None:
    """A library that does not wait for its connection has one all the same."""
    wire = apprise_process.Wire()
    with socket.create_server(("127.0.0.1", 0)) as server, wire.watched():
        for connect in ("connect", "connect_ex"):
            with socket.socket() as one:
                one.setblocking(blocking)
                with contextlib.suppress(BlockingIOError):
                    getattr(one, connect)(server.getsockname())
    assert (wire.asked, wire.connections) == (2, 2)
    with wire.watched(), pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", 9))
    assert (wire.asked, wire.connections) == (3, 2)

"""X keeps the contract; then its quirks."""

import html
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crosspost.errors import AuthExpired, DeliveryError, Rejected, Unknown
from crosspost.networks.base import Network
from crosspost.networks.x_timeline import same
from crosspost.sandbox import Sandbox
from crosspost.testing import NetworkContract
from crosspost.testing.harness import Clock, Place
from crosspost.testing.left_out import Wire


class TestX(NetworkContract):
    key = "x"
    uploads = "POST /2/media/upload"


@pytest.fixture
def network(place: Place) -> Network:
    return place.network("x")


def test_a_duplicate_is_doubt_not_refusal(network: Network, place: Place) -> None:
    """The same text is on the account already: that may well be this delivery's earlier attempt."""
    prepared = place.prepared(network)
    receipt = network.publish(prepared)
    with pytest.raises(Unknown, match="already on the account"):
        network.publish(prepared)
    found = network.find(prepared, place.clock())
    assert found is not None
    assert found.id == receipt.id
    assert len(place.sandbox.posts()) == 1


def test_used_up_credits_pause_the_account(network: Network, place: Place) -> None:
    prepared = place.prepared(network)
    place.sandbox.fault("x", "402")
    with pytest.raises(AuthExpired, match="top them up"):
        network.publish(prepared)


def test_the_reset_time_of_a_limit_is_read(network: Network, place: Place) -> None:
    prepared = place.prepared(network)
    place.sandbox.fault("x", "429", retry_after=600)
    with pytest.raises(Exception, match="429") as caught:
        network.publish(prepared)
    assert (caught.value.retry_at - place.clock()).total_seconds() == pytest.approx(600, abs=1)  # type: ignore[attr-defined]


def test_alt_text_is_set_before_posting(network: Network, place: Place) -> None:
    place.prepared(network)
    lines = [f"{r['method']} {r['path']}" for r in place.sandbox.requests_to("x")]
    assert lines == ["GET /2/users/me", "POST /2/media/upload", "POST /2/media/metadata"]


def test_text_with_signs_of_html_and_links_is_recognised(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = Place(tmp_path, sandbox, networks=("x",), clock=clock)
    place.post.write_text("---\ntitle: A & B <c> und https://example.org/x\n---\n\n„Zitat“ & mehr > weniger\n", "utf-8")
    network = place.network("x")
    prepared = place.prepared(network)
    receipt = network.publish(prepared)
    found = network.find(prepared, clock())
    assert found is not None
    assert found.id == receipt.id


@pytest.mark.parametrize(
    ("entity", "found"),
    [
        ({"start": 0, "end": 1}, "doubt"),  # X's OpenAPI requires no more
        ({"url": "https://t.co/abc"}, "doubt"),
        ({"url": "https://t.co/abc", "expanded_url": "https://tal.example.org/2026/11/20/gruesse.html"}, "it"),
        ({"url": "https://t.co/abc", "expanded_url": "https://elsewhere.example/"}, "another"),
        (None, "doubt"),
    ],
)
@pytest.mark.parametrize("photo", ["", " https://t.co/pic"])
def test_unresolved_links_are_doubt(network: Network, place: Place, entity: Any, found: str, photo: str) -> None:
    draft = place.prepared(network).draft
    short = draft.text.replace(draft.link, "https://t.co/abc") + photo
    picture = {"url": "https://t.co/pic", "expanded_url": "https://x.com/a/status/1/photo/1"}
    told = {"id": "1", "text": html.escape(short, quote=False)}
    told |= {} if entity is None else {"entities": {"urls": [entity, picture]}}
    assert same(told, draft.text) is {"doubt": None, "it": True, "another": False}[found]
    plainly = {"id": "1", "text": html.escape(draft.text, quote=False), "entities": {"urls": [{"url": draft.link}]}}
    assert same(plainly, draft.text) is True, "the text as it was written needs no explanation"
    assert same({"id": "1", "text": "Ganz anders https://t.co/abc"}, draft.text) is False


def test_a_text_of_links_only_is_compared_in_no_time() -> None:
    assert same({"text": " ".join(f"https://t.co/a{n}" for n in range(60))}, "x " * 140) is False


def test_an_empty_answer_counts_its_posts(network: Network, place: Place) -> None:
    prepared = place.prepared(network)
    assert network.find(prepared, place.clock()) is None
    wire = Wire()
    network.session.mount("http://", wire)
    wire.number, wire.path = 0, ("meta",)
    with pytest.raises(DeliveryError):
        network.find(prepared, place.clock())


def test_an_oauth2_token_alone_works(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = Place(tmp_path, sandbox, networks=("x",), clock=clock)
    token = sandbox.accounts()["x"]["credentials"]["bearer_token"]
    place.secrets.write_text(f"CROSSPOST_X_BEARER_TOKEN={token}\n")
    network = place.network("x")
    network.publish(place.prepared(network))
    assert len(sandbox.posts("x")) == 1


def test_too_long_is_refused(network: Network, place: Place) -> None:
    prepared = place.prepared(network)
    long = msgspec.structs.replace(prepared.draft, text="ü" * 281)
    with pytest.raises(Rejected):
        network.publish(msgspec.structs.replace(prepared, draft=long))

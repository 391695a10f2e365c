"""Facebook Pages keep the contract; then their quirks."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from crosspost.errors import RateLimited, Unknown
from crosspost.model import Prepared
from crosspost.networks.base import Network
from crosspost.networks.facebook import _same
from crosspost.networks.meta import graph
from crosspost.sandbox import Sandbox
from crosspost.testing import AheadContract, NetworkContract
from crosspost.testing.harness import Clock, Place
from crosspost.transport.exchange import Exchange


class TestFacebook(NetworkContract, AheadContract):
    key = "facebook"
    uploads = "POST /*/*/photos"
    untold_at_zero = frozenset({"reposts"})


@pytest.fixture
def network(place: Place) -> Network:
    return place.network("facebook")


def test_without_a_picture_the_link_makes_the_card(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = Place(tmp_path, sandbox, networks=("facebook",), clock=clock)
    place.post.write_text("---\ntitle: Ohne Bild\n---\n\nText.\n", "utf-8")
    network = place.network("facebook")
    network.publish(place.prepared(network))
    (post,) = sandbox.posts()
    assert post["link"] == "https://tal.example.org/2026/11/20/gruesse.html"
    assert post["images"] == []


@pytest.mark.parametrize("days", [0, 40])
def test_when_the_token_ends(network: Network, place: Place, days: int) -> None:
    ends = place.clock() + timedelta(days=days)
    place.sandbox.networks["facebook"].settings["expires_at"] = int(ends.timestamp()) if days else 0
    assert network.connect().expires_at == (ends if days else None)
    place.sandbox.fault("facebook", "500-before", match="GET /*/debug_token")
    assert network.connect().expires_at is None, "a look at the token is not worth a delivery"


def test_a_post_whose_words_a_person_changed_is_known_by_its_link(network: Network, place: Place) -> None:
    prepared = place.prepared(network)
    receipt = network.publish(prepared)
    changed = msgspec.structs.replace(prepared.draft, text=f"Ganz anders. {prepared.draft.link}")
    network.edit(receipt, Prepared(draft=changed, handle="h"))
    found = network.find(prepared, place.clock())
    assert found is not None
    assert found.id == receipt.id


@pytest.mark.parametrize(
    ("message", "same"),
    [
        ("Grüße\n https://e.org/a", True),
        ("Andere Worte: https://e.org/a.", True),
        ("Andere Worte: https://e.org/a-2", None),
        ("Andere Worte", False),
        (None, None),
    ],
)
def test_a_post_about_another_page_is_not_taken_for_ours(
    network: Network, place: Place, message: str | None, same: bool | None
) -> None:
    draft = msgspec.structs.replace(place.prepared(network).draft, text="Grüße https://e.org/a", link="https://e.org/a")
    assert _same({"message": message}, draft) is same
    bare = msgspec.structs.replace(draft, link="")
    assert _same({"message": "Andere Worte: https://e.org/a"}, bare) is False


def test_the_same_text_twice_in_a_row_is_doubt(network: Network, place: Place) -> None:
    prepared = place.prepared(network)
    network.publish(prepared)
    again = place.prepared(network)
    with pytest.raises(Unknown, match="already on the Page"):
        network.publish(again)
    assert len(place.sandbox.posts()) == 1


def test_the_token_is_never_in_the_address_of_a_write(network: Network, place: Place) -> None:
    seen: list[str] = []
    request = network.session.request
    network.session.request = lambda method, url, **more: (  # type: ignore[method-assign]
        seen.append(f"{method} {url} {more.get('params')}") or request(method, url, **more)
    )
    network.publish(place.prepared(network))
    token = network.secret("access_token")
    assert not any(token in line for line in seen if line.startswith("POST"))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"error": {"code": 4, "message": "limit"}}', "RateLimited"),
        (b'{"error": {"code": 80001, "message": "limit"}}', "RateLimited"),
        (b'{"error": {"code": 190, "error_subcode": 463, "message": "expired"}}', "AuthExpired"),
        (b'{"error": {"code": 368, "message": "blocked"}}', "RateLimited"),
        (b'{"error": {"code": 1, "message": "unknown"}}', "Unknown"),
        (b'{"error": {"code": 100, "message": "parameter"}}', "Rejected"),
        (b'{"error": {"code": 200, "message": "permission"}}', "Rejected"),
        (b'{"error": {"code": 100, "is_transient": true, "message": "later"}}', "Unknown"),
        (b"<html>", "NoneType"),
        (b'{"error": "text"}', "NoneType"),
    ],
)
def test_the_error_table(body: bytes, kind: str, clock: Clock) -> None:
    exchange = Exchange(method="POST", url="u", sent=True, status=400, body=body)
    meaning = graph.explain("said", exchange, irreversible=True, now=clock())
    assert type(meaning).__name__ == kind


def test_the_waiting_time_is_read_from_the_usage_header(clock: Clock) -> None:
    usage = '{"17": [{"type": "pages", "estimated_time_to_regain_access": 25}]}'
    exchange = Exchange(
        method="POST",
        url="u",
        sent=True,
        status=400,
        body=b'{"error": {"code": 80001}}',
        headers={"x-business-use-case-usage": usage},
    )
    meaning = graph.explain("said", exchange, irreversible=True, now=clock())
    assert isinstance(meaning, RateLimited)
    assert meaning.retry_at is not None
    assert (meaning.retry_at - clock()).total_seconds() == 25 * 60

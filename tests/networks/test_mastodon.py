"""Mastodon keeps the contract; then its quirks."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from crosspost.errors import DeliveryError, NotSent, Rejected
from crosspost.model import Prepared
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.testing import NetworkContract
from crosspost.testing.harness import Clock, Place


class TestMastodon(NetworkContract):
    key = "mastodon"
    uploads = "POST /api/v2/media"


def relative(folder: Path, sandbox: Sandbox, clock: Clock) -> tuple[Network, Place]:
    place = Place(folder, sandbox, networks=("mastodon",), clock=clock)
    return place.network("mastodon"), place


@pytest.mark.parametrize("missing", [("GET /api/v2/instance",), ("POST /api/v2/media",), ("GET /api/v1/*/*/source",)])
def test_end_points_a_server_may_not_have(tmp_path: Path, clock: Clock, missing: tuple[str, ...]) -> None:
    with Sandbox(clock=clock, options={"mastodon": {"missing": missing}}) as sandbox:
        network, place = relative(tmp_path, sandbox, clock)
        prepared = place.prepared(network)
        receipt = network.publish(prepared)
        (post,) = sandbox.posts()
        assert [image["alt"] for image in post["images"]] == ["Ein Hochbeet im Regen"]
        assert (network.allowed.text, network.allowed.images.alt) == (500, 1500)
        found = network.find(prepared, place.clock())
        assert found is not None
        assert found.id == receipt.id


def test_a_server_that_tells_nothing_of_itself_is_not_asked_for_posts(tmp_path: Path, clock: Clock) -> None:
    missing = ("GET /api/v1/instance", "GET /api/v2/instance")
    with Sandbox(clock=clock, options={"mastodon": {"missing": missing}}) as sandbox:
        network, _ = relative(tmp_path, sandbox, clock)
        with pytest.raises(Rejected, match="404"):
            network.connect()


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://a.example/@me/118000000000000001", "118000000000000001"),
        ("https://a.example/@me/statuses/01J8X4N7T2Q5ZKM0YV3B6CRDGH", "01J8X4N7T2Q5ZKM0YV3B6CRDGH"),
        ("https://a.example/notice/AYz1mX0n4QkT7bLw5E", "AYz1mX0n4QkT7bLw5E"),
        ("https://a.example/p/me/118000000000000001/", "118000000000000001"),
        ("https://a.example/display/c0ffee11-1265-4f2a-8b1d-118000000001", ""),
        ("https://a.example/display/118000000000000001", ""),
        ("https://a.example/objects/9f8c2a6b-1065-4f2a-9b1d-118000000001", ""),
        ("https://a.example/@me/about", ""),
    ],
)
def test_the_id_in_an_address(url: str, found: str, network: Network) -> None:
    assert type(network).id_in(url) == found


@pytest.fixture
def network(place: Place) -> Network:
    return place.network("mastodon")


def test_the_key_travels_in_the_header_and_makes_a_repetition_harmless(network: Network, place: Place) -> None:
    prepared = place.prepared(network)
    place.sandbox.fault("mastodon", "cut-after")
    with pytest.raises(Exception, match="cut"):
        network.publish(prepared)
    receipt = network.publish(prepared)
    (post,) = place.sandbox.posts()
    assert post["id"] == receipt.id
    assert post["idempotency_key"] == prepared.handle


def test_limits_are_read_from_the_server(network: Network) -> None:
    limits = network.me().limits
    assert limits is not None
    assert (limits.text, limits.url_length, limits.images.alt) == (500, 23, 1500)
    assert network.me().abilities is None


def test_a_picture_still_being_processed_is_waited_for(network: Network, place: Place) -> None:
    place.sandbox.fault("mastodon", "processing")
    network.publish(place.prepared(network))
    assert place.sandbox.posts()[0]["images"][0]["alt"] == "Ein Hochbeet im Regen"


def test_a_picture_never_processed_is_tried_later(network: Network, place: Place) -> None:
    network.me()
    place.sandbox.fault("mastodon", "processing", times=1)
    waited: list[float] = []
    network.sleep = waited.append
    place.prepared(network)
    assert sum(waited) <= 30


def test_language_visibility_and_warning(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    more = '[accounts.leise]\nnetwork = "mastodon"\nvisibility = "unlisted"\ncontent_warning = "Regen"\n'
    place = Place(tmp_path, sandbox, networks=(), more=f'{more}base_url = "{sandbox.url}"\n', clock=clock)
    place.secrets.write_text(place.secrets.read_text().replace("MASTODON", "LEISE"))
    network = place.network("leise")
    network.publish(place.prepared(network))
    (post,) = sandbox.posts()
    assert (post["visibility"], post["language"], post["extra"]["spoiler_text"]) == ("unlisted", "de", "Regen")


def test_too_long_is_refused_in_the_servers_words(network: Network, place: Place) -> None:
    prepared = place.prepared(network)
    long = msgspec.structs.replace(prepared.draft, text="ü" * 501)
    with pytest.raises(Rejected, match="Text character limit of 500 exceeded"):
        network.publish(msgspec.structs.replace(prepared, draft=long))


def test_gotosocial_counts_raw_and_has_no_key(tmp_path: Path, clock: Clock) -> None:
    with Sandbox(clock=clock, options={"mastodon": {"flavour": "gotosocial"}}) as sandbox:
        place = Place(tmp_path, sandbox, networks=("mastodon",), clock=clock)
        network = place.network("mastodon")
        abilities = network.me().abilities
        assert abilities is not None
        assert abilities.idempotent_for == 0
        assert network.allowed.text == 5000
        network.publish(place.prepared(network))
        assert len(sandbox.posts()) == 1


def test_a_server_without_source_is_compared_by_link(network: Network, place: Place) -> None:
    prepared = place.prepared(network)
    receipt = network.publish(prepared)
    place.sandbox.fault("mastodon", "500-before", match="GET /api/v1/statuses/*/source")
    found = network.find(prepared, place.clock())
    assert found is not None
    assert found.id == receipt.id


@pytest.mark.parametrize("fault", ["500-before", "429", "cut-before"])
def test_a_missing_source_is_doubt(network: Network, place: Place, fault: str) -> None:
    """Without a link nothing else tells: the server shows markup, and may have changed the words."""
    prepared = place.prepared(network)
    draft = msgspec.structs.replace(prepared.draft, text="Grüße aus dem *Tal*", link="", images=())
    prepared = Prepared(draft=draft, handle="key")
    network.publish(prepared)
    other = msgspec.structs.replace(prepared, draft=msgspec.structs.replace(draft, text="Etwas anderes"))
    place.sandbox.fault("mastodon", fault, match="GET /api/v1/statuses/*/source")
    with pytest.raises(DeliveryError):
        network.find(other, place.clock())
    assert network.find(other, place.clock()) is None
    assert network.find(prepared, place.clock()) is not None


@pytest.mark.parametrize(
    ("source", "certain", "shown", "link", "same"),
    [
        ("Grüße, Tal!", False, None, "", True),
        ("Anderes", False, "<p>Grüße Tal</p>", "", False),
        (None, True, None, "", None),
        (None, False, "<p>Grüße <b>Tal</b></p>", "", True),
        (None, False, "<p>gekürzt https://a.test/x</p>", "https://a.test/x", True),
        (None, True, "<p>Anderes</p>", "https://a.test/x", False),
        (None, True, "<p>Anderes https://a.test/x-2</p>", "https://a.test/x", None),
        (None, False, "<p>Anderes</p>", "https://a.test/x", None),
        (None, True, "<p>Anderes</p>", "", False),
    ],
)
def test_which_text_is_the_same(
    network: Any, place: Place, source: str | None, certain: bool, shown: str | None, link: str, same: bool | None
) -> None:
    """What the server received decides; else what it shows, which it may have changed."""
    draft = msgspec.structs.replace(place.prepared(network).draft, text="Grüße Tal", link=link)
    network._source = lambda _: (source, certain)
    assert network._same({"id": "1", "content": shown}, draft) is same


def test_more_posts_than_a_page_holds(network: Network, place: Place) -> None:
    prepared = place.prepared(network)
    receipt, since = network.publish(prepared), place.clock()
    for number in range(45):
        draft = msgspec.structs.replace(prepared.draft, text=f"Nr. {number}", link="", images=())
        network.publish(Prepared(draft=draft, handle=f"key {number}"))
    found = network.find(prepared, since)
    assert found is not None
    assert found.id == receipt.id


def test_a_server_that_forgets_the_id_of_a_picture(
    network: Network, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mastodon

    monkeypatch.setattr(mastodon.Mastodon, "media_post", lambda *_a, **_k: {})
    with pytest.raises(NotSent, match="no id"):
        place.prepared(network)


def test_an_edit_corrects_the_alt_text_and_replaces_pictures(network: Network, place: Place) -> None:
    prepared = place.prepared(network)
    receipt = network.publish(prepared)
    (picture,) = prepared.draft.images
    draft = msgspec.structs.replace(
        prepared.draft, images=(msgspec.structs.replace(picture, alt="Zwei Hochbeete im Regen"),)
    )
    network.edit(receipt, msgspec.structs.replace(prepared, draft=draft))
    (post,) = place.sandbox.posts()
    assert [image["alt"] for image in post["images"]] == ["Zwei Hochbeete im Regen"]
    uploaded = network.prepare(Prepared(draft=draft, handle="new"), lambda *_: None)
    network.edit(receipt, uploaded)
    (post,) = place.sandbox.posts()
    assert [image["id"] for image in post["images"]] == [uploaded.remote["media_0"]]
    bare = msgspec.structs.replace(draft, images=())
    network.edit(receipt, Prepared(draft=bare, handle="bare"))
    assert place.sandbox.posts()[0]["images"] == []

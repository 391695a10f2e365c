"""The contract and Bluesky's quirks against the real server. Not part of ``make test``: run ``make test-bluesky``."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from crosspost.errors import NotSent, Unknown
from crosspost.model import Prepared
from crosspost.networks.bluesky import Bluesky
from crosspost.sandbox import Sandbox
from crosspost.sandbox.networks.bluesky.article_record import check_article
from crosspost.testing import NetworkContract
from crosspost.testing.harness import Clock, Place
from tests.bluesky_pds.relay import RealSandbox
from tests.bluesky_pds.server import running, version

GENERATION = "0.4" if version().startswith("0.4.") else "0.5"


@pytest.fixture(scope="session")
def pds() -> Iterator[str]:
    with running() as url:
        yield url


@pytest.fixture
def sandbox(pds: str, clock: Clock) -> Iterator[RealSandbox]:
    with RealSandbox(pds, clock=clock) as server:
        yield server
    assert server.errors == []


@pytest.fixture
def place(tmp_path: Path, sandbox: RealSandbox, clock: Clock) -> Place:
    return Place(tmp_path, sandbox, networks=("bluesky",), clock=clock)


class TestRealBluesky(NetworkContract):
    key = "bluesky"
    uploads = "POST /xrpc/com.atproto.repo.uploadBlob"
    alts = ()
    renews = True


class TestRealBlueskyWithPictures(TestRealBluesky):
    alts = ("Ein Hochbeet im Regen",)

    @pytest.fixture
    def place(self, tmp_path: Path, sandbox: RealSandbox, clock: Clock) -> Place:
        return Place(tmp_path, sandbox, networks=("bluesky",), more='embed = "images"\n', clock=clock)


def record(place: Place) -> dict[str, Any]:
    (post,) = place.sandbox.posts("bluesky")
    found: dict[str, Any] = post["extra"]["record"]
    return found


def test_the_record_is_stored_as_it_was_frozen(place: Place) -> None:
    network = place.network("bluesky")
    prepared = place.prepared(network)
    network.publish(prepared)
    assert record(place) == prepared.remote["record"]


def test_five_at_once_are_one_post(place: Place) -> None:
    network = place.network("bluesky")
    prepared = place.prepared(network)
    others = [place.network("bluesky") for _ in range(5)]
    for other in others:
        other.identity = network.identity
    with ThreadPoolExecutor(5) as pool:
        receipts = list(pool.map(lambda other: other.publish(prepared), others))
    assert len({receipt.id for receipt in receipts}) == 1
    assert len(place.sandbox.posts()) == 1


def test_another_record_under_the_key_is_refused_and_found(place: Place) -> None:
    network = place.network("bluesky")
    prepared = place.prepared(network)
    network.publish(prepared)
    place.clock.pass_by(hours=2)
    later = network.prepare(prepared, lambda *_: None)
    assert later.remote["record"] != prepared.remote["record"]
    with pytest.raises(Unknown, match="Record was at"):
        network.publish(later)
    assert network.find(later, place.clock()) is not None
    assert record(place) == prepared.remote["record"]


def test_a_mention_is_resolved(place: Place, sandbox: RealSandbox) -> None:
    other = sandbox.store.accounts["bluesky", "zweitkonto"]
    place.post.write_text(f"---\ntitle: Mit @{other.handle} und @niemand.test 👨‍👩‍👧‍👦\n---\n\nText\n", "utf-8")
    network = place.network("bluesky")
    network.publish(place.prepared(network))
    found = [facet["features"][0].get("did") for facet in record(place)["facets"]]
    assert [did for did in found if did] == [other.id]


def test_a_big_picture_goes_out_at_once_or_smaller_at_the_second_attempt(place: Place) -> None:
    place.config.write_text(place.config.read_text() + 'embed = "images"\n')
    noise = Image.merge("RGB", [Image.effect_noise((1300, 1300), 90) for _ in range(3)])
    noise.save(place.root / "site/images/beet.jpg", quality=90)
    network = place.network("bluesky")
    prepared = place.prepared(network)
    assert prepared.remote["media_0"]["blob"]["size"] > 1_000_000
    if GENERATION == "0.4":
        with pytest.raises(NotSent, match="1,000,000"):
            network.publish(prepared)
        prepared = network.prepare(prepared, lambda *_: None)
    network.publish(prepared)
    assert len(record(place)["embed"]["images"]) == 1


def test_the_stored_session_serves_and_is_renewed(place: Place) -> None:
    place.network("bluesky").connect()
    place.clock.pass_by(hours=1, minutes=58)
    place.network("bluesky").connect()
    calls = [r["path"].rpartition(".")[2] for r in place.sandbox.requests_to("bluesky")]
    assert calls == ["createSession", "getSession", "refreshSession", "getSession"]


def test_a_post_is_taken_back(place: Place) -> None:
    network = place.network("bluesky")
    receipt = network.publish(place.prepared(network))
    network.delete(receipt)
    network.delete(receipt)
    assert place.sandbox.posts() == []


def test_articles_have_records_under_their_slugs(place: Place, pds: str) -> None:
    place.config.write_text(place.config.read_text() + "standard_site = true\n")
    network = place.network("bluesky")
    assert isinstance(network, Bluesky)
    receipt = network.publish(place.prepared(network))
    assert receipt.notes == ()
    article, site = record(place)["embed"]["external"]["associatedRefs"]

    def stands(uri: str) -> dict[str, Any]:
        repo, collection, rkey = uri.removeprefix("at://").split("/")
        where = {"repo": repo, "collection": collection, "rkey": rkey}
        found = requests.get(f"{pds}/xrpc/com.atproto.repo.getRecord", params=where, timeout=30).json()
        if "value" in found:
            check_article(collection, found["value"])
        return dict(found)

    assert stands(site["uri"])["cid"] == site["cid"]
    assert stands(article["uri"])["cid"] == article["cid"]
    network.keep_article(place.the_post(), receipt.id)
    before = stands(article["uri"])
    assert before["value"]["bskyPostRef"]["uri"] == receipt.id
    kept = network.keep_article(place.the_post(), receipt.id)
    assert stands(article["uri"]) == before
    network.remove_article(kept["uri"], kept["cid"])
    assert stands(article["uri"])["error"] == "RecordNotFound"
    assert len(place.sandbox.posts()) == 1


def test_the_stand_in_answers_refusals_in_the_same_words(place: Place, pds: str) -> None:
    """The same wrong records to the real server and to the stand-in."""
    with Sandbox(options={"bluesky": {"generation": GENERATION}}) as stand_in:
        known = stand_in.accounts()["bluesky"]["credentials"]
        real = place.sandbox.store.accounts["bluesky", "verein"].credentials
        for wrong, truly, here in zip(WRONG, _answers(pds, real), _answers(stand_in.url, known), strict=True):
            assert here == truly, wrong


NOW = "2026-11-22T12:00:00.000Z"
GOOD: dict[str, Any] = {"text": "Hallo", "createdAt": NOW}
FACET = {"index": {"byteStart": 0, "byteEnd": 2}, "features": []}
CARD = {"$type": "app.bsky.embed.external", "external": {"uri": "https://a.example", "title": "", "description": ""}}
WRONG: list[dict[str, Any]] = [
    {**GOOD, "text": "x" * 301},
    {**GOOD, "text": "👨‍👩‍👧‍👦" * 121},
    {**GOOD, "text": "👨‍👩‍👧‍👦" * 120},
    {**GOOD, "text": 5},
    {"text": "Hallo"},
    {"createdAt": NOW},
    *({**GOOD, "createdAt": at} for at in ("2026-11-22", "2026-11-22T12:00:00", "2026-11-22T12:00:00-00:00", None)),
    *({**GOOD, "langs": langs} for langs in (["de", "en", "fr", "it"], ["de_DE"], [""], ["deutsch!"], ["de-DE"])),
    {**GOOD, "tags": ["a"] * 9},
    {**GOOD, "tags": ["ä" * 65]},
    {**GOOD, "foo": 1.5},
    {**GOOD, "facets": [{**FACET, "index": {"byteStart": -1, "byteEnd": 2}}]},
    {**GOOD, "facets": [{**FACET, "index": {"byteStart": 9, "byteEnd": 900}}]},
    {**GOOD, "facets": [{**FACET, "features": [{"$type": "app.bsky.richtext.facet#mention", "did": "a.test"}]}]},
    {**GOOD, "facets": [{**FACET, "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "x" * 65}]}]},
    {**GOOD, "facets": [{**FACET, "features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://ü"}]}]},
    *({**GOOD, "embed": {**CARD, "external": {**CARD["external"], "uri": uri}}} for uri in ("", "a.example", "a b:c")),  # type: ignore[dict-item]  # a dict inside
    {**GOOD, "embed": {"$type": "app.bsky.embed.external", "external": {"uri": "https://a.example", "title": ""}}},
    {**GOOD, "embed": {"$type": "app.bsky.embed.images"}},
    {**GOOD, "embed": {"$type": "app.bsky.embed.unheard", "x": 1}},
    {**GOOD, "reply": {}},
    {**GOOD, "labels": {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "nudity"}]}},
]


def _answers(url: str, credentials: dict[str, str]) -> Iterator[tuple[int, str, str]]:
    """Status, error name and message for each of ``WRONG``."""
    with requests.Session() as http:
        who = {"identifier": credentials["handle"], "password": credentials["app_password"]}
        session = http.post(f"{url}/xrpc/com.atproto.server.createSession", json=who, timeout=30).json()
        http.headers.update({"Authorization": f"Bearer {session['accessJwt']}"})
        for wrong in WRONG:
            body = {"repo": session["did"], "collection": "app.bsky.feed.post", "record": wrong}
            said = http.post(f"{url}/xrpc/com.atproto.repo.createRecord", json=body, timeout=30)
            answer = said.json()
            yield said.status_code, answer.get("error", ""), answer.get("message", "")


def test_a_repost_is_one_record_whatever_is_repeated(place: Place, sandbox: RealSandbox) -> None:
    other = sandbox.store.accounts["bluesky", "zweitkonto"]
    network = place.network("bluesky")
    post = network.publish(place.prepared(network))
    more = '[accounts.echo]\nnetwork = "bluesky"\nboost_from = "bluesky"\nbase_url = "' + network.base_url + '"\n'
    place.config.write_text(place.config.read_text("utf-8") + more, "utf-8")
    with place.secrets.open("a", encoding="utf-8") as file:
        file.writelines(f"CROSSPOST_ECHO_{key.upper()}={value}\n" for key, value in other.credentials.items())
    echo = place.network("echo")
    remote = {"boosts": post.id, "boosts_url": post.url}
    asked = Prepared(draft=echo.draft(place.the_post()), handle="key", remote=remote, dated=place.clock())
    assert echo.find(asked, place.clock()) is None
    prepared = echo.prepare(asked, lambda *_: None)
    receipt = echo.publish(prepared)
    assert receipt.url == post.url
    assert echo.publish(prepared).id == receipt.id
    for known in (prepared, asked):
        found = echo.find(known, place.clock())
        assert (found.id if found else "") == receipt.id
    echo.delete(receipt)
    echo.delete(receipt)
    assert echo.find(prepared, place.clock()) is None

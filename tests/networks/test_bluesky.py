"""Bluesky keeps the contract, with a link card and with pictures; then its quirks."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from crosspost.errors import KeyTaken, NotSent, Rejected, Unknown
from crosspost.model import Prepared
from crosspost.networks.bluesky_record import tid
from crosspost.sandbox import Sandbox
from crosspost.sandbox.networks.bluesky.record import check_key
from crosspost.testing import NetworkContract
from crosspost.testing.harness import Clock, Place, Saved

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PUT = "POST /xrpc/com.atproto.repo.putRecord"


class TestBluesky(NetworkContract):
    key = "bluesky"
    uploads = "POST /xrpc/com.atproto.repo.uploadBlob"
    alts = ()
    renews = True

    @pytest.fixture
    def place(self, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
        return Place(tmp_path, sandbox, networks=("bluesky",), clock=clock)


class TestBlueskyWithPictures(TestBluesky):
    alts = ("Ein Hochbeet im Regen",)

    @pytest.fixture
    def place(self, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
        return Place(tmp_path, sandbox, networks=("bluesky",), more='embed = "images"\n', clock=clock)


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    return Place(tmp_path, sandbox, networks=("bluesky",), clock=clock)


@pytest.fixture
def older(clock: Clock) -> Iterator[Sandbox]:
    """A server of the generation that takes no picture over 1,000,000 bytes."""
    with Sandbox(clock=clock, options={"bluesky": {"generation": "0.4"}}) as sandbox:
        yield sandbox
    assert sandbox.errors == []


def record(place: Place) -> dict[str, Any]:
    (post,) = place.sandbox.posts("bluesky")
    found: dict[str, Any] = post["extra"]["record"]
    return found


# ── what is said ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_card_comes_from_the_front_matter(place: Place) -> None:
    network = place.network("bluesky")
    network.publish(place.prepared(network))
    said = record(place)
    external = said["embed"]["external"]
    assert external["uri"] == "https://tal.example.org/2026/11/20/gruesse.html"
    assert external["title"] == "Grüße aus dem Tal"
    assert external["description"] == "Zwölf Leute, ein Beet – und viel Regen."
    assert external["thumb"]["size"] <= 1_000_000
    assert said["langs"] == ["de"]
    raw = said["text"].encode()
    marked = {
        raw[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(): facet["features"][0]
        for facet in said["facets"]
    }
    assert marked[external["uri"]] == {"$type": "app.bsky.richtext.facet#link", "uri": external["uri"]}
    assert marked["#ErneuerbareEnergien"]["tag"] == "ErneuerbareEnergien"


def test_pictures_have_alt_text_and_shape(place: Place) -> None:
    place.config.write_text(place.config.read_text() + 'embed = "images"\nlabels = ["graphic-media"]\n')
    network = place.network("bluesky")
    network.publish(place.prepared(network))
    (image,) = record(place)["embed"]["images"]
    assert image["alt"] == "Ein Hochbeet im Regen"
    assert image["aspectRatio"] == {"width": 320, "height": 200}
    assert record(place)["labels"]["values"] == [{"val": "graphic-media"}]


@pytest.mark.parametrize(
    ("more", "embed"),
    [
        ('link = "none"\n', "app.bsky.embed.images"),
        ("card = false\n", "app.bsky.embed.images"),
        ("card = false\nimages = false\n", None),
        ("images = false\nembed = 'images'\n", "app.bsky.embed.external"),
    ],
)
def test_what_is_shown_below_the_text(place: Place, more: str, embed: str | None) -> None:
    place.config.write_text(place.config.read_text() + more)
    network = place.network("bluesky")
    network.publish(place.prepared(network))
    assert record(place).get("embed", {}).get("$type") == embed


def test_a_broken_thumbnail_leaves_the_card_without_one(place: Place) -> None:
    (place.root / "site/images/beet.jpg").write_bytes(b"no picture")
    network = place.network("bluesky")
    prepared = place.prepared(network)
    assert any("card goes out without a picture" in warning for warning in prepared.draft.warnings)
    network.publish(prepared)
    assert "thumb" not in record(place)["embed"]["external"]


def test_mentions_of_people_who_exist_are_marked(place: Place) -> None:
    place.config.write_text(place.config.read_text() + '[accounts.bluesky.mentions]\n"@team" = "@zweitkonto.test"\n')
    place.post.write_text("---\ntitle: Mit @team und @niemand.test\nlang: de_DE\n---\n\nText\n", "utf-8")
    network = place.network("bluesky")
    network.publish(place.prepared(network))
    said = record(place)
    features = [facet["features"][0] for facet in said["facets"]]
    (mention,) = [one for one in features if "did" in one]
    assert mention["did"] == place.sandbox.networks["bluesky"].store.accounts["bluesky", "zweitkonto"].id
    assert "@niemand.test" in said["text"]
    assert said["langs"] == ["de-DE"]


# ── exactly once ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_key_and_record_are_written_down_and_repeating_is_harmless(place: Place) -> None:
    network = place.network("bluesky")
    network.me()
    saved = Saved()
    prepared = network.prepare(Prepared(draft=network.draft(place.the_post()), handle="key"), saved)
    assert {"rkey", "record"} <= saved.keys()
    assert place.sandbox.requests_to("bluesky", PUT) == []
    first = network.publish(prepared)
    assert network.publish(prepared).id == first.id
    assert len(place.sandbox.posts()) == 1
    assert first.id.endswith(saved["rkey"])


def test_repeated_uploads_give_the_same_record(place: Place) -> None:
    network = place.network("bluesky")
    prepared = place.prepared(network)
    kept = {key: value for key, value in prepared.remote.items() if not key.startswith("media_")}
    again = network.prepare(msgspec.structs.replace(prepared, remote=kept), lambda *_: None)
    assert again.remote == prepared.remote


def test_a_record_that_waited_is_dated_again_under_the_same_key(place: Place) -> None:
    network = place.network("bluesky")
    prepared = place.prepared(network)
    place.clock.pass_by(hours=5)
    again = network.prepare(prepared, lambda *_: None)
    assert again.remote["rkey"] == prepared.remote["rkey"]
    assert again.remote["record"]["createdAt"] == "2026-11-22T17:00:00.000Z"
    # the earlier one arrived after all: refused, and found
    network.publish(prepared)
    with pytest.raises(Unknown, match="Record was at"):
        network.publish(again)
    assert network.find(again, place.clock()) is not None
    assert len(place.sandbox.posts()) == 1


def test_another_post_under_our_key_is_not_ours(place: Place) -> None:
    network = place.network("bluesky")
    prepared = place.prepared(network)
    network.publish(prepared)
    other = msgspec.structs.replace(prepared.draft, text="Etwas ganz anderes", link="", card=None)
    record = {**prepared.remote["record"], "text": other.text}
    with pytest.raises(KeyTaken, match="another post has our key"):
        network.find(msgspec.structs.replace(prepared, draft=other, remote={**prepared.remote, "record": record}), NOW)


def test_a_text_that_was_never_made_ready_was_never_sent(place: Place) -> None:
    network = place.network("bluesky")
    prepared = place.prepared(network)
    network.publish(prepared)
    changed = msgspec.structs.replace(prepared.draft, text=f"Neu: {prepared.draft.text}")
    assert network.find(msgspec.structs.replace(prepared, draft=changed), NOW) is None


def test_the_engine_settles_a_doubt_by_itself(place: Place) -> None:
    place.sandbox.fault("bluesky", "500-after")
    assert place.crosspost("publish", str(place.post)).code == 0
    assert len(place.sandbox.posts()) == 1
    assert len(place.sandbox.requests_to("bluesky", PUT)) == 1


def test_what_did_not_arrive_is_sent_again_under_the_same_key(place: Place) -> None:
    network = place.network("bluesky")
    prepared = place.prepared(network)
    place.sandbox.fault("bluesky", "500-before")
    with pytest.raises(Unknown):
        network.publish(prepared)
    assert network.find(prepared, place.clock()) is None
    place.clock.pass_by(hours=3)
    receipt = network.publish(network.prepare(prepared, lambda *_: None))
    assert receipt.id.endswith(prepared.remote["rkey"])


def test_taking_a_post_back_twice(place: Place) -> None:
    network = place.network("bluesky")
    receipt = network.publish(place.prepared(network))
    network.delete(receipt)
    network.delete(receipt)
    assert place.sandbox.posts() == []


@settings(max_examples=100)
@given(st.none() | st.datetimes(timezones=st.just(UTC)), st.text(max_size=40))
def test_keys_are_timestamp_identifiers_of_the_day_and_the_delivery(dated: datetime | None, name: str) -> None:
    handle = name.encode("utf-8", "replace").decode()
    key = tid(dated, handle)
    check_key(key)  # the stand-in's own rule
    assert key == tid(dated and dated.replace(hour=0), handle), "at any time of the day, on any machine"
    assert key != tid(dated, handle + "2")
    assert len(key) == 13
    assert key[0] in "234567abcdefghij"
    assert set(key) <= set("234567abcdefghijklmnopqrstuvwxyz")
    value = 0
    for char in key:
        value = value * 32 + "234567abcdefghijklmnopqrstuvwxyz".index(char)
    day = datetime.fromtimestamp((value >> 10) / 1e6, UTC).date()
    assert dated is None or day == min(max(dated.date(), date(1970, 1, 1)), date(2255, 6, 4))


# ── pictures that are too big ─────────────────────────────────────────────────────────────────────────────────────────


class TestBigPictures:
    more: ClassVar = 'embed = "images"\n'

    def big(self, place: Place) -> None:
        noise = Image.merge("RGB", [Image.effect_noise((1300, 1300), 90) for _ in range(3)])
        noise.save(place.root / "site/images/beet.jpg", quality=90)
        assert 1_000_000 < (place.root / "site/images/beet.jpg").stat().st_size < 2_000_000

    def test_two_megabytes_where_the_server_takes_them(self, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
        place = Place(tmp_path, sandbox, networks=("bluesky",), more=self.more, clock=clock)
        self.big(place)
        network = place.network("bluesky")
        network.publish(place.prepared(network))
        assert record(place)["embed"]["images"][0]["image"]["size"] > 1_000_000

    def test_one_megabyte_where_it_does_not_and_for_ever_after(
        self, tmp_path: Path, older: Sandbox, clock: Clock
    ) -> None:
        place = Place(tmp_path, older, networks=("bluesky",), more=self.more, clock=clock)
        self.big(place)
        network = place.network("bluesky")
        prepared = place.prepared(network)
        with pytest.raises(NotSent, match="at most 1,000,000 bytes; the next attempt sends a smaller one"):
            network.publish(prepared)
        again = network.prepare(prepared, lambda *_: None)
        assert again.remote["rkey"] == prepared.remote["rkey"]
        network.publish(again)
        assert record(place)["embed"]["images"][0]["image"]["size"] <= 1_000_000
        other = place.network("bluesky")
        assert place.prepared(other, "another").remote["media_0"]["blob"]["size"] <= 1_000_000

    def test_the_thumbnail_of_a_card_always_fits(self, tmp_path: Path, older: Sandbox, clock: Clock) -> None:
        place = Place(tmp_path, older, networks=("bluesky",), clock=clock)
        self.big(place)
        network = place.network("bluesky")
        network.publish(place.prepared(network))
        assert record(place)["embed"]["external"]["thumb"]["size"] <= 1_000_000


# ── the session ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_refusal_is_in_the_networks_own_words(place: Place) -> None:
    network = place.network("bluesky")
    prepared = place.prepared(network)
    spoiled = {**prepared.remote, "record": {**prepared.remote["record"], "createdAt": "gestern"}}
    with pytest.raises(Rejected, match=r'Invalid datetime \(got "gestern"\)'):
        network.publish(msgspec.structs.replace(prepared, remote=spoiled))


def test_uploads_the_server_threw_away_are_made_again_later(place: Place) -> None:
    network = place.network("bluesky")
    prepared = place.prepared(network)
    place.sandbox.networks["bluesky"].store.memory.clear()
    with pytest.raises(NotSent, match="Could not find blob"):
        network.publish(prepared)

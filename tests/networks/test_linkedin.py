"""LinkedIn keeps the contract, as a person and as an organisation; then its quirks."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

from crosspost.delivery.network_users import user_of
from crosspost.errors import AuthExpired, ConfigError, NotSent, PostRefused, RateLimited
from crosspost.model import Picture, Prepared
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.testing import NetworkContract
from crosspost.testing.harness import Clock, Place
from tests.delivery.engine_runs import Runs
from tests.networks.linkedin_accounts import as_organisation, as_person


class TestPerson(NetworkContract):
    key = "linkedin"
    uploads = "POST /rest/images"

    @pytest.fixture
    def place(self, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
        return as_person(tmp_path, sandbox, clock)


class TestOrganisation(NetworkContract):
    key = "linkedin"
    uploads = "POST /rest/images"
    names = False

    @pytest.fixture
    def place(self, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
        return as_organisation(tmp_path, sandbox, clock)


class TestPictureInsteadOfCard(NetworkContract):
    key = "linkedin"
    uploads = "POST /rest/images"
    names = False

    @pytest.fixture
    def place(self, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
        return as_organisation(tmp_path, sandbox, clock, 'content = "image"\n')


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    return as_person(tmp_path, sandbox, clock)


@pytest.fixture
def network(place: Place) -> Network:
    return place.network("linkedin")


@pytest.fixture
def runs(place: Place) -> Iterator[Runs]:
    made = Runs(place)
    yield made
    made.ledger.close()


# ── what is sent ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_card_has_title_description_address_and_thumbnail(network: Network, place: Place) -> None:
    network.publish(place.prepared(network))
    (post,) = place.sandbox.posts()
    assert post["link"] == "https://tal.example.org/2026/11/20/gruesse.html"
    card = post["extra"]["card"]
    assert (card["title"], card["description"]) == ("Grüße aus dem Tal", "Zwölf Leute, ein Beet – und viel Regen.")
    assert [(image["width"], image["height"]) for image in post["images"]] == [(320, 200)]


def test_without_a_card_the_picture_is_sent_with_its_alt_text(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = as_person(tmp_path, sandbox, clock, "card = false\n")
    network = place.network("linkedin")
    network.publish(place.prepared(network))
    (post,) = sandbox.posts()
    assert [image["alt"] for image in post["images"]] == ["Ein Hochbeet im Regen"]
    assert "card" not in post["extra"]


def test_a_broken_thumbnail_leaves_the_card(network: Network, place: Place) -> None:
    (place.root / "site/images/beet.jpg").write_bytes(b"no picture")
    prepared = place.prepared(network)
    assert any("card goes out without a picture" in warning for warning in prepared.draft.warnings)
    network.publish(prepared)
    (post,) = place.sandbox.posts()
    assert (post["images"], post["extra"]["card"]["title"]) == ([], "Grüße aus dem Tal")


@pytest.mark.parametrize(
    "text",
    [
        "Fest (mit Musik) [neu] {heute} <b>*fett*</b> _kursiv_ ~weg~ a|b \\ mail@example.org #1 #Garten #zwei_teile",
        "日本語（括弧）と(かっこ) #日本語",
        "مرحبا (بالعالم) #سلام שלום (עולם)",
        "สวัสดี (ชาวโลก) 👩‍👩‍👧 #️⃣",
    ],
)
def test_nothing_cuts_the_text(network: Network, place: Place, text: str) -> None:
    prepared = place.prepared(network)
    draft = msgspec.structs.replace(prepared.draft, text=text)
    network.publish(msgspec.structs.replace(prepared, draft=draft))
    assert place.sandbox.posts()[0]["text"] == text


def test_several_pictures(network: Network, place: Place) -> None:
    prepared = place.prepared(network)
    beet = str(place.root / "site/images/beet.jpg")
    pictures = tuple(Picture(path=beet, alt=alt) for alt in ("eins", ""))
    draft = msgspec.structs.replace(prepared.draft, card=None, images=pictures)
    network.publish(network.prepare(Prepared(draft=draft, handle="key"), lambda *_: None))
    assert [image["alt"] for image in place.sandbox.posts()[0]["images"]] == ["eins", ""]


def test_connections_only(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = as_person(tmp_path, sandbox, clock, 'visibility = "connections"\n')
    network = place.network("linkedin")
    network.publish(place.prepared(network))
    assert sandbox.posts()[0]["visibility"] == "connections"


# ── what LinkedIn says ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_retired_version_names_the_setting(network: Network, place: Place) -> None:
    prepared = place.prepared(network)
    place.sandbox.fault("linkedin", "426")
    with pytest.raises(NotSent, match="`version`"):
        network.publish(prepared)
    assert place.sandbox.posts() == []


def test_a_missing_role_pauses_the_account(network: Network, place: Place) -> None:
    prepared = place.prepared(network)
    place.sandbox.fault("linkedin", "403")
    with pytest.raises(AuthExpired, match="scope"):
        network.publish(prepared)


def test_the_quota_ends_at_midnight_utc(network: Network, place: Place) -> None:
    prepared = place.prepared(network)
    place.sandbox.fault("linkedin", "429")
    with pytest.raises(RateLimited) as caught:
        network.publish(prepared)
    assert caught.value.retry_at == datetime(2026, 11, 23, tzinfo=UTC)


def test_a_picture_that_is_still_processed(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = as_organisation(tmp_path, sandbox, clock)
    network = place.network("linkedin")
    sandbox.fault("linkedin", "processing")
    network.publish(place.prepared(network))
    assert len(sandbox.posts()) == 1
    asked = [r for r in sandbox.requests_to("linkedin") if r["path"].startswith("/rest/images/")]
    assert len(asked) == 3


def test_the_token_goes_to_no_foreign_host(network: Network, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    network.me()
    draft = network.draft(place.the_post())
    network.base_url = place.sandbox.url.replace("127.0.0.1", "localhost")  # where the upload goes is now foreign
    with pytest.raises(NotSent, match="not its own"):
        network.prepare(Prepared(draft=draft, handle="key"), lambda *_: None)
    assert not any(r["method"] == "PUT" for r in place.sandbox.requests_to("linkedin"))


# ── settings ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("today", "said"),
    [(date(2026, 11, 19), ""), (date(2026, 11, 20), "ends on 2026-11-30"), (date(2026, 11, 30), "ended on 2026-11-30")],
)
def test_a_token_near_its_end_is_warned_about(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, today: date, said: str
) -> None:
    place = as_person(tmp_path, sandbox, clock, "token_issued = 2026-10-01\n")
    clock.now = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    warnings = " ".join(place.network("linkedin").draft(place.the_post()).warnings)
    assert said in warnings
    assert ("token" in warnings) == bool(said)


@pytest.mark.parametrize("wrong", ['author = "Verein"', 'version = "26-09"', 'content = "video"'])
def test_settings_that_cannot_be_used_name_file_and_line(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, wrong: str
) -> None:
    place = as_person(tmp_path, sandbox, clock, f"{wrong}\n")
    with pytest.raises(ConfigError, match=r"crosspost\.toml:\d+"):
        place.network("linkedin")


def test_a_post_cannot_speak_as_somebody_else(network: Network, place: Place) -> None:
    text = place.post.read_text("utf-8").replace("lang: de", 'lang: de\ncrosspost:\n  linkedin:\n    author: "12"')
    place.post.write_text(text, "utf-8")
    with pytest.raises(PostRefused, match="`author` is set in the config only"):
        network.draft(place.the_post())


def test_another_author_is_another_identity(runs: Runs, sandbox: Sandbox) -> None:
    """The identity is kept for a day; a change of `author` must not publish as the person for that day."""
    runs.run()
    place, access = runs.place, sandbox.accounts()["linkedin"]
    place.config.write_text(place.config.read_text("utf-8") + f'author = "{access["organization"]}"\n', "utf-8")
    tokens = access["credentials"]
    place.secrets.write_text(f"CROSSPOST_LINKEDIN_ACCESS_TOKEN={tokens['organization_token']}\n", "utf-8")
    place.new_post("2026-11-21-neu")
    assert "but until now linkedin was" in runs.run()["linkedin"].error
    network = place.network("linkedin")
    runs.ledger.note("linkedin", voice=user_of(network, network.connect()), paused_until=None)  # a person accepts it
    runs.run()
    assert [post["extra"]["author"].split(":")[2] for post in sandbox.posts()] == ["person", "organization"]
    marks = {place.network("linkedin").mark() for _ in range(2)}
    place.config.write_text(place.config.read_text("utf-8").replace("author =", "# author ="), "utf-8")
    assert place.network("linkedin").mark() not in marks, "not only the token counts"


def looks(sandbox: Sandbox) -> list[int]:
    return [r["status"] for r in sandbox.requests_to("linkedin") if r["path"].startswith("/rest/images/")]


def test_a_person_waits_once_for_all_pictures_and_is_told_once_that_it_may_not_ask(
    tmp_path: Path, sandbox: Sandbox, clock: Clock
) -> None:
    place = as_person(tmp_path, sandbox, clock, 'content = "image"\ngallery = true\n')
    for name in ("zwei", "drei"):
        (place.root / f"site/images/{name}.jpg").write_bytes((place.root / "site/images/beet.jpg").read_bytes() + b"\0")
    post = place.post.read_text("utf-8")
    place.post.write_text(f"{post}\n![Zwei](/images/zwei.jpg)\n\n![Drei](/images/drei.jpg)\n", "utf-8")
    waited: list[float] = []
    network = place.app.network("linkedin", sleep=waited.append)
    assert len(place.prepared(network).draft.images) == 3
    assert sum(waited) == 4
    assert looks(sandbox) == [403]
    place.prepared(network)
    assert looks(sandbox) == [403]
    again = place.prepared(network)
    waited.clear()
    network.prepare(again, lambda *_: None)  # they were uploaded by an earlier attempt
    assert waited == [0]


def test_an_organisation_waits_no_longer_than_the_picture_takes(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = as_organisation(tmp_path, sandbox, clock)
    waited: list[float] = []
    network = place.app.network("linkedin", sleep=waited.append)
    place.prepared(network)
    assert sum(waited) == 0
    sandbox.fault("linkedin", "processing")
    place.prepared(network)
    assert looks(sandbox) == [200] * 4
    assert sum(waited) == 1.5

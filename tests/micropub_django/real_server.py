"""The contract against a real Micropub website, and a whole way of a user. Run ``make test-micropub``."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crosspost.errors import Rejected
from crosspost.testing import Clock, NetworkContract, Place
from tests.app.accounts.conftest import bare_place, connect_at
from tests.app.accounts.visitor import Visitor
from tests.micropub_django.relay import RealSandbox
from tests.micropub_django.server import Website, running

#: django-indieweb takes no picture that has its alternative text with it
ALTS = 'alt_in = "mp-photo-alt"\n'


@pytest.fixture(scope="session")
def website() -> Iterator[Website]:
    with running() as made:
        yield made


@pytest.fixture
def clock() -> Clock:
    """Now: the website has a clock of its own."""
    return Clock(datetime.now(UTC))


@pytest.fixture
def sandbox(website: Website, clock: Clock) -> Iterator[RealSandbox]:
    with RealSandbox(website, clock=clock) as server:
        yield server
    assert server.errors == []


class TestRealMicropub(NetworkContract):
    key = "micropub"
    uploads = "POST /indie/media/"

    @pytest.fixture
    def place(self, tmp_path: Path, sandbox: RealSandbox, clock: Clock) -> Place:
        return Place(tmp_path, sandbox, networks=("micropub",), clock=clock, more=ALTS)


def test_a_picture_with_its_alternative_text_in_one_is_refused(
    tmp_path: Path, sandbox: RealSandbox, clock: Clock
) -> None:
    place = Place(tmp_path, sandbox, networks=("micropub",), clock=clock)
    network = place.network("micropub")
    with pytest.raises(Rejected, match="invalid_request"):
        network.publish(place.prepared(network))
    assert place.sandbox.posts() == []


def test_a_users_whole_way(tmp_path: Path, sandbox: RealSandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    place = bare_place(tmp_path, sandbox, clock)
    monkeypatch.setattr("crosspost.cli.common.now", clock)
    me = f"{sandbox.url}/indie/home/verein"
    person = Visitor({"me": me, "way": "browser"}, {"action": "approve"})
    connect_at(place, "micropub", person)
    assert place.network("micropub").secret("token") not in sandbox.website.tokens.values()
    place.config.write_text(place.config.read_text("utf-8") + ALTS, "utf-8")
    assert place.crosspost("doctor").code == 0

    sandbox.fault("micropub", "cut-after")
    first = place.crosspost("run", "--backfill")
    (post,) = sandbox.posts()
    assert "Zwölf Leute, ein Beet" in post["text"]
    assert [one["alt"] for one in post["images"]] == ["Ein Hochbeet im Regen"]
    assert (first.code, post["id"] in first.out) == (0, True), "the answer was lost, and the entry found"
    assert len(place.sandbox.requests_to("micropub", "POST /indie/micropub")) == 1
    clock.pass_by(minutes=30)
    assert "Nothing is due." in place.crosspost("run").out

    text = place.post.read_text("utf-8")
    place.post.write_text(text.replace("Zwölf Leute", "Dreizehn Leute"), "utf-8")
    changed = place.crosspost("update", str(place.post))
    assert changed.code == 0, changed.out + changed.err
    (after,) = sandbox.posts()
    assert (after["id"], after["images"]) == (post["id"], post["images"])
    assert "Dreizehn Leute" in after["text"]

    gone = place.crosspost("unpublish", str(place.post), "--yes")
    assert gone.code == 0, gone.out + gone.err
    assert sandbox.posts() == []
    clock.pass_by(hours=2)
    assert place.crosspost("run").code == 0
    assert sandbox.posts() == [], "what was taken back is not said again"

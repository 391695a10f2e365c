"""LinkedIn, exactly once: it refuses a repetition and names the post; after that a person looks."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crosspost.errors import OutOfSight, Rejected
from crosspost.networks.base import Network
from crosspost.networks.post_search import Page
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from tests.delivery.engine_runs import Runs
from tests.networks.linkedin_accounts import as_organisation, as_person


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


@pytest.fixture
def page_runs(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Iterator[Runs]:
    made = Runs(as_organisation(tmp_path, sandbox, clock))
    yield made
    made.ledger.close()


# ── exactly once ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("fault", ["500-after", "cut-after", "half-answer", "bad-json"])
def test_out_but_unheard_is_sent_again_and_the_refusal_names_it(runs: Runs, fault: str) -> None:
    runs.place.sandbox.fault("linkedin", fault)
    assert runs.run()["linkedin"].state == "planned"
    runs.place.clock.pass_by(minutes=2)
    delivery = runs.run()["linkedin"]
    (post,) = runs.place.sandbox.posts()
    assert (delivery.state, delivery.receipt) == ("sent", post["id"])
    assert [r["status"] for r in runs.place.sandbox.requests_to("linkedin", "POST /rest/posts")][-1] == 422


def test_not_out_and_unheard_is_sent_again(runs: Runs) -> None:
    runs.place.sandbox.fault("linkedin", "500-before")
    runs.run()
    runs.place.clock.pass_by(minutes=2)
    assert runs.run()["linkedin"].state == "sent"
    assert len(runs.place.sandbox.posts()) == 1


@pytest.mark.parametrize("minutes", [8, 11, 120])
def test_after_the_refusal_has_ended_a_person_must_look(runs: Runs, minutes: int) -> None:
    runs.place.sandbox.fault("linkedin", "500-after")
    runs.run()
    runs.place.clock.pass_by(minutes=minutes)
    for _ in range(3):
        runs.run(by_hand=True)
        runs.place.clock.pass_by(minutes=30)
    assert runs.states() == {"linkedin": "held"}
    assert len(runs.place.sandbox.posts()) == 1


def test_the_window_counts_from_the_first_attempt(runs: Runs) -> None:
    sandbox = runs.place.sandbox
    sandbox.fault("linkedin", "500-after")
    runs.run()
    for _ in range(4):  # each repetition is lost too; together they last longer than LinkedIn refuses
        sandbox.fault("linkedin", "cut-before")
        runs.place.clock.pass_by(minutes=3)
        runs.run()
    assert runs.states() == {"linkedin": "held"}
    assert len(sandbox.posts()) == 1


def test_a_repetition_carries_the_same_picture_even_an_hour_after_its_upload(runs: Runs) -> None:
    sandbox, clock = runs.place.sandbox, runs.place.clock
    sandbox.fault("linkedin", "cut-before", match="PUT /dms-uploads/*")
    runs.run()
    clock.pass_by(minutes=5)
    sandbox.fault("linkedin", "426")
    runs.run()
    clock.pass_by(minutes=57)
    sandbox.fault("linkedin", "500-after")
    runs.run()
    clock.pass_by(minutes=4)
    assert runs.run()["linkedin"].state == "sent"
    assert len(sandbox.posts()) == 1
    uploads = [r for r in sandbox.requests_to("linkedin") if r["method"] == "PUT" and r["status"] == 201]
    assert len(uploads) == 1


def test_a_repetition_refused_for_another_reason_is_held(runs: Runs) -> None:
    runs.place.sandbox.fault("linkedin", "500-after")
    runs.run()
    post = runs.place.sandbox.store.posts[0]
    post.extra["said"] = "null"  # LinkedIn does not recognise it …
    runs.place.sandbox.store.memory.clear()  # … and has lost the picture
    runs.place.clock.pass_by(minutes=2)
    assert runs.run()["linkedin"].state == "held"
    assert len(runs.place.sandbox.posts()) == 1


def test_somebody_elses_same_post_is_not_a_receipt(network: Network, place: Place) -> None:
    prepared = place.prepared(network)
    receipt = network.publish(prepared)
    with pytest.raises(Rejected, match="not from this delivery") as caught:
        network.publish(prepared)
    assert receipt.url in str(caught.value)
    begun = msgspec.structs.replace(prepared, begun=place.clock())
    assert network.publish(begun).id == receipt.id
    assert len(place.sandbox.posts()) == 1


def test_an_organisation_reads_back_what_went_out_without_a_response(page_runs: Runs, sandbox: Sandbox) -> None:
    sandbox.fault("linkedin", "cut-after")
    assert page_runs.run()["linkedin"].state == "sent"
    assert len(sandbox.posts()) == 1


def test_an_organisation_that_does_not_show_it_after_the_refusal_ended_sends_again(
    page_runs: Runs, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.fault("linkedin", "500-before")
    page_runs.run()
    clock.pass_by(minutes=10)  # neither refused any more nor proved absent
    assert page_runs.run()["linkedin"].state == "unknown"
    assert sandbox.posts() == []
    clock.pass_by(minutes=10)
    assert page_runs.run()["linkedin"].state == "sent"
    assert len(sandbox.posts()) == 1


def milliseconds(when: datetime) -> int:
    return int(when.timestamp() * 1000)


@pytest.mark.parametrize(("modified", "certain"), [(timedelta(), False), (timedelta(days=-2), True)])
def test_an_old_post_that_was_changed_lately_does_not_end_the_list(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch, modified: timedelta, certain: bool
) -> None:
    """LinkedIn sorts by the last change: behind a post of last week that was changed today there may be today's."""
    place = as_organisation(tmp_path, sandbox, clock)
    network: Any = place.network("linkedin")
    prepared = place.prepared(network)
    old = {
        "id": "urn:li:share:1",
        "commentary": "Etwas anderes",
        "publishedAt": milliseconds(clock() - timedelta(days=7)),
        "lastModifiedAt": milliseconds(clock() + modified),
    }
    monkeypatch.setattr(network, "_posts", lambda *_, **__: Page([old], more=True))
    if certain:
        assert network.find(prepared, clock()) is None
    else:
        with pytest.raises(OutOfSight):
            network.find(prepared, clock())

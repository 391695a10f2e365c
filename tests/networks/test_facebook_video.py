"""A Page's video is published once: its id is known before it is sent, and says whether it is out."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crosspost.errors import NotSent, Unknown
from crosspost.model import Draft, Prepared, Receipt
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place, Saved

FILMS = Path(__file__).parents[1] / "media/films"
FINISH = "POST /*/*/videos/finish"


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    made = Place(tmp_path, sandbox, networks=["facebook"], more="video = true\n", clock=clock)
    shutil.copytree(FILMS, made.root / "site/films")
    made.post.write_text("---\ntitle: Der Film\nvideo: /films/reel.mp4\n---\n\nEin Satz.\n", "utf-8")
    sandbox.networks["facebook"].settings["part"] = 5000
    return made


@pytest.fixture
def network(place: Place) -> Network:
    return place.network("facebook")


def draft_of(place: Place, network: Network) -> Draft:
    network.me()
    draft = network.draft(place.the_post())
    assert draft.video is not None, draft.warnings
    return draft


def sent(place: Place, phase: str) -> int:
    return sum(one["path"].endswith(f"/videos/{phase}") for one in place.sandbox.requests_to("facebook"))


def published(place: Place, network: Network) -> tuple[Prepared, Receipt]:
    prepared = network.prepare(Prepared(draft=draft_of(place, network), handle="h"), lambda *_: None)
    return prepared, network.publish(prepared)


def test_an_upload_that_broke_off_is_gone_on_with(network: Network, place: Place) -> None:
    draft, saved = draft_of(place, network), Saved()

    def killed(key: str, value: Any, /, *more: tuple[str, Any]) -> None:
        saved(key, value, *more)
        if key == "left":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        network.prepare(Prepared(draft=draft, handle="h"), killed)
    prepared = network.prepare(Prepared(draft=draft, handle="h", remote=dict(saved)), saved)
    network.publish(prepared)
    assert [sent(place, phase) for phase in ("start", "transfer", "finish")] == [1, 3, 1], "no part is sent twice"
    (film,) = place.sandbox.posts()[0]["images"]
    assert film["bytes"] == (FILMS / "reel.mp4").stat().st_size


def test_an_upload_that_ended_begins_anew(network: Network, place: Place) -> None:
    draft, saved = draft_of(place, network), Saved()
    place.sandbox.fault("facebook", "500-before", match="POST /*/*/videos/transfer")
    with pytest.raises(NotSent):
        network.prepare(Prepared(draft=draft, handle="h"), saved)
    saved["session"] = "1"  # none that Facebook knows
    prepared = network.prepare(Prepared(draft=draft, handle="h", remote=dict(saved)), saved)
    network.publish(prepared)
    assert len(place.sandbox.posts()) == 1


@pytest.mark.parametrize("fault", ["cut-after", "500-after", "half-answer"])
def test_out_and_unheard_is_found_under_its_id(network: Network, place: Place, fault: str) -> None:
    prepared = network.prepare(Prepared(draft=draft_of(place, network), handle="h"), lambda *_: None)
    since = place.clock()
    place.sandbox.fault("facebook", fault, match=FINISH)
    with pytest.raises(Unknown):
        network.publish(prepared)
    found = network.find(prepared, since)
    assert found is not None
    assert found.id == prepared.remote["video"]
    with pytest.raises(Unknown, match="on the Page already"):
        network.prepare(prepared, lambda *_: None)
    assert len(place.sandbox.posts()) == 1


def test_what_never_arrived_is_published_by_the_same_upload(network: Network, place: Place) -> None:
    prepared = network.prepare(Prepared(draft=draft_of(place, network), handle="h"), lambda *_: None)
    place.sandbox.fault("facebook", "cut-before", match=FINISH)
    with pytest.raises(Unknown):
        network.publish(prepared)
    assert network.find(prepared, place.clock()) is None
    again = network.prepare(prepared, lambda *_: None)
    assert network.publish(again).id == prepared.remote["video"]
    assert (sent(place, "start"), len(place.sandbox.posts())) == (1, 1)


def test_a_second_request_makes_no_second_video(network: Network, place: Place) -> None:
    prepared, _ = published(place, network)
    with pytest.raises(Unknown, match="problem uploading"):
        network.publish(prepared)
    assert len(place.sandbox.posts()) == 1


def test_while_it_is_processed_nobody_knows(network: Network, place: Place, clock: Clock) -> None:
    place.sandbox.networks["facebook"].settings["processing"] = 2
    prepared, _ = published(place, network)
    since = place.clock()
    with pytest.raises(Unknown, match="still processing"):
        network.find(prepared, since)
    clock.pass_by(hours=2)
    assert network.find(prepared, since) is None, "then a person has to look"
    assert network.find(prepared, since) is not None


def test_words_are_changed_and_the_video_deleted(network: Network, place: Place) -> None:
    _, receipt = published(place, network)
    place.post.write_text(place.post.read_text("utf-8").replace("Der Film", "Ein Film"), "utf-8")
    network.edit(receipt, Prepared(draft=network.draft(place.the_post()), handle="h"))
    (post,) = place.sandbox.posts()
    assert post["text"].startswith("Ein Film")
    told = network.responses(receipt)
    assert told is not None
    assert told.figures.replies == 0
    network.delete(receipt)
    network.delete(receipt)
    assert place.sandbox.posts() == []
    assert network.responses(receipt) is None


def phases(processing: str = "", publishing: str = "", shown: str = "") -> dict[str, Any]:
    return {
        "id": "5",
        "status": {
            "processing_phase": {"status": processing},
            "publishing_phase": {"status": publishing, "publish_status": shown},
        },
    }


@pytest.mark.parametrize(
    ("node", "minutes", "found"),
    [
        ({}, 0, None),
        ({"id": "5", "published": True}, 90, "5"),
        ({"id": "5", "published": False}, 0, None),
        ({"id": "5", "published": False, "status": None}, 0, None),
        ({"id": "5", "status": {"processing_phase": None}}, 0, None),
        (phases("complete", "complete", "published"), 0, "5"),
        (phases("complete", "complete", "draft"), 90, None),
        (phases("complete", "in_progress", "published"), 0, Unknown),
        (phases("in_progress"), 0, Unknown),
        (phases("in_progress"), 59, Unknown),
        (phases("in_progress"), 60, None),
        (phases("complete"), 59, Unknown),
        (phases("complete"), 61, None),
        (phases("error"), 0, None),
    ],
)
def test_what_facebook_says_of_a_video_decides(
    network: Network, monkeypatch: pytest.MonkeyPatch, node: dict[str, Any], minutes: int, found: Any
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr("crosspost.networks.facebook_video.told", lambda *given: asked.append(given) or node)
    film: Any = Prepared(draft=None, handle="h", remote={"video": "17"})  # type: ignore[arg-type]  # its words do not count
    since = network.clock() - timedelta(minutes=minutes)
    if found is Unknown:
        with pytest.raises(Unknown, match=r"^facebook: Facebook is still processing the video; whether it is out"):
            network.find(film, since)
    else:
        receipt = network.find(film, since)
        assert (receipt.id if receipt else None) == found
    assert asked == [(network, "17")]

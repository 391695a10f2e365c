"""A video goes out in the place of a post's pictures where a network takes it; else they do, and it is said."""

from pathlib import Path
from typing import Any

import pytest

from crosspost.config import registry
from crosspost.errors import NotSent, Rejected
from crosspost.model import Prepared
from crosspost.sandbox.core.faults import meant
from crosspost.testing.harness import Place, Saved
from tests.networks.filmed import FILMS, POST, VIDEOS, draft_of, place

__all__ = ["place"]


@pytest.mark.parametrize("key", VIDEOS)
def test_the_video_goes_out_by_one_request(place: Place, key: str) -> None:
    network, saved, draft = place.network(key), Saved(), draft_of(place, key)
    assert draft.video is not None, draft.warnings
    limits = registry.load(key).limits.videos
    assert limits is not None
    why = "linkedin documents how it takes them for the language en only"
    why = why if limits.captions_in else "crosspost can hand over none there"
    lost = () if limits.captions and not limits.captions_in else (f"goes out without the captions of its video: {why}",)
    assert (draft.images, draft.warnings) == ((), lost)
    prepared = network.prepare(Prepared(draft=draft, handle="3a1f0c55-9f6e-4a53-8f0e-5a1b77c1e001"), saved)
    assert saved == prepared.remote
    assert place.sandbox.posts() == []
    before = len(place.sandbox.requests)
    again = network.prepare(prepared, saved)
    assert again.remote == prepared.remote
    assert [r for r in place.sandbox.requests[before:] if r["method"] == "POST"] == [], "uploaded once"
    receipt = network.publish(prepared)
    (post,) = place.sandbox.posts()
    (film,) = post["images"]
    described = limits.alt >= 0
    assert (film["format"], film["width"], film["alt"]) == ("MP4", 48, "Farbige Balken" if described else "")
    assert film["bytes"] == (FILMS / "reel.mp4").stat().st_size, "as it is: nothing is converted"
    assert (f"{place.url}/2026/11/20/gruesse.html" in post["text"]) == (network.style.link == "text")
    publishes = place.sandbox.networks[key].publishes
    assert sum(meant(publishes, f"{r['method']} {r['path']}") for r in place.sandbox.requests_to(key)) == 1
    if network.able.read_back:
        found = network.find(prepared, place.clock())
        assert found is not None
        assert found.id == receipt.id


@pytest.mark.parametrize(
    ("key", "film", "said"),
    [
        ("x", "old.mp4", "it is MPEG-4, not H.264"),
        ("x", "short.webm", "it is WebM, not MP4 or MOV or GIF"),
        ("bluesky", "moving.gif", "it is GIF, not MP4"),
        ("telegram", "weg.mp4", ""),
        ("mastodon", "words.vtt", ""),
        ("instagram", "short.mp4", "it lasts 2.0 seconds, less than 3"),
        ("threads", "short.mp4", "it has 10 frames a second, less than 23"),
        ("discord", "reel.mp4", "crosspost sends none there"),
    ],
)
def test_a_video_that_does_not_fit_leaves_the_picture(place: Place, key: str, film: str, said: str) -> None:
    draft = draft_of(place, key, film)
    assert draft.video is None
    card = draft.card.image if draft.card is not None else None
    shown = draft.images[0] if draft.images else card
    assert shown is not None
    assert Path(shown.path).name == "beet.jpg"
    if said:
        assert any("goes out without its video" in one and said in one for one in draft.warnings), draft.warnings
    if film == "weg.mp4":
        assert any(f"{place.post}:5: video: there is no file /films/weg.mp4" in one for one in draft.warnings)


@pytest.mark.parametrize("key", ["mastodon"])
@pytest.mark.parametrize("film", ["short.webm", "moving.gif", "silent.mp4", "old.mp4"])
def test_mastodon_takes_other_containers(place: Place, key: str, film: str) -> None:
    draft, network = draft_of(place, key, film), place.network(key)
    assert draft.video is not None, draft.warnings
    receipt = network.publish(network.prepare(Prepared(draft=draft, handle="key"), lambda *_: None))
    (post,) = place.sandbox.posts()
    assert [one["alt"] for one in post["images"]] == ["Farbige Balken"]
    network.edit(receipt, Prepared(draft=draft, handle="key"))
    assert [one["alt"] for one in place.sandbox.posts()[0]["images"]] == ["Farbige Balken"], "an edit keeps it"


@pytest.mark.parametrize("key", ["telegram"])
def test_a_caption_is_edited(place: Place, key: str) -> None:
    draft, network = draft_of(place, key), place.network(key)
    receipt = network.publish(network.prepare(Prepared(draft=draft, handle="key"), lambda *_: None))
    place.post.write_text(POST.replace("Der Film", "Ein Film"), "utf-8")
    network.edit(receipt, Prepared(draft=network.draft(place.the_post()), handle="key"))
    (post,) = place.sandbox.posts()
    assert post["text"].startswith("Ein Film")
    assert len(post["images"]) == 1


@pytest.mark.parametrize("key", ["x"])
def test_a_gif_is_uploaded_as_one(place: Place, key: str) -> None:
    draft, network = draft_of(place, key, "moving.gif"), place.network(key)
    network.publish(network.prepare(Prepared(draft=draft, handle="key"), lambda *_: None))
    assert [one["format"] for one in place.sandbox.posts()[0]["images"]] == ["GIF"]


@pytest.mark.parametrize("key", ["x"])
@pytest.mark.parametrize(("info", "error"), [({"state": "in_progress"}, NotSent), ({"state": "failed"}, Rejected)])
def test_a_video_that_is_never_ready_is_not_posted(
    place: Place, key: str, info: dict[str, Any], error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, network, saved = draft_of(place, key), place.network(key), Saved()
    send = network.send  # type: ignore[attr-defined]  # X's own

    def answered(method: str, *rest: Any, **query: Any) -> Any:
        return {"data": {"processing_info": info}} if method == "GET" else send(method, *rest, **query)

    monkeypatch.setattr(network, "send", answered)
    with pytest.raises(error, match="process"):
        network.prepare(Prepared(draft=draft, handle="key"), saved)
    assert saved, "the next attempt goes on waiting for the same upload"
    assert place.sandbox.posts() == []


@pytest.mark.parametrize("key", ["instagram", "threads"])
def test_a_video_must_be_on_the_site_before_it_is_fetched(place: Place, key: str) -> None:
    draft, network = draft_of(place, key), place.network(key)
    (place.root / "site/films/reel.mp4").rename(place.root / "reel.mp4")
    with pytest.raises(NotSent, match=r"reel.mp4 is not there \(HTTP 404\): deploy the site"):
        network.prepare(Prepared(draft=draft, handle="key"), lambda *_: None)
    (place.root / "reel.mp4").rename(place.root / "site/films/reel.mp4")
    place.config.write_text(place.config.read_text("utf-8") + 'host = "page"\n', "utf-8")
    draft = draft_of(place, key)
    assert draft.video is None
    assert any('with host = "page" a video has no address' in said for said in draft.warnings)


@pytest.mark.parametrize("key", ["linkedin"])
def test_linkedin_gets_the_parts_it_asks_for(place: Place, key: str) -> None:
    place.sandbox.networks[key].settings["part"] = 5000
    draft, network = draft_of(place, key), place.network(key)
    network.publish(network.prepare(Prepared(draft=draft, handle="key"), lambda *_: None))
    parts = [one for one in place.sandbox.requests_to(key) if one["method"] == "PUT" and "thumbnail" not in one["path"]]
    assert [one["path"].rpartition("/")[2] for one in parts] == ["0", "1", "2"]
    assert place.sandbox.posts()[0]["images"][0]["bytes"] == (FILMS / "reel.mp4").stat().st_size

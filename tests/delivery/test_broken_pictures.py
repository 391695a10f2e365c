"""``on_broken_picture = "hold"``: held at once with a sentence, sent by itself once the picture is repaired."""

from pathlib import Path

import pytest
from PIL import Image

from crosspost.delivery.broken_pictures import PICTURE
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import POST, Clock, Place


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    place = Place(tmp_path, sandbox, networks=["bluesky", "mastodon", "x"], clock=clock)
    text = place.config.read_text("utf-8").replace("timeout = 5", 'timeout = 5\non_broken_picture = "hold"')
    place.config.write_text(text.replace("[accounts.x]", "[accounts.x]\nenabled = false"), "utf-8")
    broken(place)
    return place


def broken(place: Place) -> None:
    (place.root / "site/images/beet.jpg").write_bytes(b"\xff\xd8\xff no picture")


def repair(place: Place) -> None:
    Image.effect_noise((320, 200), 60).convert("RGB").save(place.root / "site/images/beet.jpg")


def open_rows(place: Place) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = place.crosspost("status", "--json").json["open"]
    return rows


def test_it_is_held_at_once_with_what_to_do(place: Place) -> None:
    ran = place.crosspost("publish", str(place.post))
    assert ran.code == 3
    assert [row["state"] for row in open_rows(place)] == ["held", "held"]
    for row in open_rows(place):
        assert "beet.jpg: the JPEG file is damaged" in row["error"]
        assert "repair it, and the next run sends the post; or `crosspost settle " in row["error"]
    assert place.sandbox.posts() == []


def test_once_repaired_the_next_run_sends_it_once(place: Place) -> None:
    place.crosspost("publish", str(place.post))
    assert place.crosspost("run").out.endswith("Nothing is due.\n"), "still broken: left alone, nothing tried"
    repair(place)
    for _ in range(3):
        place.crosspost("run")
    assert [len(place.sandbox.posts(name)) for name in ("bluesky", "mastodon")] == [1, 1]
    assert open_rows(place) == []


def test_asked_for_by_hand_it_goes_at_once(place: Place) -> None:
    place.crosspost("publish", str(place.post))
    repair(place)
    assert place.crosspost("publish", str(place.post)).code == 0
    assert len(place.sandbox.posts()) == 2


def test_the_author_may_let_it_go_without(place: Place) -> None:
    place.crosspost("publish", str(place.post))
    place.post.write_text(
        POST.replace("lang: de", "lang: de\ncrosspost: {mastodon: &free {on_broken_picture: without}, bluesky: *free}"),
        "utf-8",
    )
    assert place.crosspost("run").code == 0
    assert len(place.sandbox.posts()) == 2


def test_settled_before_it_is_repaired_it_is_held_again_or_left(place: Place) -> None:
    place.crosspost("publish", str(place.post), "--to", "mastodon")
    assert place.crosspost("settle", "1", "--not-sent").code == 0
    assert place.crosspost("run").code == 3
    assert open_rows(place)[0]["state"] == "held"
    assert place.crosspost("settle", "1", "--skip").code == 0
    repair(place)
    place.crosspost("run")
    assert place.sandbox.posts("mastodon") == []


def test_what_is_held_for_another_reason_stays(place: Place) -> None:
    from crosspost.ledger import Ledger

    place.crosspost("publish", str(place.post), "--to", "mastodon")
    ledger = Ledger(place.root / "config/state/ledger.sqlite3", place.clock)
    (row,) = ledger.deliveries(states=["held"])
    assert row.why == PICTURE
    ledger.hold(row, "a person must look", why="another reason")
    repair(place)
    place.crosspost("run")
    assert [row["error"] for row in open_rows(place)] == ["a person must look"]

"""``crosspost images`` as a user meets it."""

from pathlib import Path

import pytest
from PIL import Image

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import POST, Clock, Place


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    place = Place(tmp_path, sandbox, networks=["mastodon", "instagram", "threads"], clock=clock)
    Image.effect_noise((300, 900), 30).convert("RGB").save(tmp_path / "site/images/beet.jpg")
    return place


def copies(place: Place) -> list[str]:
    return sorted(file.name for file in (place.root / "site/images").rglob("*-*.jpg"))


def test_writes_what_is_fetched_and_only_that(place: Place) -> None:
    ran = place.crosspost("images", "--json", str(place.post))
    assert ran.code == 0
    rows = ran.json["pictures"]
    assert [(row["account"], row["state"]) for row in rows] == [("instagram", "written"), ("threads", "written")]
    assert [Path(row["path"]).name for row in rows] == [row["url"].rpartition("/")[2] for row in rows]
    assert copies(place) == sorted(Path(row["path"]).name for row in rows)
    again = place.crosspost("images", str(place.post))
    assert [line.split()[0] for line in again.out.splitlines()] == ["there", "there"]
    assert place.sandbox.requests == [], "nobody is asked"


def test_check_writes_nothing(place: Place) -> None:
    ran = place.crosspost("images", "--check", "--to", "instagram", str(place.post))
    assert (ran.code, ran.out.split()[:2]) == (1, ["missing", "instagram"])
    assert copies(place) == []


def test_all_leaves_out_what_is_done_or_not_wanted(place: Place) -> None:
    place.new_post("2026-11-21-nirgends", POST.replace("tags", "crosspost: {skip: true}\ntags"))
    place.new_post("2026-11-21-ohne-bild")
    ran = place.crosspost("images", "--all", "--json")
    assert (ran.code, len(ran.json["pictures"]), ran.json["errors"]) == (0, 3, []), "and a title card for Instagram"
    assert place.crosspost("run").code == 0, "the first run: everything is old"
    ran = place.crosspost("images", "--all")
    assert (ran.code, ran.out) == (0, "No account needs a picture from the site for these posts.\n")


def test_a_post_for_tomorrow_gets_its_pictures_today(place: Place) -> None:
    later = place.new_post("2999-01-01-morgen", POST)
    assert place.crosspost("images", str(later)).code == 0
    assert len(copies(place)) == 2


def test_mistakes_are_told_and_stop_nothing_else(place: Place) -> None:
    broken = place.new_post("2026-11-21-kaputt", "---\ntitle: [\n---\n")
    ran = place.crosspost("images", str(broken), "nirgends.md", str(place.post))
    assert ran.code == 1
    assert ran.err.count("Error:") == 2
    assert len(copies(place)) == 2
    assert "--all" in place.crosspost("images").err
    assert place.crosspost("images", "--all", str(place.post)).code == 2

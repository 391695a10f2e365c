"""A picture that cannot go along is told: in the command's output, in status, and once in a notice."""

import os
from collections.abc import Callable

import pytest

from crosspost.testing.harness import Place

NEW = "site/_posts/2026-11-21-neu.md"


@pytest.fixture(autouse=True)
def _here(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.root)
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)


def missing(place: Place) -> str:
    return "/images/nicht-da.jpg"


def empty(place: Place) -> str:
    place.write("site/images/leer.jpg", "")
    return "/images/leer.jpg"


def windows(place: Place) -> str:
    return "C:\\Users\\me\\nicht-da.jpg"


def backslashes(place: Place) -> str:
    return "images\\nicht-da.jpg"


def outside(place: Place) -> str:
    place.write("draussen.jpg", "x")
    return "../draussen.jpg"


def damaged(place: Place) -> str:
    place.write("site/images/kaputt.jpg", "\xff\xd8\xff no picture")
    return "/images/kaputt.jpg"


def nothing(place: Place) -> str:
    return '""'


def a_pipe(place: Place) -> str:
    os.mkfifo(place.root / "site/images/rohr.jpg")
    return "/images/rohr.jpg"


def a_file_with_a_line_feed(place: Place) -> str:
    return '"nicht\\nsent          mastodon         da.jpg"'


KINDS = [missing, empty, windows, backslashes, outside, damaged, nothing, a_pipe, a_file_with_a_line_feed]


def post(place: Place, thumbnail: str) -> None:
    text = f"---\ntitle: Neu\nthumbnail: {thumbnail}\nthumbnail_alt: Ein Beet\n---\n\nText.\n"
    place.new_post("2026-11-21-neu", text)


@pytest.mark.parametrize("make", KINDS)
def test_a_lost_picture_is_told_by_publish_and_run_and_status(place: Place, make: Callable[[Place], str]) -> None:
    place.crosspost("run")
    post(place, make(place))
    ran = place.crosspost(NEW)
    assert ran.code == 0
    (said,) = [line for line in ran.err.splitlines() if line.startswith("Warning: ")]
    assert said.startswith("Warning: neu: ")
    assert said.removeprefix("Warning: ") in place.crosspost("status").out
    assert place.crosspost("status", "--json").json["warnings"] == [said.removeprefix("Warning: ")]
    place.clock.pass_by(minutes=1)
    assert place.crosspost(NEW).err == "", "told once"
    assert [row for row in place.sandbox.posts() if row["images"]] == []


def test_run_tells_it_too(place: Place) -> None:
    place.crosspost("run")
    post(place, missing(place))
    ran = place.crosspost("run", "--quiet")
    assert ran.err.count("there is no file /images/nicht-da.jpg") == 1
    assert place.crosspost("run").err == ""


def test_a_notice_tells_it_once_and_for_some_days(place: Place) -> None:
    from crosspost.app.ledger_access import open_ledger
    from crosspost.app.running.run_notifications import alerts as found

    post(place, missing(place))
    place.crosspost(NEW)
    ledger = open_ledger(place.app)
    (said,) = [one for one in found(place.app, ledger, []) if one.key == "picture:neu"]
    assert "went out without its picture on x, mastodon, facebook: thumbnail: there is no file" in said.says
    place.clock.pass_by(days=3)
    assert [one for one in found(place.app, ledger, []) if one.key.startswith("picture:")] == []
    ledger.close()


@pytest.mark.parametrize("written", ["images\\beet.jpg", "\\images\\beet.jpg", "..\\images\\beet.jpg"])
def test_a_path_as_windows_writes_it_is_understood_with_a_hint(place: Place, written: str) -> None:
    post(place, written)
    ran = place.crosspost(NEW)
    assert ran.code == 0
    assert "is written with \\; write it with /" in ran.err
    assert "there is no file" not in ran.err
    assert all(row["images"] for row in place.sandbox.posts("mastodon"))


def test_a_picture_of_one_account_names_it(place: Place) -> None:
    place.config.write_text(
        place.config.read_text("utf-8").replace("[accounts.mastodon]", "[accounts.mastodon]\nimages = false"), "utf-8"
    )
    post(place, damaged(place))
    ran = place.crosspost(NEW)
    (said,) = [line for line in ran.err.splitlines() if "goes out without a picture" in line]
    assert said.endswith("(x, facebook)")


def test_a_post_with_its_picture_is_told_nothing_about(place: Place) -> None:
    assert place.crosspost(str(place.post)).err == ""
    assert place.crosspost("status", "--json").json["warnings"] == []


def test_other_warnings_are_about_no_lost_picture(place: Place) -> None:
    place.new_post("2026-11-21-neu", "---\ntitle: Mehr auf a.de\nthumbnail: /images/beet.jpg\n---\n\nText.\n")
    said = place.crosspost(NEW).err
    assert "thumbnail_alt" in said
    assert 'X takes "a.de" for a link' in said
    assert place.crosspost("status", "--json").json["warnings"] == []


def test_a_picture_in_place_of_the_one_that_is_not_there_is_no_loss(place: Place) -> None:
    front = "title: Neu\nthumbnail: /images/nicht-da.jpg\nimage: /images/beet.jpg\nthumbnail_alt: Ein Beet"
    place.new_post("2026-11-21-neu", f"---\n{front}\n---\n\nText.\n")
    assert "there is no file /images/nicht-da.jpg" in place.crosspost(NEW).err
    assert place.crosspost("status", "--json").json["warnings"] == []
    assert [row for row in place.sandbox.posts() if row["images"]] != []

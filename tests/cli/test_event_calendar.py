"""The calendar of announced events: by the command, and as a file of the site."""

import re
from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place

_FEST = """---
title: Das Fest; im Garten, mit Musik
event: {start: 2027-05-02 14:00, end: 2027-05-02 18:00, place: "Garten, Talweg 3", status: cancelled}
---

Kommt!
"""


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr("crosspost.cli.common.now", clock)
    place = Place(tmp_path, sandbox, clock=clock, networks=("mastodon",))
    fest = place.new_post("2026-11-21-fest", _FEST)
    place.new_post("2026-11-21-ungesagt", _FEST)
    assert place.crosspost(str(place.post), str(fest), "--yes").code == 0
    return place


def test_events_of_posts_that_were_said_are_read_by_calendars(place: Place) -> None:
    file = place.root / "events.ics"
    ran = place.crosspost("feed", str(file))
    assert (ran.code, ran.out) == (0, f"Wrote {file}, with 1 event.\n")
    (event,) = re.findall(r"BEGIN:VEVENT\r\n(.*?)END:VEVENT\r\n", file.read_bytes().decode(), re.DOTALL)
    lines = event.replace("\r\n ", "").split("\r\n")
    assert lines[2:] == [
        "DTSTART:20270502T120000Z",
        "DTEND:20270502T160000Z",
        r"SUMMARY:Das Fest\; im Garten\, mit Musik",
        "DESCRIPTION:Kommt!",
        r"LOCATION:Garten\, Talweg 3",
        "URL:https://tal.example.org/2026/11/21/fest.html",
        "STATUS:CANCELLED",
        "",
    ]
    before = file.read_bytes()
    place.clock.pass_by(hours=1)
    place.crosspost("feed", str(file))
    assert file.read_bytes() == before, "a file that says the same is the same"


def test_a_whole_day_ends_where_the_next_begins(place: Place) -> None:
    two = "start: 2026-12-31, end: 2027-01-01"
    fest = place.new_post("2026-11-21-fest", _FEST.replace("start: 2027-05-02 14:00, end: 2027-05-02 18:00", two))
    assert "all day" not in place.crosspost("preview", str(fest)).out, "only where events are taken"
    file = place.root / "events.ics"
    assert place.crosspost("feed", str(file)).code == 0
    assert "DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270102\r\n" in file.read_bytes().decode()


def test_a_name_that_does_not_say_what_is_written_is_refused(place: Place) -> None:
    ran = place.crosspost("feed", str(place.root / "events.txt"))
    assert (ran.code, "events.txt must end in .xml, .atom, .json or .ics" in ran.err) == (2, True)
    assert not (place.root / "events.txt").exists()


def test_each_run_writes_it_into_the_site_and_leaves_another_alone(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crosspost.app.application.App.on_trial", lambda _: False)
    place.config.write_text(f'{place.config.read_text("utf-8")}[feed]\nfiles = ["events.ics", "own.ics"]\n', "utf-8")
    own = place.write("site/own.ics", "BEGIN:VCALENDAR\r\nPRODID:-//me//EN\r\nEND:VCALENDAR\r\n")
    ran = place.crosspost("run")
    text = (place.root / "site/events.ics").read_text("utf-8")
    assert text.count("BEGIN:VEVENT") == 1
    assert "own.ics: crosspost did not write it" in " ".join((ran.out + ran.err).split())
    assert "PRODID:-//me//EN" in own.read_text("utf-8")

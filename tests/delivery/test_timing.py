"""The engine and the schedule: in its slot, not too close, not too late, and only when the page is there."""

import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from tests.raw_server import RawServer, reply

PAGE = b"<html><head><title>Neu</title></head><body><h1>Neu</h1></body></html>"


def place_with(tmp_path: Path, sandbox: Sandbox, clock: Clock, settings: str, **more: str) -> Place:
    made = Place(
        tmp_path, sandbox, networks=(), more=f'[accounts.mastodon]\nbase_url = "{sandbox.url}"\n{settings}', **more
    )  # type: ignore[arg-type]
    made.clock = clock
    from crosspost.cli import common

    common.now = clock  # the commands' clock; put back by the fixture
    made.crosspost("run")
    return made


@pytest.fixture(autouse=True)
def _clock_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from crosspost.cli import common

    monkeypatch.setattr(common, "now", common.now)


def titles(place: Place) -> list[str]:
    return [post["text"].splitlines()[0] for post in place.sandbox.posts("mastodon")]


def test_slots_are_kept_one_post_each(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    clock.now = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)  # a Monday, 07:00 in Berlin
    place = place_with(tmp_path, sandbox, clock, 'slots = ["Mon-Fri 09:00"]\n')
    place.new_post("2026-11-22-eins")
    place.new_post("2026-11-22-zwei")
    seen = []
    for _ in range(24 * 3):
        before = len(titles(place))
        place.crosspost("run", "--quiet")
        if len(titles(place)) > before:
            seen.append(clock().astimezone(UTC).strftime("%a %H:%M"))
        clock.pass_by(hours=1)
    assert sorted(titles(place)) == ["eins", "zwei"]
    assert seen == ["Mon 08:00", "Tue 08:00"]


def test_a_backlog_is_spread_by_min_gap(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = place_with(tmp_path, sandbox, clock, 'min_gap = "2h"\n')
    for number in range(3):
        place.new_post(f"2026-11-2{number}-p{number}")
    place.crosspost("run")
    assert len(titles(place)) == 1
    clock.pass_by(days=2)  # the machine was off
    place.crosspost("run")
    place.crosspost("run")
    assert len(titles(place)) == 2, "a backlog is no burst"
    clock.pass_by(hours=2, minutes=1)
    place.crosspost("run")
    assert titles(place) == ["p0", "p1", "p2"]


@pytest.mark.parametrize(("late", "state"), [("skip after 48h", "skipped"), ("ask", "held"), ("send", "sent")])
def test_what_is_too_late(tmp_path: Path, sandbox: Sandbox, clock: Clock, late: str, state: str) -> None:
    place = place_with(tmp_path, sandbox, clock, f'late = "{late}"\ndelay = "1h"\n')
    place.new_post("2026-11-22-neu", "---\ntitle: Neu\ndate: 2026-11-22 12:50:00 +0100\n---\n\nText.\n")
    place.crosspost("run")
    assert titles(place) == []
    clock.pass_by(days=3)
    place.crosspost("run")
    rows = place.crosspost("ledger", "export").out
    assert f'"state":"{state}"' in rows
    assert titles(place) == (["Neu"] if state == "sent" else [])
    if state == "held":
        assert place.crosspost("settle", "neu@mastodon", "--not-sent").code == 0
        place.crosspost("run")
        assert titles(place) == ["Neu"]


def test_a_wrong_time_names_file_and_line(place: Place) -> None:
    place.config.write_text(place.config.read_text().replace("[accounts.x]", '[accounts.x]\nslots = ["Mno 09:00"]'))
    ran = place.crosspost("run")
    assert ran.code == 2
    assert "crosspost.toml:4" in ran.err


def test_nothing_is_said_before_the_page_is_there(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    page = [("404 Not Found", b"no")]

    def answer(connection: socket.socket, request: bytes) -> None:
        reply(*page[-1], "Content-Type: text/html")(connection, request)

    with RawServer(answer) as site:
        place = place_with(tmp_path, sandbox, clock, "", url=site.url)
        file = place.new_post("2026-11-21-neu", "---\ntitle: Neu\n---\n\nText.\n")
        place.crosspost("run")
        assert titles(place) == []
        assert "waits for the page" in place.crosspost("status").out
        asked = len(site.requests)
        place.crosspost("run")
        assert len(site.requests) == asked, "the pause is waited for"
        clock.pass_by(hours=25)
        place.crosspost("run")
        clock.pass_by(hours=2)
        told = place.crosspost("run")
        assert told.code == 1
        assert "for more than 24 hours" in told.out
        page.append(("200 OK", PAGE))
        assert place.crosspost(str(file)).code == 0
        assert titles(place) == ["Neu"]


def test_an_account_on_this_machine_does_not_wait_for_the_web(place: Place) -> None:
    assert not place.app.waits_for_page("x", "https://tal.example.org/x")
    assert place.app.waits_for_page("x", "http://127.0.0.1:1/x")
    place.config.write_text(place.config.read_text().replace(place.sandbox.url, "https://social.example"))
    assert place.app.waits_for_page("x", "https://tal.example.org/x")
    place.config.write_text(place.config.read_text().replace("[site]", "[site]\nlive_check = false"))
    assert not place.app.waits_for_page("x", "https://tal.example.org/x")


def test_the_plan_is_what_then_happens(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    clock.now = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    place = place_with(tmp_path, sandbox, clock, 'slots = ["Mon-Fri 09:00"]\n')
    place.new_post("2026-11-22-eins")
    place.new_post("2026-11-22-zwei")
    planned = {row["post"]: row["at"] for row in place.crosspost("plan", "--json").json}
    assert planned == {"eins": "2026-11-23T08:00:00+00:00", "zwei": "2026-11-24T08:00:00+00:00"}
    text = place.crosspost("plan").out
    assert "today 09:00 (in 2 hours)" in text
    assert "next slot Mon-Fri 09:00" in text
    assert place.crosspost("plan", "--ics", str(tmp_path / "plan.ics")).code == 0
    assert (tmp_path / "plan.ics").read_text().count("BEGIN:VEVENT") == 2
    seen = {}
    for _ in range(60):
        place.crosspost("run", "--quiet")
        for title in titles(place):
            seen.setdefault(title, clock().isoformat())
        clock.pass_by(minutes=30)
    assert seen == planned


def test_nothing_planned(place: Place) -> None:
    assert "Nothing is planned" in place.crosspost("plan").out

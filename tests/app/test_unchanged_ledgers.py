"""Metrics read a ledger again when somebody changed it; what passes with time alone is told all the same."""

import contextlib
import os
from collections.abc import Callable
from datetime import timedelta

import pytest

from crosspost.app import ledger_access
from crosspost.app.application import App
from crosspost.app.ledger_access import open_ledger
from crosspost.app.monitoring import Metrics, ledger_basis, metrics
from crosspost.ledger import Ledger
from crosspost.testing.harness import Place

#: minutes between which one thing of :func:`_busy` ends or begins: the pause, the lease, the wait
ENDS = ((4, 6), (14, 16), (19, 21))
#: between which nothing does, but something is due for longer
LASTS = (24, 26)


@pytest.fixture(autouse=True)
def _always_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_FRESH", -1.0)
    monkeypatch.setattr(ledger_basis, "_SETTLED", float("-inf"))  # the files of a test were all made just now


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[App]:
    """Whose ledger was opened for it."""
    found: list[App] = []

    def noted(app: App, *, read_only: bool = False, **how: bool) -> Ledger:
        if read_only:
            found.append(app)
        return open_ledger(app, read_only=read_only, **how)

    monkeypatch.setattr(ledger_access, "open_ledger", noted)
    return found


def _asked(place: Place) -> Callable[[], str]:
    """Scrapes the same process again and again."""
    asked = Metrics(lambda: [("", place.app)], lambda: True)
    return lambda: asked.text().decode()


def _busy(place: Place) -> float:
    """One is out, one is at work, one is due later, and an account pauses.

    :returns: after how many minutes the last hour has nothing any more that went out
    """
    begun = place.clock()
    place.crosspost("run", "--backfill")
    for number in (1, 2):
        place.new_post(f"2026-11-2{number}-neu")
    place.sandbox.stop()
    place.crosspost("run")
    with contextlib.closing(open_ledger(place.app)) as ledger:
        first, *others = ledger.deliveries(states=["planned"])
        ledger.claim(first, "host-worker-1:99")
        ledger.edits.move(others[0].post, others[0].account, place.clock() + timedelta(minutes=20), "later")
        ledger.note("x", paused_until=place.clock() + timedelta(minutes=5), paused_for="rate")
        ledger.idle.mark()  # as each run does
        hour = max(row.sent_at or begun for row in ledger.deliveries(states=["sent"])) + timedelta(hours=1)
    return (hour - place.clock()) / timedelta(minutes=1)


def _as_a_new_process_says(place: Place, opened: list[App]) -> None:
    hour = _busy(place)
    begun = place.clock()
    for before, after in (*ENDS, LASTS, (hour - 1, hour + 1)):
        scrape, reads = _asked(place), []
        for minutes in (before, after):
            place.clock.now = begun + timedelta(minutes=minutes)
            scrape()
            reads.append(len(opened))
        assert scrape() == _asked(place)(), f"after {after} minutes"
        assert (reads[0] == reads[1]) == ((before, after) == LASTS)


def test_what_ends_or_begins_with_time_alone_is_told_when_it_does(place: Place, opened: list[App]) -> None:
    _as_a_new_process_says(place, opened)


@pytest.mark.long
def test_the_same_of_a_ledger_in_a_database(shared: Place, opened: list[App]) -> None:
    _as_a_new_process_says(shared, opened)


@pytest.mark.long
def test_a_run_that_finds_nothing_to_do_has_no_ledger_read_but_is_told(shared: Place, opened: list[App]) -> None:
    shared.crosspost("run", "--backfill")
    shared.crosspost("run")
    scrape = _asked(shared)
    scrape()
    shared.clock.pass_by(minutes=1)
    shared.crosspost("run")
    before = len(opened)
    assert scrape() == _asked(shared)()
    assert len(opened) == before + 1, "that of the new process alone"


def test_a_change_a_config_line_or_a_quarter_of_an_hour_has_it_read(place: Place, opened: list[App]) -> None:
    place.crosspost("run", "--backfill")
    scrape = _asked(place)
    scrape()
    scrape()
    assert len(opened) == 1
    with contextlib.closing(open_ledger(place.app)) as ledger:
        ledger.notices.note({"a": "A"})
    os.utime(place.app.ledger_path(), (1, 1))  # a disk may give two changes the same time
    assert "crosspost_alerts{" in scrape()
    assert len(opened) == 2
    text = place.config.read_text("utf-8")
    place.config.write_text(text.replace("[accounts.x]", '[accounts.club]\nnetwork = "x"'), "utf-8")
    assert 'account="club"' in scrape()
    place.clock.pass_by(minutes=14)
    scrape()
    assert len(opened) == 3
    place.clock.pass_by(minutes=1)
    scrape()
    assert len(opened) == 4
    place.clock.pass_by(minutes=-1)
    scrape()
    assert len(opened) == 5, "the clock was set back"


def test_a_file_that_was_changed_a_moment_ago_is_read_again(
    place: Place, opened: list[App], monkeypatch: pytest.MonkeyPatch
) -> None:
    place.crosspost("run", "--backfill")
    monkeypatch.setattr(ledger_basis, "_SETTLED", float("inf"))
    scrape = _asked(place)
    scrape()
    scrape()
    assert len(opened) == 2, "the next change may get the same time"
    monkeypatch.setattr(ledger_basis, "_SETTLED", float("-inf"))
    monkeypatch.setattr("crosspost.ledger.filesystem.is_local", lambda _: False)
    scrape()
    scrape()
    assert len(opened) == 4, "and of another machine's drive this machine's clock says nothing"

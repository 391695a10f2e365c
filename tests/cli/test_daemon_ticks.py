"""What a daemon's tick does with trouble: said once, told once, by the last config that was good."""

import threading

import pytest

from crosspost.app.runner import RunControl
from crosspost.cli import common
from crosspost.cli.common import say
from crosspost.cli.daemon import _work, _work_on_each
from crosspost.daemon import Health
from crosspost.daemon.ticks import Ticks
from crosspost.ledger import run_lock
from crosspost.testing.harness import Place
from tests.notifications.receiving import configure, mails, told_by_mail
from tests.several_sites import Sites


@pytest.fixture
def place(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr(common, "now", place.clock)
    configure(place, told_by_mail(place))
    place.crosspost("run")
    return place


def ticks_of(place: Place, health: Health, control: RunControl | None = None) -> Ticks:
    return Ticks(place.app, lambda app: _work(app, control or RunControl()), health, say)


def test_a_config_that_stays_broken_is_told_once(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    health = Health(60, place.clock, dict)
    ticks = ticks_of(place, health)
    ticks()
    assert health.report()[0]
    good = place.config.read_text("utf-8")
    place.config.write_text(good + "[nonsense]\n", "utf-8")
    for _ in range(5):
        place.clock.pass_by(minutes=30)
        ticks()
    assert not health.report()[0]
    assert capsys.readouterr().err.count("there is no setting `nonsense`") == 1
    assert ["there is no setting `nonsense`" in mail["text"] for mail in mails(place)] == [True]
    place.config.write_text(good, "utf-8")
    ticks()
    assert health.report()[0]
    assert "It works again." in capsys.readouterr().out
    assert [mail["subject"] for mail in mails(place)[1:]] == ["Das Tal: crosspost works again"]


def test_a_mistake_of_ours_is_ill_health_and_goes_up(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    health = Health(60, place.clock, dict)
    ticks = ticks_of(place, health)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("oops")

    monkeypatch.setattr("crosspost.app.running.run.check", broken)
    with pytest.raises(RuntimeError):
        ticks()
    assert not health.report()[0]


def test_each_delivery_is_a_step_and_a_stop_begins_none(place: Place) -> None:
    stop, steps = threading.Event(), []
    control = RunControl(stop=stop, progress=lambda: steps.append(1))
    ticks = ticks_of(place, Health(60, place.clock, dict), control)
    place.new_post("2026-11-21-neu")
    ticks()
    assert len(steps) >= 2 * len(place.sandbox.posts()) > 0
    sent = len(place.sandbox.posts())
    stop.set()
    place.new_post("2026-11-21-noch-eins")
    ticks()
    assert len(place.sandbox.posts()) == sent
    assert place.crosspost("status", "--json").json["open"][0]["state"] == "planned"


def test_a_site_at_which_another_run_is_at_work_does_not_work_again(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    sites = Sites(place, dict.fromkeys(("club", "youth"), 'accounts = ["x"]'))
    told = {"club": "oh", "youth": "oh"}
    with run_lock(sites.ledger("club").with_name("ledger.sqlite3.lock"), 0):
        assert _work_on_each(place.config, RunControl(), told, threading.Event()) == 0
    assert told == {"club": "oh"}
    assert "youth works again." in capsys.readouterr().out

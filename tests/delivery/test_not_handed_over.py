"""What an account that hands over ahead of time says at its time all the same, and which settings are refused."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crosspost.delivery.ahead import may_go
from crosspost.errors import ConfigError, KeptUntil, NotSent, Rejected, Unknown
from crosspost.ledger.facts import Suspicion
from crosspost.model import Override, Overrides
from crosspost.schedule import parse
from crosspost.testing.harness import Clock, Place
from tests.delivery.scripted import Quick

HOUR = datetime(2026, 11, 22, 20, tzinfo=UTC)
AHEAD = {"a": timedelta(days=1)}


def later(quick: Quick, **said: Any) -> None:
    quick.write(overrides=Overrides(everywhere=Override(at=HOUR, **said)))


def handing(tmp_path: Path, clock: Clock) -> Quick:
    quick = Quick(tmp_path, clock, ahead=(600, 86_400 * 29))
    later(quick)
    return quick


@pytest.fixture
def keeps(tmp_path: Path, clock: Clock) -> Quick:
    return handing(tmp_path, clock)


def test_a_page_that_is_not_live_stays_here_and_the_reason_is_told(keeps: Quick) -> None:
    keeps.run(ahead=AHEAD, live=lambda *_: "it answers 404")
    row = keeps.row()
    assert (row.state, row.due_at, row.tried_at) == ("planned", HOUR, None)
    assert row.why == "not handed over ahead of its time: it answers 404"
    keeps.network.next("publish", KeptUntil("a: it has it", "7", HOUR))
    keeps.run(ahead=AHEAD)
    assert keeps.row().kept_until == HOUR


def test_a_thread_stays_here(keeps: Quick) -> None:
    keeps.network.parts = ("more",)
    keeps.run(ahead=AHEAD)
    row = keeps.row()
    assert (row.state, row.due_at, row.attempts, row.tried_at) == ("planned", HOUR, 0, None)
    assert row.why == "not handed over ahead of its time: a thread is said in one go"
    assert keeps.network.begun == []


def test_a_network_that_keeps_nothing_is_never_asked(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock)
    later(quick)
    quick.run(ahead=AHEAD)
    assert (quick.row().state, quick.network.begun) == ("planned", [])


@pytest.mark.parametrize(
    ("least", "goes"),
    [(timedelta(minutes=14), False), (timedelta(minutes=15), True), (timedelta(days=2), True), (timedelta(3), False)],
)
def test_its_time_is_neither_too_near_nor_too_far(keeps: Quick, least: timedelta, goes: bool) -> None:
    keeps.run(ahead={"a": timedelta(minutes=1)})
    row = msgspec.structs.replace(keeps.row(), due_at=keeps.clock() + least)
    assert may_go(row, (600, 86_400 * 2), keeps.clock()) == goes


@pytest.mark.parametrize("error", [NotSent("a: no server"), Unknown("a: no answer")], ids=["not sent", "no answer"])
def test_whatever_goes_wrong_nothing_is_out_before_its_time(keeps: Quick, error: Exception) -> None:
    keeps.network.next("publish", error)
    keeps.run(ahead=AHEAD)
    for _ in range(3):  # as long as it is left alone
        keeps.later(minutes=10)
        keeps.run()
        assert keeps.network.out == []
    assert (keeps.row().state, keeps.row().due_at) == ("planned", HOUR)
    keeps.clock.now = HOUR
    keeps.run()
    assert keeps.row().state == "sent"
    assert len(keeps.network.out) == 1


def test_what_the_network_refuses_has_failed_before_its_time(keeps: Quick) -> None:
    keeps.network.next("publish", Rejected("a: too long"))
    keeps.run(ahead=AHEAD)
    assert (keeps.row().state, keeps.row().error) == ("failed", "a: too long")


def test_a_server_whose_clock_is_ahead_would_take_its_time_for_over(keeps: Quick) -> None:
    keeps.network.session.ahead = timedelta(hours=-8)
    keeps.run(ahead=AHEAD)
    assert (keeps.row().state, keeps.row().due_at, keeps.network.begun) == ("planned", HOUR, [])
    assert keeps.row().why.endswith("its time is too near")


def test_another_post_moves_it_before_it_is_handed_over(keeps: Quick) -> None:
    schedules = {"a": parse({"quiet": "19:00-22:00"}, where=lambda *_: "", zone="UTC")}
    keeps.write(overrides=Overrides())
    keeps.ledger.add([(keeps.entries["beet"], "a", "scripted", "planned", HOUR, "as planned")])
    keeps.run(ahead=AHEAD, schedules=schedules)
    assert keeps.row().due_at == HOUR.replace(hour=22)
    assert keeps.network.begun == []


def test_an_older_ledger_does_not_hand_over_twice(keeps: Quick) -> None:
    keeps.ledger.careful_since = keeps.clock()
    keeps.network.next("find", KeptUntil("a: it has it", "7", HOUR))
    keeps.run(ahead=AHEAD)
    assert (keeps.row().kept_until, keeps.network.begun) == (HOUR, [])
    keeps.clock.now = HOUR
    keeps.network.next("find", KeptUntil("a: it has it", "7", HOUR))
    keeps.run(ahead=AHEAD)
    assert (keeps.row().kept_until, keeps.network.begun) == (HOUR, [])


def test_after_a_doubt_about_the_ledger_a_person_decides(keeps: Quick) -> None:
    keeps.run(ahead={})
    keeps.ledger.keep_doubt(Suspicion(why="it was put back", since=keeps.clock(), until=keeps.clock()))
    keeps.network.next("find", KeptUntil("a: it has it", "7", HOUR))
    keeps.run(ahead=AHEAD)
    assert (keeps.row().state, keeps.network.begun) == ("held", [])


@pytest.mark.parametrize(
    ("network", "more", "said"),
    [
        ("mastodon", 'ahead = "1 day"', "crosspost hands over nothing to Mastodon ahead of its time; remove `ahead`"),
        ("facebook", 'ahead = "soon"', "“soon” is not a duration; write it like 12h or 1d"),
        ("facebook", 'ahead = "40 days"', "Facebook keeps a post for at most 29 days; make `ahead` shorter"),
        ("ghost", 'ahead = "59m"', "`ahead` must be an hour or more, so that a run comes in time"),
    ],
)
def test_a_setting_that_cannot_work_is_refused(
    tmp_path: Path, sandbox: Any, clock: Clock, network: str, more: str, said: str
) -> None:
    place = Place(tmp_path, sandbox, networks=(network,), clock=clock, more=f"{more}\n")
    with pytest.raises(ConfigError) as caught:
        place.app.checked(network)
    assert said in str(caught.value)
    assert "crosspost.toml:" in str(caught.value)

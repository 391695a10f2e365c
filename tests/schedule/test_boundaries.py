"""The exact moments at which one answer becomes another: to the second, on both sides."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.errors import ConfigError
from crosspost.schedule import Agenda, Pending, Schedule, parse, plan, ready, wanted
from crosspost.schedule.due import GRACE, found_at
from crosspost.schedule.local_time import first, slots_from, slots_until
from crosspost.schedule.schedule_parser import slot
from crosspost.schedule.values import Late

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)  # a Sunday; 13:00 in Berlin
SECOND = timedelta(seconds=1)


def schedule(**keys: Any) -> Schedule:
    return parse({"timezone": "Europe/Berlin"} | keys, where=lambda *names: ".".join(names))


def test_a_run_is_late_only_after_the_time_of_grace() -> None:
    assert ready(schedule(), NOW - GRACE, history=[], now=NOW).why == "its time has come"
    assert ready(schedule(), NOW - GRACE - SECOND, history=[], now=NOW).why.startswith("was due ")


@pytest.mark.parametrize("ahead", [timedelta(hours=-3), timedelta(hours=3)])
def test_a_delay_begins_when_a_post_was_found_or_at_its_date_when_that_is_later(ahead: timedelta) -> None:
    post = NOW + ahead
    assert found_at(schedule(delay="1h"), post, NOW) == max(post, NOW)
    assert found_at(schedule(), post, NOW) == post


@given(seconds=st.integers(0, 3599))
def test_after_a_gap_of_the_clocks_it_is_the_full_second_the_gap_ends(seconds: int) -> None:
    missing = datetime(2026, 3, 29, 2, 0) + timedelta(seconds=seconds)  # noqa: DTZ001  # a local time that never was
    assert first(missing, BERLIN) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_a_slot_at_the_turn_of_the_week_comes_once() -> None:
    slots = (slot("Mon 00:00"), slot("Sun 23:59"))
    found = [moment for moment, _ in islice(slots_from(slots, BERLIN, NOW), 8)]
    assert len(set(found)) == 8
    assert found == sorted(found)
    back = list(islice(slots_until(slots, BERLIN, found[-1]), 8))
    assert back == found[::-1]


def test_the_authors_time_is_wanted_as_it_is_also_where_there_are_slots() -> None:
    at = NOW + timedelta(hours=5, minutes=7)
    assert wanted(schedule(slots=["09:00"]), NOW, at=at) == at


def test_a_slot_as_long_ago_as_the_time_of_grace_is_over() -> None:
    """Of two slots half an hour apart the first counts until its grace ends, and no second longer."""
    two = schedule(slots=["13:00", "13:30"])
    missed, went = NOW, NOW + timedelta(minutes=20)  # 13:00 was missed until somebody sent a post by hand
    at_the_second = NOW + GRACE
    assert ready(two, missed, history=[went], now=at_the_second).at == at_the_second
    assert ready(two, missed, history=[at_the_second], now=at_the_second).at > at_the_second


def test_posts_between_two_runs_go_with_the_same_run() -> None:
    """With one post a run: two moments within one interval are one run's, so the second post waits for the next."""
    agenda = Agenda(schedule=schedule(), every=timedelta(minutes=10), most=1)
    times = [NOW + timedelta(minutes=1), NOW + timedelta(minutes=4)]
    posts = [Pending(post=f"p{n}", account="x", title="", post_moment=NOW, due_at=at) for n, at in enumerate(times)]
    found = plan(posts, {"x": agenda}, now=NOW)
    assert len({line.at for line in found}) == 2
    assert found[1].at - found[0].at >= timedelta(minutes=5)
    assert "max_per_run" in found[1].why


def test_blanks_in_a_duration_are_taken_in_a_late_policy_too() -> None:
    assert schedule(late="skip after 48 h").late == Late(action="skip", after=timedelta(hours=48))
    assert schedule(late="ask after 1 d 12 h").late == Late(action="ask", after=timedelta(hours=36))


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"max_per_day": "three"}, "expected a whole number, found text in quotes; write it like 3"),
        ({"jitter": "40m", "slots": ["09:00", "10:00"]}, "40 min is more than half of the 1 h between two slots"),
    ],
)
def test_a_mistake_is_told_with_its_reason_or_an_example(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError) as error:
        schedule(**keys)
    assert said in str(error.value)

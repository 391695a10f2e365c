"""The times that are still free, and that a post put there really goes out then."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.schedule import Schedule, due, openings, parse

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)  # a Sunday; 13:00 in Berlin
END = NOW + timedelta(days=4)


def schedule(**keys: Any) -> Schedule:
    return parse({"timezone": "Europe/Berlin"} | keys, where=lambda *names: ".".join(names))


def found(plan: Schedule, *history: datetime) -> list[str]:
    times = openings(plan, history=history, begin=NOW - timedelta(days=9), end=END, now=NOW)
    return [f"{moment.astimezone(plan.timezone):%a %H:%M}" for moment in times]


def test_a_slot_that_is_taken_is_not_free() -> None:
    plan = schedule(slots=["Mon-Fri 09:00"])
    assert found(plan) == ["Mon 09:00", "Tue 09:00", "Wed 09:00", "Thu 09:00"]
    assert found(plan, datetime(2026, 11, 24, 8, tzinfo=UTC)) == ["Mon 09:00", "Wed 09:00", "Thu 09:00"]


def test_without_slots_a_day_is_open_from_its_first_moment_that_keeps_the_rules() -> None:
    plan = schedule(quiet="22:00-07:00", max_per_day=1)
    assert found(plan) == ["Sun 13:00", "Mon 07:00", "Tue 07:00", "Wed 07:00", "Thu 07:00"]
    assert found(plan, datetime(2026, 11, 24, 18, tzinfo=UTC)) == ["Sun 13:00", "Mon 07:00", "Wed 07:00", "Thu 07:00"]


def test_a_budget_that_is_used_up_leaves_nothing_free() -> None:
    plan = schedule(cost_per_post=1, max_cost_per_month=1)
    assert found(plan, NOW - timedelta(days=3)) == []


PLANS = st.fixed_dictionaries(
    {},
    optional={
        "slots": st.lists(st.sampled_from(["Mon-Fri 12:30", "Sat 23:30", "02:30"]), unique=True).map(
            lambda s: ["09:00", *s]
        ),
        "quiet": st.sampled_from(["22:00-07:00", "12:00-13:00"]),
        "min_gap": st.sampled_from(["1h", "30h"]),
        "max_per_day": st.integers(1, 2),
        "jitter": st.just("20m"),
    },
)


@given(PLANS, st.lists(st.integers(-48, 200), max_size=6), st.sampled_from([2, 24 * 120, 24 * 308]))
def test_a_post_for_a_free_time_goes_out_then(keys: dict[str, Any], hours: list[int], begin: int) -> None:
    plan, now = schedule(**keys), NOW + timedelta(hours=begin)
    history = [now + timedelta(hours=hour) for hour in hours]
    times = list(openings(plan, history=history, begin=now, end=now + timedelta(days=8), now=now))
    assert times == sorted(set(times))
    for moment in times:
        assert due(plan, now, at=moment, history=history, now=now).at == moment


@pytest.mark.parametrize("day", ["2026-03-28", "2026-10-24"])
def test_days_on_which_the_clocks_change_are_there_once(day: str) -> None:
    begin = datetime.fromisoformat(f"{day}T00:00+01:00")
    plan = schedule(quiet="22:00-07:00")
    times = list(openings(plan, history=(), begin=begin, end=begin + timedelta(days=4), now=begin))
    assert len({moment.astimezone(plan.timezone).date() for moment in times}) == len(times) == 4

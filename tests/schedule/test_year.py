"""A whole year in seconds: every post once on every account, in its slot, with its gaps."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from tests.schedule.year import OFF, TICK, Year, after_a_pause, figures, in_slot, simulate

pytestmark = pytest.mark.long

BACK = OFF[2][1]


@pytest.fixture(scope="module")
def year() -> Year:
    found = simulate()
    print(figures(found))  # noqa: T201  # pytest -s shows the figures
    return found


def test_everything_goes_out_exactly_once(year: Year) -> None:
    assert len(year.posts) == 500
    assert len(year.sent) == 6000
    assert set(Counter((one.account, one.post) for one in year.sent).values()) == {1}


def test_nothing_goes_out_early(year: Year) -> None:
    for one in year.sent:
        delay = timedelta() if one.exact else year.schedules[one.account].delay
        assert one.at >= one.moment + delay


def test_everything_is_in_its_slot_unless_the_machine_was_off(year: Year) -> None:
    outside = [
        one
        for one in year.sent
        if year.schedules[one.account].slots
        and not one.exact
        and not in_slot(year.schedules[one.account], one.at)
        and not after_a_pause(one.at)
    ]
    assert outside == []


def test_gaps_and_numbers_are_kept(year: Year) -> None:
    for name, schedule in year.schedules.items():
        mine = sorted((one for one in year.sent if one.account == name), key=lambda one: one.at)
        for earlier, later in pairwise(mine):
            assert later.at - earlier.at >= schedule.min_gap, (name, earlier, later)
        local = [one.at.astimezone(schedule.timezone) for one in mine]
        if schedule.max_per_day:
            assert max(Counter(moment.date() for moment in local).values()) <= schedule.max_per_day, name
        if schedule.max_per_month:
            months = Counter((moment.year, moment.month) for moment in local)
            assert max(months.values()) <= schedule.max_per_month, name


def test_quiet_hours_are_kept(year: Year) -> None:
    """Unless they began in the minutes between what was due and the run."""
    for name, schedule in year.schedules.items():
        quiet = schedule.quiet
        for one in (one for one in year.sent if one.account == name and not one.exact):
            now, before = (moment.astimezone(schedule.timezone).time() for moment in (one.at, one.at - TICK))
            assert quiet is None or not (quiet.covers(now) and quiet.covers(before)), one


def test_after_a_week_off_no_burst(year: Year) -> None:
    """The machine is back on a Friday at 17:05: one post that missed its slot, one in the slot of 17:30, no more."""
    facebook = [one for one in year.sent if one.account == "facebook" and not one.exact]
    waiting = [one for one in facebook if one.moment < BACK < one.at]
    assert len(waiting) >= 5
    assert len([one for one in waiting if one.at < BACK + timedelta(hours=3)]) == 2

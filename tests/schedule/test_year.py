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
    assert set(Counter((post.account, post.post) for post in year.sent).values()) == {1}


def test_nothing_goes_out_early(year: Year) -> None:
    for post in year.sent:
        delay = timedelta() if post.exact else year.schedules[post.account].delay
        assert post.at >= post.moment + delay


def test_everything_is_in_its_slot_unless_the_machine_was_off(year: Year) -> None:
    outside = [
        post
        for post in year.sent
        if year.schedules[post.account].slots
        and not post.exact
        and not in_slot(year.schedules[post.account], post.at)
        and not after_a_pause(post.at)
    ]
    assert outside == []


def test_gaps_and_numbers_are_kept(year: Year) -> None:
    for name, schedule in year.schedules.items():
        mine = sorted((post for post in year.sent if post.account == name), key=lambda post: post.at)
        for earlier, later in pairwise(mine):
            assert later.at - earlier.at >= schedule.min_gap, (name, earlier, later)
        local = [post.at.astimezone(schedule.timezone) for post in mine]
        if schedule.max_per_day:
            assert max(Counter(moment.date() for moment in local).values()) <= schedule.max_per_day, name
        if schedule.max_per_month:
            months = Counter((moment.year, moment.month) for moment in local)
            assert max(months.values()) <= schedule.max_per_month, name


def test_quiet_hours_are_kept(year: Year) -> None:
    """Except when they began in the minutes between the due time and the run."""
    for name, schedule in year.schedules.items():
        quiet = schedule.quiet
        for post in (post for post in year.sent if post.account == name and not post.exact):
            now, before = (moment.astimezone(schedule.timezone).time() for moment in (post.at, post.at - TICK))
            assert quiet is None or not (quiet.covers(now) and quiet.covers(before)), post


def test_after_a_week_off_no_burst(year: Year) -> None:
    """The machine is back on a Friday at 17:05: one post that missed its slot, one in the slot of 17:30, no more."""
    facebook = [post for post in year.sent if post.account == "facebook" and not post.exact]
    waiting = [post for post in facebook if post.moment < BACK < post.at]
    assert len(waiting) >= 5
    assert len([post for post in waiting if post.at < BACK + timedelta(hours=3)]) == 2

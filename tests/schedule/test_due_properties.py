"""What holds for every schedule, time zone and moment, especially on the days the clocks change."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crosspost.errors import ConfigError
from crosspost.schedule import Schedule, due, parse, ready

#: zone and the days its clocks change; Samoa left out a whole day in 2011
CHANGES = {
    "Europe/Berlin": ["2026-03-29", "2026-10-25"],
    "America/New_York": ["2026-03-08", "2026-11-01"],
    "Australia/Lord_Howe": ["2026-04-05", "2026-10-04"],
    "Pacific/Apia": ["2011-12-30", "2012-04-01"],
    "Africa/Cairo": ["2026-04-24", "2026-10-30"],  # at midnight
    "America/St_Johns": ["2006-10-29", "2007-03-11"],  # one minute after midnight, back into yesterday
    "Asia/Kathmandu": ["2026-06-01"],
    "UTC": ["2026-12-31"],
}
DAYS = ["", "Mon-Fri ", "Sat,Sun ", "Sun ", "Fri-Mon "]
HALF_HOURS = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 15, 30, 45)]

slot_texts = st.builds(lambda day, clock: day + clock, st.sampled_from(DAYS), st.sampled_from(HALF_HOURS))
spans = st.sampled_from(["", "15m", "45m", "2h", "1d", "26h"])


@st.composite
def schedules(draw: st.DrawFn) -> tuple[Schedule, datetime]:
    zone = draw(st.sampled_from(sorted(CHANGES)))
    day = datetime.fromisoformat(draw(st.sampled_from(CHANGES[zone]))).replace(tzinfo=UTC)
    written = {
        "timezone": zone,
        "slots": draw(st.lists(slot_texts, max_size=4)),
        "delay": draw(spans),
        "min_gap": draw(spans),
        "quiet": draw(st.sampled_from(["", "22:00-07:00", "01:15-02:15", "00:00-02:30", "02:30-02:00", "12:00-13:00"])),
        "max_per_day": draw(st.sampled_from([0, 0, 1, 2])),
        "jitter": draw(st.sampled_from(["", "", "7m", "20m"])),
        "cost_per_post": 0.2,
        "max_cost_per_month": draw(st.sampled_from([0, 0, 1.0])),
    }
    try:
        schedule = parse(written, where=lambda *keys: ".".join(keys))
    except ConfigError:
        assume(False)
    return schedule, day + timedelta(minutes=draw(st.integers(-2 * 1440, 2 * 1440)))


offsets = st.lists(st.integers(-4 * 1440, 4 * 1440), max_size=6)


def shown(schedule: Schedule, moment: datetime) -> datetime:
    return moment.astimezone(schedule.timezone).replace(tzinfo=None)


def in_a_slot(schedule: Schedule, moment: datetime) -> bool:
    """Computed independently of the code under test: the local time now and just before."""
    now, before = shown(schedule, moment), shown(schedule, moment - timedelta(seconds=1))
    for slot in schedule.slots:
        minute, hour, _, _, days = slot.cron.split()
        days_of = {int(day) for day in days.split(",")}
        clock = time(int(hour), int(minute))
        if now.time() == clock and now.isoweekday() % 7 in days_of:
            earlier = shown(schedule, moment - timedelta(hours=1)), shown(schedule, moment - timedelta(minutes=30))
            if now not in earlier:  # the second occurrence does not count
                return True
        day = before.date()
        while day <= now.date():  # the clock jumped over it
            skipped = datetime.combine(day, clock)
            if before < skipped < now and day.isoweekday() % 7 in days_of and now - before > timedelta(minutes=1):
                return True
            day += timedelta(days=1)
    return False


@pytest.mark.long
@settings(max_examples=300)
@given(schedules(), offsets, st.integers(-3000, 3000), st.text(max_size=5))
def test_every_rule_holds(drawn: tuple[Schedule, datetime], others: list[int], ago: int, key: str) -> None:
    schedule, moment = drawn
    now = moment + timedelta(minutes=ago)
    history = [moment + timedelta(minutes=n) for n in others]
    found = due(schedule, moment, history=history, now=now, key=key)
    at = found.at
    assert at >= max(moment + schedule.delay, now)
    assert found == due(schedule, moment, history=history[::-1], now=now, key=key), "the same answer every time"
    assert found.why
    keeps_the_rules(schedule, at, history)
    if schedule.slots:
        shifts = [at - timedelta(seconds=n) for n in range(int(schedule.jitter.total_seconds()) + 1)]
        assert any(in_a_slot(schedule, shift) for shift in shifts)
    alone = due(schedule, moment, now=now, key=key).at
    assert alone <= at, "others can only push it back"


def keeps_the_rules(schedule: Schedule, at: datetime, history: list[datetime]) -> None:
    clock = shown(schedule, at)
    if schedule.quiet:
        assert not schedule.quiet.covers(clock.time())
    assert all(abs(at - other) >= schedule.min_gap for other in history)
    if schedule.max_per_day:
        assert sum(shown(schedule, other).date() == clock.date() for other in history) < schedule.max_per_day
    if schedule.max_per_month:
        month = [other for other in history if shown(schedule, other).strftime("%Y%m") == clock.strftime("%Y%m")]
        assert len(month) < schedule.max_per_month


@settings(max_examples=100)
@given(schedules(), st.integers(2, 8))
def test_each_queued_post_gets_its_own_slot(drawn: tuple[Schedule, datetime], number: int) -> None:
    schedule, moment = drawn
    taken: list[datetime] = []
    for n in range(number):
        at = due(schedule, moment, history=taken, now=moment, key=str(n)).at
        keeps_the_rules(schedule, at, taken)
        taken.append(at)
    if schedule.slots:
        assert len(set(taken)) == number


@settings(max_examples=200)
@given(schedules(), offsets, st.integers(0, 6000))
def test_a_due_post_goes_out_or_waits_by_the_rules(
    drawn: tuple[Schedule, datetime], others: list[int], late: int
) -> None:
    schedule, due_at = drawn
    now = due_at + timedelta(minutes=late)
    history = [moment for n in others if (moment := now + timedelta(minutes=n)) <= now]
    found = ready(schedule, due_at, history=history, now=now)
    assert found.at >= now
    # a run that is at most half an hour late is not stopped by quiet hours that began meanwhile
    quiet = schedule.quiet if found.at > due_at + timedelta(minutes=30) else None
    keeps_the_rules(Schedule(**{f: getattr(schedule, f) for f in schedule.__struct_fields__} | {"quiet": quiet}),
                    found.at, history)  # fmt: skip
    assert ready(schedule, due_at, history=history, now=found.at).at == found.at, "when the time comes, it goes"


@settings(max_examples=100)
@given(schedules(), st.integers(0, 5000), offsets)
def test_the_author_is_obeyed_when_nothing_prevents_it(
    drawn: tuple[Schedule, datetime], ahead: int, others: list[int]
) -> None:
    schedule, now = drawn
    at = now + timedelta(minutes=ahead)
    assert due(schedule, now, at=at, now=now).at == at
    history = [now + timedelta(minutes=n) for n in others]
    found = due(schedule, now, at=at, history=history, now=now).at
    assert found >= at
    if found > at:
        keeps_the_rules(schedule, found, history)


@given(st.sampled_from(sorted(CHANGES)), st.sampled_from(HALF_HOURS))
def test_a_daily_slot_happens_once_a_day_across_every_clock_change(zone: str, clock: str) -> None:
    schedule = parse({"timezone": zone, "slots": [clock]}, where=lambda *keys: ".".join(keys))
    for change in CHANGES[zone]:
        moment = datetime.fromisoformat(change).replace(tzinfo=ZoneInfo(zone)) - timedelta(days=2)
        taken: list[datetime] = []
        for _ in range(5):
            taken.append(due(schedule, moment, history=taken, now=moment).at)
        between = [later - earlier for earlier, later in pairwise(taken)]
        if change != "2011-12-30":  # a day that never was
            assert all(timedelta(hours=22) < pause < timedelta(hours=26) for pause in between), (change, taken)
        assert all(in_a_slot(schedule, slot) for slot in taken), (change, taken)

"""When a delivery is due: examples a person can check by eye."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crosspost.schedule import Schedule, due, lateness, parse, ready, wanted

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)  # a Sunday; 13:00 in Berlin


def schedule(**keys: Any) -> Schedule:
    return parse({"timezone": "Europe/Berlin"} | keys, where=lambda *names: ".".join(names))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def when(plan: Schedule, post: datetime = NOW, history: Sequence[datetime] = (), **more: Any) -> tuple[str, str]:
    found = due(plan, post, history=history, now=more.pop("now", NOW), **more)
    return found.at.astimezone(plan.timezone).strftime("%a %d %H:%M"), found.why


def test_without_a_schedule_it_is_due_at_once() -> None:
    assert when(schedule(), NOW - timedelta(days=3)) == ("Sun 22 13:00", "at once")


def test_a_post_of_tomorrow_waits_for_its_date() -> None:
    assert when(schedule(), NOW + timedelta(days=1)) == ("Mon 23 13:00", "the date of the post")


def test_delay() -> None:
    assert when(schedule(delay="1d2h30m")) == ("Mon 23 15:30", "1 d 2 h 30 min after the post (delay)")


def test_next_slot() -> None:
    plan = schedule(slots=["Mon-Fri 09:00", "Sat 11:30"])
    assert when(plan) == ("Mon 23 09:00", "next slot Mon-Fri 09:00")
    assert when(plan, moment("2026-11-27T09:00:01+01:00")) == ("Sat 28 11:30", "next slot Sat 11:30")


def test_a_slot_is_for_one_post() -> None:
    plan = schedule(slots=["Mon-Fri 09:00"])
    taken = [moment("2026-11-23T09:00+01:00"), moment("2026-11-24T09:00+01:00")]
    assert when(plan, history=taken) == ("Wed 25 09:00", "next slot Mon-Fri 09:00 that is free")


def test_a_slot_gives_way_to_gap_and_number() -> None:
    plan = schedule(slots=["09:00", "10:00", "20:00"], min_gap="2h", max_per_day=2)
    taken = [moment("2026-11-23T09:00+01:00")]
    assert when(plan, moment("2026-11-23T08:30+01:00"), taken) == (
        "Mon 23 20:00",
        "next slot 20:00 that is free and keeps 2 h between posts (min_gap)",
    )
    taken.append(moment("2026-11-23T14:00+01:00"))
    assert when(plan, moment("2026-11-23T15:00+01:00"), taken) == (
        "Tue 24 09:00",
        "next slot 09:00 that keeps to 2 a day (max_per_day)",
    )


def test_the_gap_counts_before_and_after() -> None:
    plan = schedule(min_gap="2h")
    taken = [NOW - timedelta(hours=1), NOW + timedelta(hours=2)]
    assert when(plan, history=taken) == ("Sun 22 17:00", "2 h after the post before it (min_gap)")


def test_quiet_hours_across_midnight() -> None:
    plan = schedule(quiet="22:00-07:00")
    assert when(plan, moment("2026-11-22T21:59+01:00"))[0] == "Sun 22 21:59"
    assert when(plan, moment("2026-11-22T22:00+01:00")) == ("Mon 23 07:00", "after the quiet hours 22:00-07:00")
    assert when(plan, moment("2026-11-23T07:00+01:00"))[0] == "Mon 23 07:00"


def test_the_author_is_obeyed_even_in_quiet_hours_and_outside_slots() -> None:
    plan = schedule(quiet="22:00-07:00", slots=["09:00"], jitter="10m", delay="2h")
    at = moment("2026-11-23T23:15+01:00")
    assert when(plan, at=at) == ("Mon 23 23:15", "the post says so (at)")


def test_the_authors_time_leaves_the_quiet_hours_when_it_has_to_move() -> None:
    plan = schedule(quiet="22:00-07:00", min_gap="1h")
    at = moment("2026-11-23T21:30+01:00")
    assert when(plan, at=at, history=[at]) == ("Tue 24 07:00", "after the quiet hours 22:00-07:00")


def test_the_budget_limits_the_posts_of_a_month() -> None:
    plan = schedule(cost_per_post=0.20, max_cost_per_month=5.00)
    assert plan.max_per_month == 25
    month = [moment("2026-11-01T00:00+01:00") + timedelta(hours=n) for n in range(24)]
    assert when(plan, history=month)[1] == "at once"
    month.append(moment("2026-11-21T00:00+01:00"))
    assert when(plan, history=month) == (
        "Tue 01 00:00",
        "next month, because at most 5.00 a month (max_cost_per_month)",
    )


def test_max_per_day_counts_days_of_the_time_zone() -> None:
    plan = schedule(max_per_day=1)
    assert when(plan, history=[moment("2026-11-21T23:30+00:00")])[0] == "Mon 23 00:00", "23:30 UTC is Sunday in Berlin"
    assert when(plan, history=[moment("2026-11-21T22:30+00:00")])[0] == "Sun 22 13:00"


def test_jitter_is_the_same_every_time_and_differs_between_posts() -> None:
    plan = schedule(slots=["09:00"], jitter="10m")
    moments = {when(plan, key=f"post-{n}\nx") for n in range(20) for _ in range(2)}
    assert len(moments) > 5
    assert all("09:00" <= text[7:] <= "09:10" for text, _ in moments)
    assert due(plan, NOW, now=NOW, key="grüße\nmastodon").at == moment("2026-11-23T08:07:55+00:00"), "on every machine"


@pytest.mark.parametrize(
    ("zone", "day", "slot", "expected"),
    [
        ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:00Z"),  # there is no 02:30
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30Z"),  # there are two
        ("America/New_York", "2026-03-08", "02:00", "2026-03-08T07:00Z"),
        ("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30Z"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30Z"),  # half an hour
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45Z"),
        ("Pacific/Apia", "2026-09-27", "02:30", "2026-09-26T13:30Z"),  # Samoa keeps one time all the year
    ],
)
def test_a_slot_in_a_missing_or_repeated_hour_happens_once(zone: str, day: str, slot: str, expected: str) -> None:
    plan = schedule(timezone=zone, slots=[slot])
    start = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=plan.timezone)
    found = due(plan, start, now=start)
    assert found.at == moment(expected)
    assert due(plan, start, now=start, history=[found.at]).at >= found.at + timedelta(hours=23)


def test_wanted_ignores_the_current_time() -> None:
    plan = schedule(slots=["Mon-Fri 09:00"], delay="2h")
    assert wanted(plan, moment("2026-10-02T08:00+02:00")) == moment("2026-10-05T09:00+02:00")


@pytest.mark.parametrize(
    ("late", "hours", "expected"),
    [
        ("send", 999, "send"),
        ("ask", 24, "send"),
        ("ask", 24.1, "ask"),
        ("skip after 48h", 48, "send"),
        ("skip after 48h", 48.1, "skip"),
        ("Ask After 90m", 2, "ask"),
    ],
)
def test_late_policy(late: str, hours: float, expected: str) -> None:
    assert lateness(schedule(late=late), NOW - timedelta(hours=hours), NOW) == expected


def test_a_year_out_of_range_is_not_an_error() -> None:
    plan = schedule(delay="1d", slots=["09:00"], timezone="Pacific/Kiritimati")
    assert due(plan, datetime.max.replace(tzinfo=UTC), now=NOW).at.year >= 9000
    assert due(plan, datetime.min.replace(tzinfo=UTC), now=NOW).at > NOW
    assert wanted(plan, datetime.min.replace(tzinfo=UTC)).year == 1902


# ── when its time has come ────────────────────────────────────────────────────────────────────────────────────────


def test_not_yet() -> None:
    assert ready(schedule(), NOW + timedelta(hours=1), history=[], now=NOW).at == NOW + timedelta(hours=1)


def test_a_missed_slot_goes_as_soon_as_it_can_and_the_others_into_slots() -> None:
    """Nobody ran for three days; the machine wakes on Wednesday at three."""
    plan = schedule(slots=["Mon-Fri 09:00"])
    now = moment("2026-11-25T15:00+01:00")
    monday, tuesday = moment("2026-11-23T09:00+01:00"), moment("2026-11-24T09:00+01:00")
    assert ready(plan, monday, history=[], now=now).at == now
    assert ready(plan, tuesday, history=[now], now=now).at == moment("2026-11-26T09:00+01:00")


def test_a_backlog_is_spread_by_the_gap() -> None:
    plan = schedule(min_gap="2h")
    found = ready(plan, NOW - timedelta(days=3), history=[NOW - timedelta(minutes=10)], now=NOW)
    assert found.at == NOW + timedelta(minutes=110)
    assert "min_gap" in found.why


def test_a_run_that_is_a_little_late_neither_loses_the_slot_nor_falls_into_quiet_hours() -> None:
    plan = schedule(slots=["09:00", "11:00", "21:55"], min_gap="2h", quiet="22:00-07:00")
    nine, eleven = moment("2026-11-23T09:00:40+01:00"), moment("2026-11-23T11:00+01:00")
    assert ready(plan, eleven, history=[nine], now=eleven).at == nine + timedelta(hours=2)
    evening = moment("2026-11-23T22:05+01:00")
    assert ready(plan, moment("2026-11-23T21:55+01:00"), history=[], now=evening).at == evening


def test_late_at_night_it_waits_for_the_morning() -> None:
    plan = schedule(quiet="22:00-07:00")
    found = ready(plan, moment("2026-11-22T20:00+01:00"), history=[], now=moment("2026-11-22T23:00+01:00"))
    assert found.at == moment("2026-11-23T07:00+01:00")

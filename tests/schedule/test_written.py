"""Reading the schedule settings, and the messages about mistakes."""

import re
import tomllib
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from crosspost.errors import ConfigError
from crosspost.schedule import Schedule, parse
from crosspost.schedule.schedule_parser import slot
from crosspost.schedule.values import Late, Quiet
from crosspost.text.durations import duration


def where(*keys: str) -> str:
    return f"crosspost.toml:{'.'.join(keys)}"


def test_everything() -> None:
    written = {
        "timezone": "America/New_York",
        "delay": "30m",
        "slots": ["Mon-Fri 09:00", "Sat 11:30"],
        "min_gap": "2h",
        "quiet": "22:00-07:00",
        "max_per_day": 3,
        "jitter": "10m",
        "cost_per_post": 0.2,
        "max_cost_per_month": 5,
        "late": "skip after 48h",
    }
    assert set(written) == set(Schedule.__struct_fields__)
    found = parse(written, where=where)
    assert found.timezone == ZoneInfo("America/New_York")
    assert found.delay == timedelta(minutes=30)
    assert [slot.cron for slot in found.slots] == ["0 9 * * 1,2,3,4,5", "30 11 * * 6"]
    assert found.quiet == Quiet(start=time(22), end=time(7))
    assert found.late == Late(action="skip", after=timedelta(hours=48))
    assert hash(found) == hash(parse(written, where=where))


def test_other_keys_are_ignored_and_the_sites_time_zone_is_the_default() -> None:
    found = parse({"visibility": "unlisted"}, where=where, zone="Asia/Tokyo")
    assert found == Schedule(timezone=ZoneInfo("Asia/Tokyo"))


@pytest.mark.parametrize(
    ("text", "cron"),
    [
        ("09:00", "0 9 * * 0,1,2,3,4,5,6"),
        ("Sat,Sun 8:05", "5 8 * * 0,6"),
        ("Fri-Mon 18:00", "0 18 * * 0,1,5,6"),
        ("monday , Wed – Thurs 00:00", "0 0 * * 1,3,4"),
        ("SUN 23:59", "59 23 * * 0"),
    ],
)
def test_slots(text: str, cron: str) -> None:
    assert slot(text).cron == cron


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("30m", 1800),
        ("5 min", 300),
        ("2h", 7200),
        ("1d", 86400),
        ("1w", 604800),
        ("1h 30m", 5400),
        ("0m", 0),
        ("2 days", 172_800),
        ("1 week", 604_800),
        ("1 hour 30 minutes", 5400),
        ("1 day, 2 hours and 5 mins", 93_900),
        ("3 Hrs", 10_800),
    ],
)
def test_spans(text: str, seconds: int) -> None:
    assert duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("timezone", "Europe/Bonn", "“Europe/Bonn” is not the name of a time zone"),
        ("timezone", "../etc/passwd", "is not the name of a time zone"),
        ("timezone", "\0", "is not the name of a time zone"),
        ("delay", "soon", "“soon” is not a duration"),
        ("delay", "-2h", "is not a duration"),
        ("delay", "2 months", "is not a duration"),
        ("delay", "2 days and", "is not a duration"),
        ("delay", "1hm", "is not a duration"),
        ("delay", "500d", "is longer than a year"),
        ("delay", 30, "expected text in quotes, found a whole number"),
        ("delay", "٣٠m", "is not a duration"),
        ("slots", "Mon 09:00", "expected a list, found text in quotes"),
        ("slots", ["Mon 09:00", 9], "expected text in quotes, found a whole number"),
        ("slots", ["Montag 09:00"], "there is no day “montag”"),
        ("slots", ["Mon 24:00"], "24:00 is not a time of day"),
        ("slots", ["Mon-Wed-Fri 10:00"], "more than two ends"),
        ("slots", ["every day at nine"], "is not a weekly time"),
        ("slots", [""], "is not a weekly time"),
        ("min_gap", "2", "is not a duration"),
        ("quiet", "22-7", "is not a range of two times"),
        ("quiet", "22:00-22:00", "would cover the whole day"),
        ("quiet", "22:00-25:00", "25:00 is not a time of day"),
        ("max_per_day", -1, "-1 is not a number from 0 up"),
        ("max_per_day", True, "expected a whole number, found true or false"),
        ("jitter", "ten", "is not a duration"),
        ("cost_per_post", float("nan"), "nan is not a number"),
        ("max_cost_per_month", float("inf"), "inf is not a number"),
        ("late", "never", "“never” is not understood"),
        ("late", "skip after", "is not a duration"),
        ("late", "skip after lunch", "is not a duration"),
    ],
)
def test_a_mistake_names_its_key_and_shows_how(key: str, value: object, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse({key: value}, where=where)
    message = str(caught.value)
    assert message.startswith(f"crosspost.toml:{key}: `{key}`: ")
    assert problem in message
    examples = re.findall(r'\[.*\]|"[^"]*"|[\d.]+', message.partition("; write it like ")[2])
    assert examples
    for example in examples:  # each can be written just so
        more = {"cost_per_post": 0.1} if key == "max_cost_per_month" else {}
        parse(tomllib.loads(f"{key} = {example}") | more, where=where)


def test_lengths_of_time() -> None:
    for same in (("60s", "1m", "1min"), ("90m", "1h30m", "1H 30 M"), ("24h", "1d"), ("7d", "1w")):
        assert len({duration(text) for text in same}) == 1, same
    assert duration("1w1d1h1m1s") == timedelta(days=8, hours=1, minutes=1, seconds=1)
    assert duration("366d") == timedelta(days=366)
    with pytest.raises(ValueError, match="longer than a year"):
        duration("366d 1s")


def test_money_limits_only_when_both_sums_are_given() -> None:
    assert parse({"cost_per_post": 0.2}, where=where).max_per_month == 0
    assert parse({"cost_per_post": 0.2, "max_cost_per_month": 0.2}, where=where).max_per_month == 1


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ({"slots": ["Mon 23:00", "Tue 06:59"], "quiet": "22:00-07:00"}, "slots"),
        ({"cost_per_post": 0.2, "max_cost_per_month": 0.1}, "max_cost_per_month"),
        ({"max_cost_per_month": 5}, "cost_per_post"),
        ({"slots": ["09:00", "09:10"], "jitter": "6m"}, "jitter"),
        ({"slots": ["Sun 23:55", "Sun 00:00", "Sat 23:58"], "jitter": "2m"}, "jitter"),
    ],
)
def test_settings_under_which_nothing_goes_out_are_refused(written: dict[str, object], key: str) -> None:
    with pytest.raises(ConfigError, match=f"^crosspost.toml:{key}: `{key}`: "):
        parse(written, where=where)


def test_a_narrow_way_out_is_allowed() -> None:
    parse({"slots": ["Mon 23:00", "Tue 07:00"], "quiet": "22:00-07:00", "jitter": "2h"}, where=where)

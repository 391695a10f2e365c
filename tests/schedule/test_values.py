"""What a schedule is when nothing is said, what its values mean, and the example that each mistake is told with."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from crosspost.errors import ConfigError
from crosspost.schedule import Agenda, Pending, Planned, Schedule, parse, plan
from crosspost.schedule.due import due, openings
from crosspost.schedule.ics import ics
from crosspost.schedule.local_time import first
from crosspost.schedule.values import Late, Quiet, in_words

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def parsed(**keys: object) -> Schedule:
    return parse({"timezone": "UTC"} | keys, where=lambda *names: ".".join(names))


def test_nothing_said_is_no_rule() -> None:
    plain = Schedule()
    assert (plain.timezone, plain.slots, plain.quiet, plain.late) == (UTC, (), None, Late())
    assert [plain.delay, plain.min_gap, plain.jitter] == [timedelta()] * 3
    assert (plain.max_per_day, plain.cost_per_post, plain.max_cost_per_month, plain.max_per_month) == (0, 0, 0, 0)
    assert (plain.looks_back, Late()) == (False, Late(action="send", after=timedelta(hours=24)))
    agenda = Agenda(schedule=plain)
    assert (agenda.sent, agenda.most, agenda.every, agenda.paused) == ((), 0, timedelta(minutes=10), None)
    assert agenda.paused_why == "the account is paused until then"


@pytest.mark.parametrize(
    "rule", [{"slots": ["09:00"]}, {"min_gap": "1h"}, {"max_per_day": 1}, {"cost_per_post": 1, "max_cost_per_month": 2}]
)
def test_these_rules_need_what_went_out_before(rule: dict[str, object]) -> None:
    assert parsed(**rule).looks_back


@pytest.mark.parametrize(("each", "most", "posts"), [(0.2, 5, 25), (0.1, 0.3, 3), (3, 5, 1), (0, 5, 0), (3, 0, 0)])
def test_how_many_posts_a_budget_pays(each: float, most: float, posts: int) -> None:
    assert Schedule(cost_per_post=each, max_cost_per_month=most).max_per_month == posts


@pytest.mark.parametrize(
    ("quiet", "covered", "free"),
    [
        (Quiet(start=time(13), end=time(14)), ["13:00", "13:59"], ["12:59", "14:00"]),
        (Quiet(start=time(22), end=time(7)), ["22:00", "00:00", "06:59"], ["21:59", "07:00", "12:00"]),
    ],
)
def test_quiet_hours_begin_with_their_first_minute_and_end_before_their_last(
    quiet: Quiet, covered: list[str], free: list[str]
) -> None:
    assert [quiet.covers(time.fromisoformat(clock)) for clock in covered + free] == [True] * len(covered) + [
        False
    ] * len(free)


@pytest.mark.parametrize(
    ("key", "example"),
    [
        ("timezone", '"Europe/Berlin"'), ("delay", '"30m", "2h" or "1d"'), ("slots", '["Mon-Fri 09:00", "Sat 11:30"]'),
        ("min_gap", '"2h"'), ("quiet", '"22:00-07:00"'), ("max_per_day", "3"), ("jitter", '"10m"'),
        ("cost_per_post", "0.20"), ("max_cost_per_month", "5.00"), ("late", '"send", "ask" or "skip after 48h"'),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_an_example_that_is_right(key: str, example: str) -> None:
    with pytest.raises(ConfigError) as wrong:
        parsed(**{key: {"no": "value"}})
    assert str(wrong.value).endswith(f"; write it like {example}")


@pytest.mark.parametrize(
    ("shown", "seconds"), [("02:30:00", 0), ("02:30:59", 0), ("02:59:59.999999", 0), ("03:00:07", 7)]
)
def test_what_the_clocks_skip_is_the_first_moment_after_the_gap(shown: str, seconds: int) -> None:
    found = first(datetime.fromisoformat(f"2026-03-29T{shown}"), BERLIN)
    assert found == datetime(2026, 3, 29, 1, 0, seconds, tzinfo=UTC)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"slots": ["23:00", "Mon 06:59"], "quiet": "22:00-07:00"}, "all of them are in the quiet hours 22:00-07:00"),
        ({"cost_per_post": 3.5, "max_cost_per_month": 3}, "a single post already costs 3.5"),
        ({"max_cost_per_month": 3}, "is needed for max_cost_per_month"),
    ],
)
def test_a_schedule_under_which_nothing_could_go_out_is_refused(keys: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parsed(**keys)
    assert said in str(refused.value)


def test_a_slot_in_quiet_hours_is_no_opening() -> None:
    slots = parsed(slots=["09:00", "23:00"], quiet="22:00-07:00")
    found = openings(slots, history=(), begin=NOON, end=NOON + timedelta(days=2), now=NOON)
    assert [f"{at:%d %H}" for at in found] == ["23 09", "24 09"]


def test_a_slot_is_taken_by_a_post_that_its_jitter_moved() -> None:
    jittered = parsed(slots=["13:00", "15:00"], jitter="30m")
    taken = (NOON + timedelta(hours=1, minutes=20),)
    found = openings(jittered, history=taken, begin=NOON, end=NOON + timedelta(hours=12), now=NOON)
    assert [at.hour for at in found] == [15]


@pytest.mark.parametrize(
    ("what", "minutes", "why"),
    [
        ("part 2 of 3", 60, "part 2 of 3"),
        ("part 2 of 3", 90, "part 2 of 3, as planned, after the posts before it"),
        ("", 60, "due"),
    ],
)
def test_what_is_more_than_a_post_is_told_before_a_reason_that_says_something(
    what: str, minutes: int, why: str
) -> None:
    at = NOON + timedelta(hours=1)
    pending = Pending(
        post="p", account="m", title="B", url="u", what=what, post_moment=at, due_at=NOON + timedelta(minutes=minutes)
    )
    (line,) = plan([pending], {"m": Agenda(schedule=parsed())}, now=NOON)
    assert (line.account, line.post, line.title, line.url, line.late) == ("m", "p", "B", "u", "send")
    assert line.why == why


@pytest.mark.parametrize(
    ("span", "words"),
    [
        ({"seconds": 7}, "7 s"), ({"minutes": 1, "seconds": 1}, "1 min 1 s"),
        ({"hours": 23, "minutes": 59}, "23 h 59 min"), ({"days": 2}, "2 d"), ({"days": 1, "hours": 1}, "1 d 1 h"),
        ({}, "0 min"),
    ],
)  # fmt: skip
def test_a_span_in_words(span: dict[str, int], words: str) -> None:
    assert in_words(timedelta(**span)) == words


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "UTC", "Asia/Tokyo", "Pacific/Kiritimati"])
@pytest.mark.parametrize("slot", ["Sun 21:00", "Mon 06:00"])
def test_the_last_slot_of_a_week_and_the_first_one_by_the_accounts_own_clock(zone: str, slot: str) -> None:
    evening = datetime(2026, 11, 22, 20, tzinfo=ZoneInfo(zone))  # a Sunday
    found = due(parsed(slots=[slot], timezone=zone), evening, now=evening).at
    assert f"{found.astimezone(ZoneInfo(zone)):%a %H:%M %d}" == f"{slot} {22 if slot.startswith('Sun') else 23}"


@pytest.mark.parametrize(("minutes", "why"), [(0, "due"), (1, "as planned, after the posts before it")])
def test_what_was_planned_for_its_own_time_is_just_due(minutes: int, why: str) -> None:
    its_own = NOON + timedelta(hours=1)
    due_at = its_own + timedelta(minutes=minutes)
    pending = Pending(post="p", account="m", title="Beitrag", post_moment=its_own, due_at=due_at)
    (line,) = plan([pending], {"m": Agenda(schedule=parsed())}, now=NOON)
    assert (line.at, line.why) == (due_at, why)


def test_with_jitter_a_post_was_wanted_later_and_is_late_later() -> None:
    pending = Pending(post="p", account="m", title="Beitrag", post_moment=NOON - timedelta(minutes=61))
    for jitter, late in (("0m", "skip"), ("50m", "send")):  # it is always the same for the same delivery
        agenda = Agenda(schedule=parsed(late="skip after 1h", jitter=jitter))
        (line,) = plan([pending], {"m": agenda}, now=NOON)
        assert line.late == late


def test_an_event_of_the_calendar() -> None:
    planned = Planned(
        at=NOON, account="m", post="p", title="Grüße, alle", url="https://a.example/p", why="next slot", late="ask"
    )
    lines = ics([planned], now=NOON - timedelta(hours=1)).replace("\r\n ", "").split("\r\n")
    event = lines[lines.index("BEGIN:VEVENT") : lines.index("END:VEVENT") + 1]
    assert event[2:] == [
        "DTSTAMP:20261122T110000Z", "DTSTART:20261122T120000Z", "SUMMARY:m: Grüße\\, alle", "DESCRIPTION:next slot",
        "URL:https://a.example/p",
        "STATUS:TENTATIVE", "TRANSP:TRANSPARENT", "END:VEVENT",
    ]  # fmt: skip


@pytest.mark.parametrize(("hours", "why"), [(1, "the post says so (at)"), (0, "due")])
def test_a_time_the_author_named_is_told_as_such_until_it_comes(hours: int, why: str) -> None:
    at = NOON + timedelta(hours=hours)
    pending = Pending(post="p", account="m", title="Beitrag", post_moment=NOON - timedelta(days=1), due_at=at, at=at)
    (line,) = plan([pending], {"m": Agenda(schedule=parsed())}, now=NOON)
    assert line.why == why

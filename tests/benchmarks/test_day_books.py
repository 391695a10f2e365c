"""The books of the simulated day notice what must not be."""

from datetime import datetime, timedelta

import pytest

from tests.benchmarks.day_books import held, mistakes, read
from tests.benchmarks.day_plan import BEGIN, Account, Post

PLAN = [Post("s1", f"S1P{number}", BEGIN + timedelta(hours=8), None) for number in range(3)]
LOOK = timedelta(minutes=1)


def books(number: int, *hours: float, names: tuple[int, ...] = (0, 1, 2)) -> list[str]:
    """What is wrong when one account says these posts so many hours after midnight."""
    there = [
        {
            "account": Account("s1", number).identity,
            "text": f"S1P{name} and more",
            "time": at(hour).isoformat(),
            "id": f"{name}",
        }
        for name, hour in zip(names, hours, strict=True)
    ]
    return mistakes(PLAN, [Account("s1", number)], read(there), LOOK)


def at(hour: float) -> datetime:
    return BEGIN + timedelta(hours=hour)


@pytest.mark.parametrize(
    ("number", "hours"),
    [
        (0, (8, 8.01, 8.3)),
        (1, (9, 12.51, 18.02)),
        (2, (8, 8.01, 8.2)),
        (3, (8.01, 10.01, 24.01)),
    ],
)
def test_a_day_on_which_all_went_right(number: int, hours: tuple[float, ...]) -> None:
    assert books(number, *hours) == []


@pytest.mark.parametrize(
    ("number", "hours", "said"),
    [
        (0, (7.99, 8.1, 8.2), "is out before its time"),
        (0, (8.01, 8.1, 9), "S1P2 could go out at 25. 08:00 and went out at 25. 09:00"),
        (1, (9, 9.01, 12.5), "the slot 25. 09:00 has 2 posts"),
        (1, (9, 12.6, 17.5), "S1P2 is out 5:00:00 after its slot"),
        (1, (9, 12.6, 33), "S1P2 waited for 26. 09:00, and nothing was said at 25. 18:00"),
        (2, (8, 8.1, 22.01), "speaks at 22:00 in its quiet hours"),
        (2, (8, 8.1, 9), "S1P2 could go out at 25. 08:00 and went out at 25. 09:00"),
        (3, (8, 9.5, 24.01), "speaks 1:30:00 after the last time"),
        (3, (8, 10, 12), "speaks 3 times on 2026-11-25"),
        (3, (8, 10, 29), "S1P2 waited from 25. 08:00 until 26. 05:00 for no reason"),
    ],
)
def test_a_rule_that_was_broken_is_told(number: int, hours: tuple[float, ...], said: str) -> None:
    assert any(said in one for one in books(number, *hours))


@pytest.mark.parametrize(("hour", "wrong"), [(21.99, 0), (22.01, 0), (22.04, 0), (22.2, 1), (25, 1), (31.01, 0)])
def test_what_was_due_just_before_the_quiet_hours_may_be_found_by_the_next_look(hour: float, wrong: int) -> None:
    plan = [Post("s1", "S1P0", BEGIN + timedelta(hours=21.95), None)]
    there = [{"account": Account("s1", 2).identity, "text": "S1P0", "time": at(hour).isoformat(), "id": "0"}]
    found = [one for one in mistakes(plan, [Account("s1", 2)], read(there), LOOK) if "quiet hours" in one]
    assert len(found) == wrong


def test_what_is_lost_or_twice_is_told() -> None:
    wrong = books(0, 8.1, 8.2, 8.3, names=(0, 1, 1))
    assert sorted(wrong) == ["('s1', 'S1P1', 0) is out 2 times", "('s1', 'S1P2', 0) is out 0 times"]


@pytest.mark.parametrize(
    ("number", "hour", "rule"), [(0, 9, 0), (1, 8.01, 0), (1, 9, 1), (2, 8.15, 0), (2, 8.3, 2), (3, 10, 3)]
)
def test_it_is_told_which_rule_had_a_delivery_wait(number: int, hour: float, rule: int) -> None:
    assert held(("s1", "S1P0", number), PLAN[0], at(hour), LOOK) == rule

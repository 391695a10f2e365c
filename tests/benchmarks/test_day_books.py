"""The books of the simulated day notice what must not be."""

from datetime import timedelta

import pytest

from tests.benchmarks.day_books import compare
from tests.benchmarks.day_plan import BEGIN, Account, Post

PLAN = [Post("s1", f"S1P{number}", BEGIN + timedelta(hours=8), None) for number in range(3)]


def books(number: int, *hours: float, names: tuple[int, ...] = (0, 1, 2)) -> list[str]:
    """What is wrong when one account says these posts so many hours after midnight."""
    there = [
        {"text": f"S1P{name} and more #k{number}", "time": (BEGIN + timedelta(hours=hour)).isoformat()}
        for name, hour in zip(names, hours, strict=True)
    ]
    return list(compare(PLAN, [Account("s1", number)], there, {}).wrong)


@pytest.mark.parametrize(
    ("number", "hours"),
    [(0, (8, 8.01, 23)), (1, (9, 12.51, 18.02)), (2, (8, 21.99, 31.01)), (3, (8.5, 10.5, 24.01))],
)
def test_a_day_on_which_all_went_right(number: int, hours: tuple[float, ...]) -> None:
    assert books(number, *hours) == []


@pytest.mark.parametrize(
    ("number", "hours", "said"),
    [
        (0, (7.99, 9, 10), "is out before its time"),
        (1, (9, 9.01, 18), "has 2 posts"),
        (1, (8.5, 12.6, 18), "(datetime.date(2026, 11, 25), None) has 1 posts"),
        (2, (9, 10, 22.01), "speaks at 22:00 in its quiet hours"),
        (3, (9, 10, 25), "speaks 1:00:00 after the last time"),
        (3, (9, 12, 15), "speaks 3 times on 2026-11-25"),
    ],
)
def test_a_rule_that_was_broken_is_told(number: int, hours: tuple[float, ...], said: str) -> None:
    assert [said in one for one in books(number, *hours)] == [True]


def test_what_is_lost_or_twice_is_told() -> None:
    wrong = books(0, 9, 10, 11, names=(0, 1, 1))
    assert sorted(wrong) == ["('s1', 'S1P1', 0) is out 2 times", "('s1', 'S1P2', 0) is out 0 times"]

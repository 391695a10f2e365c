"""Which sites of a simulated day are looked at."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from tests.benchmarks import day_work
from tests.benchmarks.day_clock import Board
from tests.benchmarks.day_ledgers import Next
from tests.benchmarks.day_plan import BEGIN
from tests.benchmarks.day_work import Work

NOW = BEGIN + timedelta(hours=8)
LATER = NOW + timedelta(hours=1)


class Told:
    """Ledgers that say what a test wants."""

    def __init__(self) -> None:
        self.sites: dict[str, Next] = {}

    def next_of(self, sites: Iterable[str], _: datetime) -> dict[str, Next]:
        return {site: self.sites[site] for site in sites}

    def made(self) -> set[str]:
        return set(self.sites)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def made(tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch) -> tuple[Work, Callable[[], list[int]]]:
    monkeypatch.setattr(day_work, "_PAUSE", 0)
    board = Board(tmp_path / "board", 1, 3)
    return Work(board, cast(Any, told)), lambda: list(board.wanted)


def test_a_site_is_looked_at_until_nothing_is_due_there(told: Told, made: Any) -> None:
    work, wanted = made
    for site in ("s0", "s1", "s2"):
        work.begin(site, NOW)
    told.sites = {"s0": Next(NOW, None), "s1": Next(NOW, LATER), "s2": Next(NOW, NOW)}
    work.settle(NOW)
    assert (wanted(), list(work.open), work.later) == ([0, 0, 1], ["s2"], {"s1": LATER})
    work.due(LATER)
    assert (wanted(), work.open["s1"], work.later) == ([0, 1, 1], LATER, {})


def test_what_is_looked_at_just_now_is_not_over(told: Told, made: Any) -> None:
    work, wanted = made
    work.begin("s0", NOW)
    work.begin("s1", NOW)
    told.sites = {"s0": Next(NOW, None), "s1": Next(NOW - timedelta(minutes=1), None)}
    work.ease(NOW)
    assert (wanted(), list(work.open)) == ([0, 1, 0], ["s0", "s1"])  # nobody has looked at the second one since
    told.sites["s0"] = Next(NOW, NOW)  # the look has planned something
    work.settle(NOW)
    assert wanted() == [1, 1, 0]


def test_a_ledger_that_is_not_made_yet_is_not_asked(told: Told, made: Any) -> None:
    work, wanted = made
    work.begin("s0", BEGIN)
    work.settle(BEGIN - timedelta(minutes=1))
    assert wanted() == [1, 0, 0]

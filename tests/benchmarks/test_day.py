"""A small day, lived for real: two workers on one PostgreSQL, of which one dies. Its books notice what is changed."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from tests.benchmarks import day
from tests.benchmarks.day_books import Out, Said, wanted_of
from tests.benchmarks.day_plan import BEGIN, rule_of
from tests.benchmarks.day_report import Books, judged, lines
from tests.postgresql_server import Server

pytestmark = pytest.mark.long
FREE, SLOTS, QUIET, GAP = range(4)
Lived = tuple[Books, dict[str, Any], list[str]]


def wanted(**other: float) -> argparse.Namespace:
    usual = {"sites": 2, "accounts": 6, "posts": 1.5, "machines": 2, "concurrency": 2, "every": 60, "seed": 3}
    return argparse.Namespace(**usual | {"latency": 0.2, "kill": True, "limit": 8.0} | other)


@pytest.fixture(scope="module")
def lived(server: Server) -> Lived:
    said: list[str] = []
    return *day.lived(wanted(), said.append, server), said


def test_everything_is_out_once_and_as_its_rules_have_it(lived: Lived) -> None:
    _, figures, said = lived
    assert figures["ended"] == ""
    assert [one for one in figures["wrong"] if not one.startswith("a machine said")] == []
    assert figures["once"] == figures["wanted"] == figures["out"] > 0
    assert len(said) > 5  # an hour after the other
    assert figures["died"]["deliveries"] == figures["died"]["out"]
    assert figures["looks"]["idle"]
    assert figures["database"]["transactions"] > figures["out"]
    assert not [line for line in lines(figures) if line.startswith("WRONG: (")]


def test_what_there_is_so_far_is_told_when_it_is_ended(server: Server) -> None:
    _, figures = day.lived(wanted(limit=0), lambda _: None, server)
    assert figures["ended"] == "ended by its limit of time"
    assert figures["wrong"] == []


def of(books: Books, rule: int) -> list[Said]:
    """What the accounts with a rule said, those of one account beside each other."""
    return sorted((said for said in books.out if rule_of(said[2]) == rule), key=lambda said: (said[0], said[2], said))


def two_of(books: Books, rule: int) -> tuple[Said, Said]:
    """Two deliveries of one account with a rule."""
    mine = of(books, rule)
    return next((one, other) for one, other in pairwise(mine) if one[::2] == other[::2])


def at(books: Books, said: Said, hours: float) -> Mapping[Said, Sequence[Out]]:
    """The same, with one delivery so many hours after midnight."""
    return {**books.out, said: [books.out[said][0]._replace(at=BEGIN + timedelta(hours=hours))]}


def lost(books: Books) -> Books:
    return books._replace(out={said: times for said, times in books.out.items() if said != of(books, FREE)[0]})


def twice(books: Books) -> Books:
    said = of(books, FREE)[0]
    return books._replace(out={**books.out, said: [*books.out[said], Out(books.out[said][0].at, "another")]})


def early(books: Books) -> Books:
    said = of(books, FREE)[0]
    before = wanted_of(books.plan, books.accounts)[said].first - timedelta(seconds=1)
    return books._replace(out={**books.out, said: [books.out[said][0]._replace(at=before)]})


def too_soon(books: Books) -> Books:
    one, other = two_of(books, GAP)
    soon = books.out[one][0].at + timedelta(minutes=100)
    return books._replace(out={**books.out, other: [books.out[other][0]._replace(at=soon)]})


def in_one_slot(books: Books) -> Books:
    one, other = two_of(books, SLOTS)
    return books._replace(out={**books.out, other: books.out[one]})


def besides_its_slot(books: Books) -> Books:
    return books._replace(out=at(books, of(books, SLOTS)[0], 40))


def in_quiet_hours(books: Books) -> Books:
    return books._replace(out=at(books, of(books, QUIET)[0], 46.5))


def of_another(books: Books) -> Books:
    one, other = two_of(books, FREE)
    return books._replace(out={**books.out, one: books.out[other], other: books.out[one]})


def not_written_down(books: Books) -> Books:
    first, *others = books.rows
    return books._replace(rows=[first._replace(state="unknown"), *others])


def never_heard_of(books: Books) -> Books:
    return books._replace(out={**books.out, ("s0", "S0P9", 0): [Out(BEGIN, "9")]})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lost, "is out 0 times"),
        (lost, "is sent in the ledger (), and the network has 0 of it"),
        (twice, "is out 2 times"),
        (early, "is out before its time"),
        (too_soon, "speaks 1:40:00 after the last time"),
        (in_one_slot, "has 2 posts"),
        (besides_its_slot, "is out 3:30:00 after its slot"),
        (in_quiet_hours, "speaks at 22:30 in its quiet hours"),
        (of_another, "in the ledger, and the network has ["),
        (not_written_down, "is unknown in the ledger (), and the network has 1 of it"),
        (never_heard_of, "('s0', 'S0P9', 0) is out 1 times"),
    ],
)
def test_its_books_notice_a_change(lived: Lived, change: Callable[[Books], Books], sentence: str) -> None:
    assert any(sentence in one for one in judged(change(lived[0]))["wrong"])

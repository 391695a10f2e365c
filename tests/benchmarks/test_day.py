"""A small day, lived for real: two workers on one PostgreSQL, of which one dies."""

import argparse

import pytest

from tests.benchmarks import day
from tests.postgresql_server import Server


def wanted(**other: float) -> argparse.Namespace:
    usual = {"sites": 2, "accounts": 6, "posts": 1.5, "machines": 2, "concurrency": 2, "every": 60, "seed": 3}
    return argparse.Namespace(**usual | {"latency": 0.2, "kill": True, "limit": 8.0} | other)


@pytest.mark.long
def test_everything_is_out_once_and_as_its_rules_have_it(server: Server) -> None:
    said: list[str] = []
    figures = day.lived(wanted(), said.append, server)
    assert figures["ended"] == ""
    assert [one for one in figures["wrong"] if not one.startswith("a machine said")] == []
    assert figures["once"] == figures["wanted"] == figures["out"] > 0
    assert len(said) > 5  # an hour after the other


@pytest.mark.long
def test_what_there_is_so_far_is_told_when_it_is_ended(server: Server) -> None:
    figures = day.lived(wanted(limit=0), lambda _: None, server)
    assert figures["ended"] == "ended by its limit of time"
    assert figures["wrong"] == []

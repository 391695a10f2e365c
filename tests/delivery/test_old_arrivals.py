"""Posts that are new here and older than what is known are held back: years of them might go out at once."""

import contextlib
from datetime import timedelta
from pathlib import Path

import pytest

from crosspost.testing.harness import Clock
from tests.delivery.listing import DAY, Site


@pytest.mark.parametrize(("new", "held_back"), [("efg", set()), ("efgh", set("efgh"))])
def test_many_new_posts_that_are_older_than_what_is_known_are_held_back(
    site: Site, new: str, held_back: set[str]
) -> None:
    """Three are believed. What is as old as the newest, younger, refused, later or without a date does not count."""
    day = timedelta(days=1)
    site.write(*new, date=DAY - day)
    site.write("same", date=DAY)
    site.write("younger", date=DAY + day)
    site.write("undated", date=None)
    site.write("refused", date=DAY - day, state="refused")
    site.write("later", date=DAY - day, state="skipped")
    assert site.take().older == held_back
    site.look()
    assert site.take().older == set(), "they are known now"


def test_without_a_known_date_nothing_is_older(site: Site) -> None:
    site.files.clear()
    site.write("a", "b", "c", "d", date=None)
    site.look()
    site.write("e", "f", "g", "h")
    assert site.take().older == set()


@pytest.mark.parametrize(
    ("number", "days", "held"), [(4, 2, 4), (3, 2, 0), (4, 0, 0)], ids=["too many", "a few", "of that day"]
)
def test_posts_from_before_a_first_run_that_found_none_are_doubted(
    tmp_path: Path, clock: Clock, number: int, days: int, held: int
) -> None:
    """The folder of the site was not there yet: years of posts would go out as soon as it is."""
    site = Site(tmp_path, clock)
    with contextlib.closing(site.ledger):
        assert site.look().older == frozenset(), "before the first run nothing is new"
        site.ledger.note("m", started_at=clock())
        clock.pass_by(minutes=10)
        site.write(*"abcd"[:number], date=clock() - timedelta(days=days))
        assert len(site.take().older) == held

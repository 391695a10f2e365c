"""What a delivery may cost: SQL statements and commits, counted at the connection, whatever writes the SQL; and what a
run may hold of each post.

They may shrink (then lower the numbers here); when they grow, a run of thousands of posts gets slower.
"""

import os
import sqlite3
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crosspost.delivery import inventory
from crosspost.delivery.inventory import Inventory
from crosspost.ledger import Ledger
from crosspost.sources.jekyll import JekyllSource
from crosspost.testing.harness import Clock, Place

#: of one delivery to one account that is planned, sent and settled
STATEMENTS, COMMITS = 26, 4
#: of a run with nothing to do, whatever the ledger holds; some of them ask whether it is in doubt and whether it rests,
#: so that the runs after it ask nothing at all
IDLE_STATEMENTS, IDLE_COMMITS = 51, 7
MORE = 10  # deliveries
#: bytes of each post that a run holds at once when nothing changed
OF_A_POST = 1800


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """Statements by their first word, of every connection that is opened from now on."""
    found: Counter[str] = Counter()
    connect = sqlite3.connect

    def watched(*given: Any, **named: Any) -> sqlite3.Connection:
        connection = connect(*given, **named)

        def seen(text: str) -> None:
            word = (text.split() or [""])[0].upper()
            found[word] += 1
            if word in {"UPDATE", "INSERT", "DELETE"} and not connection.in_transaction:
                found["COMMIT"] += 1  # it commits itself

        connection.set_trace_callback(seen)
        return connection

    monkeypatch.setattr("sqlite3.connect", watched)
    yield found
    assert found, "nothing was counted: the ledger is opened in another way now"


def posts(place: Place, first: int, many: int) -> None:
    for number in range(first, first + many):
        place.new_post(f"2026-11-21-beitrag-{number}")  # older ones would be held back


@pytest.fixture
def place(place: Place) -> Place:
    """One account, and no limit."""
    text = place.config.read_text("utf-8").partition("[accounts.x]")
    mastodon = place.config.read_text("utf-8").partition("[accounts.mastodon]")[2].partition("[accounts")[0]
    place.config.write_text(f"[run]\nmax_per_run = 1000\n{text[0]}[accounts.mastodon]{mastodon}", "utf-8")
    place.sandbox.networks["mastodon"].rate_limits = False  # type: ignore[attr-defined]  # that stand-in has it
    return place


def sent(place: Place, counted: Counter[str], *more: str) -> Counter[str]:
    counted.clear()
    ran = place.crosspost("run", *more)
    assert ran.code == 0, ran.err
    return Counter(counted)


def test_statements_and_commits_of_a_delivery(place: Place, counted: Counter[str]) -> None:
    sent(place, counted, "--backfill")
    posts(place, 0, 2)
    few = sent(place, counted)
    posts(place, 100, 2 + MORE)
    many = sent(place, counted)
    assert len(place.sandbox.posts("mastodon")) == 1 + 2 + 2 + MORE
    grown = many - few
    assert grown.total() / MORE <= STATEMENTS, grown
    assert grown["COMMIT"] / MORE <= COMMITS, grown


def test_an_idle_run_asks_as_much_of_a_few_posts_as_of_many(place: Place, counted: Counter[str]) -> None:
    sent(place, counted, "--backfill")
    few = sent(place, counted)
    posts(place, 0, 30)
    sent(place, counted)
    many = sent(place, counted)
    assert many.total() <= few.total() <= IDLE_STATEMENTS, few
    assert few["COMMIT"] <= IDLE_COMMITS, few
    assert many["COMMIT"] <= few["COMMIT"]


def test_what_a_run_holds_of_each_post(tmp_path: Path, clock: Clock) -> None:
    few, many = 20, 420
    held = [_held(tmp_path / str(count), count, clock) for count in (few, many)]
    assert (held[1] - held[0]) / (many - few) <= OF_A_POST


def _held(root: Path, posts: int, clock: Clock) -> int:
    """The most bytes in use at once while the listing is matched with the ledger, which knows it all."""
    folder = root / "_posts"
    folder.mkdir(parents=True)
    for number in range(posts):
        file = folder / f"2026-11-20-ein-beitrag-{number}.md"
        file.write_text(
            f"---\ntitle: Der {number}. Beitrag über das Beet\ntags: [Beet, Tal]\n---\n\nEin Text.\n", "utf-8"
        )
        os.utime(file, (1_770_000_000, 1_770_000_000))
    ledger = Ledger(root / "ledger.sqlite3", clock)

    def take() -> Inventory:
        cache = root / "posts.cache"
        source = JekyllSource(root, now=clock(), url="https://tal.example.org", memory=cache)
        return inventory.take(source.scan(), ledger)

    try:
        found = take()
        ledger.add((entry, "m", "mastodon", "before", clock(), "") for entry in found.entries)
        inventory.note(found, ledger)
        take()
        tracemalloc.start()
        try:
            assert len(take().before) == posts
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    finally:
        ledger.close()

"""Deliveries page by page: which are shown, in which order, and how many there are."""

from datetime import timedelta

import msgspec
import pytest

from crosspost.ledger import Ledger
from crosspost.ledger.listing import Listed, Wanted
from tests.ledger.rows import planned as made
from tests.ledger.rows import put, receipt, sent, stored

DAY = timedelta(days=1)


def names(rows: list[Listed]) -> list[str]:
    return [f"{row.post}/{row.account}" for row in rows]


@pytest.fixture
def three(ledger: Ledger) -> Ledger:
    """Posts a, b and c, each a day later than the one before."""
    for number, post in enumerate("abc"):
        made(ledger, post, due=number * DAY)
    return ledger


def test_each_row_says_all_that_a_list_shows(ledger: Ledger) -> None:
    row = ledger.again(sent(ledger), "no route", ledger.clock() + DAY)
    (shown,) = ledger.listing.page(Wanted(), limit=5)
    kept = stored(ledger, row) | {"title": "Beet", "kept": False}
    assert msgspec.structs.asdict(shown) == {name: kept[name] for name in Listed.__struct_fields__}


def test_the_latest_come_first_unless_it_is_a_queue(three: Ledger) -> None:
    assert names(three.listing.page(Wanted(), limit=9)) == ["c/m", "b/m", "a/m"]
    assert names(three.listing.page(Wanted(), limit=9, earliest_first=True)) == ["a/m", "b/m", "c/m"]


def test_what_is_due_at_the_same_moment_has_one_order_both_ways(ledger: Ledger) -> None:
    for post in "abc":
        made(ledger, post)
    latest = names(ledger.listing.page(Wanted(), limit=9))
    assert latest == ["c/m", "b/m", "a/m"]
    assert names(ledger.listing.page(Wanted(), limit=9, earliest_first=True)) == latest[::-1]


def test_pages_follow_each_other(three: Ledger) -> None:
    assert names(three.listing.page(Wanted(), limit=2)) == ["c/m", "b/m"]
    assert names(three.listing.page(Wanted(), limit=2, offset=2)) == ["a/m"]
    assert three.listing.page(Wanted(), limit=2, offset=3) == []


def test_a_list_is_narrowed_by_everything_that_is_said(three: Ledger) -> None:
    ledger, now = three, three.clock()
    made(ledger, "b", "x", state="held")
    ids = {name: row.id for name, row in ((f"{row.post}/{row.account}", row) for row in ledger.deliveries())}
    for wanted, expected in (
        (Wanted(accounts=("x",)), ["b/x"]),
        (Wanted(accounts=("x", "m"), states=("planned",)), ["c/m", "b/m", "a/m"]),
        (Wanted(states=("held", "sent")), ["b/x"]),
        (Wanted(since=now + DAY), ["c/m", "b/m"]),
        (Wanted(until=now + DAY), ["b/x", "a/m"]),
        (Wanted(since=now + DAY, until=now + 2 * DAY), ["b/m"]),
        (Wanted(ids=(ids["a/m"], ids["b/x"])), ["b/x", "a/m"]),
        (Wanted(ids=(ids["a/m"],), accounts=("x",)), []),
        (Wanted(ids=()), []),
    ):
        assert names(ledger.listing.page(wanted, limit=9)) == expected, wanted
        assert ledger.listing.count(wanted) == len(expected), wanted
    assert ledger.listing.count(Wanted()) == 4


def test_rows_are_read_by_number_in_the_order_asked_for(three: Ledger) -> None:
    first, second, third = (row.id for row in sorted(three.deliveries(), key=lambda row: row.id))
    rows = three.listing.of([second, third, 4711, first, second])
    assert [row.id for row in rows] == [second, third, first, second]
    assert three.listing.of([]) == []


def test_more_rows_than_a_statement_takes_values(ledger: Ledger) -> None:
    row = made(ledger)
    numbers = [*range(row.id + 1, row.id + 40_000), row.id]
    assert [one.id for one in ledger.listing.of(numbers)] == [row.id]


def test_moments_that_never_were_are_none(ledger: Ledger) -> None:
    made(ledger)
    (shown,) = ledger.listing.page(Wanted(), limit=1)
    assert (shown.publishing_at, shown.sent_at, shown.url) == (None, None, "")
    row = put(ledger, ledger.deliveries()[0], sent_at=ledger.clock(), url=receipt(ledger).url)
    assert ledger.listing.of([row.id])[0].sent_at == ledger.clock()


def test_the_file_of_a_post_is_known_when_the_post_is(ledger: Ledger) -> None:
    made(ledger)
    assert ledger.listing.file_of("beet") == "_posts/beet.md"
    assert ledger.listing.file_of("andere") == ""

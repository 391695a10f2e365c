"""Facts the ledger has about itself, and its counter."""

from datetime import timedelta

import pytest

from crosspost.ledger import Ledger, clock_repair
from crosspost.ledger.facts import Count, Suspicion
from crosspost.testing.harness import Clock
from tests.ledger.rows import begun, claimed, planned, put, same


def test_a_fact_is_set_replaced_and_removed(ledger: Ledger) -> None:
    mine = ledger.facts()
    ledger.keep_fact("a", "1")
    ledger.keep_fact("b", "2")
    ledger.keep_fact("a", "3")
    assert (ledger.fact("a"), ledger.fact("b"), ledger.fact("c")) == ("3", "2", "")
    assert ledger.facts() == mine | {"a": "3", "b": "2"}
    ledger.keep_fact("a", "")
    assert ledger.facts() == mine | {"b": "2"}


def test_the_counter_only_grows(ledger: Ledger, clock: Clock) -> None:
    marked: list[Count] = []
    ledger.mark = marked.append
    ledger.advance()
    ledger.advance(7)
    ledger.advance(3)
    clock.pass_by(minutes=1)
    ledger.begin(claimed(ledger))
    assert [count.number for count in marked] == [1, 8, 9, 10]
    assert [count.at for count in marked[-2:]] == [clock() - timedelta(minutes=1), clock()]


@pytest.mark.parametrize("damage", ["{", "[]", '{"number": "x"}'])
def test_a_damaged_counter_begins_again(ledger: Ledger, damage: str) -> None:
    marked: list[Count] = []
    ledger.mark = marked.append
    ledger.keep_fact("count", damage)
    ledger.advance()
    assert [count.number for count in marked] == [1]


def test_a_doubt_is_kept_until_it_is_over(ledger: Ledger, clock: Clock) -> None:
    assert ledger.open_doubt is None
    doubt = Suspicion(why="an older copy", since=clock(), until=clock(), settled=("m",))
    ledger.keep_doubt(doubt)
    assert ledger.open_doubt == doubt
    ledger.keep_doubt(None)
    assert ledger.open_doubt is None


# ── times that a wrong clock wrote ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("values", "repaired"),
    [
        ({"state": "planned", "attempts": 1}, True),
        ({"state": "planned", "attempts": 0}, False),
        ({"state": "unknown", "attempts": 0}, True),
        ({"state": "held", "attempts": 1}, False),
        ({"state": "sent", "attempts": 1}, False),
    ],
)
def test_a_retry_that_would_never_come_is_due_now(
    ledger: Ledger, clock: Clock, values: dict[str, object], repaired: bool
) -> None:
    far = clock() + timedelta(days=8, seconds=1)
    row = put(ledger, planned(ledger), due_at=far, **values)
    near = put(ledger, planned(ledger, "near"), **values | {"due_at": clock() + timedelta(days=8)})
    clock.pass_by(seconds=0.5)
    assert clock_repair.repair(ledger) == int(repaired)
    now = ledger.get(row.id)
    assert (now.due_at, now.updated_at) == ((clock(), clock()) if repaired else (far, row.updated_at))
    assert same(ledger, near)


@pytest.mark.parametrize(("ahead", "repaired"), [(301, True), (300, False)])
@pytest.mark.parametrize("later", [False, True])
def test_what_was_due_at_once_under_a_wrong_clock_is_due_at_once(
    ledger: Ledger, clock: Clock, ahead: int, repaired: bool, later: bool
) -> None:
    """But what a person planned for later than that stays planned for then."""
    then = clock() + timedelta(seconds=ahead)
    row = put(ledger, planned(ledger), due_at=then + timedelta(seconds=later), updated_at=then)
    sent = put(ledger, planned(ledger, "sent"), state="sent", due_at=then, updated_at=then)
    assert clock_repair.repair(ledger) == int(repaired and not later)
    if repaired and not later:
        assert (ledger.get(row.id).due_at, ledger.get(row.id).updated_at) == (clock(), clock())
    else:
        assert same(ledger, row)
    assert same(ledger, sent)


def test_a_pause_that_would_never_end_is_over(ledger: Ledger, clock: Clock) -> None:
    near = clock() + timedelta(days=8)
    ledger.note("m", paused_until=near + timedelta(seconds=1), paused_for="rate", paused_why="slow", failures=3)
    ledger.note("x", paused_until=near, paused_for="rate", paused_why="slow")
    assert clock_repair.repair(ledger) == 1
    state = ledger.account("m")
    assert (state.paused_until, state.paused_for, state.paused_why, state.failures) == (None, "", "", 3)
    assert ledger.account("x").paused_until == near


def test_both_are_counted(ledger: Ledger, clock: Clock) -> None:
    put(ledger, begun(ledger), state="unknown", due_at=clock() + timedelta(days=90))
    ledger.note("m", paused_until=clock() + timedelta(days=90), paused_for="rate")
    assert clock_repair.repair(ledger) == 2

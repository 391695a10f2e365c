"""Whoever changes a ledger of either kind during a look is noticed by that look."""

import contextlib
from collections.abc import Callable, Iterator

import pytest

from crosspost.ledger import Ledger
from crosspost.ledger.audit import Person
from crosspost.model import Override
from tests.ledger.marked import LATER, rest
from tests.ledger.rows import planned

ANNA = Person(name="Anna", origin="page")


@pytest.fixture
def other(ledger: Ledger) -> Iterator[Ledger]:
    """Another process at work on the same ledger."""
    with contextlib.closing(Ledger(ledger.path, ledger.clock)) as made:
        yield made


def test_a_ledger_that_is_left_alone_may_rest(ledger: Ledger) -> None:
    planned(ledger, state="before")
    mark = ledger.idle.mark()
    assert mark
    assert ledger.idle.mark() == mark
    ledger.deliveries(states=["planned"])
    assert (found := rest(ledger, mark)) is not None
    assert found.until == ledger.clock() + LATER


CHANGES: dict[str, Callable[[Ledger], object]] = {
    "a fact": lambda one: one.keep_fact("about", "a test"),
    "a pause": lambda one: one.note("m", paused_until=one.clock(), paused_for="rate"),
    "a plan": lambda one: planned(one, "new", state="before"),
    "a decision": lambda one: one.changes.put(one.deliveries(post="beet")[0].id, "edit", "asked"),
    "an edit in the dashboard": lambda one: one.edits.put("beet", "m", Override(skip=True), ANNA, "skip", before=None),
    "an alert": lambda one: one.notices.note({"about": "a test"}),
    "a post that is gone": lambda one: one.posts.gone(["beet"]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_another_process_changes_during_a_look_is_noticed(ledger: Ledger, other: Ledger, change: str) -> None:
    planned(ledger, state="before")
    mark = ledger.idle.mark()
    CHANGES[change](other)
    assert rest(ledger, mark) is None

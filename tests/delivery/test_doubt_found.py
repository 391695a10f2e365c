"""A post that may be out is looked for on the network: when, how often, and what is made of what is found."""

from datetime import timedelta
from pathlib import Path

import pytest

from crosspost.delivery.idempotency_keys import again
from crosspost.delivery.reconcile import look
from crosspost.errors import KeyTaken, NotSent, RateLimited, Unknown
from crosspost.testing.harness import Clock
from tests.delivery.scripted import Quick
from tests.ledger.rows import put


def in_doubt(quick: Quick) -> None:
    """A first attempt that nobody knows the end of."""
    quick.network.next("publish", Unknown("a: no answer"))
    quick.run()
    assert quick.row().publishing_at is not None


def test_absence_counts_only_after_its_time(quick: Quick) -> None:
    in_doubt(quick)
    assert quick.row().state == "unknown"
    assert quick.row().due_at == quick.row().publishing_at + timedelta(seconds=60)
    quick.later(seconds=59)
    quick.run()
    assert (quick.row().state, quick.network.out) == ("unknown", [])
    quick.later(seconds=1)
    quick.run()
    assert quick.row().state == "sent"


def test_an_unheard_success_is_found(quick: Quick) -> None:
    quick.network.lost_answer()
    settled = quick.run()
    assert (settled["a"].state, settled["a"].url) == ("sent", "https://scripted.example/1")
    assert len(quick.network.out) == 1


def test_the_last_look_before_a_repetition_finds_what_came_late(quick: Quick) -> None:
    in_doubt(quick)
    quick.network.next("find", lambda: None, lambda: quick.network.out.append((quick.row().handle, "Beet")))
    quick.later(minutes=5)
    quick.run()
    assert quick.row().state == "sent"
    assert len(quick.network.out) == 1


def test_a_look_that_fails_is_no_absence(quick: Quick) -> None:
    in_doubt(quick)
    quick.network.next("find", *[NotSent("a: no route")] * 9)
    for _ in range(4):
        quick.later(hours=1)
        quick.run()
        assert quick.row().state == "unknown"
        assert quick.row().error == "cannot look: a: no route"
        assert quick.row().due_at > quick.clock()
    assert quick.network.out == []


def test_a_last_look_waits_as_long_as_the_server_says(quick: Quick) -> None:
    in_doubt(quick)
    quick.later(minutes=5)
    until = quick.clock() + timedelta(hours=7)
    quick.network.next("find", None, RateLimited("a: slow down", until))
    quick.run()
    assert quick.ledger.account("a").paused_until == until
    assert (quick.row().state, quick.network.out) == ("unknown", [])


def test_a_last_look_that_fails_is_no_absence(quick: Quick) -> None:
    in_doubt(quick)
    quick.later(minutes=5)
    quick.network.next("find", None, *[NotSent("a: no route")] * 2)
    quick.run()
    assert (quick.row().state, quick.network.out) == ("unknown", [])


def test_a_look_waits_as_long_as_the_server_says(quick: Quick) -> None:
    in_doubt(quick)
    quick.later(minutes=5)
    until = quick.clock() + timedelta(hours=7)
    quick.network.next("find", RateLimited("a: slow down", until))
    quick.run()
    assert (quick.row().state, quick.row().due_at) == ("unknown", until)
    assert quick.ledger.account("a").paused_until == until


def test_under_a_taken_key_it_goes_out_with_another(quick: Quick) -> None:
    used: list[str] = []
    taken = KeyTaken("a: something else is there")
    quick.network.next("publish", lambda: used.append(quick.row().handle), taken, taken)
    quick.write("other")
    quick.write("rest")
    quick.run()
    for _ in range(2):
        quick.run()
    keys = [key for key, _ in quick.network.out]
    assert len(keys) == len(set(keys)) == 3
    assert set(quick.states()) == {"sent"}


@pytest.mark.parametrize("state", ["unknown", "held"])
def test_a_look_that_finds_something_else_under_our_key_plans_it_again_with_another(quick: Quick, state: str) -> None:
    in_doubt(quick)
    before = put(quick.ledger, quick.row(), state=state, due_at=quick.clock())
    quick.network.next("find", KeyTaken("a: something else is there"))
    found = look(before, quick.network, quick.ledger, pause=lambda _: timedelta(hours=1))
    assert (found.state, found.error, found.due_at) == ("planned", "a: something else is there", quick.clock())
    assert (found.handle, found.publishing_at) == (again(before.handle), None)
    assert found == quick.row()


@pytest.mark.parametrize(
    ("read_back", "seen"), [(True, "Scripted shows none of them"), (False, "none of them can be looked up")]
)
def test_twelve_attempts_in_doubt_are_enough(tmp_path: Path, clock: Clock, read_back: bool, seen: str) -> None:
    """Where a server calls it a duplicate each time and shows nothing, a person must look."""
    quick = Quick(tmp_path, clock, read_back=read_back)
    quick.write()
    quick.network.next("publish", *[Unknown("a: duplicate")] * 20)
    for _ in range(20):
        quick.run()
        quick.later(hours=8)
    row = quick.row()
    assert (row.state, row.attempts) == ("held", 12)
    assert f"12 attempts, each left in doubt, and {seen}: " in row.error


def test_a_post_in_doubt_that_shows_up_within_a_day_is_settled(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, absence_after=None)
    quick.write()
    in_doubt(quick)
    quick.network.out.append((quick.row().handle, "Beet"))
    quick.later(hours=23, minutes=59)
    quick.run()
    assert quick.row().state == "sent"


def test_after_a_day_nobody_looks_for_what_a_person_has(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, absence_after=None)
    quick.write()
    in_doubt(quick)
    looked = len(quick.network.asked)
    quick.later(hours=24)
    assert quick.run() == {}
    assert len(quick.network.asked) == looked


def test_before_its_time_nobody_looks_again(quick: Quick) -> None:
    in_doubt(quick)
    quick.later(minutes=5)
    quick.network.next("find", Unknown("a: no answer"))
    quick.run()
    asked, due = len(quick.network.asked), quick.row().due_at
    assert due > quick.clock()
    quick.run()
    assert len(quick.network.asked) == asked
    quick.clock.now = due
    quick.run()
    assert len(quick.network.asked) > asked

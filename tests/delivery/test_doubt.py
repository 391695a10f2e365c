"""Doubt is a state: what may be out is looked for, kept, or put before a person; never sent again on hope."""

from datetime import timedelta
from pathlib import Path

import pytest

from crosspost.errors import AuthExpired, KeyTaken, NotSent, RateLimited, Rejected, Unknown
from crosspost.testing.harness import Clock
from tests.delivery.scripted import Quick


def in_doubt(quick: Quick) -> None:
    """A first attempt that nobody knows the end of."""
    quick.network.next("publish", Unknown("a: no answer"))
    quick.run()
    assert quick.row().publishing_at is not None


def test_a_plain_post_goes_out_once_with_its_address(quick: Quick) -> None:
    for _ in range(3):
        quick.run()
    row = quick.row()
    assert (row.state, row.url, row.error) == ("sent", "https://scripted.example/1", "")
    assert [text for _, text in quick.network.out] == ["Beet\n\nhttps://tal.example/beet"]
    assert quick.network.out[0][0] == row.handle


def test_an_unexpected_error_while_publishing_may_be_out(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, absence_after=None)
    quick.write()
    quick.network.blunder()
    quick.run()
    quick.later(hours=1)
    quick.run()
    assert quick.row().state == "held"
    assert "please report it: ZeroDivisionError: oops" in quick.row().error
    assert "`crosspost settle" in quick.row().error
    assert quick.network.out == []


@pytest.mark.parametrize(("hours", "state"), [(1, "sent"), (12, "held")])
def test_what_the_network_may_have_forgotten_is_held(tmp_path: Path, clock: Clock, hours: int, state: str) -> None:
    quick = Quick(tmp_path, clock, absence_after=60, forgets_after=11 * 3600)
    quick.write()
    quick.network.blunder()
    quick.run()
    for _ in range(3):
        quick.later(hours=hours)
        quick.run()
    assert quick.row().state == state
    assert len(quick.network.out) == (state == "sent")


def test_an_unexpected_error_before_publishing_is_not_out(quick: Quick) -> None:
    quick.network.next("prepare", ZeroDivisionError("oops"))
    quick.run()
    assert (quick.row().state, quick.row().publishing_at) == ("planned", None)
    quick.later(minutes=2)
    quick.run()
    assert quick.row().state == "sent"


def test_a_refusal_says_nothing_of_the_attempt_before_it(quick: Quick) -> None:
    in_doubt(quick)
    quick.later(minutes=5)
    quick.network.next("publish", Rejected("a: not allowed"))
    quick.run()
    row = quick.row()
    assert row.state == "held", "the first attempt may be out"
    assert "a: not allowed" in row.error
    assert f"`crosspost settle {row.id} --sent" in row.error


def test_a_refusal_of_the_only_attempt_is_final(quick: Quick) -> None:
    quick.network.next("publish", Rejected("a: not allowed"))
    quick.run()
    assert (quick.row().state, quick.row().error) == ("failed", "a: not allowed")
    quick.later(days=2)
    quick.run()
    assert quick.network.out == []


def test_giving_up_says_nothing_of_the_attempt_before_it(tmp_path: Path, clock: Clock) -> None:
    """Its look was early and the network's guard is over; then the server is away for days, and nobody can look."""
    quick = Quick(tmp_path, clock, idempotent_for=3600)
    quick.write()
    in_doubt(quick)
    assert quick.row().state == "planned"
    quick.network.out.append((quick.row().handle, "Beet"))  # it was out, and is shown late
    quick.later(hours=25)
    quick.network.next("connect", *[NotSent("a: no route")] * 99)
    for _ in range(99):
        quick.run()
        if quick.row().state != "planned":
            break
        quick.clock.now = quick.row().due_at
    row = quick.row()
    assert row.state == "held"
    assert row.error.startswith("given up after 72 hours: a: no route. But an earlier attempt may be out: look at the")
    assert f"`crosspost settle {row.id} --sent" in row.error


@pytest.mark.parametrize(
    "error", [NotSent("a: no route"), RateLimited("a: slow down"), AuthExpired("a: token ended")], ids=str
)
def test_what_fails_after_a_doubt_leaves_the_doubt(quick: Quick, error: NotSent) -> None:
    """The second attempt certainly did not go out; the first still may be, and its words and key stand."""
    in_doubt(quick)
    first = quick.row()
    quick.later(minutes=5)
    quick.network.next("publish", error)
    quick.run()
    row = quick.row()
    assert row.publishing_at is not None
    assert row.state == "planned"
    assert (row.draft, row.handle) == (first.draft, first.handle)
    quick.write(text="Another title")
    quick.network.out.append((row.handle, "Beet"))  # it was out all the time
    quick.later(days=2)
    quick.run()
    assert quick.row().state == "sent"
    assert len(quick.network.out) == 1


@pytest.mark.parametrize("error", [NotSent("a: no route"), RateLimited("a: slow down")], ids=str)
def test_what_fails_without_a_doubt_is_worded_anew(quick: Quick, error: NotSent) -> None:
    quick.network.next("publish", error)
    quick.run()
    assert (quick.row().state, quick.row().publishing_at) == ("planned", None)
    quick.write(text="Another title")
    quick.later(days=1)
    quick.run()
    assert [text.split("\n")[0] for _, text in quick.network.out] == ["Another title"]


def test_a_networks_guard_counts_from_the_first_attempt(tmp_path: Path, clock: Clock) -> None:
    """An hour after the first request the network has forgotten the key, however often it was tried since then."""
    quick = Quick(tmp_path, clock, idempotent_for=3600, absence_after=None)
    quick.write()
    in_doubt(quick)
    first = quick.row().publishing_at
    for _ in range(4):
        quick.later(minutes=16)
        quick.network.next("publish", Unknown("a: no answer"))
        quick.run()
        assert quick.row().publishing_at == first
    quick.later(minutes=16)
    quick.run()
    assert quick.row().state == "held"
    assert quick.network.out == []
    assert set(quick.network.begun) == {None, first}, "each repetition says when the first began"


def test_within_a_networks_guard_it_is_sent_again(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, idempotent_for=3600, absence_after=None)
    quick.write()
    in_doubt(quick)
    quick.later(minutes=30)
    quick.run()
    assert quick.row().state == "sent"


def test_where_absence_proves_nothing_a_person_decides(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, absence_after=None)
    quick.write()
    in_doubt(quick)
    assert quick.row().state == "held"
    assert "that proves nothing there" in quick.row().error
    quick.later(days=9)
    quick.run()
    assert quick.network.out == []


def test_a_plan_made_within_the_guard_is_not_carried_out_after_it(tmp_path: Path, clock: Clock) -> None:
    """The next run may come hours later; then a look that finds nothing is no proof where it never is one."""
    quick = Quick(tmp_path, clock, idempotent_for=3600, absence_after=None)
    quick.write()
    in_doubt(quick)
    assert quick.row().state == "planned"
    quick.later(hours=5)
    quick.run()
    assert quick.row().state == "held"
    assert quick.network.out == []


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


def test_twelve_attempts_in_doubt_are_enough(quick: Quick) -> None:
    """Where a server calls it a duplicate each time and shows nothing, a person must look."""
    quick.network.next("publish", *[Unknown("a: duplicate")] * 20)
    for _ in range(20):
        quick.run()
        quick.later(hours=8)
    row = quick.row()
    assert (row.state, row.attempts) == ("held", 12)
    assert "12 attempts, each left in doubt, and Scripted shows none of them" in row.error


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

"""Doubt is a state: what may be out is looked for, kept, or put before a person; never sent again on hope."""

from datetime import timedelta
from pathlib import Path

import pytest

from crosspost.errors import AuthExpired, NotSent, OutOfSight, RateLimited, Rejected, Unknown
from crosspost.testing.harness import Clock
from tests.delivery.scripted import Quick
from tests.ledger.rows import put


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


def test_what_a_list_does_not_reach_back_to_waits_for_a_person_at_once(tmp_path: Path, clock: Clock) -> None:
    """The list only grows: who looked again and again would be in doubt for ever, and nobody would be told."""
    quick = Quick(tmp_path, clock, absence_after=60)
    quick.write()
    quick.network.next("find", OutOfSight("a: the list is too long"))
    in_doubt(quick)
    row = quick.row()
    assert row.state == "held"
    assert row.error.startswith("a: the list is too long: look at")
    assert f"`crosspost settle {row.id} --sent" in row.error
    quick.later(hours=1)
    quick.run()
    assert (quick.row().state, quick.network.out) == ("held", [])


def test_it_waits_at_once_when_the_list_has_grown_too_long_since_the_last_look(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, absence_after=60)
    quick.write()
    in_doubt(quick)
    quick.network.next("find", None)
    quick.network.next("find", OutOfSight("a: the list is too long"))
    quick.later(minutes=5)
    quick.run()
    row = quick.row()
    assert (row.state, quick.network.out) == ("held", [])
    assert row.error.startswith("a: the list is too long: look at")


def test_the_network_refuses_to_repeat_what_its_list_does_not_reach_back_to(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, absence_after=60, idempotent_for=3600)
    quick.write()
    quick.network.next("find", OutOfSight("a: the list is too long"))
    in_doubt(quick)
    quick.later(minutes=5)
    quick.run()
    assert quick.row().state == "sent"
    assert len(quick.network.out) == 1


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


def test_an_adapter_that_gives_no_receipt_leaves_a_doubt(tmp_path: Path, clock: Clock) -> None:
    """A plug-in may forget it, and its request went out all the same."""
    quick = Quick(tmp_path, clock, absence_after=None)
    quick.write()
    quick.network.publish = lambda _prepared: None  # type: ignore[method-assign, assignment, return-value]
    quick.run()
    row = quick.row()
    assert (row.state, row.publishing_at) == ("held", clock())
    assert row.error.startswith("a: Scripted was asked to publish, but gave no receipt. ")


@pytest.mark.parametrize(("absence_after", "told"), [(60, ["unknown"]), (None, [])])
def test_while_a_login_cannot_be_asked_nobody_looks(
    tmp_path: Path, clock: Clock, absence_after: float | None, told: list[str]
) -> None:
    """The run tells of what is still open, and not again of what a person was asked about before."""
    quick = Quick(tmp_path, clock, absence_after=absence_after)
    quick.write()
    in_doubt(quick)
    before, looked, said = quick.row(), len(quick.network.asked), list[str]()
    quick.later(minutes=2)
    quick.ledger.note("a", identity_at=None)
    quick.network.next("connect", RateLimited("a: slow down"))
    quick.run(report=lambda row: said.append(row.state))
    assert (said, quick.row(), len(quick.network.asked)) == (told, before, looked)
    assert quick.ledger.account("a").paused_for == "rate"


def test_a_look_asks_for_the_time_only_where_the_clock_was_wrong(quick: Quick) -> None:
    in_doubt(quick)
    assert (quick.row().state, len(quick.network.asked)) == ("unknown", 1)
    assert quick.network.connected == 1, "when the account was introduced"


def test_a_run_begins_by_putting_right_what_a_wrong_clock_wrote(quick: Quick) -> None:
    """No pause lasts for a month, so what waits so long would wait for nothing."""
    quick.network.next("prepare", NotSent("a: no route"))
    quick.run()
    put(quick.ledger, quick.row(), due_at=quick.clock() + timedelta(days=30))
    quick.run()
    assert quick.row().state == "sent"

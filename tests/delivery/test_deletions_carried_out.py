"""What is taken back: whole threads, what may be out, and what was never begun."""

import msgspec
import pytest

from crosspost.delivery.idempotency_keys import anew
from crosspost.errors import NotSent, Rejected
from tests.delivery.planned_changes import delete
from tests.delivery.scripted import Quick


def test_what_is_taken_back_never_goes_out_again_by_itself(one_published: Quick) -> None:
    row = one_published.row()
    delete(one_published)
    (change,) = one_published.carry_out()
    assert (change.kind, change.state, change.error) == ("delete", "done", "")
    assert one_published.network.deleted == ["1"]
    assert (one_published.row().state, one_published.row().why, one_published.row().handle) == (
        "skipped",
        "taken back",
        anew(row, ""),
    )
    one_published.run()
    assert len(one_published.network.out) == 1


def test_a_thread_is_taken_back_from_its_end(one_published: Quick) -> None:
    one_published.network.parts = ("zwei", "drei")
    one_published.write("thread")
    one_published.run()
    delete(one_published, "thread")
    one_published.carry_out()
    assert one_published.network.deleted == ["4", "3", "2"]
    assert {row.state for row in one_published.ledger.deliveries(post="thread")} == {"skipped"}
    assert one_published.row().state == "sent"


def test_parts_that_are_still_to_come_are_taken_back_unsent(one_published: Quick) -> None:
    one_published.network.parts = ("zwei",)
    one_published.write("thread")
    one_published.network.next("publish", None, NotSent("a: no route"))
    one_published.run()
    delete(one_published, "thread")
    assert [change.state for change in one_published.carry_out()] == ["done"]
    assert one_published.network.deleted == ["2"]
    assert {row.state for row in one_published.ledger.deliveries(post="thread")} == {"skipped"}


def test_what_failed_or_was_left_out_needs_no_taking_back(one_published: Quick) -> None:
    one_published.network.parts = ("zwei",)
    one_published.write("thread")
    one_published.network.next("publish", None, Rejected("a: not allowed"))
    one_published.run()
    delete(one_published, "thread")
    one_published.carry_out()
    assert [row.state for row in one_published.ledger.deliveries(post="thread")] == ["skipped", "failed"]


@pytest.mark.parametrize("state", ["sending", "unknown"])
def test_what_may_be_out_is_looked_for_before_it_is_taken_back(one_published: Quick, state: str) -> None:
    with one_published.ledger._database.transaction() as connection:
        connection.change("UPDATE deliveries SET state = :state", {"state": state})
    delete(one_published)
    (change,) = one_published.carry_out()
    assert (change.state, change.error) == ("planned", "a: it may be out; the next run looks for it")
    assert one_published.network.deleted == []


def test_what_waits_for_a_person_is_looked_at_by_a_person(one_published: Quick) -> None:
    row = one_published.row()
    with one_published.ledger._database.transaction() as connection:
        connection.change("UPDATE deliveries SET state = 'held'")
    delete(one_published)
    (change,) = one_published.carry_out()
    assert (change.state, change.error) == ("left", f"a: it may be out; look, then `crosspost settle {row.id}`")


@pytest.mark.parametrize("there", [True, False])
def test_what_is_planned_after_a_doubt_is_deleted_where_it_is_found(one_published: Quick, there: bool) -> None:
    with one_published.ledger._database.transaction() as connection:
        connection.change("UPDATE deliveries SET state = 'planned'")
    row = one_published.row()
    if not there:
        one_published.network.out.clear()
    delete(one_published)
    assert [change.state for change in one_published.carry_out()] == ["done"]
    assert one_published.network.deleted == (["1"] if there else [])
    assert one_published.network.asked[-1] == row.publishing_at


@pytest.mark.parametrize("state", ["planned", "held"])
def test_what_was_never_begun_is_only_left_out(one_published: Quick, state: str) -> None:
    one_published.write("b")
    one_published.run(most=0)
    with one_published.ledger._database.transaction() as connection:
        connection.change("UPDATE deliveries SET state = :state WHERE post = 'b'", {"state": state})
    delete(one_published, "b")
    assert [change.state for change in one_published.carry_out()] == ["done"]
    assert (one_published.row("b").state, one_published.network.asked, one_published.network.deleted) == (
        "skipped",
        [],
        [],
    )
    assert one_published.row("b").handle == anew(
        msgspec.structs.replace(one_published.row("b"), handle=""), one_published.ledger.fact("id")
    )

"""A time that a post names anew counts for what is planned; and what needs a yes waits for it, in nobody's way."""

from datetime import timedelta

import pytest

from crosspost.delivery.approval_checksum import checksum
from crosspost.delivery.due_time_changes import respect
from crosspost.ledger import BY_HAND, WAITS, Delivery, Person
from crosspost.model import Override, Overrides
from crosspost.schedule import Schedule
from tests.delivery.scripted import Quick


def planned(quick: Quick, name: str = "beet", *, hours: float = 2, why: str = "the next slot") -> Delivery:
    due = quick.clock() + timedelta(hours=hours)
    quick.ledger.add([(quick.write(name), "a", "scripted", "planned", due, why)])
    return quick.row(name)


def named(quick: Quick, hours: float, name: str = "beet", schedule: Schedule | None = None) -> Delivery:
    """The post names its time, and a run sees that."""
    at = quick.clock() + timedelta(hours=hours)
    entry = quick.write(name, overrides=Overrides(targets={"a": Override(at=at)}))
    respect([entry], {"a": "scripted"}, {"a": schedule} if schedule is not None else {}, quick.ledger)
    return quick.row(name)


@pytest.mark.parametrize("hours", [1, 5, -1])
def test_the_time_that_a_post_names_anew_counts(quick: Quick, hours: float) -> None:
    now, before = quick.clock(), planned(quick)
    row = named(quick, hours)
    assert (row.state, row.due_at) == ("planned", max(now + timedelta(hours=hours), now))
    assert row.why == ("the post says so (at)" if hours > 0 else "at once")
    assert before.why == "the next slot"


def test_other_posts_of_the_account_keep_their_distance_but_not_the_post_from_itself(quick: Quick) -> None:
    planned(quick)
    other = planned(quick, "other", hours=6)
    apart = Schedule(min_gap=timedelta(hours=2))
    assert named(quick, 3, schedule=apart).due_at == quick.clock() + timedelta(hours=3)
    assert named(quick, 5, schedule=apart).due_at == other.due_at + timedelta(hours=2)


@pytest.mark.parametrize("why", ["tried", "by hand", "no time", "another account"])
def test_nothing_else_is_moved(quick: Quick, why: str) -> None:
    row = planned(quick, why=BY_HAND if why == "by hand" else "the next slot")
    if why == "tried":
        held = quick.ledger.claim(row, "machine:1")
        assert held is not None
        row = quick.ledger.again(held, "no route", row.due_at)
    if why == "no time":
        entry = quick.write(overrides=Overrides(targets={"a": Override(text="x")}))
        respect([entry], {"a": "scripted"}, {}, quick.ledger)
    elif why == "another account":
        at = quick.clock() + timedelta(hours=5)
        respect([quick.write(overrides=Overrides(everywhere=Override(at=at)))], {"b": "scripted"}, {}, quick.ledger)
    else:
        named(quick, 5)
    assert quick.row() == row


@pytest.mark.parametrize("first", ["no time", "tried", "not named"])
def test_a_post_that_is_not_moved_does_not_keep_the_next_one_where_it_is(quick: Quick, first: str) -> None:
    row = planned(quick, "first", hours=1)
    planned(quick, hours=2)
    at = quick.clock() + timedelta(hours=5)
    entries = [quick.write(overrides=Overrides(targets={"a": Override(at=at)}))]
    if first != "not named":
        said = Override(text="x") if first == "no time" else Override(at=at)
        entries.append(quick.write("first", overrides=Overrides(targets={"a": said})))
    if first == "tried":
        held = quick.ledger.claim(row, "machine:1")
        assert held is not None
        row = quick.ledger.again(held, "no route", row.due_at)
    respect(entries, {"a": "scripted"}, {}, quick.ledger)
    assert (quick.row("first"), quick.row().due_at) == (row, at)


# ── what needs a yes ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_waits_for_a_yes_says_so_and_lets_the_others_pass(quick: Quick) -> None:
    quick.write("other")
    needed = frozenset({"a"})
    assert quick.run(approve=needed) == {}
    assert {row.why for row in quick.ledger.deliveries()} == {WAITS}
    seen = checksum(quick.network.draft(quick.posts["other"]), quick.network)
    quick.ledger.approvals.give(quick.row("other"), seen, Person(name="ann"))
    assert quick.run(approve=needed, most=1)["a"].post == "other"
    assert [quick.row(post).state for post in ("beet", "other")] == ["planned", "sent"]
    assert quick.row().attempts == 0

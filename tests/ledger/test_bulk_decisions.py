"""What a person decides about many deliveries at once."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from crosspost.ledger import CANCELLED, TAKEN_BACK, Delivery, Ledger
from crosspost.ledger.changes import ChangeState
from crosspost.ledger.database import Database
from crosspost.ledger.rows import LeaseLostError
from crosspost.testing.harness import Clock
from tests.ledger.rows import draft, entry, planned, sent

MANY = 1200  # more than a statement may name


def test_what_waits_is_left_out_or_planned_now(ledger: Ledger, clock: Clock) -> None:
    left, held = planned(ledger, "a", due=timedelta(days=1)), planned(ledger, "b", state="skipped")
    clock.pass_by(minutes=1)
    found = ledger.by_hand.decide([(held, "planned", "sent after all"), (left, "skipped", CANCELLED)])
    assert [(row.post, row.state, row.why) for row in found] == [
        ("b", "planned", "sent after all"),
        ("a", "skipped", CANCELLED),
    ]
    assert [row.due_at for row in found] == [clock(), left.due_at]
    assert found == [ledger.get(held.id), ledger.get(left.id)]


def test_nothing_is_decided_where_one_is_not_as_it_was(ledger: Ledger) -> None:
    first, taken = planned(ledger, "a"), planned(ledger, "b")
    assert ledger.claim(taken, "machine:1") is not None
    with pytest.raises(LeaseLostError, match="b to m"):
        ledger.by_hand.decide([(first, "skipped", CANCELLED), (taken, "skipped", CANCELLED)])
    assert ledger.get(first.id) == first
    assert ledger.get(taken.id).state == "sending"


def test_given_up_is_as_if_deleted(ledger: Ledger) -> None:
    row, other = planned(ledger, "a"), planned(ledger, "b")
    ledger.by_hand.give_up({row.id: "another key"})
    found = ledger.get(row.id)
    assert (found.state, found.why, found.handle) == ("skipped", TAKEN_BACK, "another key")
    assert ledger.get(other.id) == other


def test_deletions_take_the_place_of_earlier_changes(ledger: Ledger) -> None:
    rows = [sent(ledger, "b"), sent(ledger, "a")]
    ledger.changes.put(rows[0].id, "edit", "asked", draft("Geändert"))
    found = ledger.by_hand.delete([row.id for row in reversed(rows)])
    assert [(one.post, one.kind, one.state, one.draft) for one in found] == [
        ("a", "delete", "planned", None),
        ("b", "delete", "planned", None),
    ]
    assert found == [ledger.changes.of(row.id) for row in reversed(rows)]


def test_only_what_is_open_is_dismissed(ledger: Ledger) -> None:
    states: tuple[ChangeState, ...] = ("asked", "planned", "failed", "done", "left")
    rows = [sent(ledger, state) for state in states]
    for row, state in zip(rows, states, strict=True):
        ledger.changes.put(row.id, "edit", state, draft("Geändert"), "why")
    deleted = ledger.changes.put(sent(ledger, "deleted").id, "delete", "asked")
    without = sent(ledger, "unchanged")
    found = ledger.by_hand.dismiss([deleted.delivery, without.id, *(row.id for row in rows)], "edit")
    assert [(one.post, one.state, one.error) for one in found] == [(state, "ignored", "") for state in states[:3]]
    assert [one.state for one in map(ledger.changes.of, [row.id for row in rows[3:]]) if one] == ["done", "left"]
    assert ledger.changes.of(deleted.delivery) == deleted


@pytest.mark.parametrize(
    "act",
    [
        lambda ledger, rows: ledger.by_hand.decide((row, "skipped", CANCELLED) for row in rows),
        lambda ledger, rows: ledger.by_hand.give_up({row.id: f"key {row.id}" for row in rows}),
        lambda ledger, rows: ledger.by_hand.delete([row.id for row in rows]),
        lambda ledger, rows: ledger.by_hand.dismiss([row.id for row in rows], "delete"),
    ],
    ids=["decide", "give_up", "delete", "dismiss"],
)
def test_many_are_committed_at_once(
    ledger: Ledger, act: Callable[[Ledger, list[Delivery]], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.add((entry(str(post)), "m", "mastodon", "planned", ledger.clock(), "") for post in range(MANY))
    rows = ledger.deliveries()
    assert len(rows) == MANY
    commits, kind = 0, type(ledger._database)
    commit = kind._commit

    def counted(database: Database) -> None:
        nonlocal commits
        commits += 1
        commit(database)

    monkeypatch.setattr(kind, "_commit", counted)
    act(ledger, rows)
    assert commits == 1


def test_what_was_left_out_is_planned_for_a_moment_unless_somebody_was_faster(ledger: Ledger, clock: Clock) -> None:
    row, other = (
        planned(ledger, state="skipped", why="a route"),
        planned(ledger, "other", state="skipped", why="a route"),
    )
    clock.pass_by(minutes=1)
    due = clock() + timedelta(hours=1)
    ledger.by_hand.place(row, "planned", due, "the next slot")
    now = ledger.get(row.id)
    assert (now.state, now.due_at, now.why, now.updated_at) == ("planned", due, "the next slot", clock())
    assert ledger.get(other.id) == other
    with pytest.raises(LeaseLostError):
        ledger.by_hand.place(row, "held", clock(), "too late")
    assert ledger.get(row.id) == now

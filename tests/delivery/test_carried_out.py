"""Edits and deletions are carried out when they may be, repeated when that fails, and left when it cannot be done."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crosspost.delivery.backoff import pause
from crosspost.delivery.editor import Editor
from crosspost.errors import AuthExpired, ConfigError, LedgerError, MediaError, NotSent, Rejected, Unknown, Unsupported
from crosspost.model import Receipt
from crosspost.testing.harness import Clock
from tests.delivery.planned_changes import delete, edit
from tests.delivery.scripted import Quick
from tests.ledger.rows import put

# ── which, and when ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_edit_changes_what_is_out_and_is_done(one_published: Quick) -> None:
    edit(one_published)
    (change,) = one_published.carry_out()
    assert (change.state, change.error, change.attempts) == ("done", "", 1)
    assert one_published.network.edited == [("1", "Geändert", False)]
    row = one_published.row()
    assert row.draft is not None
    assert (row.draft.text, row.state, row.receipt) == ("Geändert", "sent", "1")
    assert one_published.network.keys_of_edits == [row.handle]
    assert one_published.carry_out() == []
    assert one_published.network.uploads == 1, "the pictures are as they were"


def test_what_is_not_due_or_not_planned_waits(one_published: Quick) -> None:
    change = edit(one_published)
    one_published.ledger.changes.again(change, "", one_published.clock() + timedelta(seconds=1))
    assert one_published.carry_out() == []
    one_published.later(seconds=1)
    assert len(one_published.carry_out()) == 1
    for state in ("asked", "failed", "left", "ignored", "done"):
        one_published.ledger.changes.settle(edit(one_published), state)  # type: ignore[arg-type]
        assert one_published.carry_out() == []


def test_only_so_many_in_a_run(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, edit=True)
    for name in "abc":
        quick.write(name)
    quick.run()
    for name in "abc":
        edit(quick, post=name)
    assert [change.post for change in quick.carry_out(most=2)] == ["a", "b"]
    assert [change.post for change in quick.carry_out(most=2)] == ["c"]


def test_a_person_names_those_they_mean_and_waits_for_nothing(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, edit=True)
    for name in "abc":
        quick.write(name)
    quick.run()
    changes = [edit(quick, post=name) for name in "abc"]
    quick.ledger.changes.again(changes[0], "", clock() + timedelta(days=1))
    quick.ledger.note("a", paused_until=clock() + timedelta(days=1), paused_for="auth", credential=quick.network.mark())
    assert quick.carry_out() == []
    only = [changes[0].delivery, changes[2].delivery]
    done = quick.carry_out(only=only, most=1, wait=lambda _: pytest.fail("nobody is asked"))
    assert [change.post for change in done] == ["c", "a"]


def test_every_account_does_its_own(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, "a", "b", edit=True)
    quick.write()
    quick.run()
    for account in ("a", "b"):
        edit(quick, account=account)
    quick.networks["a"].next("edit", NotSent("a: no route"))
    done = {change.account: change.state for change in quick.carry_out()}
    assert done == {"a": "planned", "b": "done"}


def test_a_change_may_have_to_wait_and_says_why(one_published: Quick) -> None:
    edit(one_published)
    assert one_published.carry_out(wait=lambda change: f"waits for the page of {change.post}") == []
    (change,) = one_published.ledger.changes.all()
    assert (change.error, change.due_at) == ("waits for the page of beet", one_published.clock() + timedelta(minutes=5))
    assert (change.attempts, change.state) == (0, "planned")
    one_published.later(minutes=5)
    assert [one.state for one in one_published.carry_out()] == ["done"]


# ── errors ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "error",
    [NotSent("a: no route"), Unknown("a: no answer"), ConfigError("a: no such setting"), MediaError("no picture")],
    ids=str,
)
def test_what_failed_is_repeated_after_a_growing_pause(one_published: Quick, error: Exception) -> None:
    """A lost answer too: the same edit twice is the same as once."""
    edit(one_published)
    one_published.network.next("edit", error, error)
    for attempt in (1, 2):
        (change,) = one_published.carry_out()
        assert (change.state, change.error, change.attempts) == ("planned", str(error), attempt)
        assert change.due_at == one_published.clock() + pause(change.delivery, attempt)
        one_published.clock.now = change.due_at
    assert [one.state for one in one_published.carry_out()] == ["done"]


def test_a_mistake_in_an_adapter_stops_only_this_change(one_published: Quick) -> None:
    def oops(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("oops")

    edit(one_published)
    one_published.network.edit = oops  # type: ignore[method-assign]  # beside the boundary, which would see it
    (change,) = one_published.carry_out()
    assert (change.state, change.error) == (
        "planned",
        "a: a mistake in crosspost itself, please report it: ZeroDivisionError: oops",
    )


@pytest.mark.parametrize(("hours", "given_up"), [(5, False), (5.01, True)])
def test_what_never_works_is_given_up(one_published: Quick, hours: float, given_up: bool) -> None:
    edit(one_published)
    one_published.network.next("edit", *[NotSent("a: no route")] * 9)
    editor = {"give_up_after": timedelta(hours=5)}
    for _ in range(4):
        assert [change.state for change in one_published.carry_out(only=[1], editor=editor)] == ["planned"]
    one_published.later(hours=hours)
    (change,) = one_published.carry_out(only=[1], editor=editor)
    assert change.state == ("failed" if given_up else "planned")
    assert change.error == ("given up after 5 hours: a: no route" if given_up else "a: no route")


def test_it_is_given_up_after_three_days_unless_told_otherwise(one_published: Quick) -> None:
    edit(one_published)
    one_published.network.next("edit", *[NotSent("a: no route")] * 9)
    for _ in range(4):
        one_published.carry_out(only=[1])
    one_published.later(hours=72, seconds=1)
    assert one_published.carry_out(only=[1])[0].error == "given up after 72 hours: a: no route"


@pytest.mark.parametrize(
    ("error", "state"), [(Rejected("a: no"), "failed"), (Unsupported("a: cannot"), "left")], ids=str
)
def test_a_refusal_is_final(one_published: Quick, error: Rejected, state: str) -> None:
    edit(one_published)
    one_published.network.next("edit", error)
    (change,) = one_published.carry_out()
    assert (change.state, change.error) == (state, str(error))
    assert one_published.carry_out() == []


def test_a_refusal_after_the_machine_slept_is_tried_again(one_published: Quick) -> None:
    edit(one_published)

    def slept() -> None:
        one_published.later(hours=2)
        raise Rejected("a: media not found")

    one_published.network.next("edit", slept)
    (change,) = one_published.carry_out()
    assert (change.state, change.due_at) == ("planned", one_published.clock() + pause(change.delivery, 1))


def test_a_dead_token_pauses_the_account_and_the_change_goes_as_soon_as_it_may(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, edit=True)
    for name in "ab":
        quick.write(name)
    quick.run()
    for name in "ab":
        edit(quick, post=name)
    quick.network.next("edit", AuthExpired("a: token ended"))
    (change,) = quick.carry_out()
    assert (change.state, change.error, change.due_at) == ("planned", "a: token ended", clock())
    assert quick.ledger.account("a").paused_for == "auth"
    assert quick.carry_out() == [], "the account is left alone"
    quick.later(days=1)
    assert len(quick.carry_out()) == 2


def test_who_it_is_is_known_before_anything_is_changed(one_published: Quick) -> None:
    edit(one_published)
    one_published.later(days=2)
    before = one_published.network.connected
    one_published.network.next("connect", NotSent("a: no route"))
    (change,) = one_published.carry_out()
    assert (change.error, one_published.network.edited, one_published.network.connected) == (
        "a: no route",
        [],
        before + 1,
    )


@pytest.mark.parametrize("kind", ["edit", "delete"])
def test_a_network_that_cannot_is_not_asked_who_we_are(tmp_path: Path, clock: Clock, kind: str) -> None:
    quick = Quick(tmp_path, clock, edit=kind != "edit", delete=kind != "delete")
    quick.write()
    quick.run()
    quick.later(days=2)
    before = quick.network.connected
    quick.network.next(kind, Unsupported("a: cannot"))
    edit(quick) if kind == "edit" else delete(quick)
    assert [change.state for change in quick.carry_out()] == ["left"]
    assert quick.network.connected == before


def test_a_ledger_that_fails_stops_every_account(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = Quick(tmp_path, clock, edit=True)
    for name in "ab":
        quick.write(name)
    quick.run()
    for name in "ab":
        edit(quick, post=name)

    def full(*_: Any) -> Any:
        raise LedgerError("the disk is full")

    monkeypatch.setattr(type(quick.ledger.changes), "edited", full)
    with pytest.raises(LedgerError, match="the disk is full"):
        quick.carry_out()
    assert len(quick.network.edited) == 1


def test_who_presses_ctrl_c_lets_the_change_under_way_end(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, "a", "b", edit=True)
    for name in ("eins", "zwei"):
        quick.write(name)
    quick.run()
    for account in ("a", "b"):
        for name in ("eins", "zwei"):
            edit(quick, post=name, account=account)
    editor = Editor(ledger=quick.ledger, networks=quick.networks, max_per_run={"a": 9, "b": 9})
    under_way = threading.Event()

    def interrupted() -> None:
        under_way.wait(10)
        raise KeyboardInterrupt

    def slow() -> None:
        under_way.set()
        editor._stop.wait(10)

    quick.networks["a"].next("edit", interrupted)
    quick.networks["b"].next("edit", slow)
    with pytest.raises(KeyboardInterrupt):
        editor.run(["a", "b"])
    assert len(quick.networks["b"].edited) == 1


@pytest.mark.parametrize("known", [True, False])
def test_what_is_changed_or_taken_back_is_named_as_the_network_named_it(one_published: Quick, known: bool) -> None:
    """With the moment at which it went out; where a person settled it, when they did."""
    named: list[Receipt] = []
    one_published.network.edit = lambda receipt, _prepared, pictures: named.append(receipt) or receipt  # type: ignore[method-assign, func-returns-value, misc]
    one_published.network.delete = named.append  # type: ignore[method-assign]
    at, later = one_published.clock(), one_published.clock() + timedelta(hours=1)
    row = put(one_published.ledger, one_published.row(), sent_at=at if known else None, updated_at=later)
    edit(one_published)
    one_published.carry_out()
    put(one_published.ledger, row, updated_at=later)
    delete(one_published)
    one_published.carry_out()
    assert named == [Receipt(id="1", url="https://scripted.example/1", at=at if known else later)] * 2

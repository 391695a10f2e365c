"""Edits and deletions are carried out on the account, repeated when that fails, and left when it cannot be done."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from crosspost.delivery.backoff import pause
from crosspost.delivery.keys import anew
from crosspost.errors import AuthExpired, ConfigError, LedgerError, MediaError, NotSent, Rejected, Unknown, Unsupported
from crosspost.ledger import Change
from crosspost.model import Picture
from crosspost.testing.harness import Clock
from tests.delivery.scripted import Quick


@pytest.fixture
def out(tmp_path: Path, clock: Clock) -> Quick:
    quick = Quick(tmp_path, clock, edit=True, delete=True)
    quick.write()
    quick.run()
    return quick


def edit(quick: Quick, text: str = "Geändert", post: str = "beet", account: str = "") -> Change:
    """An edit that is planned."""
    row = quick.row(post, account)
    assert row.draft is not None
    return quick.ledger.changes.put(row.id, "edit", "planned", msgspec.structs.replace(row.draft, text=text))


def delete(quick: Quick, post: str = "beet") -> Change:
    row = next(row for row in quick.ledger.deliveries(post=post) if row.part == 1)
    return quick.ledger.changes.put(row.id, "delete", "planned")


# ── which, and when ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_edit_changes_what_is_out_and_is_done(out: Quick) -> None:
    edit(out)
    (change,) = out.carry_out()
    assert (change.state, change.error, change.attempts) == ("done", "", 1)
    assert out.network.edited == [("1", "Geändert", False)]
    row = out.row()
    assert row.draft is not None
    assert (row.draft.text, row.state, row.receipt) == ("Geändert", "sent", "1")
    assert out.network.keys_of_edits == [row.handle]
    assert out.carry_out() == []
    assert out.network.uploads == 1, "the pictures are as they were"


def test_what_is_not_due_or_not_planned_waits(out: Quick) -> None:
    change = edit(out)
    out.ledger.changes.again(change, "", out.clock() + timedelta(seconds=1))
    assert out.carry_out() == []
    out.later(seconds=1)
    assert len(out.carry_out()) == 1
    for state in ("asked", "failed", "left", "ignored", "done"):
        out.ledger.changes.settle(edit(out), state)  # type: ignore[arg-type]
        assert out.carry_out() == []


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


def test_a_change_may_have_to_wait_and_says_why(out: Quick) -> None:
    edit(out)
    assert out.carry_out(wait=lambda change: f"waits for the page of {change.post}") == []
    (change,) = out.ledger.changes.all()
    assert (change.error, change.due_at) == ("waits for the page of beet", out.clock() + timedelta(minutes=5))
    assert (change.attempts, change.state) == (0, "planned")
    out.later(minutes=5)
    assert [one.state for one in out.carry_out()] == ["done"]


# ── edits ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def picture(tmp_path: Path, name: str, alt: str = "Ein Beet") -> Picture:
    Image.new("RGB", (40, 30), "green").save(tmp_path / name)
    return Picture(path=str(tmp_path / name), alt=alt, digest=name)


def test_other_pictures_are_uploaded_and_replaced(out: Quick, tmp_path: Path) -> None:
    row = out.row()
    assert row.draft is not None
    new = msgspec.structs.replace(row.draft, images=(picture(tmp_path, "neu.jpg"),))
    out.ledger.changes.put(row.id, "edit", "planned", new)
    assert [change.state for change in out.carry_out()] == ["done"]
    assert out.network.edited[0][2]
    assert out.network.uploads == 2
    assert out.row().draft == new


def test_what_a_network_keeps_stays_and_is_told(out: Quick, tmp_path: Path) -> None:
    out.network.abilities = msgspec.structs.replace(out.network.abilities, edit_keeps=("images",))  # type: ignore[misc]
    out.network.notes = ("Two did not get it",)
    row = out.row()
    assert row.draft is not None
    new = msgspec.structs.replace(row.draft, text="Geändert", images=(picture(tmp_path, "neu.jpg"),))
    out.ledger.changes.put(row.id, "edit", "planned", new)
    (change,) = out.carry_out()
    assert (change.state, change.error) == ("done", "Two did not get it; the picture stays as it was sent")
    assert out.network.edited == [("1", "Geändert", False)]
    assert out.row().draft == msgspec.structs.replace(new, images=())


def test_where_nobody_knows_what_is_out_the_pictures_are_replaced_too(out: Quick) -> None:
    change = edit(out)
    with out.ledger._database.transaction() as connection:
        connection.change("UPDATE deliveries SET draft = NULL")
    assert [one.state for one in out.carry_out()] == ["done"]
    assert out.network.edited == [("1", "Geändert", True)]
    assert out.row().draft == change.draft


@pytest.mark.parametrize("how", ["no words", "not out"])
def test_an_edit_of_nothing_fails(out: Quick, how: str) -> None:
    if how == "no words":
        out.ledger.changes.put(out.row().id, "edit", "planned")
    else:
        edit(out)
        with out.ledger._database.transaction() as connection:
            connection.change("UPDATE deliveries SET state = 'skipped'")
    (change,) = out.carry_out()
    assert (change.state, change.error) == ("failed", "a: there is nothing to change")
    assert out.network.edited == []


@pytest.mark.parametrize("url", ["https://scripted.example/x", ""])
@pytest.mark.parametrize("kind", ["edit", "delete"])
def test_what_a_person_settled_without_its_id_is_left_to_them(out: Quick, url: str, kind: str) -> None:
    with out.ledger._database.transaction() as connection:
        connection.change("UPDATE deliveries SET receipt = NULL, url = :url", {"url": url})
    edit(out) if kind == "edit" else delete(out)
    (change,) = out.carry_out()
    where = url or "the account"
    assert change.state == "left"
    assert change.error == f"a: the network's id of the post is not known; do it yourself on {where}"


# ── deletions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_taken_back_never_goes_out_again_by_itself(out: Quick) -> None:
    row = out.row()
    delete(out)
    (change,) = out.carry_out()
    assert (change.kind, change.state, change.error) == ("delete", "done", "")
    assert out.network.deleted == ["1"]
    assert (out.row().state, out.row().why, out.row().handle) == ("skipped", "taken back", anew(row, ""))
    out.run()
    assert len(out.network.out) == 1


def test_a_thread_is_taken_back_from_its_end(out: Quick) -> None:
    out.network.parts = ("zwei", "drei")
    out.write("thread")
    out.run()
    delete(out, "thread")
    out.carry_out()
    assert out.network.deleted == ["4", "3", "2"]
    assert {row.state for row in out.ledger.deliveries(post="thread")} == {"skipped"}
    assert out.row().state == "sent"


def test_parts_that_are_still_to_come_are_taken_back_unsent(out: Quick) -> None:
    out.network.parts = ("zwei",)
    out.write("thread")
    out.network.next("publish", None, NotSent("a: no route"))
    out.run()
    delete(out, "thread")
    assert [change.state for change in out.carry_out()] == ["done"]
    assert out.network.deleted == ["2"]
    assert {row.state for row in out.ledger.deliveries(post="thread")} == {"skipped"}


def test_what_failed_or_was_left_out_needs_no_taking_back(out: Quick) -> None:
    out.network.parts = ("zwei",)
    out.write("thread")
    out.network.next("publish", None, Rejected("a: not allowed"))
    out.run()
    delete(out, "thread")
    out.carry_out()
    assert [row.state for row in out.ledger.deliveries(post="thread")] == ["skipped", "failed"]


@pytest.mark.parametrize("state", ["sending", "unknown"])
def test_what_may_be_out_is_looked_for_before_it_is_taken_back(out: Quick, state: str) -> None:
    with out.ledger._database.transaction() as connection:
        connection.change("UPDATE deliveries SET state = :state", {"state": state})
    delete(out)
    (change,) = out.carry_out()
    assert (change.state, change.error) == ("planned", "a: it may be out; the next run looks for it")
    assert out.network.deleted == []


def test_what_waits_for_a_person_is_looked_at_by_a_person(out: Quick) -> None:
    row = out.row()
    with out.ledger._database.transaction() as connection:
        connection.change("UPDATE deliveries SET state = 'held'")
    delete(out)
    (change,) = out.carry_out()
    assert (change.state, change.error) == ("left", f"a: it may be out; look, then `crosspost settle {row.id}`")


@pytest.mark.parametrize("there", [True, False])
def test_what_is_planned_after_a_doubt_is_deleted_where_it_is_found(out: Quick, there: bool) -> None:
    with out.ledger._database.transaction() as connection:
        connection.change("UPDATE deliveries SET state = 'planned'")
    row = out.row()
    if not there:
        out.network.out.clear()
    delete(out)
    assert [change.state for change in out.carry_out()] == ["done"]
    assert out.network.deleted == (["1"] if there else [])
    assert out.network.asked[-1] == row.publishing_at


@pytest.mark.parametrize("state", ["planned", "held"])
def test_what_was_never_begun_is_only_left_out(out: Quick, state: str) -> None:
    out.write("b")
    out.run(most=0)
    with out.ledger._database.transaction() as connection:
        connection.change("UPDATE deliveries SET state = :state WHERE post = 'b'", {"state": state})
    delete(out, "b")
    assert [change.state for change in out.carry_out()] == ["done"]
    assert (out.row("b").state, out.network.asked, out.network.deleted) == ("skipped", [], [])
    assert out.row("b").handle == anew(msgspec.structs.replace(out.row("b"), handle=""), out.ledger.fact("id"))


# ── errors ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "error",
    [NotSent("a: no route"), Unknown("a: no answer"), ConfigError("a: no such setting"), MediaError("no picture")],
    ids=str,
)
def test_what_failed_is_repeated_after_a_growing_pause(out: Quick, error: Exception) -> None:
    """A lost answer too: the same edit twice is the same as once."""
    edit(out)
    out.network.next("edit", error, error)
    for attempt in (1, 2):
        (change,) = out.carry_out()
        assert (change.state, change.error, change.attempts) == ("planned", str(error), attempt)
        assert change.due_at == out.clock() + pause(change.delivery, attempt)
        out.clock.now = change.due_at
    assert [one.state for one in out.carry_out()] == ["done"]


def test_a_mistake_in_an_adapter_stops_only_this_change(out: Quick) -> None:
    def oops(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("oops")

    edit(out)
    out.network.edit = oops  # type: ignore[method-assign]  # beside the boundary, which would see it
    (change,) = out.carry_out()
    assert (change.state, change.error) == ("planned", "a: unexpected ZeroDivisionError: oops")


@pytest.mark.parametrize(("hours", "given_up"), [(5, False), (5.01, True)])
def test_what_never_works_is_given_up(out: Quick, hours: float, given_up: bool) -> None:
    edit(out)
    out.network.next("edit", *[NotSent("a: no route")] * 9)
    editor = {"give_up_after": timedelta(hours=5)}
    for _ in range(4):
        assert [change.state for change in out.carry_out(only=[1], editor=editor)] == ["planned"]
    out.later(hours=hours)
    (change,) = out.carry_out(only=[1], editor=editor)
    assert change.state == ("failed" if given_up else "planned")
    assert change.error == ("given up after 5 hours: a: no route" if given_up else "a: no route")


def test_it_is_given_up_after_three_days_unless_told_otherwise(out: Quick) -> None:
    edit(out)
    out.network.next("edit", *[NotSent("a: no route")] * 9)
    for _ in range(4):
        out.carry_out(only=[1])
    out.later(hours=72, seconds=1)
    assert out.carry_out(only=[1])[0].error == "given up after 72 hours: a: no route"


@pytest.mark.parametrize(
    ("error", "state"), [(Rejected("a: no"), "failed"), (Unsupported("a: cannot"), "left")], ids=str
)
def test_a_refusal_is_final(out: Quick, error: Rejected, state: str) -> None:
    edit(out)
    out.network.next("edit", error)
    (change,) = out.carry_out()
    assert (change.state, change.error) == (state, str(error))
    assert out.carry_out() == []


def test_a_refusal_after_the_machine_slept_is_tried_again(out: Quick) -> None:
    edit(out)

    def slept() -> None:
        out.later(hours=2)
        raise Rejected("a: media not found")

    out.network.next("edit", slept)
    (change,) = out.carry_out()
    assert (change.state, change.due_at) == ("planned", out.clock() + pause(change.delivery, 1))


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


def test_who_it_is_is_known_before_anything_is_changed(out: Quick) -> None:
    edit(out)
    out.later(days=2)
    before = out.network.connected
    out.network.next("connect", NotSent("a: no route"))
    (change,) = out.carry_out()
    assert (change.error, out.network.edited, out.network.connected) == ("a: no route", [], before + 1)


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

"""Edits, approvals, and who did what: of several people one is first, and nothing is written by halves."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from crosspost.errors import CrosspostError, LedgerError
from crosspost.ledger import Ledger, Person
from crosspost.ledger.approvals import WAITS, Approval
from crosspost.ledger.audit import write
from crosspost.model import Override
from crosspost.testing.harness import Clock
from tests.ledger.rows import planned, put, same

ANN = Person(name="ann", origin="page")


def test_of_many_at_once_one_edit_is_written(ledger: Ledger) -> None:
    planned(ledger)
    row = ledger.deliveries()[0]

    def put(number: int) -> bool:
        try:
            ledger.edits.put(row.post, row.account, Override(text=str(number)), ANN, "text", before=None)
        except CrosspostError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(put, range(12))) == 1
    assert len(ledger.audit.newest()) == 1


def test_an_edit_and_who_made_it_are_written_together(ledger: Ledger) -> None:
    with ledger._database.transaction() as statements:
        statements.change("ALTER TABLE audit RENAME TO lost")
    with pytest.raises(LedgerError):
        ledger.edits.put("p", "x", Override(text="a"), ANN, "text", before=None)
    assert ledger.edits.of("p", "x") is None


def test_an_edit_comes_back_as_it_was_and_goes(ledger: Ledger, clock: Clock) -> None:
    said = Override(text="a\nb", at=clock.now + timedelta(hours=1), skip=False, alt={"": "x", "a.png": "y"})
    ledger.edits.put("p", "x", said, ANN, "all", before=None)
    assert ledger.edits.all() == {"p": {"x": said}}
    edit = ledger.edits.of("p", "x")
    assert edit is not None
    assert (edit.by, edit.at) == ("ann", clock.now)
    ledger.edits.put("p", "x", None, ANN, "nothing", before=said)
    assert ledger.edits.all() == {}


def test_edits_are_listed_the_newest_first(ledger: Ledger, clock: Clock) -> None:
    for account in ("x", "m"):
        ledger.edits.put("p", account, Override(text=account), ANN, "text", before=None)
        clock.pass_by(minutes=1)
    found = [(post, account, edit.said.text, edit.by) for post, account, edit in ledger.edits.listed()]
    assert found == [("p", "m", "m", "ann"), ("p", "x", "x", "ann")]
    assert ledger.edits.on("p") == {"m": Override(text="m"), "x": Override(text="x")}


@pytest.mark.parametrize("when", ["claimed", "begun", "doubtful", "held in doubt", "planned in doubt"])
def test_nothing_is_changed_of_what_is_under_way(ledger: Ledger, clock: Clock, when: str) -> None:
    planned(ledger)
    row = ledger.claim(ledger.deliveries()[0], "m:1")
    assert row is not None
    if when != "claimed":
        row = ledger.begin(row)
    if when == "doubtful":
        row = ledger.doubt(row, "lost", clock())
    if when == "held in doubt":
        row = ledger.hold(row, "lost")
    if when == "planned in doubt":
        row = ledger.again(row, "lost", clock(), certain=False)
    with pytest.raises(CrosspostError, match=r"nothing was changed|not changed"):
        ledger.edits.put(row.post, row.account, Override(skip=True), ANN, "left out", before=None)
    assert not ledger.edits.move(row.post, row.account, clock() + timedelta(days=1), "moved")
    with pytest.raises(CrosspostError, match="does not wait"):
        ledger.approvals.give(row, "seen", ANN)
    with pytest.raises(CrosspostError, match=r"nothing was changed|not changed"):
        ledger.edits.refuse_under_way(row.post, row.account)
    ledger.edits.refuse_under_way(row.post, "another")
    assert ledger.edits.all() == {}
    assert ledger.approvals.pairs() == set()
    assert ledger.audit.newest() == []
    assert ledger.get(row.id) == row


def test_a_yes_makes_due_now_what_was_due_meanwhile(ledger: Ledger, clock: Clock) -> None:
    planned(ledger)
    row = ledger.deliveries()[0]
    clock.pass_by(days=3)
    ledger.approvals.give(row, "seen", ANN)
    assert ledger.get(row.id).due_at == clock.now
    ledger.approvals.forget(row, "another")
    assert ledger.approvals.pairs() == {(row.post, row.account)}
    ledger.approvals.forget(row, "seen")
    assert ledger.approvals.pairs() == set()


def test_a_yes_says_who_gave_it_when_and_to_which_text(ledger: Ledger, clock: Clock) -> None:
    row = planned(ledger, due=timedelta(hours=1), why=WAITS)
    clock.pass_by(minutes=5)
    ledger.approvals.give(row, "0123456789", ANN)
    assert ledger.approvals.of("beet", "m") == Approval(seen="0123456789", by="ann", at=clock())
    assert (ledger.approvals.of("beet", "x"), ledger.approvals.of("other", "m")) == (None, None)
    now = ledger.get(row.id)
    assert (now.why, now.due_at, now.updated_at) == ("approved by ann", row.due_at, clock())
    (done,) = ledger.audit.newest()
    assert (done.at, done.by, done.origin, done.action) == (clock(), "ann", "page", "approve")
    assert (done.post, done.account, done.said) == ("beet", "m", "text 01234567")


def test_a_link_says_yes_once_and_is_not_used_up_by_a_yes_that_came_too_late(ledger: Ledger) -> None:
    first, second, late = planned(ledger, "a"), planned(ledger, "b"), planned(ledger, "c", state="skipped")
    ledger.approvals.give(first, "seen", ANN, link="one")
    with pytest.raises(CrosspostError, match="link was used already"):
        ledger.approvals.give(second, "seen", ANN, link="one")
    with pytest.raises(CrosspostError, match="c on m does not wait any more; nothing was changed"):
        ledger.approvals.give(late, "seen", ANN, link="two")
    assert ledger.approvals.pairs() == {("a", "m")}
    assert (ledger.approvals.used("one"), ledger.approvals.used("two")) == (True, False)


def test_what_needs_a_yes_and_has_none_says_that_it_waits(ledger: Ledger, clock: Clock) -> None:
    waiting, approved, elsewhere = (
        planned(ledger, "a", why="the next slot"),
        planned(ledger, "b"),
        planned(ledger, "a", "x"),
    )
    skipped, marked = planned(ledger, "c", state="skipped"), planned(ledger, "d", why=WAITS)
    later_part = put(ledger, planned(ledger, "e"), part=2)
    ledger.approvals.give(approved, "seen", ANN)
    approved = ledger.get(approved.id)
    clock.pass_by(minutes=5)
    ledger.approvals.mark(["m", "nobody"])
    now = ledger.get(waiting.id)
    assert (now.why, now.due_at, now.updated_at) == (WAITS, waiting.due_at, clock())
    assert same(ledger, approved, elsewhere, skipped, marked, later_part)


def test_of_many_uses_of_a_link_one_counts(ledger: Ledger) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: ledger.approvals.use("link"), range(12))) == 1


def test_the_last_changes_come_first_and_not_more_than_are_wanted(ledger: Ledger, clock: Clock) -> None:
    ledger.audit.note(Person(name="bob"), "sign in")
    clock.pass_by(minutes=1)
    with ledger._database.transaction() as statements:
        for number in range(201):
            write(statements, clock(), ANN, "edit", post="beet", account="m", said=str(number))
    assert [one.said for one in ledger.audit.newest(limit=2)] == ["200", "199"]
    assert len(ledger.audit.newest()) == 200
    first = ledger.audit.newest(limit=0)[-1]
    assert (first.at, first.by, first.origin) == (clock() - timedelta(minutes=1), "bob", "terminal")
    assert (first.action, first.post, first.account, first.said) == ("sign in", "", "", "")
    assert len(ledger.audit.newest(post="beet", limit=0)) == 201


def test_the_audit_says_what_was_done_by_whom_and_to_what(ledger: Ledger, clock: Clock) -> None:
    ledger.edits.put("p", "x", Override(text="a"), ANN, "its text", before=None)
    (done,) = ledger.audit.newest()
    assert (done.at, done.by, done.origin, done.action) == (clock(), "ann", "page", "edit")
    assert (done.post, done.account, done.said) == ("p", "x", "its text")

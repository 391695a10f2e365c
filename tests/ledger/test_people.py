"""Edits, approvals, and who did what: of several people one is first, and nothing is written by halves."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from crosspost.errors import CrosspostError, LedgerError
from crosspost.ledger import Ledger, Person
from crosspost.model import Override
from crosspost.testing.harness import Clock
from tests.ledger.rows import planned

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


@pytest.mark.parametrize("when", ["claimed", "begun", "doubtful", "held in doubt"])
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
    with pytest.raises(CrosspostError, match=r"nothing was changed|not changed"):
        ledger.edits.put(row.post, row.account, Override(skip=True), ANN, "left out", before=None)
    assert not ledger.edits.move(row.post, row.account, clock() + timedelta(days=1), "moved")
    with pytest.raises(CrosspostError, match="does not wait"):
        ledger.approvals.give(row, "seen", ANN)
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


def test_of_many_uses_of_a_link_one_counts(ledger: Ledger) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: ledger.approvals.use("link"), range(12))) == 1

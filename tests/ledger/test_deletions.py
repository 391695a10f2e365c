"""Posts that are gone: what becomes of all that is out of them is decided once, and undone when they are back."""

from crosspost.ledger import TAKEN_BACK, Fate, Ledger
from crosspost.testing.harness import Clock
from tests.ledger.rows import begun, draft, planned, put, sent

FATES = {
    ("kept", "m"): Fate("asked"),
    ("kept", "x"): Fate("left", "its file is gone"),
    ("silent", "m"): Fate("ignored"),
}


def fate(rule: str, account: str, network: str) -> Fate | None:
    assert network == "mastodon"
    return FATES.get((rule, account))


def test_what_is_out_of_a_post_that_is_gone_is_decided_once(ledger: Ledger, clock: Clock) -> None:
    thread, there = sent(ledger, "a", parts=("zwei",)), sent(ledger, "a", "x")
    nowhere, silent = put(ledger, sent(ledger, "b", "x"), url=""), sent(ledger, "s")
    sent(ledger, "a", "of nobody")
    decided = ledger.changes.put(sent(ledger, "d").id, "delete", "ignored")
    planned(ledger, "b")
    begun(ledger, "e")
    clock.pass_by(minutes=1)
    new = ledger.deletions.decide({"kept": ["a", "b", "d", "e"], "silent": ["s"]}, fate)
    assert [(one.delivery, one.kind, one.state, one.error) for one in new] == [
        (thread.id, "delete", "asked", ""),
        (there.id, "delete", "left", f"its file is gone ({there.url})"),
        (nowhere.id, "delete", "left", "its file is gone"),
    ]
    assert {one.due_at for one in new} == {clock()}
    kept = {one.delivery: one for one in ledger.changes.all()}
    assert kept == {one.delivery: one for one in (*new, decided)} | {silent.id: kept[silent.id]}
    assert (kept[silent.id].state, kept[silent.id].error) == ("ignored", "")
    assert ledger.deletions.decide({"kept": ["a", "b"]}, fate) == []


def test_a_decision_takes_the_place_of_an_edit(ledger: Ledger, clock: Clock) -> None:
    row = sent(ledger)
    ledger.changes.begin(ledger.changes.put(row.id, "edit", "planned", draft("Geändert"), "no route"))
    ledger.deletions.decide({"kept": ["beet"]}, fate)
    (change,) = ledger.changes.all()
    assert (change.kind, change.state, change.draft, change.error) == ("delete", "asked", None, "")
    assert (change.attempts, change.tried_at) == (0, None)


def test_a_post_that_is_back_is_told_where_it_was_taken_back(ledger: Ledger, clock: Clock) -> None:
    asked, gone, other = sent(ledger), sent(ledger, account="x"), sent(ledger, "other")
    ledger.changes.put(asked.id, "delete", "asked")
    ledger.changes.taken_back(gone.id, "another key")
    ledger.changes.taken_back(other.id, "another key")
    put(ledger, planned(ledger, account="y"), state="skipped", why="no")
    clock.pass_by(minutes=1)
    (back,) = ledger.deletions.undo(["beet", "nobody"])
    assert (back.delivery, back.kind, back.state, back.due_at) == (gone.id, "delete", "back", clock())
    assert ledger.changes.all() == [back]
    assert ledger.get(gone.id).why == TAKEN_BACK

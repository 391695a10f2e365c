"""Edits and deletions of what is out: what is kept of each, and which are found again."""

from datetime import timedelta

import pytest

from crosspost.ledger import TAKEN_BACK, Ledger
from crosspost.testing.harness import Clock
from tests.ledger.rows import draft, planned, receipt, same, sent

NEW = draft("Geändert")


def test_a_change_says_all_about_its_delivery(ledger: Ledger, clock: Clock) -> None:
    row = sent(ledger)
    clock.pass_by(minutes=1)
    change = ledger.changes.put(row.id, "edit", "asked", NEW, "why")
    assert (change.delivery, change.kind, change.state, change.draft) == (row.id, "edit", "asked", NEW)
    assert (change.due_at, change.attempts, change.tried_at, change.error) == (clock(), 0, None, "why")
    assert (change.post, change.account, change.network, change.url) == ("beet", "m", "mastodon", row.url)
    assert ledger.changes.of(row.id) == change
    assert ledger.changes.of(row.id + 1) is None


def test_a_later_change_takes_the_place_of_an_earlier_one(ledger: Ledger) -> None:
    row, other = sent(ledger), sent(ledger, "other")
    kept = ledger.changes.put(other.id, "edit", "asked", NEW)
    ledger.changes.begin(ledger.changes.put(row.id, "edit", "planned", NEW))
    change = ledger.changes.put(row.id, "delete", "planned")
    assert (change.kind, change.draft, change.attempts, change.tried_at, change.error) == ("delete", None, 0, None, "")
    assert sorted(ledger.changes.all(), key=lambda one: one.delivery) == [change, kept]


def test_changes_are_found_by_what_they_are_about(ledger: Ledger, clock: Clock) -> None:
    rows = {(post, name): sent(ledger, post, name) for post in ("a", "b") for name in ("m", "x")}
    made = {key: ledger.changes.put(row.id, "edit", "planned", NEW) for key, row in rows.items()}
    last = ledger.changes.again(made["a", "m"], "no route", clock() + timedelta(minutes=5))
    asked = ledger.changes.settle(made["b", "m"], "asked")

    def found(**wanted: object) -> list[tuple[str, str]]:
        return [(one.post, one.account) for one in ledger.changes.all(**wanted)]  # type: ignore[arg-type]

    assert found()[-1] == ("a", "m"), "the earliest due first"
    assert sorted(found()) == sorted(made)
    assert found(states=["asked"]) == [("b", "m")]
    assert found(post="a") == [("a", "x"), ("a", "m")]
    assert found(account="m") == [("b", "m"), ("a", "m")]
    assert ("a", "m") not in found(due=clock())
    assert ("a", "m") in found(due=last.due_at)
    assert (last.error, last.state, asked.state) == ("no route", "planned", "asked")


def test_changes_due_together_keep_their_order(ledger: Ledger) -> None:
    rows = [sent(ledger, post) for post in ("a", "b", "c")]
    for row in reversed(rows):
        ledger.changes.put(row.id, "edit", "planned", NEW)
    assert [one.post for one in ledger.changes.all()] == ["a", "b", "c"]


def test_only_what_is_named_is_dropped(ledger: Ledger) -> None:
    a, b, c = sent(ledger, "a"), sent(ledger, "b"), sent(ledger, "b", "x")
    for row, kind in ((a, "delete"), (b, "delete"), (c, "edit")):
        ledger.changes.put(row.id, kind, "planned")  # type: ignore[arg-type]
    ledger.deletions.undo(["b"])
    assert [(one.post, one.account) for one in ledger.changes.all()] == [("a", "m"), ("b", "x")]
    ledger.changes.drop(a.id)
    assert [(one.post, one.account) for one in ledger.changes.all()] == [("b", "x")]


def test_attempts_are_counted_from_the_first(ledger: Ledger, clock: Clock) -> None:
    first, other = clock(), ledger.changes.put(sent(ledger, "other").id, "edit", "planned", NEW)
    change = ledger.changes.begin(ledger.changes.put(sent(ledger).id, "edit", "planned", NEW))
    assert (change.attempts, change.tried_at) == (1, first)
    clock.pass_by(minutes=5)
    change = ledger.changes.begin(change)
    assert (change.attempts, change.tried_at, change.draft) == (2, first, NEW)
    assert ledger.changes.of(other.delivery) == other


def test_a_settled_change_says_why_and_when(ledger: Ledger, clock: Clock) -> None:
    change = ledger.changes.put(sent(ledger).id, "edit", "planned", NEW, "no route")
    clock.pass_by(minutes=5)
    assert ledger.changes.settle(change, "failed", "refused").error == "refused"
    settled = ledger.changes.settle(change, "ignored")
    assert (settled.state, settled.error, settled.due_at) == ("ignored", "", clock())


def test_an_edit_that_is_done_changes_what_is_out(ledger: Ledger, clock: Clock) -> None:
    row, other = sent(ledger), sent(ledger, "other")
    change = ledger.changes.put(row.id, "edit", "planned", NEW)
    clock.pass_by(minutes=5)
    done = ledger.changes.edited(change, NEW, receipt(ledger, "9", "the picture stays", "so does the card"))
    assert (done.state, done.error) == ("done", "the picture stays; so does the card")
    now = ledger.get(row.id)
    assert (now.state, now.draft, now.receipt, now.url) == ("sent", NEW, "9", "https://m.example/9")
    assert (now.sent_at, now.updated_at) == (row.sent_at, clock())
    assert same(ledger, other)


def test_what_is_taken_back_stays_away_and_has_another_key(ledger: Ledger, clock: Clock) -> None:
    row, other = sent(ledger), sent(ledger, "other")
    clock.pass_by(minutes=5)
    ledger.changes.taken_back(row.id, "another key")
    now = ledger.get(row.id)
    assert (now.state, now.why, now.error, now.handle) == ("skipped", TAKEN_BACK, "", "another key")
    assert (now.receipt, now.url, now.sent_at, now.publishing_at) == ("", "", None, None)
    assert (now.draft, now.remote, now.remote_at, now.attempts, now.tried_at) == (None, {}, None, 0, None)
    assert now.updated_at == clock()
    assert same(ledger, other)


def test_taking_back_forgets_what_was_uploaded(ledger: Ledger, clock: Clock) -> None:
    held = ledger.claim(planned(ledger), "machine:1")
    assert held is not None
    held = ledger.remember(held, {"media_0": "7"}, uploaded=clock())
    ledger.changes.taken_back(ledger.failed(held, "refused").id, "another key")
    now = ledger.get(held.id)
    assert (now.remote, now.remote_at, now.error) == ({}, None, "")


@pytest.mark.parametrize("text", ["", "null"])
def test_a_deletion_has_no_words(ledger: Ledger, text: str) -> None:
    row = sent(ledger)
    assert ledger.changes.put(row.id, "delete", "planned", error=text).draft is None

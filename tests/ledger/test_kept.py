"""What the ledger knows of deliveries that are handed over ahead of their time."""

from datetime import timedelta

import pytest

from crosspost.errors import CrosspostError, KeptUntil
from crosspost.ledger import AS_HANDED, CANNOT_LOOK, Delivery, Ledger, Person
from crosspost.model import Override
from crosspost.testing.harness import Clock
from tests.ledger.rows import OWNER, draft, planned, put, receipt

EIGHT = timedelta(hours=8)


def claimed(ledger: Ledger) -> Delivery:
    row = planned(ledger, due=EIGHT)
    held = ledger.claim(row, OWNER, row.due_at)
    assert held is not None
    return held


def kept(ledger: Ledger) -> Delivery:
    held = ledger.begin(ledger.freeze(claimed(ledger), draft(), "key"))
    return ledger.keep(held, KeptUntil("m: it has it", "7", held.due_at), ledger.clock())


def test_its_time_stays_with_it_from_the_claim_on(ledger: Ledger) -> None:
    held = claimed(ledger)
    at = held.due_at
    assert held.show_at == at
    for row in (ledger.freeze(held, draft("other"), "key"), ledger.rekey(held, "other")):
        assert row.show_at == at
    again = ledger.again(ledger.get(held.id), "no server", ledger.clock())
    assert (again.due_at, again.show_at) == (at, at), "not earlier, whatever happened"


def test_at_its_own_time_it_is_claimed_without_a_trace_of_that(ledger: Ledger, clock: Clock) -> None:
    held = claimed(ledger)
    held = put(ledger, held, state="planned", lease=None, remote={"show_at": f"{held.due_at}", "media_0": "1"})
    clock.pass_by(hours=8)
    now = ledger.claim(held, OWNER)
    assert now is not None
    assert (now.remote, now.show_at) == ({}, None), "photos that were uploaded for later are not used at once"


def test_who_was_slower_claims_nothing(ledger: Ledger, clock: Clock) -> None:
    row = planned(ledger, due=EIGHT)
    clock.pass_by(seconds=1)
    ledger.wait(row, row.due_at, "changed meanwhile")
    assert ledger.claim(row, OWNER, row.due_at) is None


def test_what_is_kept_counts_at_its_time_and_is_in_no_doubt(ledger: Ledger, clock: Clock) -> None:
    row = kept(ledger)
    assert (row.state, row.told_as, row.prepared.taken, row.due_at) == ("unknown", "kept", "7", clock() + EIGHT)
    assert ledger.moments("m", planned=True) == ledger.moments("m", planned=False) == [clock() + EIGHT]
    (listed,) = ledger.listing.of([row.id])
    assert (listed.kept, listed.told_as) == (True, "kept")
    assert ledger.counts() == {("m", "unknown"): 1}
    assert {pair: number for pair, number in ledger.counts_as_told(clock()).items() if number} == {("m", "planned"): 1}
    assert row.well_kept(clock())
    assert not row.well_kept(clock() + EIGHT + timedelta(hours=1)), "it should be out by then"
    assert ledger.still_kept(row, f"X {AS_HANDED}").told_as == "kept"
    assert not ledger.get(row.id).well_kept(clock())
    assert ledger.still_kept(ledger.get(row.id), f"{CANNOT_LOOK}no server").told_as == "unknown"
    assert ledger.sent(ledger.get(row.id), receipt(ledger)).told_as == "sent"


def test_nobody_changes_it_beside_the_file(ledger: Ledger) -> None:
    row = kept(ledger)
    with pytest.raises(CrosspostError, match="m has beet already and shows it at its time"):
        ledger.edits.put(row.post, row.account, Override(text="x"), Person(name="eva"), "text", before=None)


def test_what_was_taken_back_begins_anew(ledger: Ledger, clock: Clock) -> None:
    row = ledger.withdrawing(kept(ledger))
    assert row.remote["withdrawing"]
    row = ledger.withdrawn(row, clock() + 2 * EIGHT, "moved", "another key")
    assert (row.state, row.due_at, row.why, row.handle) == ("planned", clock() + 2 * EIGHT, "moved", "another key")
    assert (row.draft, row.remote, row.publishing_at, row.attempts, row.tried_at) == (None, {}, None, 0, None)


@pytest.mark.parametrize("certain", [True, False])
def test_what_could_not_be_handed_over_waits_for_its_time(ledger: Ledger, clock: Clock, certain: bool) -> None:
    held = ledger.begin(ledger.freeze(claimed(ledger), draft(), "key"))
    row = ledger.hand_back(held, "no server", certain=certain)
    assert (row.state, row.due_at, row.attempts, row.tried_at) == ("planned", clock() + EIGHT, 0, None)
    assert (row.publishing_at is None) == certain


def test_a_person_who_says_that_it_is_not_there_has_it_said_at_its_time(ledger: Ledger, clock: Clock) -> None:
    assert ledger.decide(kept(ledger), "planned").due_at == clock() + EIGHT

"""Leases with several processes at work at once: renewed while it is sent, and worth nothing where nothing is sent."""

from datetime import timedelta

import pytest

from crosspost.errors import LedgerError
from crosspost.ledger import LeaseLostError, Ledger, backups, facts
from crosspost.ledger.deliveries import LEASE, SURE
from crosspost.testing.harness import Clock
from tests.ledger.rows import OWNER, begun, claimed, frozen, planned, receipt, same, stored


def test_a_lease_begins_anew_with_each_word_of_its_holder(ledger: Ledger, clock: Clock) -> None:
    held = frozen(ledger)
    clock.pass_by(minutes=14)
    held = ledger.remember(held, {"media_0": "1"}, uploaded=clock(), counts=True)
    assert stored(ledger, held)["lease_until"] == clock() + LEASE
    clock.pass_by(minutes=14)
    assert ledger.orphaned("another machine") == 0, "a round of mails may take longer than one lease"
    clock.pass_by(minutes=2)
    assert ledger.orphaned("another machine") == 1


def test_what_is_settled_has_no_lease(ledger: Ledger) -> None:
    row = ledger.again(begun(ledger), "off", ledger.clock())
    assert (stored(ledger, row)["lease"], stored(ledger, row)["lease_until"]) == (None, None)


def test_a_holder_stops_well_before_its_lease_is_over() -> None:
    assert timedelta(minutes=4) < LEASE - SURE, "two clocks may differ by four minutes"


@pytest.mark.parametrize("fact", [backups.COPY, facts.REBUILT])
def test_nothing_is_claimed_or_begun_in_a_ledger_that_became_a_copy_meanwhile(ledger: Ledger, fact: str) -> None:
    waiting, held = planned(ledger, "other"), frozen(ledger)
    ledger.keep_fact(fact, "2026-11-21T12:00:07+00:00")
    assert ledger.claim(waiting, OWNER) is None
    with pytest.raises(LeaseLostError):
        ledger.begin(held)
    with pytest.raises(LeaseLostError):
        ledger.remember(held, {"journal": "1"}, uploaded=None, counts=True)
    assert same(ledger, waiting, held)
    ledger.keep_fact(fact, "")
    assert ledger.begin(held).publishing_at is not None


@pytest.mark.parametrize("fact", [backups.COPY, facts.REBUILT])
def test_what_became_of_a_request_is_written_down_in_such_a_ledger_too(ledger: Ledger, fact: str) -> None:
    out, doubted, off, held = (begun(ledger, post) for post in ("out", "doubted", "off", "held"))
    ledger.keep_fact(fact, "2026-11-21T12:00:07+00:00")
    assert ledger.sent(out, receipt(ledger)).state == "sent"
    assert ledger.doubt(doubted, "no answer", ledger.clock()).state == "unknown"
    assert ledger.again(off, "off", ledger.clock()).state == "planned"
    assert ledger.remember(held, {"media_0": "1"}, uploaded=None).remote == {"media_0": "1"}


def test_nothing_is_claimed_or_begun_by_whoever_may_not_send(ledger: Ledger) -> None:
    waiting, held = planned(ledger, "other"), frozen(ledger)

    def refuse() -> None:
        raise LedgerError("the clock is wrong")

    ledger.certain = refuse
    for change in (lambda: ledger.claim(waiting, OWNER), lambda: ledger.begin(held), lambda: ledger.orphaned("m")):
        with pytest.raises(LedgerError, match="the clock is wrong"):
            change()
    assert same(ledger, waiting, held)
    assert ledger.again(held, "off", ledger.clock()).state == "planned", "what is over may still be written down"


def test_a_workers_leases_are_not_those_of_the_runs_beside_it(ledger: Ledger) -> None:
    row = planned(ledger)
    held = ledger.claim(row, "machine-folder-worker-1:7")
    assert ledger.orphaned("machine-folder") == 0, "a run that has the run lock knows nothing of workers"
    assert held is not None
    assert same(ledger, held)
    assert ledger.orphaned("machine-folder-worker-1") == 1, "whoever has the worker's lock file knows that it is gone"
    assert claimed(ledger, "other")

"""Which deliveries wait for a person who posts them by hand."""

from typing import Any

import msgspec
import pytest

from crosspost.ledger import HANDED, AccountState, Ledger
from crosspost.ledger.audit import Person
from crosspost.ledger.facts import Suspicion
from crosspost.ledger.handed_out import Handed, KnownOfPost
from crosspost.model import Identity, Override
from tests.ledger.rows import entry, planned


@pytest.mark.parametrize(
    ("values", "handed"),
    [
        ({}, True),
        ({"state": "planned"}, False),
        ({"state": "sent"}, False),
        ({"why": "a picture is missing"}, False),
        ({"why": ""}, False),
        ({"publishing_at": "now"}, False),
    ],
)
def test_only_what_was_held_for_that_and_never_begun(file_ledger: Ledger, values: dict[str, Any], handed: bool) -> None:
    row = planned(file_ledger)
    if "publishing_at" in values:
        values = {"publishing_at": file_ledger.clock()}
    assert msgspec.structs.replace(row, **{"state": "held", "why": HANDED, **values}).handed is handed


def test_a_worker_gets_all_that_it_must_know_in_one_question(ledger: Ledger) -> None:
    row = planned(ledger)
    url = entry(row.post).url
    nothing = KnownOfPost(edits={}, url=url, page="")
    assert ledger.handed.of(row.id) == Handed(
        delivery=row, account=AccountState(name="m"), doubted=False, known=nothing
    )
    ledger.note("m", failures=3, identity=Identity(id="1", handle="me", server="s"))
    ledger.keep_fact("clock:m", "540")
    ledger.keep_doubt(Suspicion(why="an older copy"))
    ledger.keep_fact(f"page:{url}", "says")
    for account in ("m", "x"):
        ledger.edits.put(row.post, account, Override(text=account), Person(name="eva"), "words", before=None)
    ledger.edits.put(planned(ledger, "other").post, "m", Override(skip=True), Person(name="eva"), "", before=None)
    known = KnownOfPost(edits={"m": Override(text="m"), "x": Override(text="x")}, url=url, page="says")
    assert ledger.handed.of(row.id) == Handed(delivery=row, account=ledger.account("m"), doubted=True, known=known)
    with pytest.raises(IndexError):
        ledger.handed.of(999)

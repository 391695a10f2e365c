"""Which deliveries wait for a person who posts them by hand."""

from typing import Any

import msgspec
import pytest

from crosspost.ledger import HANDED, Ledger
from tests.ledger.rows import planned


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

"""What is said of a post in doubt stays one short sentence, however often it is looked for."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crosspost.delivery.reconcile import how_to_settle, look
from crosspost.errors import Unknown
from crosspost.testing.harness import Clock
from tests.delivery.scripted import Quick

ABSENT = "Not on the account, so it is sent again"
GUARDED = f"{ABSENT}: a repetition is safe there"
UNPROVED = "The account does not show it, but that proves nothing there"


@pytest.mark.parametrize(
    "reason", ["a: no answer", "a: no answer.", f"a: no answer. {ABSENT}", f"a: no answer. {GUARDED}"]
)
@pytest.mark.parametrize(
    ("able", "state", "words"),
    [
        ({"absence_after": 60}, "planned", f". {ABSENT}"),
        ({"absence_after": 60, "idempotent_for": 3600}, "planned", f". {GUARDED}"),
        ({"absence_after": None}, "held", f". {UNPROVED}: {{settle}}"),
        ({"absence_after": 600}, "unknown", ""),
    ],
)
def test_a_reason_is_followed_once_by_what_was_found(
    tmp_path: Path, clock: Clock, reason: str, able: dict[str, Any], state: str, words: str
) -> None:
    quick = Quick(tmp_path, clock, **able)
    quick.write()
    quick.network.next("publish", Unknown("a: no answer"))
    quick.network.next("find", Unknown("a: nor here"))
    quick.run()
    row = quick.row()
    assert (row.state, row.error) == ("unknown", "cannot look: a: nor here")
    quick.later(minutes=5)
    row = quick.ledger.doubt(row, reason, clock())
    found = look(row, quick.network, quick.ledger, pause=lambda _: timedelta())
    assert (found.state, found.error) == (
        state,
        f"a: no answer{words.format(settle=how_to_settle(row, quick.network))}",
    )
    quick.ledger.close()

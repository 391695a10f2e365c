"""However many accounts there are, all of them work at the same time: a slow one keeps no other waiting."""

import threading
from pathlib import Path

from crosspost.testing.harness import Clock
from tests.delivery.planned_changes import edit
from tests.delivery.scripted import Quick

#: more than a pool has threads when nobody says how many
MANY = [f"m{number}" for number in range(40)]


def test_forty_accounts_publish_and_edit_at_once(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, *MANY, edit=True)
    together = threading.Barrier(len(MANY), timeout=120)  # only who waits in vain waits so long

    def wait() -> None:
        together.wait()

    for network in quick.networks.values():
        network.next("publish", wait)
        network.next("edit", wait)
    quick.write()
    assert {row.state for row in quick.run().values()} == {"sent"}
    for account in MANY:
        edit(quick, account=account)
    assert [change.state for change in quick.carry_out()] == ["done"] * len(MANY)
    quick.ledger.close()

"""However many accounts there are, all of them work at the same time: a slow one keeps no other waiting."""

import threading
from pathlib import Path
from typing import Any

import pytest

from crosspost.delivery import Engine, Rules, make_plan
from crosspost.ledger import Delivery
from crosspost.ledger.database import Database
from crosspost.testing.harness import Clock
from tests.delivery.planned_changes import edit
from tests.delivery.scripted import Listening, Quick

#: more than a pool has threads when nobody says how many
MANY = [f"m{number}" for number in range(40)]


def test_a_look_asks_for_the_deliveries_of_all_accounts_at_once(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    each = Database.each

    def counted(self: Database, make: Any, sql: str, values: Any = None) -> Any:
        asked.append(sql)
        return each(self, make, sql, values)

    def look(name: str, *accounts: str) -> int:
        quick = Quick(tmp_path / name, clock, *accounts)
        quick.write("beet")
        quick.write("tal")
        make_plan(quick.entries.values(), dict.fromkeys(accounts, "scripted"), quick.ledger, backfill=True)
        monkeypatch.setattr(Database, "each", counted)
        asked.clear()
        offered = list[Delivery]()
        rules = Rules(max_per_run=dict.fromkeys(accounts, 3))
        Engine(
            quick.ledger, quick.networks, lambda entry: quick.posts[entry.id], rules, owner="machine:1",
            listener=Listening({}), offer=offered.extend,
        ).run(quick.entries, accounts)  # fmt: skip
        monkeypatch.undo()
        quick.ledger.close()
        assert {row.account for row in offered} == set(accounts)
        return len(asked)

    assert look("many", *MANY) == look("few", *MANY[:2])


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

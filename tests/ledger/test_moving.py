"""A ledger moves between a file and a database: every row arrives, and never two of them are ledgers at once."""

import contextlib
import re
import sqlite3
from pathlib import Path

import psycopg
import pytest

from crosspost.errors import LedgerError
from crosspost.ledger import Ledger, backups, facts, moving, opening
from crosspost.ledger.audit import Person
from crosspost.ledger.maintenance import export
from crosspost.ledger.opening import Outside
from crosspost.ledger.postgresql.address import Address
from crosspost.testing.harness import Clock
from tests.ledger.rows import begun, claimed, planned, sent

pytestmark = pytest.mark.long


def fill(ledger: Ledger) -> None:
    """Something in most tables, in an order that is not that of the names."""
    ledger.note("m", started_at=ledger.clock())
    for number in (3, 11, 2, 7):
        sent(ledger, f"p{number}", parts=("Zweiter Teil 💶",))
    ledger.failed(begun(ledger, "b"), "a % :name 'quoted' \\ \"said\"")
    claimed(ledger, "a")
    ledger.changes.put(1, "delete", "asked", error="why")
    ledger.notices.note({"x": "something"})
    ledger.audit.note(Person(name="Ada"), "edit", post="p3")
    ledger.approvals.use("link")
    ledger.posts.gone(["p2"])


def rows(where: Path | Address) -> list[dict[str, object]]:
    """Everything, the posts in the order in which they came; but whether it is a copy."""
    found = [row for row in export(where) if row.get("name") not in (backups.COPY, facts.MOVED)]
    others = [row for row in found if row["table"] != "posts"]
    return [row for row in found if row["table"] == "posts"] + sorted(others, key=str)


def there_and_back(address: Address, path: Path, clock: Clock) -> tuple[list[dict[str, object]], ...]:
    before = rows(path)
    moving.move(path, address, clock())
    moved = rows(address)
    back = path.with_name("back.sqlite3")
    moving.move(address, back, clock())
    return before, moved, rows(back)


def test_every_row_goes_there_and_back(address: Address, path: Path, clock: Clock) -> None:
    with contextlib.closing(Ledger(path, clock)) as ledger:
        fill(ledger)
    before, moved, back = there_and_back(address, path, clock)
    assert len(before) > 20
    assert moved == before
    assert back == before


def test_from_then_on_only_the_new_one_is_a_ledger(
    address: Address, path: Path, clock: Clock, outside: Outside
) -> None:
    with contextlib.closing(opening.open_to_write(path, clock, outside)) as ledger:
        fill(ledger)
    moving.move(path, address, clock())
    with pytest.raises(LedgerError, match=f"{path} was moved to {re.escape(str(address))} at .* Name that place under"):
        opening.open_to_write(path, clock, outside)
    with contextlib.closing(opening.open_to_write(address, clock, Outside(home=outside.home, moves=True))) as ledger:
        assert ledger.open_doubt is None
        row = planned(ledger, "new")
        assert row.id > max(one.id for one in ledger.deliveries() if one.post != "new"), "numbers go on"


def test_a_place_that_has_a_ledger_is_refused(address: Address, path: Path, clock: Clock) -> None:
    with contextlib.closing(Ledger(path, clock)) as ledger:
        fill(ledger)
    with contextlib.closing(Ledger(address, clock)) as ledger:
        ledger.notices.note({"x": "something"})
    for source, target in ((path, address), (address, path)):
        with pytest.raises(LedgerError, match="has a ledger already, so nothing was copied"):
            moving.move(source, target, clock())
    with contextlib.closing(Ledger(path, clock, read_only=True)) as ledger:
        assert not ledger.fact(backups.COPY)


def test_a_copy_is_not_moved(address: Address, path: Path, clock: Clock) -> None:
    with contextlib.closing(Ledger(path, clock)) as ledger:
        fill(ledger)
    other = path.with_name("other.sqlite3")
    backups.copy(path, other, clock())
    with pytest.raises(LedgerError, match="is itself a copy"):
        moving.move(other, address, clock())
    moving.move(path, address, clock())
    with pytest.raises(LedgerError, match=f"{path} went to {re.escape(str(address))}"):
        moving.move(path, path.with_name("third.sqlite3"), clock())


def test_a_row_that_did_not_arrive_is_noticed_and_nothing_is_moved(
    address: Address, path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with contextlib.closing(Ledger(path, clock)) as ledger:
        fill(ledger)
        ledger.keep_fact("odd", "a\0b")  # PostgreSQL has no place for that character
    with pytest.raises(LedgerError, match=r"of the table facts did not arrive in .* as it was"):
        moving.move(path, address, clock())
    with contextlib.closing(Ledger(path, clock)) as ledger:
        assert not ledger.fact(backups.COPY)
        ledger.keep_fact("odd", "")
    copy = moving._copy
    monkeypatch.setattr(moving, "_copy", lambda *given: 0 if given[-1] == "used_links" else copy(*given))
    with pytest.raises(LedgerError, match="row 1 of the table used_links did not arrive"):
        moving.move(path, address, clock())
    monkeypatch.undo()
    assert moving.move(path, address, clock()) > 20, "what was left behind is no ledger, so it goes there now"


@pytest.mark.parametrize("after", ["the new one was committed", "the old one was"])
def test_a_move_that_was_cut_off_leaves_no_two_ledgers_and_is_ended_by_another_one(
    address: Address, path: Path, clock: Clock, outside: Outside, monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    with contextlib.closing(opening.open_to_write(path, clock, outside)) as ledger:
        fill(ledger)
    write, left = moving.write, [2 if after.startswith("the new") else 4]

    def cut_off(statements: object, name: str, value: str) -> None:
        if left[0] == 0:
            raise KeyboardInterrupt
        left[0] -= 1
        write(statements, name, value)  # type: ignore[arg-type]  # it is passed on

    monkeypatch.setattr(moving, "write", cut_off)
    with pytest.raises(KeyboardInterrupt):
        moving.move(path, address, clock())
    usable = 0
    for place in (path, address):
        with contextlib.suppress(LedgerError):
            opening.open_to_write(place, clock, Outside(home=outside.home, moves=True)).close()
            usable += 1
    assert usable == (1 if after.startswith("the new") else 0)
    with pytest.raises(LedgerError, match=r"was being moved to .* did not finish|is a ledger too"):
        opening.open_to_write(address, clock, Outside(home=outside.home, moves=True))
    monkeypatch.undo()
    before = rows(path)
    moving.move(path, address, clock())
    assert rows(address) == [row for row in before if row.get("name") not in moving._LOCAL]
    opening.open_to_write(address, clock, Outside(home=outside.home, moves=True)).close()


def test_a_move_that_is_done_is_not_done_again(address: Address, path: Path, clock: Clock) -> None:
    with contextlib.closing(Ledger(path, clock)) as ledger:
        fill(ledger)
    moving.move(path, address, clock())
    with contextlib.closing(Ledger(address, clock)) as ledger:
        sent(ledger, "since")
    assert moving.was_moved(path, address)
    assert moving.move(path, address, clock()) == 0
    assert {row["post"] for row in rows(address) if row["table"] == "deliveries"} >= {"since", "p3"}
    with psycopg.connect(address.url, autocommit=True) as asked:
        asked.execute("UPDATE facts SET value = 'another' WHERE name = 'id'")
    with pytest.raises(LedgerError, match=r"was moved to .* before, and it is not there any more"):
        moving.move(path, address, clock())


def test_a_ledger_of_before_that_is_still_one_stops_the_run(
    address: Address, path: Path, clock: Clock, outside: Outside
) -> None:
    with contextlib.closing(opening.open_to_write(path, clock, outside)) as ledger:
        fill(ledger)
    outside = Outside(home=outside.home, moves=True)
    with pytest.raises(LedgerError, match=f"{path} is a ledger too, and what it sent may not be in"):
        opening.open_to_write(address, clock, outside)
    with contextlib.closing(sqlite3.connect(path)) as emptied, emptied:
        for table in ("changes", "deliveries", "posts"):
            emptied.execute(f"DELETE FROM {table}")
    with contextlib.closing(Ledger(address, clock)) as ledger:
        fill(ledger)
    opening.open_to_write(address, clock, outside).close()


def test_a_database_that_lost_its_ledger_is_missed(address: Address, clock: Clock, outside: Outside) -> None:
    outside = Outside(home=outside.home, moves=True)
    with contextlib.closing(opening.open_to_write(address, clock, outside)) as ledger:
        ledger.note("m", started_at=clock())
        number = begun(ledger).id
    opening.open_to_write(address, clock, outside).close()
    with psycopg.connect(address.url, autocommit=True) as asked:  # an older copy is put back
        asked.execute("UPDATE facts SET value = '{\"number\":0}' WHERE name = 'count'")
    with contextlib.closing(opening.open_to_write(address, clock, outside)) as ledger:
        doubt = ledger.open_doubt
        assert doubt is not None
        assert str(address) in doubt.why
        assert ledger.get(number).state == "sending"
    with psycopg.connect(address.url, autocommit=True) as asked:
        asked.execute("DROP SCHEMA public CASCADE")
        asked.execute("CREATE SCHEMA public")
    with pytest.raises(LedgerError, match="is empty, although there was a ledger"):
        opening.open_to_write(address, clock, outside)

"""The ledger: one row per (post, account), leases, and a file that is opened, moved up or refused with a sentence."""

import contextlib
import multiprocessing
import multiprocessing.synchronize
import sqlite3
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crosspost.errors import LedgerError
from crosspost.ledger import Busy, Delivery, LeaseLostError, Ledger, run_lock
from crosspost.ledger.database import Statements
from crosspost.ledger.maintenance import verify
from crosspost.ledger.migrations import upgrade
from crosspost.ledger.schema import TABLES, VERSION
from crosspost.model import Draft, Entry, NetworkUser, Receipt
from crosspost.testing.harness import Clock

#: a ledger of each earlier schema, as SQL
FIXTURES = Path(__file__).parent / "fixtures"
ENTRY = Entry(id="beet", path="_posts/beet.md", url="https://a.example/beet", title="Beet")
DRAFT = Draft(account="m", network="mastodon", text="Grüße 👩‍🌾", length=7, limit=500, unit="mastodon")


def planned(ledger: Ledger, *, due: timedelta = timedelta()) -> Delivery:
    ledger.add([(ENTRY, "m", "mastodon", "planned", ledger.clock() + due, "")])
    return ledger.deliveries()[0]


def test_a_pair_is_added_once(ledger: Ledger) -> None:
    rows = [
        (ENTRY, "m", "mastodon", "planned", ledger.clock(), "at once"),
        (ENTRY, "x", "x", "before", ledger.clock(), ""),
    ]
    assert ledger.add(rows) == 2
    assert ledger.add(rows) == 0
    assert ledger.unplanned(["beet", "other"], ["m", "x", "y"]) == {"beet": {"y"}, "other": {"m", "x", "y"}}
    assert ledger.unplanned(["beet"], ["m", "x"]) == {}
    assert ledger.counts() == {("m", "planned"): 1, ("x", "before"): 1}


def test_thousands_are_added_in_one_go(ledger: Ledger) -> None:
    entries = [Entry(id=f"p{n}", path="p", url=f"u{n}") for n in range(3000)]
    assert ledger.add((e, "m", "mastodon", "before", ledger.clock(), "") for e in entries) == 3000


def test_only_what_is_due(ledger: Ledger, clock: Clock) -> None:
    planned(ledger, due=timedelta(hours=1))
    assert ledger.deliveries(states=["planned"], due=clock()) == []
    clock.pass_by(hours=1)
    assert len(ledger.deliveries(states=["planned"], due=clock())) == 1


def test_the_way_to_sent_survives_closing(ledger: Ledger, clock: Clock) -> None:
    held = ledger.claim(planned(ledger), "host:1")
    assert held is not None
    held = ledger.freeze(held, DRAFT, "key")
    held = ledger.remember(held, {"media_0": "17"}, uploaded=ledger.clock())
    held = ledger.begin(held)
    ledger.close()
    again = Ledger(ledger.path, clock)
    kept = again.deliveries()[0]
    assert (kept.draft, kept.handle, kept.remote, kept.publishing_at) == (DRAFT, "key", {"media_0": "17"}, clock())
    with contextlib.closing(again):
        sent = again.sent(kept, Receipt(id="1", url="https://m.example/1", at=clock()))
    assert (sent.state, sent.url, sent.lease) == ("sent", "https://m.example/1", "")


def test_only_one_of_many_gets_it(ledger: Ledger) -> None:
    row = planned(ledger)
    got: list[Delivery | None] = []
    threads = [threading.Thread(target=lambda: got.append(ledger.claim(row, "host:1"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one is not None for one in got) == 1


def test_a_lost_lease_writes_nothing(ledger: Ledger, clock: Clock) -> None:
    held = ledger.claim(planned(ledger), "elsewhere:1")
    assert held is not None
    clock.pass_by(minutes=20)
    assert ledger.orphaned("host") == 1
    with pytest.raises(LeaseLostError):
        ledger.sent(held, Receipt(id="1", url="", at=clock()))
    assert ledger.deliveries()[0].state == "unknown"


def test_what_an_interrupted_worker_leaves_is_unknown_never_planned(ledger: Ledger) -> None:
    ledger.claim(planned(ledger), "host:1")
    assert ledger.orphaned("another") == 0, "its time is not over"
    assert ledger.orphaned("hos") == 0, "another machine's name begins alike"
    assert ledger.orphaned("host") == 1
    assert ledger.deliveries()[0].state == "unknown"


def test_a_changed_draft_forgets_uploads_the_same_keeps_them(ledger: Ledger) -> None:
    held = ledger.claim(planned(ledger), "host:1")
    assert held is not None
    held = ledger.remember(ledger.freeze(held, DRAFT, "key"), {"media_0": "17"}, uploaded=ledger.clock())
    assert ledger.freeze(held, DRAFT, "key").remote == {"media_0": "17"}
    other = Draft(account="m", network="mastodon", text="anders", length=6, limit=500, unit="mastodon")
    assert ledger.freeze(held, other, "key").remote == {}


@pytest.mark.parametrize("state", ["sent", "unknown", "held", "sending"])
def test_what_may_be_out_is_never_revived(ledger: Ledger, state: str) -> None:
    row = planned(ledger)
    with ledger._database.transaction() as connection:
        connection.change("UPDATE deliveries SET state = :state", {"state": state})
    assert not ledger.revive(row)


def test_reading_changes_no_byte(file_ledger: Ledger, clock: Clock) -> None:
    planned(file_ledger)
    file_ledger.close()
    before = {file.name: file.read_bytes() for file in file_ledger.path.parent.iterdir()}
    reader = Ledger(file_ledger.path, clock, read_only=True)
    assert len(reader.deliveries()) == 1
    with pytest.raises(LedgerError):
        reader.note("m", paused_why="x")
    reader.close()
    assert {file.name: file.read_bytes() for file in file_ledger.path.parent.iterdir()} == before


def test_a_read_only_ledger_must_exist(tmp_path: Path, clock: Clock) -> None:
    with pytest.raises(LedgerError, match="does not exist yet"):
        Ledger(tmp_path / "none.sqlite3", clock, read_only=True)
    assert list(tmp_path.iterdir()) == []


def shape(path: Path) -> dict[str, object]:
    """Everything there is in a database: columns, keys, references, and what each index is on."""
    with contextlib.closing(sqlite3.connect(path)) as opened:
        made: dict[str, object] = {}
        for (table,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = {row[1:] for row in opened.execute(f"PRAGMA table_info({table})")}  # in whatever order
            references = {row[2:] for row in opened.execute(f"PRAGMA foreign_key_list({table})")}
            indexes = set()
            for _, name, unique, origin, partial in opened.execute(f"PRAGMA index_list({table})").fetchall():
                on = tuple(row[2] for row in opened.execute(f"PRAGMA index_info({name})"))
                text = opened.execute("SELECT sql FROM sqlite_master WHERE name = ?", [name]).fetchone()[0] or ""
                where = " ".join(text.partition(" WHERE ")[2].split())
                indexes.add((name if origin == "c" else "", unique, origin, partial, on, where))
            made[table] = (columns, references, indexes)
        return made


def test_a_new_ledger_is_as_one_that_was_moved_up(file_ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "m.sqlite3"
    path.touch()
    upgrade(path)
    assert shape(path) == shape(file_ledger.path)
    assert set(shape(path)) == {*TABLES, "alembic_version"}
    with contextlib.closing(sqlite3.connect(path)) as opened:
        assert opened.execute("SELECT version_num FROM alembic_version").fetchall() == [(VERSION,)]


def test_the_schema_of_a_ledger_is_checked_closely(file_ledger: Ledger, tmp_path: Path) -> None:
    """The comparison above notices each kind of difference."""
    for number, change in enumerate(
        [
            "DROP INDEX ix_posts_url",
            "ALTER TABLE facts ADD COLUMN more TEXT",
            "CREATE UNIQUE INDEX only ON facts (value)",
            "CREATE INDEX ix_some ON facts (value) WHERE value != ''",
        ]
    ):
        other = Ledger(tmp_path / f"{number}.sqlite3", file_ledger.clock)
        with other._database.transaction() as statements:
            statements.change(change)
        assert shape(other.path) != shape(file_ledger.path), change
        other.close()


def test_every_moment_is_text_of_one_width_in_one_zone(ledger: Ledger, clock: Clock) -> None:
    """So text is sorted as time is, in every database."""
    clock.now = datetime(2026, 11, 22, 12, tzinfo=timezone(timedelta(hours=5)))
    planned(ledger)
    (stored,) = ledger._database.rows("SELECT due_at, seen_at FROM deliveries, posts")
    assert stored == ("2026-11-22T07:00:00.000000+00:00",) * 2


def test_a_name_with_odd_signs(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "50% off? #1 ü" / "led ger.sqlite3"
    Ledger(path, clock).close()
    assert path.exists()
    reader = Ledger(path, clock, read_only=True)
    assert reader.deliveries() == []
    reader.close()


def test_power_cut_safety_is_on(file_ledger: Ledger) -> None:
    assert file_ledger._database.rows("PRAGMA journal_mode") == [("wal",)]
    assert file_ledger._database.rows("PRAGMA synchronous") == [(2,)]


def test_a_folder_that_cannot_be_written(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="cannot be opened"):
        Ledger(tmp_path / "file" / "ledger.sqlite3", clock)


def test_a_truncated_ledger_is_refused(file_ledger: Ledger, clock: Clock) -> None:
    for n in range(300):
        file_ledger.add([(Entry(id=f"p{n}", path="p" * 200, url=f"u{n}"), "m", "mastodon", "before", clock(), "")])
    file_ledger.close()
    data = file_ledger.path.read_bytes()
    file_ledger.path.write_bytes(data[: len(data) // 2])
    with pytest.raises(LedgerError, match="damaged"):
        Ledger(file_ledger.path, clock)
    assert file_ledger.path.read_bytes() == data[: len(data) // 2]


def _hold(path: str, ready: "multiprocessing.synchronize.Event") -> None:
    with run_lock(Path(path)):
        ready.set()
        threading.Event().wait(30)


def test_the_run_lock_dies_with_its_process(tmp_path: Path) -> None:
    path = tmp_path / "ledger.lock"
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Event()
    holder = spawn.Process(target=_hold, args=(str(path), ready))
    holder.start()
    assert ready.wait(20)
    with pytest.raises(Busy, match=f"process {holder.pid}"), run_lock(path):
        pass
    holder.kill()
    holder.join()
    with run_lock(path, wait=5):
        pass


@pytest.mark.parametrize("fixture", sorted(FIXTURES.glob("*.sql")), ids=lambda file: file.stem)
def test_a_ledger_of_an_earlier_version_is_moved_up_with_everything_in_it(
    fixture: Path, tmp_path: Path, clock: Clock
) -> None:
    path = tmp_path / "ledger.sqlite3"
    with contextlib.closing(sqlite3.connect(path)) as old:
        old.executescript(fixture.read_text("utf-8"))
        old.row_factory = sqlite3.Row
        was = [dict(row) for row in old.execute("SELECT * FROM deliveries ORDER BY id")]
    ledger = Ledger(path, clock)
    rows = sorted(ledger.deliveries(), key=lambda row: row.id)
    assert [(row.id, row.post, row.account, row.state, row.error) for row in rows] == [
        (row["id"], row["post"], row["account"], row["state"], row["error"]) for row in was
    ]
    assert [row.part for row in rows] == [row.get("part", 1) for row in was]
    assert ledger.account("x").paused_for == "auth"
    assert len(ledger.fact("id")) == 32
    assert ledger.network_users() == {"x": NetworkUser(network="x", id="5", handle="verein")}, (
        "the server is added when it is asked"
    )
    ledger.close()
    kept = tmp_path / f"ledger.sqlite3.schema-{fixture.stem}"
    with contextlib.closing(sqlite3.connect(kept)) as before:
        before.row_factory = sqlite3.Row
        assert [dict(row) for row in before.execute("SELECT * FROM deliveries ORDER BY id")] == was, "it is kept"
    Ledger(tmp_path / "new.sqlite3", clock).close()
    assert shape(path) == shape(tmp_path / "new.sqlite3")
    assert verify(path) == []


@pytest.mark.parametrize("table", ["deliveries", "changes"])
def test_an_edit_is_written_down_as_a_whole(ledger: Ledger, table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were only the words kept, the next run would find nothing different and forget that there was a change."""
    row = planned(ledger)
    held = ledger.claim(row, "m:1")
    assert held is not None
    receipt = Receipt(id="1", url="https://a.example/1", at=ledger.clock())
    ledger.sent(ledger.begin(ledger.freeze(held, DRAFT, "key")), receipt)
    new = msgspec.structs.replace(DRAFT, text="Geändert")
    change = ledger.changes.put(row.id, "edit", "planned", new)

    def cut(statements: Statements, sql: str, *values: Any) -> int:
        if sql.startswith(f"UPDATE {table}"):
            raise KeyboardInterrupt
        return run(statements, sql, *values)

    run = Statements.change
    monkeypatch.setattr(Statements, "change", cut)
    with pytest.raises(KeyboardInterrupt):
        ledger.changes.edited(change, new, receipt)
    monkeypatch.setattr(Statements, "change", run)
    assert ledger.get(row.id).draft == DRAFT
    assert ledger.changes.edited(change, new, receipt).state == "done"
    assert ledger.get(row.id).draft == new

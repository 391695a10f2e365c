"""Counts and times for whoever measures, and whether a process may work on its ledger."""

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from crosspost.errors import LedgerError
from crosspost.ledger import Ledger, maintenance, readiness
from crosspost.ledger.maintenance import size_of
from crosspost.ledger.metering import Due, Lease, Measured, Out
from crosspost.ledger.opening import Outside
from crosspost.ledger.postgresql import clock_and_lock
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.schema import TABLES
from crosspost.testing.harness import Clock
from tests.ledger.rows import begun, planned, put, receipt


def test_what_is_counted_and_measured(file_ledger: Ledger, clock: Clock) -> None:
    metering, hour = file_ledger.metering, timedelta(hours=1)
    assert metering.measured(hour) == Measured(
        counts={}, due={}, next_due=None, leases=[], out=[], token_ends={}, notices=0
    )
    planned(file_ledger, "a")
    planned(file_ledger, "b", due=timedelta(minutes=-5))
    planned(file_ledger, "c", due=timedelta(minutes=5))
    planned(file_ledger, "d", "x")
    found = metering.measured(hour)
    assert found.due == {
        "m": Due(number=2, oldest=clock() - timedelta(minutes=5)),
        "x": Due(number=1, oldest=clock()),
    }
    assert found.next_due == clock() + timedelta(minutes=5)
    assert found.counts == {("m", "planned"): 3, ("x", "planned"): 1}
    assert (metering.network("m"), metering.network("gone")) == ("mastodon", "")
    assert found.leases == []
    row = begun(file_ledger, "e")
    (lease,) = metering.measured(hour).leases
    assert lease == Lease(owner="machine", until=clock() + timedelta(minutes=15))
    clock.pass_by(seconds=7)
    file_ledger.sent(row, receipt(file_ledger))
    out = Out(network="mastodon", at=clock(), seconds=7.0, request=7.0, attempts=1)
    assert metering.measured(hour).out == [out]
    clock.pass_by(minutes=60)
    assert metering.measured(hour).out == []


def test_times_that_are_not_known_or_go_backwards(file_ledger: Ledger, clock: Clock) -> None:
    """A network's clock may be behind ours, and what was found on an account was never tried here."""
    minute = timedelta(minutes=1)
    for post, tried, asked in (("a", clock() + minute, clock() + minute), ("b", None, clock()), ("c", clock(), None)):
        put(file_ledger, planned(file_ledger, post), state="sent", sent_at=clock(), tried_at=tried, publishing_at=asked)
    found = [(out.seconds, out.request) for out in file_ledger.metering.measured(minute).out]
    assert found == [(0.0, 0.0), (None, 0.0), (0.0, None)]
    assert file_ledger.metering.measured(timedelta()).out == [], "after that moment"


def test_who_works_on_what_and_how_many_alerts_are_open(file_ledger: Ledger, clock: Clock) -> None:
    put(file_ledger, planned(file_ledger, "a"), state="sending", lease="host:of:many:7/1/2", lease_until=clock())
    put(file_ledger, planned(file_ledger, "b"), state="sending", lease=None, lease_until=None)
    file_ledger.notices.note({"a": "A", "b": "B"})
    found = file_ledger.metering.measured(timedelta())
    assert found.leases == [Lease(owner="host:of:many", until=clock()), Lease(owner="", until=None)]
    assert found.notices == 2


def test_a_ledger_that_is_damaged_gone_or_from_another_version_is_unfit(
    used: Path, outside: Outside, tmp_path: Path
) -> None:
    said: list[str] = []
    assert readiness.unfit(used, outside, said.append) == ""
    assert readiness.unfit(tmp_path / "new.sqlite3", Outside(home=tmp_path / "nobody"), said.append) == ""
    assert said == []
    Ledger(used, Clock()).close()
    data = used.read_bytes()
    used.write_bytes(data[: len(data) // 2])
    assert readiness.unfit(used, outside, said.append) in ("ledger", "schema")
    used.unlink()
    assert readiness.unfit(used, outside, said.append) == "ledger"
    assert all(str(used) in one for one in said)
    assert len(said) == 2


@pytest.mark.long
def test_a_clock_that_differs_from_the_databases_is_unfit(
    address: Address, outside: Outside, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    Ledger(address, clock).close()
    said: list[str] = []
    assert readiness.unfit(address, outside, said.append) == ""
    there = clock_and_lock.here
    monkeypatch.setattr(clock_and_lock, "here", lambda: there() + 3600)
    assert readiness.unfit(address, outside, said.append) == "clock"
    (sentence,) = said
    assert "seconds ahead of the database's, so nothing is sent from here" in sentence


def test_a_ledger_of_another_version_or_one_that_was_lost_is_told_with_its_own_sentence(
    used: Path, outside: Outside
) -> None:
    said: list[str] = []
    with contextlib.closing(sqlite3.connect(used)) as opened:
        opened.execute("UPDATE alembic_version SET version_num = '9999'")
        opened.commit()
    assert readiness.unfit(used, outside, said.append) == "schema"
    assert said.pop().startswith(f"{used} was written by a newer crosspost")
    used.write_bytes(b"")
    assert readiness.unfit(used, outside, said.append) == "ledger"
    assert said.pop().startswith(f"{used} is empty, although there was a ledger")
    assert said == []
    assert readiness.CHECKS == ("ledger", "schema", "clock")


def test_how_many_bytes_a_file_takes(used: Path) -> None:
    assert size_of(used) == used.stat().st_size > 0


@pytest.mark.long
def test_how_many_bytes_a_database_takes(address: Address, clock: Clock) -> None:
    Ledger(address, clock).close()
    with psycopg.connect(address.url, autocommit=True) as asked:
        sizes = [asked.execute("SELECT pg_total_relation_size(%s)", [table]).fetchone() for table in TABLES]
        assert size_of(address) == sum(size for (size,) in filter(None, sizes)) > 0


def test_a_ledger_that_cannot_be_reached_is_unfit(
    used: Path, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: object) -> str:
        raise LedgerError("the database is away")

    monkeypatch.setattr("crosspost.ledger.opening.inside", away)
    said: list[str] = []
    assert readiness.unfit(used, outside, said.append) == "ledger"
    assert said == ["the database is away"]


def test_of_a_database_every_table_is_read_when_it_is_checked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[str] = []

    def stream(sql: str) -> Iterator[tuple[int]]:
        asked.append(sql)
        yield from [(1,), (2,)]
        asked.append("to the end")

    answers: Any = SimpleNamespace(stream=stream, rows=lambda _: [(7,)], close=lambda: asked.append("closed"))
    monkeypatch.setattr(maintenance, "connect_to_read", lambda _: answers)
    found = maintenance.verify(Address("postgresql://u@h/x", tmp_path / "x"))
    assert found == ["delivery 7 was begun without a draft"]
    assert asked == [one for table in TABLES for one in (f"SELECT * FROM {table}", "to the end")] + ["closed"]

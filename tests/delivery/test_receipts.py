"""A post that is out is written down, also when the database was away when its receipt came."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crosspost.delivery import receipts
from crosspost.delivery.receipts import write_down
from crosspost.errors import LedgerError
from crosspost.ledger import Delivery, LeaseLostError, Ledger
from crosspost.ledger.postgresql.address import Address
from crosspost.model import Receipt
from crosspost.testing.harness import Clock
from tests.ledger.rows import begun, receipt
from tests.postgresql_server import Server


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds: list[float] = []
    monkeypatch.setattr(receipts, "sleep", seconds.append)
    return seconds


@pytest.fixture
def shared(address: Address, clock: Clock) -> Iterator[Ledger]:
    ledger = Ledger(address, clock)
    yield ledger
    ledger.close()


@pytest.mark.long
def test_it_is_written_when_the_database_is_back(
    server: Server, shared: Ledger, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    row = begun(shared)
    server.stop()
    waits = iter([lambda: None, server.start])
    monkeypatch.setattr(receipts, "sleep", lambda _: next(waits)())
    settled = write_down(row, receipt(shared), shared, {"limits:m": "[]"})
    assert (settled.state, settled.receipt, shared.fact("limits:m")) == ("sent", "1", "[]")
    assert shared.get(row.id) == settled
    assert f"{row.post} is out on {row.account}, and that cannot be written down yet" in caplog.text


@pytest.mark.long
def test_somebody_else_who_is_in_doubt_meanwhile_is_told(
    shared: Ledger, clock: Clock, monkeypatch: pytest.MonkeyPatch, slept: list[float]
) -> None:
    row = begun(shared)
    real, tried = shared.sent, list[int]()

    def sent(held: Delivery, said: Receipt, _facts: object) -> Delivery:
        tried.append(1)
        if len(tried) == 1:
            shared.orphaned("machine")
            raise LedgerError("away")
        return real(held, said)

    monkeypatch.setattr(shared, "sent", sent)
    assert shared.get(row.id).state == "sending"
    assert write_down(row, receipt(shared), shared, {}).state == "sent"
    assert len(slept) == 1


@pytest.mark.long
def test_what_was_committed_although_nobody_heard_of_it_counts(
    shared: Ledger, clock: Clock, monkeypatch: pytest.MonkeyPatch, slept: list[float]
) -> None:
    row = begun(shared)
    real, tried = shared.sent, list[int]()

    def sent(held: Delivery, said: Receipt, _facts: object) -> Delivery:
        tried.append(1)
        written = real(held, said)
        if len(tried) == 1:
            raise LedgerError("the connection was cut")
        return written

    monkeypatch.setattr(shared, "sent", sent)
    assert write_down(row, receipt(shared), shared, {}).receipt == "1"
    assert (len(tried), len(slept)) == (2, 1)
    with pytest.raises(LeaseLostError):  # of another attempt
        write_down(row, Receipt(id="8", url="", at=clock()), shared, {})


@pytest.mark.long
def test_it_gives_up_in_the_end(server: Server, shared: Ledger, clock: Clock, slept: list[float]) -> None:
    row = begun(shared)
    server.stop()
    try:
        with pytest.raises(LedgerError, match="cannot be reached"):
            write_down(row, receipt(shared), shared, {})
    finally:
        server.start()
    assert 30 < sum(slept) < 120


def test_a_file_is_not_waited_for(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, slept: list[float]
) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite3", clock)
    row = begun(ledger)

    def full(*_: object) -> Delivery:
        raise LedgerError("the disk is full")

    monkeypatch.setattr(ledger, "sent", full)
    with pytest.raises(LedgerError, match="the disk is full"):
        write_down(row, receipt(ledger), ledger, {})
    assert slept == []
    ledger.close()

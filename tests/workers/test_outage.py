"""While the database is away, all slots of a worker together say so once, and once when it is there again."""

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from crosspost.errors import LedgerError
from crosspost.ledger.postgresql.address import Address
from crosspost.workers import claim_queue
from crosspost.workers.claim_queue import ClaimQueue

AWAY, BACK = "the database cannot be reached: a long sentence", "the database is there again"


class Offers:
    """A database that answers (True) or is away (False); after the last answer the worker is stopped."""

    def __init__(self, answers: Sequence[bool], stop: threading.Event) -> None:
        self._answers, self._stop, self._lock = list(answers), stop, threading.Lock()

    def next_site(self, after: str) -> str:
        with self._lock:
            there = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
            if len(self._answers) == 1:
                self._stop.set()
        if not there:
            raise LedgerError(AWAY)
        return ""


@pytest.mark.parametrize(
    ("slots", "answers", "told"),
    [
        (4, [False] * 20, [AWAY]),
        (1, [False] * 3 + [True] * 6 + [False] * 3, [AWAY, BACK, AWAY]),
        (4, [True] * 20, []),
    ],
)
def test_an_outage_is_told_once_and_so_is_its_end(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    slots: int,
    answers: list[bool],
    told: list[str],
) -> None:
    monkeypatch.setattr(claim_queue, "_AWAY", 0.0)
    monkeypatch.setattr(claim_queue, "_IDLE", 0.0)
    stop = threading.Event()
    queue = ClaimQueue(Address("postgresql://127.0.0.1:1/nothing", tmp_path / "ledger"), [])
    queue._offers = Offers(answers, stop)  # type: ignore[assignment]  # answers as the test wants them
    queue.work(lambda *_: None, slots, stop, lambda _: True)
    assert caplog.messages == told

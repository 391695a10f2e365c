"""One run at a time on a machine, and what is said when that cannot be."""

import errno
import os
import re
import time
from pathlib import Path

import pytest

from crosspost.config import file_lock
from crosspost.errors import LedgerError
from crosspost.ledger import Busy, run_lock


def test_a_second_run_is_told_who_is_at_work(tmp_path: Path) -> None:
    path = tmp_path / "state/ledger.lock"
    before = time.strftime("%Y-%m-%d %H:%M:%S")
    with run_lock(path):
        assert path.stat().st_mode & 0o777 == 0o600
        with pytest.raises(Busy) as busy, run_lock(path):
            pass
    found = re.fullmatch(rf"process {os.getpid()}, since (.*)", str(busy.value))
    assert found is not None
    assert before <= found[1] <= time.strftime("%Y-%m-%d %H:%M:%S")
    with run_lock(path):
        assert path.read_text("utf-8").count("process") == 1, "the last one's words are gone"


def test_who_is_at_work_without_having_said_so(tmp_path: Path) -> None:
    path = tmp_path / "ledger.lock"
    with run_lock(path):
        path.write_text(" ")
        with pytest.raises(Busy, match=r"^another process$"), run_lock(path):
            pass


def test_a_run_waits_as_long_as_it_was_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, now, slept = tmp_path / "ledger.lock", [0.0], []
    monkeypatch.setattr("time.monotonic", lambda: now[0])

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    with run_lock(path):
        with pytest.raises(Busy), run_lock(path, wait=1, sleep=sleep):
            pass
        assert 9 <= len(slept) <= 11
        with pytest.raises(Busy), run_lock(path, sleep=lambda _: pytest.fail("it was not told to wait")):
            pass


@pytest.mark.parametrize(("wait", "told"), [(1, 0), (60, 1)])
def test_who_waits_is_told_once_for_what(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, wait: float, told: int
) -> None:
    path, now = tmp_path / "ledger.lock", [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])

    def sleep(seconds: float) -> None:
        now[0] += seconds

    with run_lock(path), pytest.raises(Busy), run_lock(path, wait=wait, sleep=sleep):
        pass
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == told
    assert all(
        re.fullmatch(r"Another run is at work \(process .*\); waiting for it, up to 60 sec.*", one) for one in said
    )


def test_it_goes_on_as_soon_as_the_other_has_ended(tmp_path: Path) -> None:
    path = tmp_path / "ledger.lock"
    first = run_lock(path)
    first.__enter__()
    with run_lock(path, wait=60, sleep=lambda _: first.__exit__(None, None, None) or None):
        assert path.read_text("utf-8").startswith("process")


@pytest.mark.parametrize("number", [errno.EAGAIN, errno.EACCES, errno.EDEADLK])
def test_what_systems_say_when_another_has_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refused(_: object) -> None:
        raise OSError(number, "held")

    monkeypatch.setattr(file_lock, "take", refused)
    with pytest.raises(Busy), run_lock(tmp_path / "l"):
        pass


def test_a_system_without_a_sentence_still_gets_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: object) -> None:
        raise OSError

    monkeypatch.setattr(file_lock, "take", refused)
    with pytest.raises(LedgerError, match=rf"^{tmp_path} cannot be locked \(no locks\)"), run_lock(tmp_path / "l"):
        pass


def test_a_lock_file_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match=r"l: the lock file of the ledger cannot be created: \w"):  # noqa: SIM117
        with run_lock(tmp_path / "file" / "l"):
            pass

"""Locks as Windows has them: one run at a time, and who holds it can be read."""

import os
from pathlib import Path

import pytest

from crosspost.config import vault, vault_stores
from crosspost.errors import NotSent
from crosspost.ledger import lock
from crosspost.ledger.lock import Busy, run_lock
from tests.systems import windows


@pytest.fixture
def on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    acted = windows.module("config/file_lock")
    assert not hasattr(acted, "fcntl")
    monkeypatch.setattr(lock, "file_lock", acted)
    monkeypatch.setattr(vault_stores, "file_lock", acted)


@pytest.mark.usefixtures("on_windows")
@pytest.mark.parametrize("before", ["", "process 1, since 2026-11-26 10:00:00", "x" * 100_000])
def test_one_run_at_a_time_whatever_the_last_one_wrote(tmp_path: Path, before: str) -> None:
    """Windows locks bytes, not files: two runs that locked where each began to write would both go on."""
    file = tmp_path / "ledger.lock"
    file.write_text(before, "utf-8")
    with run_lock(file):
        with pytest.raises(Busy, match=f"process {os.getpid()}, since"), run_lock(file):
            pass
        assert file.read_text("utf-8").startswith(f"process {os.getpid()}, since")
    with run_lock(file):
        pass


@pytest.mark.usefixtures("on_windows")
def test_a_login_is_renewed_by_one_at_a_time(tmp_path: Path) -> None:
    kept = vault.Vault(tmp_path)
    with kept.lock("mastodon"):
        with pytest.raises(NotSent, match="another crosspost"), vault.Vault(tmp_path).lock("mastodon", wait=0):
            pass
        with vault.Vault(tmp_path).lock("x", wait=0):
            pass
    with vault.Vault(tmp_path).lock("mastodon", wait=0):
        pass

"""Sessions between runs: private, and stored completely or not at all."""

import errno
import stat
import threading
import time
from pathlib import Path

import pytest

from crosspost.config.vault import Vault
from crosspost.errors import NotSent
from crosspost.testing.harness import Place


def test_the_next_run_finds_what_was_kept(tmp_path: Path) -> None:
    Vault(tmp_path / "sessions").put("verein", {"access": "Schlüssel", "until": 12})
    assert Vault(tmp_path / "sessions").get("verein") == {"access": "Schlüssel", "until": 12}
    assert Vault(tmp_path / "sessions").get("zweitkonto") == {}


def test_only_its_owner_may_read_it_and_no_other_file_remains(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "sessions")
    vault.put("verein", {"access": "a"})
    vault.put("verein", {"access": "b"})
    (file,) = (tmp_path / "sessions").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'"x"'])
def test_a_damaged_file_counts_as_missing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "verein.json").write_bytes(content)
    assert Vault(tmp_path).get("verein") == {}


def test_a_failed_write_is_reported(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    vault = Vault(tmp_path / "state")
    with pytest.raises(NotSent, match=r"verein: its login cannot be kept in .*state"):
        vault.put("verein", {})
    (tmp_path / "verein.json").mkdir()
    with pytest.raises(NotSent, match=r"verein\.json cannot be read"):
        Vault(tmp_path).get("verein")


def test_without_a_folder_it_lasts_as_long_as_the_process() -> None:
    vault = Vault()
    vault.put("verein", {"access": "a"})
    vault.get("verein")["access"] = "changed by the reader"
    assert vault.get("verein") == {"access": "a"}


def test_it_is_beside_the_ledger_and_without_a_config_nowhere(place: Place) -> None:
    place.app.vault().put("verein", {"access": "a"})
    assert (place.app.ledger_path().parent / "sessions" / "verein.json").exists()


@pytest.mark.parametrize("kept", ["on the disk", "in memory"])
def test_a_lock_lets_one_in_at_a_time(tmp_path: Path, kept: str) -> None:
    vault = Vault(tmp_path / "sessions" if kept == "on the disk" else None)
    most, inside = [0], [0]

    def enter() -> None:
        # a vault is made anew for each adapter, so on the disk nothing in memory may be needed
        with (Vault(tmp_path / "sessions") if kept == "on the disk" else vault).lock("verein"):
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            time.sleep(0.02)
            inside[0] -= 1

    threads = [threading.Thread(target=enter) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]


def test_a_lock_is_not_waited_for_without_end_and_is_for_one_account(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "sessions")
    with vault.lock("verein"), vault.lock("zweitkonto"):
        with pytest.raises(NotSent, match="verein: another crosspost"), vault.lock("verein", wait=0.1):
            pass
        vault.put("verein", {"access": "a"})
    with vault.lock("verein", wait=0):
        assert vault.get("verein") == {"access": "a"}


def test_a_lock_whose_folder_cannot_be_made_says_which_and_why(tmp_path: Path) -> None:
    with Vault(tmp_path / "not/yet/there").lock("verein", wait=0):
        pass
    (tmp_path / "state").write_text("a file where the folder should be")
    said = r"^verein: .*state/sessions/\.verein\.lock cannot be made: Not a directory; make that folder writable$"
    with pytest.raises(NotSent, match=said), Vault(tmp_path / "state/sessions").lock("verein", wait=0):
        pass


def test_where_locks_do_not_work_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("crosspost.config.file_lock.take", broken)
    with pytest.raises(NotSent, match="No locks available"), Vault(tmp_path / "sessions").lock("verein"):
        pass

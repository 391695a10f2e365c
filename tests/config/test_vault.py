"""Sessions between runs: private, and stored completely or not at all."""

import stat
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

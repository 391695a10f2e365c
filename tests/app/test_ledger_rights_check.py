"""The doctor notices before a run does that it may not write where the ledger is."""

import os
from pathlib import Path
from typing import Any

import pytest

from crosspost.app.doctor.ledger_rights_check import unwritable


@pytest.mark.parametrize(
    ("closed", "said"),
    [
        (".", "{}/state cannot be written by this user, so nothing can be recorded or sent"),
        ("ledger.sqlite3.lock", "{}/state/ledger.sqlite3.lock cannot be read and written by this user"),
        ("ledger.sqlite3", "{}/state/ledger.sqlite3 cannot be read and written by this user"),
        ("other", ""),
    ],
)
def test_what_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closed: str, said: str) -> None:
    ledger = tmp_path / "state/ledger.sqlite3"
    ledger.parent.mkdir()
    for end in ("", ".lock"):
        ledger.with_name(ledger.name + end).touch()
    refused = ledger.parent / closed
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != refused)  # root may everything
    found = unwritable(ledger)
    assert found.startswith(said.format(tmp_path)) if said else found == ""


def test_a_folder_that_is_not_there_yet_is_made_in_the_one_above(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != tmp_path)
    assert unwritable(tmp_path / "config/state/ledger.sqlite3").startswith(f"{tmp_path} cannot be written")

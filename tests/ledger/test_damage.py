"""A disk on which nothing fits, and a file of which a part is damaged, are told as that."""

import contextlib
import sqlite3
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from crosspost.errors import LedgerError
from crosspost.ledger.connection import _TABLES, _VERSION, _bring_up, translate_errors
from crosspost.ledger.schema import VERSION


@pytest.mark.parametrize(("free", "full"), [(0, True), (65_535, True), (65_536, False), (None, False)])
def test_an_odd_error_of_a_disk_on_which_nothing_fits_is_told_as_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int | None, full: bool
) -> None:
    """A system that cannot tell how much is free says nothing of the disk."""
    asked: list[Path] = []

    def usage(folder: Path) -> SimpleNamespace:
        asked.append(folder)
        if free is None:
            raise PermissionError
        return SimpleNamespace(free=free)

    monkeypatch.setattr("shutil.disk_usage", usage)
    path = tmp_path / "ledger.sqlite3"
    with pytest.raises(LedgerError) as raised, translate_errors(path):
        raise sqlite3.OperationalError("disk I/O error")
    said = "the disk is full, so nothing can be" if full else "the ledger cannot be used: disk I/O error. Nothing was"
    assert str(raised.value).startswith(f"{path}: {said}")
    assert asked == [tmp_path]


@pytest.mark.parametrize("vouched", [False, True])
def test_a_file_of_which_a_page_is_damaged_is_refused_unless_it_was_read_today(tmp_path: Path, vouched: bool) -> None:
    found = {_TABLES: [("alembic_version",)], _VERSION: [(VERSION,)], "PRAGMA quick_check(1)": [("page 7 is odd",)]}
    database: Any = SimpleNamespace(rows=found.__getitem__)
    path = tmp_path / "ledger.sqlite3"
    with contextlib.nullcontext() if vouched else pytest.raises(LedgerError, match=rf"^{path}: the ledger is damaged"):
        _bring_up(database, path, vouched=vouched)

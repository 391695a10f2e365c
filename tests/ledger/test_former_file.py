"""Two ledgers are one too many: the file that a ledger was in before it was in a database."""

from pathlib import Path

import pytest

from crosspost.ledger import Ledger, backups
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.former_file import ledger_of_before
from crosspost.testing.harness import Clock
from tests.ledger.rows import planned


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a place?/ledger.sqlite3"


def asked(file: Path) -> str:
    return ledger_of_before(Address("postgresql://u@h/x", file))


def test_where_there_was_no_file_there_is_no_other_ledger(file: Path) -> None:
    assert asked(file) == ""
    file.parent.mkdir()
    file.touch()
    assert asked(file) == ""


@pytest.mark.parametrize(("posts", "copy", "refused"), [(1, False, True), (0, False, False), (1, True, False)])
def test_a_file_with_posts_that_is_no_copy_is_a_ledger(
    file: Path, clock: Clock, posts: int, copy: bool, refused: bool
) -> None:
    ledger = Ledger(file, clock)
    for number in range(posts):
        planned(ledger, str(number))
    ledger.keep_fact(backups.COPY, "2026-11-21T12:00:07+00:00" if copy else "")
    ledger.close()
    said = asked(file)
    if refused:
        assert said.startswith(
            f"{file} is a ledger too, and what it sent may not be in postgresql://u@h/x. Nothing was sent. To move it"
        )
    else:
        assert said == ""


def test_a_file_that_cannot_be_read_may_be_one(file: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crosspost.ledger.postgresql.former_file.inside", lambda _: "ledger")
    file.parent.mkdir()
    file.write_bytes(b"\xff" * 5000)
    assert "is a ledger too" in asked(file)

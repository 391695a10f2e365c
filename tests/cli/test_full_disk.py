"""A disk that is full, or can only be read, is told as that, whichever command meets it first."""

import errno
import os
import sqlite3
from pathlib import Path

import pytest

from crosspost.config import atomic_file
from crosspost.errors import LedgerError
from crosspost.ledger.connection import translate_errors
from crosspost.testing.harness import Place
from crosspost.text.disk_space import remedy


def refusing(number: int) -> OSError:
    return OSError(number, os.strerror(number), "posts/a.md")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "Error: posts/a.md: the disk is full; free some space, then call this again"),
        (errno.EROFS, "Error: posts/a.md: the disk can only be read; make it writable, then call this again"),
    ],
)
def test_wherever_it_is_met(place: Place, monkeypatch: pytest.MonkeyPatch, number: int, said: str) -> None:
    def full(*_: object, **__: object) -> None:
        raise refusing(number)

    monkeypatch.setattr("crosspost.app.post_states.deliveries_of", full)
    monkeypatch.setattr("crosspost.cli.posts.deliveries_of", full)
    ran = place.crosspost("posts")
    assert (ran.code, ran.out, ran.err.strip()) == (1, "", said)


def test_another_error_is_still_a_mistake_of_ours(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise refusing(errno.EBADF)

    monkeypatch.setattr("crosspost.cli.posts.deliveries_of", broken)
    assert "this is a mistake in crosspost" in place.crosspost("posts").err


def test_sqlite_that_cannot_even_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = {"bytes": 0}
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": free["bytes"]}))
    with pytest.raises(LedgerError, match="the disk is full"), translate_errors(tmp_path / "l"):
        raise sqlite3.OperationalError("disk I/O error")
    free["bytes"] = 10**9
    with pytest.raises(LedgerError, match="cannot be used: disk I/O error"), translate_errors(tmp_path / "l"):
        raise sqlite3.OperationalError("disk I/O error")


def test_a_short_post_that_does_not_fit(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Path.write_bytes

    def full(file: Path, text: bytes) -> int:
        if file.suffix == ".md":
            raise refusing(errno.ENOSPC)
        return write(file, text)

    monkeypatch.setattr(Path, "write_bytes", full)
    before = sorted((place.root / "site/_posts").iterdir())
    ran = place.crosspost("note", "Hallo")
    assert "No space left on device; nothing was kept" in " ".join(ran.err.split())
    assert sorted((place.root / "site/_posts").iterdir()) == before


def test_what_to_do_depends_on_why(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    assert remedy(refusing(errno.EACCES), "make it writable") == "make it writable"
    assert remedy(refusing(errno.EDQUOT), "make it writable") == "free some space on the disk"

    def full(*_: object, **__: object) -> None:
        raise refusing(errno.ENOSPC)

    monkeypatch.setattr(atomic_file, "write", full)
    ran = place.crosspost("accounts", "remove", "x", "--yes")
    assert "free some space on the disk" in " ".join(ran.err.split())
    assert "[accounts.x]" in place.config.read_text("utf-8")

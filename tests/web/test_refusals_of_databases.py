"""What is said when a config, a ledger's file or its database cannot be used is German, to its last clause."""

import re
import sqlite3
from pathlib import Path

import pytest

from crosspost.config.toml_text import parse
from crosspost.errors import ConfigError, LedgerError
from crosspost.ledger import backups
from crosspost.ledger.connection import translate_errors
from crosspost.web.sentences import translated

#: what a server says → it has no code then
SAID = "FATAL:  this server says so"
#: what PostgreSQL's own client says stays as it is, to the last word
CLIENT = 'connection is bad: connection to server on socket "/run/pg/.s.PGSQL.5432" failed: No such file or directory'
#: words that English has and German has not
ENGLISH = re.compile(r"\b(the|is|and|write|there|nothing|run|restore)\b", re.IGNORECASE)


def german(sentence: str) -> str:
    found = translated("de", sentence)
    assert found is not None, sentence
    mine = re.sub(r"`[^`]*`", "", found.replace(SAID, ""))
    assert not ENGLISH.search(mine), found
    return found


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize(
    "said",
    [
        *("database disk image is malformed", "database or disk is full", "attempt to write a readonly database"),
        *("database is locked", "unable to open database file", SAID),
    ],
)
def test_a_ledger_in_a_file(said: str, kept: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "newest", lambda path: path.with_name("copy") if kept else None)
    with pytest.raises(LedgerError) as refused, translate_errors(tmp_path / "ledger.sqlite3"):
        raise sqlite3.OperationalError(said)
    assert str(tmp_path) in german(str(refused.value))


def test_a_ledger_in_a_database() -> None:
    psycopg = pytest.importorskip("psycopg")
    from crosspost.ledger.postgresql import errors
    from crosspost.ledger.postgresql.reconnecting import NoEntryError, TookOverError

    class WithCodeError(psycopg.Error):  # type: ignore[misc,name-defined]  # it is imported where it is there
        def __init__(self, code: str) -> None:
            super().__init__(SAID)
            self.sqlstate = code

    said = [NoEntryError(f"{words[0]} {SAID}") for words, _ in errors._NO_ENTRY]
    said += [WithCodeError(code) for code in errors._BY_CODE]
    said += [NoEntryError(SAID), TookOverError(SAID), psycopg.OperationalError(SAID), psycopg.DataError(SAID)]
    found = {german(f"postgresql://ann@db.example/site: {errors.sentence(error)}") for error in said}
    assert len(found) >= len(errors._NO_ENTRY) + len(set(errors._BY_CODE.values())) + 4


def test_the_words_of_a_client_are_not_half_translated() -> None:
    pytest.importorskip("psycopg")
    from crosspost.ledger.postgresql import errors
    from crosspost.ledger.postgresql.reconnecting import NoEntryError

    said = errors.sentence(NoEntryError(CLIENT))
    found = translated("de", f"postgresql://ann@db.example/site: {said}")
    assert found is not None
    assert CLIENT in found
    assert found.startswith("postgresql://ann@db.example/site: die")


@pytest.mark.parametrize(
    "line",
    [
        *('a = "1"\na = "2"', "[a]\nb = 1\n[a]\nb = 2", "[[accounts]", "a = “x”", 'a = "C:\\me"', "a = yes", "a = x"),
        *('a = "x",', 'a = "x";', 'a = "x", b = "y"', 'a = "x"; b = "y"', 'a = "x", "y"', 'a, = "x"', 'a; = "x"'),
        *("[a,]", "[a;]", 'a = { b = "x", }', "[a]]", "a = [1", 'a: "x"', 'a = "x" y', 'a = "x', "[a"),
    ],
)
def test_a_line_of_a_config(line: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse(f"{line}\n", Path("crosspost.toml"))
    assert "crosspost.toml" in german(str(refused.value))

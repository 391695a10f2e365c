"""Full text search: what is found, and that the index beside the ledger follows it and may be lost."""

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crosspost.ledger import Ledger
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.search import MOST, Search, _opened
from crosspost.testing.harness import Clock
from tests.ledger.rows import entry, frozen, planned, put


def index_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.search")


def said(path: Path) -> list[int]:
    """The numbers of all rows of the index."""
    with contextlib.closing(sqlite3.connect(index_of(path))) as index, index:
        return sorted(number for (number,) in index.execute("SELECT rowid FROM said"))


@pytest.mark.parametrize(
    "words", ["grüße", "GRUSSE", "Gru", "beet", "m.example", "mastodon-haus", "Fehler 503", "warum", "zweiter teil"]
)
def test_everything_a_delivery_says_is_found(ledger: Ledger, words: str) -> None:
    row = frozen(ledger, account="mastodon-haus", parts=("Zweiter Teil",))
    row = put(ledger, row, url="https://m.example/7", error="Fehler 503", why="Warum es wartet")
    planned(ledger, "anderes")
    expected = [] if words == "GRUSSE" else [row.id]  # ß is a letter of its own
    assert ledger.search.find(words) == expected


def test_all_words_must_be_there_and_the_newest_comes_first(ledger: Ledger) -> None:
    first, second = planned(ledger, "ein beet"), planned(ledger, "noch ein beet")
    assert ledger.search.find("ein beet") == [second.id, first.id]
    assert ledger.search.find("beet noch") == [second.id]
    assert ledger.search.find("beet nirgends") == []


@pytest.mark.parametrize("words", ["", "  ", "…", '"', "*", "(", "'; DROP TABLE said; --"])
def test_what_has_no_words_finds_nothing(ledger: Ledger, words: str) -> None:
    planned(ledger)
    assert ledger.search.find(words) == []


def test_what_changed_is_found_anew_and_as_it_is_now(ledger: Ledger, clock: Clock) -> None:
    row = planned(ledger)
    assert ledger.search.find("503") == []
    clock.pass_by(minutes=1)
    ledger.again(frozen(ledger), "Fehler 503", clock())
    assert ledger.search.find("503") == [row.id]
    clock.pass_by(minutes=1)
    held = ledger.claim(ledger.get(row.id), "machine:1")
    assert held is not None
    ledger.again(held, "Fehler 429", clock())
    assert ledger.search.find("503") == []
    assert ledger.search.find("429") == [row.id]


def test_a_new_title_is_found(ledger: Ledger, clock: Clock) -> None:
    row = planned(ledger)
    assert ledger.search.find("beet") == [row.id]
    clock.pass_by(minutes=1)
    known = ledger.posts.known()["beet"]
    ledger.posts.note({"beet": msgspec.structs.replace(known, title="Hochbau")})
    assert ledger.search.find("hochbau") == [row.id]


def test_two_changes_of_one_moment_are_both_found(ledger: Ledger) -> None:
    first = planned(ledger, "eins")
    assert ledger.search.find("eins") == [first.id]
    second = planned(ledger, "zwei")
    assert ledger.search.find("zwei") == [second.id]


def test_an_index_that_was_deleted_is_made_again(ledger: Ledger, path: Path) -> None:
    row = planned(ledger)
    assert ledger.search.find("beet") == [row.id]
    index_of(path).unlink()
    assert ledger.search.find("beet") == [row.id]
    assert index_of(path).stat().st_mode & 0o077 == 0, "it holds what is not public yet"


def test_the_index_of_another_ledger_is_not_believed(ledger: Ledger, path: Path, tmp_path: Path, clock: Clock) -> None:
    row = planned(ledger)
    assert ledger.search.find("beet") == [row.id]
    other = Ledger(tmp_path / "other/ledger.sqlite3", clock)
    clock.pass_by(days=-1)
    second = planned(other, "anderes")
    index_of(other.path).write_bytes(index_of(path).read_bytes())
    assert other.search.find("beet") == []
    assert other.search.find("anderes") == [second.id]
    assert said(other.path) == [second.id]
    other.close()


def test_an_index_of_another_version_is_made_anew(ledger: Ledger, path: Path) -> None:
    row = planned(ledger)
    assert ledger.search.find("beet") == [row.id]
    with contextlib.closing(sqlite3.connect(index_of(path))) as index, index:
        index.execute("UPDATE state SET value = '0 ' || value WHERE name = 'whose'")
        index.execute("UPDATE state SET value = '' WHERE name = 'seen'")
        index.execute("UPDATE said SET title = 'alt'")
    assert ledger.search.find("beet") == [row.id]
    assert ledger.search.find("alt") == []


def test_what_cannot_be_read_of_a_delivery_hides_nothing_else(file_ledger: Ledger) -> None:
    row = planned(file_ledger)
    with file_ledger._database.transaction() as statements:
        statements.change("UPDATE deliveries SET draft = '{'")
    assert file_ledger.search.find("beet") == [row.id]


def test_the_index_of_a_shared_ledger_is_made_in_a_folder_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "state/of/this/machine.search"
    for _ in range(2):
        _opened(file).close()
    assert file.stat().st_mode & 0o777 == 0o600


def test_nobody_reads_on_after_so_many(ledger: Ledger) -> None:
    ledger.add([(entry(f"beet {n}"), "m", "mastodon", "planned", ledger.clock(), "") for n in range(MOST + 1)])
    found = ledger.search.find("beet")
    assert found == sorted((row.id for row in ledger.deliveries()), reverse=True)[:MOST]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(max_size=40))
def test_whatever_is_typed_is_only_searched_for(ledger: Ledger, words: str) -> None:
    assert ledger.search.find(words) == []


def test_with_several_machines_what_changed_in_the_last_two_hours_is_read_again(path: Path, clock: Clock) -> None:
    last = "2026-11-22T12:00:00.000001+00:00"
    base: Any = None
    shared = Search(Address("postgresql://u@h/x", path), clock, base)
    assert (shared._since(last), shared._since("")) == ("2026-11-22T10:00:00.000001+00:00", "")
    assert Search(path, clock, base)._since(last) == last

"""Full text search over everything that was said: an index in a file of its own beside the ledger.

It is made from the ledger and may be deleted at any time. The ledger is only read; what changed since the last search
is read anew. Each machine that works with a ledger in PostgreSQL has an index of its own: one that a server keeps would
divide words by the rules of one language.
"""

import contextlib
import os
import re
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from crosspost.ledger.base import LedgerPart
from crosspost.ledger.connection import translate_errors
from crosspost.ledger.database import moment
from crosspost.ledger.facts import ID
from crosspost.model import Value

#: the newest of those that match; nobody reads on after so many
MOST = 1000
_VERSION = "1"
#: by how much the clocks of machines that share a ledger may differ, so that nothing that one of them writes is missed
_APART = timedelta(hours=2)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS said USING fts5(
  title, text, post, account, url, notes, tokenize = "unicode61 remove_diacritics 2"
);
"""


_CHANGED = """SELECT d.id, p.title, d.draft, d.post, d.account, d.url, d.error, d.why, d.updated_at
    FROM deliveries d JOIN posts p ON p.id = d.post WHERE d.updated_at >= :since OR p.seen_at >= :since"""


class _Said(Value, frozen=True):
    """Only the words of a stored draft."""

    text: str = ""
    parts: tuple["_Said", ...] = ()

    def words(self) -> str:
        return "\n".join([self.text, *(part.words() for part in self.parts)])


_DRAFT = msgspec.json.Decoder(_Said)


class Search(LedgerPart):
    """Finds deliveries by words."""

    def find(self, words: str) -> list[int]:
        """The numbers of the newest deliveries that have all these words, or words that begin so; accents and case do
        not matter.

        :raises LedgerError: when the ledger or the index cannot be read
        """
        query = " ".join(f'"{word}"*' for word in re.findall(r"\w+", words))
        if not query:
            return []
        beside = self.path if isinstance(self.path, Path) else self.path.beside
        file = beside.with_name(f"{beside.name}.search")
        with translate_errors(file), contextlib.closing(_opened(file)) as index:
            self._bring_up_to_date(index)
            found = index.execute(
                "SELECT rowid FROM said WHERE said MATCH ? ORDER BY rowid DESC LIMIT ?", (query, MOST)
            )
            return [number for (number,) in found]

    def _bring_up_to_date(self, index: sqlite3.Connection) -> None:
        now = self._mark()
        with index:
            index.execute("BEGIN IMMEDIATE")
            known = dict(index.execute("SELECT name, value FROM state"))
            if known.get("seen") == now:
                return
            ledger = self._all("SELECT value FROM facts WHERE name = :name", {"name": ID})
            whose = f"{_VERSION} {ledger[0][0] if ledger else ''}"
            if known.get("whose") != whose:  # another ledger, or an index of another version
                index.execute("DELETE FROM said")
                known = {}
            newest = known.get("until", "")
            for row in self._changed(self._since(newest)):
                index.execute("DELETE FROM said WHERE rowid = ?", (row[0],))
                index.execute("INSERT INTO said (rowid, title, text, post, account, url, notes) VALUES (?,?,?,?,?,?,?)",
                              row[:7])  # fmt: skip
                newest = max(newest, row[7])
            index.executemany(
                "INSERT OR REPLACE INTO state VALUES (?, ?)", [("seen", now), ("whose", whose), ("until", newest)]
            )

    def _mark(self) -> str:
        """Changes whenever the ledger is written."""
        if not isinstance(self.path, Path):  # which transactions are over: changes with every one that writes
            return str(self._all("SELECT CAST(pg_current_snapshot() AS TEXT)")[0][0])
        files = (self.path, self.path.with_name(f"{self.path.name}-wal"))
        looked = [file.stat() for file in files if file.exists()]
        return " ".join(f"{one.st_mtime_ns}:{one.st_size}" for one in looked)

    def _since(self, newest: str) -> str:
        """From when on what changed is read anew."""
        if isinstance(self.path, Path) or not newest:
            return newest
        before = moment(newest)
        return (before - _APART).isoformat(timespec="microseconds") if before is not None else ""

    def _changed(self, since: str) -> Iterator[tuple[Any, ...]]:
        """What is new in the ledger; the last moment is read again, since more may have happened in it."""
        for number, title, draft, post, account, url, error, why, at in self._stream(_CHANGED, {"since": since}):
            yield number, title, _words(draft), post, account, url, f"{error}\n{why}", at


def _words(draft: str | None) -> str:
    try:
        return _DRAFT.decode(draft).words() if draft else ""
    except msgspec.DecodeError:  # the delivery itself says that it is damaged
        return ""


def _opened(file: Path) -> sqlite3.Connection:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    index = sqlite3.connect(file, timeout=30, isolation_level=None)
    index.executescript(_SCHEMA)
    return index

"""Full text search over everything that was said: an index in a file of its own beside the ledger.

It is made from the ledger and may be deleted at any time. The ledger is only read; what changed since the last search
is read anew.
"""

import contextlib
import os
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from crosspost.ledger.access import Access
from crosspost.ledger.connection import translate_errors
from crosspost.ledger.facts import ID
from crosspost.ledger.tables import deliveries, facts, posts
from crosspost.model import Value

#: the newest of those that match; nobody reads on after so many
MOST = 1000
_VERSION = "1"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS said USING fts5(
  title, text, post, account, url, notes, tokenize = "unicode61 remove_diacritics 2"
);
"""


class _Said(Value, frozen=True):
    """Only the words of a stored draft."""

    text: str = ""
    parts: tuple["_Said", ...] = ()

    def words(self) -> str:
        return "\n".join([self.text, *(part.words() for part in self.parts)])


_DRAFT = msgspec.json.Decoder(_Said)


class Search(Access):
    """Finds deliveries by words."""

    def find(self, words: str) -> list[int]:
        """The numbers of the newest deliveries that have all these words, or words that begin so; accents and case do
        not matter.

        :raises LedgerError: when the ledger or the index cannot be read
        """
        query = " ".join(f'"{word}"*' for word in re.findall(r"\w+", words))
        if not query:
            return []
        file = self.path.with_name(f"{self.path.name}.search")
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
            ledger = self._all(sa.select(facts.c.value).where(facts.c.name == ID))
            whose = f"{_VERSION} {ledger[0].value if ledger else ''}"
            if known.get("whose") != whose:  # another ledger, or an index of another version
                index.execute("DELETE FROM said")
                known = {}
            newest = known.get("until", "")
            for row in self._changed(newest):
                index.execute("DELETE FROM said WHERE rowid = ?", (row[0],))
                index.execute("INSERT INTO said (rowid, title, text, post, account, url, notes) VALUES (?,?,?,?,?,?,?)",
                              row[:7])  # fmt: skip
                newest = max(newest, row[7])
            index.executemany(
                "INSERT OR REPLACE INTO state VALUES (?, ?)", [("seen", now), ("whose", whose), ("until", newest)]
            )

    def _mark(self) -> str:
        """Changes whenever the ledger is written."""
        files = (self.path, self.path.with_name(f"{self.path.name}-wal"))
        looked = [file.stat() for file in files if file.exists()]
        return " ".join(f"{one.st_mtime_ns}:{one.st_size}" for one in looked)

    def _changed(self, since: str) -> Iterator[tuple[Any, ...]]:
        """What is new in the ledger; the last moment is read again, since more may have happened in it."""
        c, moment = deliveries.c, deliveries.c.updated_at
        written = sa.type_coerce(moment, sa.String)
        query = (
            sa.select(c.id, posts.c.title, c.draft, c.post, c.account, c.url, c.error, c.why, written.label("at"))
            .join(posts, posts.c.id == c.post)
            .where(sa.or_(written >= since, sa.type_coerce(posts.c.seen_at, sa.String) >= since))
        )
        with translate_errors(self.path), self._engine.connect() as connection:
            for row in connection.execution_options(yield_per=1000).execute(query):
                text = _words(row.draft)
                yield row.id, row.title, text, row.post, row.account, row.url, f"{row.error}\n{row.why}", row.at


def _words(draft: str | None) -> str:
    try:
        return _DRAFT.decode(draft).words() if draft else ""
    except msgspec.DecodeError:  # the delivery itself says that it is damaged
        return ""


def _opened(file: Path) -> sqlite3.Connection:
    if not file.exists():
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    index = sqlite3.connect(file, timeout=30, isolation_level=None)
    index.executescript(_SCHEMA)
    return index

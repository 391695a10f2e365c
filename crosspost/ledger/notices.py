"""What somebody was told, and small facts kept between runs: two tables of the ledger."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crosspost.ledger.connection import told
from crosspost.ledger.rows import AccountState
from crosspost.ledger.store import Ledger
from crosspost.ledger.tables import accounts, deliveries, facts, notices
from crosspost.model import Value


class Notice(Value, frozen=True, kw_only=True):
    """One matter: its key, its sentence, since when it is so, and when somebody was last told (None: not yet)."""

    matter: str
    said: str
    since: datetime
    told_at: datetime | None = None


class Notices:
    """The notices, facts and sums over a ledger that telling somebody needs."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self.clock = ledger, ledger.clock

    def standing(self) -> list[Notice]:
        """Every matter that is written down, the oldest first."""
        return [Notice(**row._mapping) for row in self._rows(sa.select(notices).order_by(notices.c.since))]  # noqa: SLF001  # SQLAlchemy's documented way to a mapping

    def note(self, said: dict[str, str]) -> None:
        """Write matters down, key → sentence; one that is known keeps its moments and gets the new sentence."""
        now = self.clock()
        rows = [{"matter": key, "said": sentence, "since": now} for key, sentence in said.items()]
        update = sa.update(notices).where(notices.c.matter == sa.bindparam("key")).values(said=sa.bindparam("sentence"))
        with told(self._ledger.path), self._ledger._engine.begin() as connection:  # noqa: SLF001  # the same room
            if rows:
                connection.execute(sa.insert(notices).prefix_with("OR IGNORE"), rows)
                connection.execute(update, [{"key": key, "sentence": sentence} for key, sentence in said.items()])

    def told(self, matters: Collection[str]) -> None:
        """Somebody was told of these now."""
        self._change(sa.update(notices).where(notices.c.matter.in_(matters)).values(told_at=self.clock()))

    def forget(self, matters: Collection[str]) -> None:
        """These are over."""
        self._change(sa.delete(notices).where(notices.c.matter.in_(matters)))

    # ── facts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def fact(self, name: str) -> str:
        """What is written down under a name; "" for nothing."""
        rows = self._rows(sa.select(facts.c.value).where(facts.c.name == name))
        return str(rows[0][0]) if rows else ""

    def remember(self, name: str, value: str) -> None:
        """Write a fact down; "" removes it."""
        with told(self._ledger.path), self._ledger._engine.begin() as connection:  # noqa: SLF001  # the same room
            connection.execute(sa.delete(facts).where(facts.c.name == name))
            if value:
                connection.execute(sa.insert(facts).values(name=name, value=value))

    # ── sums ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def last_sent(self) -> datetime | None:
        """When the last post went out, on whichever account."""
        newest = sa.func.max(deliveries.c.sent_at, type_=notices.c.since.type)
        moment: datetime | None = self._rows(sa.select(newest))[0][0]
        return moment

    def accounts(self) -> dict[str, AccountState]:
        """What is known of each account, less who it is."""
        columns = [column for column in accounts.c if column.name != "identity"]
        return {row.name: AccountState(**row._mapping) for row in self._rows(sa.select(*columns))}  # noqa: SLF001  # as above

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _rows(self, query: sa.Executable) -> list[Any]:
        return self._ledger._all(query)  # noqa: SLF001  # the same room

    def _change(self, change: sa.Update | sa.Delete) -> None:
        with told(self._ledger.path), self._ledger._engine.begin() as connection:  # noqa: SLF001  # the same room
            connection.execute(change)

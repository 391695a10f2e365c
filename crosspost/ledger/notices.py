"""Alerts: which are open, and which have been sent to somebody."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from crosspost.ledger.access import Access
from crosspost.ledger.connection import translate_errors
from crosspost.ledger.tables import deliveries, notices
from crosspost.model import Value

_COLUMNS = (notices.c.matter.label("alert"), notices.c.said, notices.c.since, notices.c.told_at)


class Notice(Value, frozen=True, kw_only=True):
    """One alert: its key, its sentence, since when it is open, and when it was last sent to somebody (None: never)."""

    alert: str
    said: str
    since: datetime
    told_at: datetime | None = None


class Notices(Access):
    """The table of notices."""

    def standing(self) -> list[Notice]:
        """Every stored alert, oldest first."""
        return [Notice(**row._mapping) for row in self._all(sa.select(*_COLUMNS).order_by(notices.c.since))]  # noqa: SLF001  # SQLAlchemy's documented way to a mapping

    def note(self, alerts: dict[str, str]) -> None:
        """Store alerts, key → sentence; a known alert keeps its times and gets the new sentence."""
        now = self.clock()
        rows = [{"matter": key, "said": sentence, "since": now} for key, sentence in alerts.items()]
        update = sa.update(notices).where(notices.c.matter == sa.bindparam("key")).values(said=sa.bindparam("sentence"))
        with translate_errors(self.path), self._engine.begin() as connection:
            if rows:
                connection.execute(sa.insert(notices).prefix_with("OR IGNORE"), rows)
                connection.execute(update, [{"key": key, "sentence": sentence} for key, sentence in alerts.items()])

    def mark_told(self, alerts: Collection[str]) -> None:
        """Record that these alerts were sent to somebody now."""
        self._change(sa.update(notices).where(notices.c.matter.in_(alerts)).values(told_at=self.clock()))

    def forget(self, alerts: Collection[str]) -> None:
        """Remove alerts that are over."""
        self._change(sa.delete(notices).where(notices.c.matter.in_(alerts)))

    def last_sent(self) -> datetime | None:
        """When the last post went out on any account."""
        newest = sa.func.max(deliveries.c.sent_at, type_=notices.c.since.type)
        moment: datetime | None = self._all(sa.select(newest))[0][0]
        return moment

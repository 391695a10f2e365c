"""What somebody was told, and what still has to be."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from crosspost.ledger.access import Access
from crosspost.ledger.connection import translate_errors
from crosspost.ledger.tables import deliveries, notices
from crosspost.model import Value

_COLUMNS = (notices.c.matter.label("alert"), notices.c.said, notices.c.since, notices.c.told_at)


class Notice(Value, frozen=True, kw_only=True):
    """One alert: its key, its sentence, since when it is so, and when somebody was last told (None: not yet)."""

    alert: str
    said: str
    since: datetime
    told_at: datetime | None = None


class Notices(Access):
    """The table of notices."""

    def standing(self) -> list[Notice]:
        """Every alert that is written down, the oldest first."""
        return [Notice(**row._mapping) for row in self._all(sa.select(*_COLUMNS).order_by(notices.c.since))]  # noqa: SLF001  # SQLAlchemy's documented way to a mapping

    def note(self, said: dict[str, str]) -> None:
        """Write alerts down, key → sentence; one that is known keeps its moments and gets the new sentence."""
        now = self.clock()
        rows = [{"matter": key, "said": sentence, "since": now} for key, sentence in said.items()]
        update = sa.update(notices).where(notices.c.matter == sa.bindparam("key")).values(said=sa.bindparam("sentence"))
        with translate_errors(self.path), self._engine.begin() as connection:
            if rows:
                connection.execute(sa.insert(notices).prefix_with("OR IGNORE"), rows)
                connection.execute(update, [{"key": key, "sentence": sentence} for key, sentence in said.items()])

    def mark_told(self, alerts: Collection[str]) -> None:
        """Somebody was told of these now."""
        self._change(sa.update(notices).where(notices.c.matter.in_(alerts)).values(told_at=self.clock()))

    def forget(self, alerts: Collection[str]) -> None:
        """These are over."""
        self._change(sa.delete(notices).where(notices.c.matter.in_(alerts)))

    def last_sent(self) -> datetime | None:
        """When the last post went out, on whichever account."""
        newest = sa.func.max(deliveries.c.sent_at, type_=notices.c.since.type)
        moment: datetime | None = self._all(sa.select(newest))[0][0]
        return moment

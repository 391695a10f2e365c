"""Alerts: which are open, and which have been sent to somebody."""

from collections.abc import Collection
from datetime import datetime

from crosspost.ledger.base import LedgerPart
from crosspost.ledger.connection import translate_errors
from crosspost.ledger.database import moment
from crosspost.model import Value

_NEW = "INSERT INTO notices (matter, said, since) VALUES (:matter, :said, :since) ON CONFLICT DO NOTHING"


class Notice(Value, frozen=True, kw_only=True):
    """One alert: its key, its sentence, since when it is open, and when it was last sent to somebody (None: never)."""

    alert: str
    said: str
    since: datetime
    told_at: datetime | None = None


class Notices(LedgerPart):
    """The table of notices."""

    def standing(self) -> list[Notice]:
        """Every stored alert, oldest first."""
        rows = self._all("SELECT matter, said, since, told_at FROM notices ORDER BY since, matter")
        with translate_errors(self.path):
            return [
                Notice(alert=alert, said=said, since=datetime.fromisoformat(since), told_at=moment(told_at))
                for alert, said, since, told_at in rows
            ]

    def note(self, alerts: dict[str, str]) -> None:
        """Store alerts, key → sentence; a known alert keeps its times and gets the new sentence."""
        now = self.clock()
        rows = [{"matter": key, "said": sentence, "since": now} for key, sentence in alerts.items()]
        with self._transaction() as statements:
            statements.change_many(_NEW, rows)
            known = [{"matter": key, "said": sentence} for key, sentence in alerts.items()]
            statements.change_many("UPDATE notices SET said = :said WHERE matter = :matter", known)

    def mark_told(self, alerts: Collection[str]) -> None:
        """Record that these alerts were sent to somebody now."""
        now = self.clock()
        change = "UPDATE notices SET told_at = :now WHERE matter = :matter"
        self._change_many(change, ({"matter": alert, "now": now} for alert in alerts))

    def forget(self, alerts: Collection[str]) -> None:
        """Remove alerts that are over."""
        self._change_many("DELETE FROM notices WHERE matter = :matter", ({"matter": alert} for alert in alerts))

    def last_sent(self) -> datetime | None:
        """When the last post went out on any account."""
        with translate_errors(self.path):
            return moment(self._all("SELECT max(sent_at) FROM deliveries WHERE sent_at IS NOT NULL")[0][0])

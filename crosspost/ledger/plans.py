"""Adds deliveries, and queries them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from crosspost.ledger.access import Access, chunks
from crosspost.ledger.connection import translate_errors
from crosspost.ledger.rows import Delivery, State, as_delivery
from crosspost.ledger.tables import deliveries, posts
from crosspost.model import Entry

#: the reason of a delivery a person cancelled
CANCELLED = "cancelled"
#: the columns of a delivery without a lease
FREE: dict[str, Any] = {"lease": None, "lease_until": None}


class Plans(Access):
    """All deliveries; :class:`crosspost.ledger.deliveries.Deliveries` changes a single one."""

    def planned_pairs(self) -> set[tuple[str, str]]:
        """Every (post, account) that has a delivery."""
        return {(post, account) for post, account in self._all(sa.select(deliveries.c.post, deliveries.c.account))}

    def add(self, rows: Iterable[tuple[Entry, str, str, State, datetime, str]]) -> int:
        """Add deliveries: (entry, account, network, state, due, why). Existing pairs are not changed.

        :returns: how many are new
        """
        now = self.clock()
        rows = list(rows)
        with translate_errors(self.path), self._engine.begin() as connection:
            seen = [
                {"id": e.id, "path": e.path, "url": e.url, "title": e.title, "seen_at": now}
                for e in {row[0].id: row[0] for row in rows}.values()
            ]
            for chunk in chunks(seen):
                connection.execute(sa.insert(posts).prefix_with("OR IGNORE"), chunk)
            plan = [
                blank(entry.id, now)
                | {"account": account, "network": network, "state": state, "due_at": due, "why": why}
                for entry, account, network, state, due, why in rows
            ]
            before = connection.execute(sa.select(sa.func.count()).select_from(deliveries)).scalar_one()
            for chunk in chunks(plan):
                connection.execute(sa.insert(deliveries).prefix_with("OR IGNORE"), chunk)
            return connection.execute(sa.select(sa.func.count()).select_from(deliveries)).scalar_one() - before

    def deliveries(
        self,
        *,
        states: Sequence[State] = (),
        account: str = "",
        post: str = "",
        due: datetime | None = None,
        sent_since: datetime | None = None,
    ) -> list[Delivery]:
        """Deliveries that match all arguments, earliest due first; the parts of a thread in order."""
        query = sa.select(deliveries).order_by(deliveries.c.due_at, deliveries.c.id)
        if states:
            query = query.where(deliveries.c.state.in_(states))
        if account:
            query = query.where(deliveries.c.account == account)
        if post:
            query = query.where(deliveries.c.post == post)
        if due is not None:
            query = query.where(deliveries.c.due_at <= due)
        if sent_since is not None:
            query = query.where(deliveries.c.state == "sent", deliveries.c.sent_at >= sent_since)
        with translate_errors(self.path):
            return [as_delivery(row) for row in self._all(query)]

    def began(self, account: str) -> bool:
        """Whether anything was ever sent on an account, or may have been."""
        c = deliveries.c
        begun = (c.state == "sent") | c.publishing_at.is_not(None)
        return bool(self._all(sa.select(c.id).where(c.account == account, begun).limit(1)))

    def get(self, delivery_id: int) -> Delivery:
        with translate_errors(self.path):
            return as_delivery(self._all(sa.select(deliveries).where(deliveries.c.id == delivery_id))[0])

    def moments(self, account: str, *, planned: bool) -> list[datetime]:
        """When an account's posts of the last 35 days went out or may have; ``planned``: also when others are due.

        A thread counts once, by its first part.
        """
        c, since = deliveries.c, self.clock() - timedelta(days=35)
        out = sa.select(sa.func.coalesce(c.sent_at, c.publishing_at, type_=c.sent_at.type)).where(
            c.account == account,
            c.part == 1,
            c.state.in_(("sent", "sending", "unknown", "held")),
            c.publishing_at > since,
        )
        due = sa.select(c.due_at).where(c.account == account, c.part == 1, c.state == "planned", sa.literal(planned))
        return [row[0] for query in (out, due) for row in self._all(query)]

    def waiting(self, account: str, why: str, before: datetime) -> bool:
        """Whether an account has skipped deliveries with this reason from before a moment."""
        return bool(self._all(sa.select(deliveries.c.id).where(*_noted(account, why, before)).limit(1)))

    def gather(self, account: str, why: str, before: datetime, *, into: str) -> int:
        """Change the reason of the deliveries of :meth:`waiting` to ``into``, the id of the digest they are in now."""
        return self._change(sa.update(deliveries).where(*_noted(account, why, before)).values(why=into))

    def counts(self) -> dict[tuple[str, State], int]:
        """(account, state) → how many."""
        query = sa.select(deliveries.c.account, deliveries.c.state, sa.func.count()).group_by(
            deliveries.c.account, deliveries.c.state
        )
        return {(account, state): number for account, state, number in self._all(query)}


def _noted(account: str, why: str, before: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    c = deliveries.c
    return c.account == account, c.state == "skipped", c.why == why, c.due_at < before


def blank(post: str, now: datetime) -> dict[str, Any]:
    """The default values of a new row."""
    return {"post": post, "part": 1, "attempts": 0, "remote": "{}", "url": "", "error": "", "updated_at": now}

"""What went out, newest first, and the titles of posts, without reading the whole ledger."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crosspost.ledger.access import Access, chunks
from crosspost.ledger.connection import translate_errors
from crosspost.ledger.rows import Delivery, as_delivery
from crosspost.ledger.tables import deliveries, posts
from crosspost.model import Value

#: rows fetched at a time
_AT_ONCE = 1000


class Went(Value, frozen=True, kw_only=True):
    """One delivery that is out. ``notes`` is what a person should know about it, such as refused recipients."""

    id: int
    post: str
    title: str
    account: str
    network: str
    part: int
    url: str
    sent_at: datetime
    notes: str


class History(Access):
    """The deliveries that are out."""

    def out(
        self,
        *,
        accounts: Sequence[str] = (),
        post: str = "",
        since: datetime | None = None,
        limit: int = 0,
        noted: bool = False,
    ) -> Iterator[Went]:
        """What is out, newest first. Rows are streamed, so even a million of them need little memory.

        :param accounts: only these accounts; empty: all
        :param post: only this post's id; "": all
        :param since: only what went out from this moment on
        :param limit: the maximum number of rows; 0: all
        :param noted: only deliveries with notes
        """
        c = deliveries.c
        query = (
            sa.select(
                c.id, c.post, posts.c.title, c.account, c.network, c.part, c.url, c.sent_at, c.error.label("notes")
            )
            .join(posts, posts.c.id == c.post)
            .where(c.state == "sent", c.sent_at.is_not(None))
            .order_by(c.sent_at.desc(), c.id.desc())
        )
        if accounts:
            query = query.where(c.account.in_(accounts))
        if post:
            query = query.where(c.post == post)
        if since is not None:
            query = query.where(c.sent_at >= since)
        if noted:
            query = query.where(c.error != "")
        yield from self._streamed(query.limit(limit) if limit else query)

    def _streamed(self, query: sa.Select[Any]) -> Iterator[Went]:
        with translate_errors(self.path), self._engine.connect() as connection:
            for row in connection.execution_options(yield_per=_AT_ONCE).execute(query):
                yield Went(**row._mapping)  # noqa: SLF001  # SQLAlchemy's documented way to a mapping

    def titles(self, wanted: Sequence[str]) -> dict[str, str]:
        """Post id → its last known title."""
        found: dict[str, str] = {}
        for some in chunks(list(wanted)):
            rows = self._all(sa.select(posts.c.id, posts.c.title).where(posts.c.id.in_(some)))
            found |= {str(row.id): str(row.title) for row in rows}
        return found

    def links(self) -> dict[str, list[tuple[str, str, str]]]:
        """Post id → (account, state, address) of each of its deliveries."""
        c = deliveries.c
        found: dict[str, list[tuple[str, str, str]]] = {}
        for post, account, state, url in self._all(sa.select(c.post, c.account, c.state, c.url).where(c.part == 1)):
            found.setdefault(post, []).append((account, state, url))
        return found

    def with_journals(self, accounts: Sequence[str]) -> list[Delivery]:
        """Deliveries to many recipients, some of whom may or may not have received theirs.

        :param accounts: the accounts that send to each recipient separately
        """
        c = deliveries.c
        journal = c.remote.like('%"journal":{%')
        doubt = c.remote.like('%"doubt":["%') | ~c.remote.like('%"open":""%')
        query = sa.select(deliveries).where(c.account.in_(accounts), c.state != "sending", journal, doubt)
        return [as_delivery(row) for row in self._all(query.order_by(c.id))] if accounts else []

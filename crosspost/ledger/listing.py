"""Deliveries page by page, for lists that may be long: each query reads the index and the rows it shows, no more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crosspost.ledger.access import Access, chunks
from crosspost.ledger.rows import State
from crosspost.ledger.tables import deliveries, posts
from crosspost.model import Value


class Listed(Value, frozen=True, kw_only=True):
    """One delivery as a list shows it, with its post's title."""

    id: int
    post: str
    title: str
    account: str
    network: str
    part: int
    state: State
    due_at: datetime
    why: str
    attempts: int
    publishing_at: datetime | None
    sent_at: datetime | None
    url: str
    error: str
    updated_at: datetime


class Wanted(Value, frozen=True, kw_only=True):
    """Which deliveries: those that match everything that is said.

    :ivar accounts: of one of these; name them all rather than none, because then an index answers
    :ivar states: in one of these
    :ivar since: due from this moment on
    :ivar until: due before this moment
    :ivar ids: one of these numbers; None: any
    """

    accounts: tuple[str, ...] = ()
    states: tuple[State, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    ids: tuple[int, ...] | None = None


_COLUMNS = [posts.c.title if name == "title" else deliveries.c[name] for name in Listed.__struct_fields__]


class Listing(Access):
    """Reads deliveries in pages."""

    def page(self, wanted: Wanted, *, limit: int, offset: int = 0, earliest_first: bool = False) -> list[Listed]:
        """The deliveries that are wanted, by the moment they were or are due; the latest first.

        :param limit: how many at most
        :param offset: how many to leave out at the beginning
        """
        c = deliveries.c
        order = (c.due_at, c.id) if earliest_first else (c.due_at.desc(), c.id.desc())
        # the numbers come from the index alone; only the rows that are shown are read
        numbers = self._all(_matching(sa.select(c.id), wanted).order_by(*order).limit(limit).offset(offset))
        return self.of([row.id for row in numbers])

    def count(self, wanted: Wanted) -> int:
        """How many deliveries are wanted."""
        return int(self._all(_matching(sa.select(sa.func.count()).select_from(deliveries), wanted))[0][0])

    def of(self, numbers: Sequence[int]) -> list[Listed]:
        """The deliveries with these numbers, in this order; those that are gone are left out."""
        found: dict[int, Listed] = {}
        joined = deliveries.join(posts, posts.c.id == deliveries.c.post)
        for some in chunks(list(numbers)):
            rows = self._all(sa.select(*_COLUMNS).select_from(joined).where(deliveries.c.id.in_(some)))
            found |= {row.id: Listed(**row._mapping) for row in rows}  # noqa: SLF001  # SQLAlchemy's documented way to a mapping
        return [found[number] for number in numbers if number in found]

    def file_of(self, post: str) -> str:
        """The file of a post when it was last seen; "" for one the ledger does not know."""
        rows = self._all(sa.select(posts.c.path).where(posts.c.id == post))
        return str(rows[0].path) if rows else ""


def _matching(query: sa.Select[Any], wanted: Wanted) -> sa.Select[Any]:
    c = deliveries.c
    if wanted.accounts:
        query = query.where(c.account.in_(wanted.accounts))
    if wanted.states:
        query = query.where(c.state.in_(wanted.states))
    if wanted.since is not None:
        query = query.where(c.due_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(c.due_at < wanted.until)
    if wanted.ids is not None:
        query = query.where(c.id.in_(wanted.ids))
    return query

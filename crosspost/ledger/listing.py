"""Deliveries page by page, for lists that may be long: each query reads the index and the rows it shows, no more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from crosspost.ledger.base import LedgerPart
from crosspost.ledger.database import chunks, listed, moment
from crosspost.ledger.rows import CANNOT_LOOK, State
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
    kept: bool

    @property
    def told_as(self) -> str:
        """See :attr:`.rows.Delivery.told_as`."""
        return "kept" if self.kept and not self.error.startswith(CANNOT_LOOK) else self.state


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


_OTHER = {"title": "p.title", "kept": "d.state = 'unknown' AND d.remote LIKE '%\"kept_until\"%'"}
_COLUMNS = ", ".join(_OTHER.get(name, f"d.{name}") for name in Listed.__struct_fields__)
_MOMENTS = ("due_at", "publishing_at", "sent_at", "updated_at")


class Listing(LedgerPart):
    """Reads deliveries in pages."""

    def page(self, wanted: Wanted, *, limit: int, offset: int = 0, earliest_first: bool = False) -> list[Listed]:
        """The deliveries that are wanted, by the moment they were or are due; the latest first.

        :param limit: how many at most
        :param offset: how many to leave out at the beginning
        """
        order = "due_at, id" if earliest_first else "due_at DESC, id DESC"
        where, values = _matching(wanted)
        # the numbers come from the index alone; only the rows that are shown are read
        query = f"SELECT id FROM deliveries{where} ORDER BY {order} LIMIT :limit OFFSET :offset"
        return self.of([number for (number,) in self._all(query, values | {"limit": limit, "offset": offset})])

    def count(self, wanted: Wanted) -> int:
        """How many deliveries are wanted."""
        where, values = _matching(wanted)
        return int(self._all(f"SELECT count(*) FROM deliveries{where}", values)[0][0])

    def of(self, numbers: Sequence[int]) -> list[Listed]:
        """The deliveries with these numbers, in this order; those that are gone are left out."""
        found: dict[int, Listed] = {}
        for some in chunks(list(numbers)):
            text, values = listed("id", some)
            query = f"SELECT {_COLUMNS} FROM deliveries d JOIN posts p ON p.id = d.post WHERE d.id IN {text}"
            found |= {row[0]: _as_listed(row) for row in self._all(query, values)}
        return [found[number] for number in numbers if number in found]

    def file_of(self, post: str) -> str:
        """The file of a post when it was last seen; "" for one the ledger does not know."""
        rows = self._all("SELECT path FROM posts WHERE id = :post", {"post": post})
        return str(rows[0][0]) if rows else ""


def _matching(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    """The condition, and its values."""
    terms, values = [], dict[str, Any]()
    for column, among in (("account", wanted.accounts or None), ("state", wanted.states or None), ("id", wanted.ids)):
        if among is not None:
            text, named = listed(column, among)
            # with numbers, no index of accounts and states: to go through it takes longer than to read a few rows
            plain = column == "id" or wanted.ids is None
            terms.append(f"{column if plain else _unindexed(column)} IN {text}" if among else "1 = 0")
            values |= named
    if wanted.since is not None:
        terms.append("due_at >= :since")
        values["since"] = wanted.since
    if wanted.until is not None:
        terms.append("due_at < :until")
        values["until"] = wanted.until
    return (f" WHERE {' AND '.join(terms)}" if terms else ""), values


def _unindexed(column: str) -> str:
    """The same value in a form for which no index is used."""
    return f"coalesce({column}, '')"


def _as_listed(row: tuple[Any, ...]) -> Listed:
    fields = dict(zip(Listed.__struct_fields__, row, strict=True))
    fields["kept"] = bool(fields["kept"])
    return Listed(**fields | {name: moment(fields[name]) for name in _MOMENTS})

"""What went out, newest first, and the titles of posts, without reading the whole ledger."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from crosspost.ledger.base import LedgerPart
from crosspost.ledger.connection import translate_errors
from crosspost.ledger.database import chunks, listed
from crosspost.ledger.rows import COLUMNS, Delivery, as_delivery
from crosspost.model import Value

_OUT = """SELECT d.id, d.post, p.title, d.account, d.network, d.part, d.url, d.sent_at, d.error
    FROM deliveries d JOIN posts p ON p.id = d.post WHERE d.state = 'sent' AND d.sent_at IS NOT NULL"""
_JOURNALS = f"""SELECT {COLUMNS} FROM deliveries WHERE state != 'sending' AND remote LIKE '%"journal":{{%'
    AND (remote LIKE '%"doubt":["%' OR remote NOT LIKE '%"open":""%')"""


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


_ADDRESSES = """SELECT d.post, p.path, p.url, d.network, d.account, d.url, d.receipt, d.sent_at
    FROM deliveries d JOIN posts p ON p.id = d.post
    WHERE (d.state = 'sent' OR d.publishing_at IS NOT NULL) AND d.state = 'sent' AND d.part = 1
    AND d.url LIKE 'http%' AND d.sent_at IS NOT NULL AND p.gone_at IS NULL ORDER BY p.url, d.sent_at, d.id"""


class Address(Value, frozen=True, kw_only=True):
    """Where a post of the site can be seen on a network: ``page`` is its address on the site, ``url`` there."""

    post: str
    path: str
    page: str
    network: str
    account: str
    url: str
    receipt: str
    sent_at: datetime


class History(LedgerPart):
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
        query, values = _narrowed(accounts, post, since, noted=noted)
        for row in self._stream(f"{query} LIMIT :limit" if limit else query, values | {"limit": limit}):
            number, of, title, account, network, part, url, sent_at, notes = row
            yield Went(
                id=number,
                post=of,
                title=title,
                account=account,
                network=network,
                part=part,
                url=url,
                sent_at=self._moment(sent_at),
                notes=notes,
            )

    def _moment(self, stored: str) -> datetime:
        with translate_errors(self.path):
            return datetime.fromisoformat(stored)

    def titles(self, wanted: Sequence[str]) -> dict[str, str]:
        """Post id → its last known title."""
        found: dict[str, str] = {}
        for some in chunks(list(wanted)):
            text, values = listed("id", some)
            rows = self._all(f"SELECT id, title FROM posts WHERE id IN {text}", values)
            found |= {str(post): str(title) for post, title in rows}
        return found

    def links(self) -> dict[str, list[tuple[str, str, str]]]:
        """Post id → (account, state, address) of each of its deliveries."""
        found: dict[str, list[tuple[str, str, str]]] = {}
        for post, account, state, url in self._stream(
            "SELECT post, account, state, url FROM deliveries WHERE part = 1"
        ):
            found.setdefault(post, []).append((account, state, url))
        return found

    def addresses(self) -> Iterator[Address]:
        """Where the posts that the site has can be seen, page by page, what went out first first; of a thread its
        first part.
        """
        for post, path, page, network, account, url, receipt, sent_at in self._stream(_ADDRESSES):
            yield Address(
                post=post,
                path=path,
                page=page,
                network=network,
                account=account,
                url=url,
                receipt=receipt or "",
                sent_at=self._moment(sent_at),
            )

    def newest(self) -> tuple[str, str]:
        """When anything went out last, and when anything new was noted of a post, as text to be compared."""
        ((sent,),) = self._all("SELECT max(sent_at) FROM deliveries WHERE sent_at IS NOT NULL")
        ((seen,),) = self._all("SELECT max(seen_at) FROM posts")
        return str(sent or ""), str(seen or "")

    def with_journals(self, accounts: Sequence[str]) -> list[Delivery]:
        """Deliveries to many recipients, some of whom may or may not have received theirs.

        :param accounts: the accounts that send to each recipient separately
        """
        if not accounts:
            return []
        text, values = listed("account", accounts)
        with translate_errors(self.path):
            rows = self._database.rows(f"{_JOURNALS} AND account IN {text} ORDER BY id", values)
            return [as_delivery(row) for row in rows]


def _narrowed(accounts: Sequence[str], post: str, since: datetime | None, *, noted: bool) -> tuple[str, dict[str, Any]]:
    """The query for what is out, newest first, with its values; for the arguments see :meth:`History.out`."""
    query, values = _OUT, dict[str, Any](post=post, since=since)
    if accounts:
        text, among = listed("account", accounts)
        query += f" AND d.account IN {text}"
        values |= among
    if post:
        query += " AND d.post = :post"
    if since is not None:
        query += " AND d.sent_at >= :since"
    if noted:
        query += " AND d.error != ''"
    return f"{query} ORDER BY d.sent_at DESC, d.id DESC", values

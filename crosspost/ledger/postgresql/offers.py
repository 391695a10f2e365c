"""What was handed to workers and is not taken yet, in a table beside the ledger's. It may be lost at any time: the next
look fills it again. So it is not logged, not copied and not part of the ledger.
"""

import contextlib
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import psycopg

from crosspost.ledger.postgresql.account_locks import SharedTurns
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.errors import translate
from crosspost.ledger.postgresql.pipeline import Pipeline
from crosspost.ledger.postgresql.reconnecting import connection_to, settle
from crosspost.ledger.write_requests import Row, Step

TABLE = "worker_queue"
#: what an older version has there, which knew of one site only and may be at work beside this one
OLD_TABLE = "worker_offers"
_MAKE = """CREATE UNLOGGED TABLE IF NOT EXISTS worker_queue (
    site TEXT COLLATE "C" NOT NULL, delivery BIGINT NOT NULL, account TEXT COLLATE "C" NOT NULL,
    position BIGSERIAL NOT NULL, PRIMARY KEY (site, delivery));
    CREATE INDEX IF NOT EXISTS ix_worker_queue ON worker_queue (site, account, position)"""
#: two processes that make it at the same moment would trip over each other
_ALONE = "SELECT pg_advisory_xact_lock(hashtext('crosspost worker_queue'))"
_OFFER = "INSERT INTO worker_queue (site, delivery, account) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
_NEXT_SITE = """SELECT coalesce((SELECT min(site) FROM worker_queue WHERE site > :after),
    (SELECT min(site) FROM worker_queue))"""
#: goes from each account to the next one: of one account there may be thousands of offers
_NEXT = """WITH RECURSIVE accounts AS (
    SELECT min(account) AS name FROM worker_queue WHERE site = :site AND account > :after
    UNION ALL SELECT (SELECT min(account) FROM worker_queue WHERE site = :site AND account > accounts.name)
    FROM accounts WHERE accounts.name IS NOT NULL
    ) SELECT name FROM accounts WHERE name IS NOT NULL LIMIT :most"""
_NEXT_OF = _NEXT.replace(" AND account > ", " AND account = ANY(:only) AND account > ")
_FIRST = "SELECT delivery FROM worker_queue WHERE site = :site AND account = :account ORDER BY position LIMIT :most"
_DONE = "DELETE FROM worker_queue WHERE site = :site AND delivery = ANY(:numbers)"


class Offers:
    """The table, on a connection of its own that is made anew after it was cut, and the turns on its accounts.

    :raises LedgerError: from each method, when the database cannot be reached
    """

    def __init__(self, address: Address) -> None:
        self._address, self._turns = address, SharedTurns(address)
        self._lock = threading.Lock()
        self._connection: psycopg.Connection[Row] | None = None

    def add(self, site: str, offers: Iterable[tuple[int, str]]) -> None:
        """Add deliveries of a site, each with its account; those that are there already stay as they are."""
        with self._connected() as connection, connection.transaction(), connection.cursor() as cursor:
            cursor.executemany(_OFFER, [(site, *offer) for offer in offers])

    def next_site(self, after: str) -> str:
        """The site with offers that comes next by its name, after the last one the first; "" when there is none."""
        ((found,),) = self._asked(_NEXT_SITE, {"after": after})
        return str(found) if found is not None else ""

    def next_accounts(self, site: str, after: str, only: list[str], most: int) -> list[str]:
        """The accounts of a site with offers that come next by their names.

        :param only: ask for these accounts; none: for all
        :param most: so many at most; fewer: no more follow
        """
        values = {"site": site, "after": after, "most": most} | ({"only": only} if only else {})
        return [str(name) for (name,) in self._asked(_NEXT_OF if only else _NEXT, values)]

    def take(
        self, site: str, account: str, most: int, ended: tuple[str, Sequence[int]] | None = None
    ) -> list[int] | None:
        """Take the turn on a site's account, and its oldest offers; None where the turn is another one's. They stay
        there until they are given back as done, so that what a worker that dies has not come to is not lost.

        :param ended: an account of the site that is given back before, with what is done there, in the same question
        """
        if self._connection is None:
            with self._connected():  # so that there is a table
                pass
        wanted = Step(_FIRST, {"site": site, "account": account, "most": most})
        if ended is None:
            found = self._turns.take_asking(account, wanted)
        else:
            found = self._turns.take_asking(account, wanted, ended=ended[0], with_it=_done(site, ended[1]))
        return None if found is None else [int(number) for (number,) in found[0]]

    def give_back(self, site: str, account: str, done: Sequence[int]) -> None:
        """Take these offers out of the table, and give the turn back."""
        self._turns.give_back_with(account, *_done(site, done))

    def _asked(self, sql: str, values: Mapping[str, Any]) -> list[Row]:
        with self._connected():
            return self._pipeline.run([(sql, values)])[0].fetchall()

    def close(self) -> None:
        self._turns.close()
        with self._lock:
            if self._connection is not None:
                self._connection.close()

    @contextlib.contextmanager
    def _connected(self) -> Iterator[psycopg.Connection[Row]]:
        with self._lock, translate(self._address):
            fresh = self._connection is None or self._connection.closed
            if self._connection is None or fresh:
                self._connection = connection_to(self._address, name="crosspost worker")
                self._pipeline = Pipeline(self._connection)
            try:
                if fresh:
                    _prepare(self._connection)
                yield self._connection
            except psycopg.Error:
                self._connection.close()
                raise


def _done(site: str, numbers: Sequence[int]) -> list[Step]:
    return [Step(_DONE, {"site": site, "numbers": list(numbers)})] if numbers else []


def _prepare(connection: psycopg.Connection[Row]) -> None:
    settle(connection)
    with connection.transaction():
        connection.execute(_ALONE)
        connection.execute(_MAKE, prepare=False)

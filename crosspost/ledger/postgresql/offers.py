"""What was handed to workers and is not taken yet, in a table beside the ledger's. It may be lost at any time: the next
look fills it again. So it is not logged, not copied and not part of the ledger.
"""

import contextlib
import threading
from collections.abc import Iterable, Iterator

import psycopg

from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.errors import translate
from crosspost.ledger.postgresql.link import connection_to, settle
from crosspost.ledger.wishes import Row

TABLE = "worker_offers"
_MAKE = """CREATE UNLOGGED TABLE IF NOT EXISTS worker_offers (
    delivery BIGINT PRIMARY KEY, account TEXT COLLATE "C" NOT NULL, position BIGSERIAL NOT NULL);
    CREATE INDEX IF NOT EXISTS ix_worker_offers ON worker_offers (account, position)"""
#: two processes that make it at the same moment would trip over each other
_ALONE = "SELECT pg_advisory_xact_lock(hashtext('crosspost worker_offers'))"
_OFFER = "INSERT INTO worker_offers (delivery, account) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_NEXT = "SELECT min(account) FROM worker_offers WHERE account > %(after)s"
_NEXT_OF = "SELECT min(account) FROM worker_offers WHERE account > %(after)s AND account = ANY(%(only)s)"
_TAKE = """DELETE FROM worker_offers WHERE delivery = (SELECT delivery FROM worker_offers WHERE account = %(account)s
    ORDER BY position LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING delivery"""


class Offers:
    """The table, on a connection of its own that is made anew after it was cut.

    :raises LedgerError: from each method, when the database cannot be reached
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._connection: psycopg.Connection[Row] | None = None

    def add(self, offers: Iterable[tuple[int, str]]) -> None:
        """Add deliveries, each with its account; those that are there already stay as they are."""
        with self._connected() as connection, connection.transaction(), connection.cursor() as cursor:
            cursor.executemany(_OFFER, list(offers))

    def next_account(self, after: str, only: list[str]) -> str:
        """The account with offers that comes next by its name; "" when no more follow.

        :param only: ask for these accounts; none: for all
        """
        with self._connected() as connection:
            found = connection.execute(_NEXT_OF if only else _NEXT, {"after": after, "only": only}).fetchone()
        return str(found[0]) if found is not None and found[0] is not None else ""

    def take(self, account: str) -> int | None:
        """Take the oldest offer of an account out of the table; None when there is none."""
        with self._connected() as connection:
            found = connection.execute(_TAKE, {"account": account}).fetchone()
        return int(found[0]) if found is not None else None

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()

    @contextlib.contextmanager
    def _connected(self) -> Iterator[psycopg.Connection[Row]]:
        with self._lock, translate(self._address):
            fresh = self._connection is None or self._connection.closed
            if self._connection is None or fresh:
                self._connection = connection_to(self._address, name="crosspost worker")
            try:
                if fresh:
                    _prepare(self._connection)
                yield self._connection
            except psycopg.Error:
                self._connection.close()
                raise


def _prepare(connection: psycopg.Connection[Row]) -> None:
    settle(connection)
    with connection.transaction():
        connection.execute(_ALONE)
        connection.execute(_MAKE, prepare=False)
